package wire_test

import (
	"bytes"
	"encoding/base64"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/wire"
)

// base64Pattern is the pattern of the schema's #Bytes.
const base64Pattern = `^([0-9A-Za-z+/]{4})*([0-9A-Za-z+/]{2}[048AEIMQUYcgkosw]=|[0-9A-Za-z+/][AQgw]==)?$`

func readBytes(json string) ([]byte, error) {
	return wire.Decode([]byte(json), (*wire.Decoder).Bytes)
}

// TestBytes: bytes have one text, and the decoded bytes do not share memory
// with the source.
func TestBytes(t *testing.T) {
	for _, v := range [][]byte{{}, {0}, {1, 2}, {1, 2, 3}, {0xfb, 0xff}, bytes.Repeat([]byte{0xff}, 1000)} {
		json := wire.AppendBytes(nil, v)
		source := bytes.Clone(json)
		got, err := wire.Decode(source, (*wire.Decoder).Bytes)
		if err != nil || got == nil || !bytes.Equal(got, v) || string(json) != strconv.Quote(base64.StdEncoding.EncodeToString(v)) {
			t.Errorf("%x is written %s and read as %x, %v", v, json, got, err)
		}
		for i := range source {
			source[i] = 'x'
		}
		if !bytes.Equal(got, v) {
			t.Errorf("%x changes with what it was read from", v)
		}
	}
	if json := wire.AppendBytes(nil, nil); string(json) != `""` {
		t.Errorf("nil is written %s", json)
	}
}

// FuzzBytes compares the decoder with the pattern of the schema.
func FuzzBytes(f *testing.F) {
	pattern := regexp.MustCompile(base64Pattern)
	for _, s := range []string{"", "AA==", "AB==", "AAA=", "AAB=", "AAAA", "A", "AA", "AAA", "AA=A", "AA==AA==", "AA==\n", "A\nA==", "\r\n", "AAAA\r", "_-__", " AAAA", "AAAA ", "====", "=AAA", "AAA\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		json := wire.AppendString(nil, s)
		v, err := readBytes(string(json))
		if want := pattern.MatchString(s); (err == nil) != want {
			t.Fatalf("%q: got %v, want it read: %v", s, err, want)
		}
		if err == nil && wire.Base64(v) != s {
			t.Errorf("%q became %s", s, wire.Base64(v))
		}
	})
}

// TestDurations: a state accepts any duration, everything else only those that
// the schema allows.
func TestDurations(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	all := []time.Duration{0, 1, -1, time.Hour, -time.Hour, ironstar.MaxDuration, ironstar.MaxDuration + 1, math.MaxInt64, math.MinInt64, -time.Minute}
	for range 1000 {
		all = append(all, time.Duration(random.Uint64())>>random.IntN(63))
	}
	for _, d := range all {
		json := wire.AppendDuration(nil, d)
		state := wire.NewStateDecoder(json)
		if got := state.Duration(); got != d || wire.FinishState(state) != nil {
			t.Errorf("a state has %s for %d, and reads %d", json, d, got)
		}
		_, err := wire.Decode(json, (*wire.Decoder).Duration)
		bad := wire.Check(d, func(c *wire.Checker, d time.Duration) { c.Duration(d) })
		if fine := d >= 0 && d <= ironstar.MaxDuration; (err == nil) != fine || (bad == nil) != fine {
			t.Errorf("%s: read: %v, checked: %v", json, err, bad)
		}
	}
	for _, bad := range []string{"-PT0S", "PT1000001H0S", "--PT1S", "-PT1D", "PT2562048H", "-1h", "PT", ""} {
		state := wire.NewStateDecoder([]byte(strconv.Quote(bad)))
		if got := state.Duration(); wire.FinishState(state) == nil {
			t.Errorf("a state reads %q as %d", bad, got)
		}
	}
}

// TestByteCounts: messages about the length of bytes count bytes.
func TestByteCounts(t *testing.T) {
	err := wire.Check([]byte("abc"), func(c *wire.Checker, v []byte) {
		c.MinBytes(len(v), 4)
		c.MaxBytes(len(v), 1)
	})
	if err == nil || !strings.Contains(err.Error(), "at least 4 bytes (has 3); at most 1 byte (has 3)") {
		t.Errorf("got %v", err)
	}
}
