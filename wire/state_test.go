package wire_test

import (
	"math"
	"testing"

	"ironstar.dev"
	"ironstar.dev/wire"
)

type shade string

type level int64

// folded reads a state of one value.
func folded[T any](json string, read func(*wire.Decoder) T) (T, error) {
	d := wire.NewStateDecoder([]byte(json))
	v := read(d)
	return v, wire.FinishState(d)
}

// TestStates: values that evolve has not set are read as they were written.
// Input is still read strictly, and values that JSON cannot hold are refused.
func TestStates(t *testing.T) {
	shades, levels := []shade{"dark", "light"}, []level{1, 2}
	for _, c := range []struct {
		name, json string
		read       func(*wire.Decoder) any
		want       any // nil: an error
	}{
		{"no shade", `""`, func(d *wire.Decoder) any { return wire.Enum(d, shades) }, shade("")},
		{"another shade", `"green"`, func(d *wire.Decoder) any { return wire.Enum(d, shades) }, shade("green")},
		{"no level", `0`, func(d *wire.Decoder) any { return wire.EnumInt(d, levels) }, level(0)},
		{"no day", `"0000-00-00"`, func(d *wire.Decoder) any { return d.Date() }, ironstar.Date{}},
		{"no arm", `null`, func(d *wire.Decoder) any { d.NoArm("kind", d.Tag("kind"), []string{"a"}); return "none" }, "none"},
		{"an arm that is not there", `{"kind":"b"}`, func(d *wire.Decoder) any { d.NoArm("kind", d.Tag("kind"), []string{"a"}); return "none" }, nil},
		{"not a number", string(wire.AppendNumber(nil, math.NaN())), func(d *wire.Decoder) any { return d.Number() }, nil},
		{"infinite", string(wire.AppendNumber(nil, math.Inf(-1))), func(d *wire.Decoder) any { return d.Number() }, nil},
		{"not UTF-8", string(wire.AppendString(nil, "half of \xc3")), func(d *wire.Decoder) any { return d.String() }, nil},
		{"a replacement character", string(wire.AppendString(nil, "half \"of\" \ufffd")), func(d *wire.Decoder) any { return d.String() }, "half \"of\" \ufffd"},
		{"the letters of one", string(wire.AppendString(nil, `\ufffd`)), func(d *wire.Decoder) any { return d.String() }, `\ufffd`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := folded(c.json, c.read)
			if c.want == nil && err == nil {
				t.Errorf("%s is read as %v", c.json, got)
			}
			if c.want != nil && (err != nil || got != c.want) {
				t.Errorf("%s is read as %v, %v, want %v", c.json, got, err, c.want)
			}
			// A reused decoder is not a state decoder any more.
			if v, err := wire.Decode([]byte(`"green"`), func(d *wire.Decoder) any { return wire.Enum(d, shades) }); err == nil {
				t.Errorf("from outside, green is read as %v", v)
			}
		})
	}
	m, err := folded(`{"":1,"green":2}`, func(d *wire.Decoder) map[shade]int64 { return wire.EnumMap(d, shades, (*wire.Decoder).Int) })
	if err != nil || m[""] != 1 || m["green"] != 2 {
		t.Errorf("a map is read as %v, %v", m, err)
	}
}
