package delta_test

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"ironstar.dev/live/internal/delta"
)

// page is a list as templ renders it, of about 800 bytes a line.
func page(lines int, done int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString(`<div id="live"><section class="main"><ul class="todo-list">`)
	for i := range lines {
		id := fmt.Sprintf("%08x-%04x-%012x", random.Uint32(), random.Uint32()>>16, random.Uint64()>>16)
		ticked := ""
		if i == done {
			ticked = " checked"
		}
		fmt.Fprintf(&b, `<li data-testid="todo-item" id="%[1]s"><form action="/todo/list/x/%[1]s"><input class="toggle" type="checkbox" aria-label="Toggle Todo"%[2]s`+
			` data-on:change="@post('/todo/list/x/complete', {id: '%[1]s'})"><label data-testid="todo-title">line %[3]d: buy milk, bread and a newspaper</label>`+
			`<button aria-label="Delete" class="destroy" data-on:click="@post('/todo/list/x/remove', {id: '%[1]s'})"><svg viewBox="0 0 24 24"><path d="M18 6 6 18M6 6l12 12"/></svg></button>`+
			`<input class="edit" aria-label="Edit" value="line %[3]d: buy milk, bread and a newspaper" data-on:keydown="evt.key === 'Enter'"></form></li>`, id, ticked, i)
	}
	fmt.Fprintf(&b, `</ul></section><footer><span class="todo-count"><strong>%d</strong> items left</span></footer></div>`, lines-1)
	return []byte(b.String())
}

// decodeZstd decodes a whole stream, which holds so many bytes.
func decodeZstd(t rapid.TB, stream []byte, want int) []byte {
	t.Helper()
	d, err := zstd.NewReader(bytes.NewReader(stream), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	got := make([]byte, want)
	if n, err := io.ReadFull(d, got); err != nil {
		t.Fatalf("decoded %d of %d bytes: %v", n, want, err)
	}
	if n, err := io.Copy(io.Discard, d); err != nil || n != 0 {
		t.Fatalf("behind the end: %d bytes, %v", n, err)
	}
	return got
}

const window = 8 << 20

// check sends old as it is, then text as its difference, then old again as the
// difference to text, and returns how long the first difference is.
func check(t rapid.TB, old, text []byte) (zstdSize, deflateSize int) {
	t.Helper()
	want := bytes.Join([][]byte{old, text, old}, nil)
	stream := delta.AppendZstdStored(delta.AppendZstdHeader(nil, window), old)
	before := len(stream)
	stream = delta.AppendZstd(stream, old, text)
	zstdSize = len(stream) - before
	stream = append(delta.AppendZstd(stream, text, old), delta.LastBlock...)
	if got := decodeZstd(t, stream, len(want)); !bytes.Equal(got, want) {
		t.Fatalf("zstd: got %.200q…, want %.200q…", got, want)
	}

	stream = delta.AppendDeflateStored(delta.AppendDeflate(nil, nil, text[:min(len(text), 9)]), old)
	before = len(stream)
	stream = delta.AppendDeflate(stream, old, text)
	deflateSize = len(stream) - before
	stream = append(delta.AppendDeflate(stream, text, old), delta.LastStored...)
	got, err := io.ReadAll(flate.NewReader(bytes.NewReader(stream)))
	want = append(bytes.Clone(text[:min(len(text), 9)]), want...)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("deflate: got %d bytes, want %d, %v", len(got), len(want), err)
	}
	return zstdSize, deflateSize
}

// TestSmallChangesAreSmall: what changes little is small.
func TestSmallChangesAreSmall(t *testing.T) {
	old := page(10, -1)
	texts := map[string][]byte{
		"nothing": old, "a tick": page(10, 3), "one more": page(11, -1), "one less": page(9, -1),
		"the first gone": append(bytes.Clone(old[:60]), old[900:]...),
	}
	for name, text := range texts {
		z, d := check(t, old, text)
		t.Logf("%s: %d bytes become %d as zstd and %d as deflate", name, len(text), z, d)
		if z > 200 || d > 300 {
			t.Errorf("%s: %d bytes become %d as zstd and %d as deflate, at most 200 and 300", name, len(text), z, d)
		}
	}
}

// TestTextsOfEveryKind: texts of every kind and size come back as they were.
func TestTextsOfEveryKind(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	noise := make([]byte, 300<<10)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	big := page(1000, 7)
	for name, c := range map[string][2][]byte{
		"nothing":                {nil, nil},
		"from nothing":           {nil, page(3, 1)},
		"to nothing":             {page(3, 1), nil},
		"short":                  {[]byte("abc"), []byte("abcabcabcabcabcabc")},
		"zeros":                  {make([]byte, 1000), make([]byte, 400<<10)},
		"noise":                  {noise, noise[:200<<10]},
		"other noise":            {noise[:100<<10], noise[100<<10:]},
		"big":                    {big, page(1000, 8)},
		"big, shifted":           {big, append([]byte("x"), big...)},
		"just a block":           {big[:128<<10], big[:128<<10]},
		"a byte over":            {big[:128<<10+1], big[:128<<10+1]},
		"three bytes over":       {big[:128<<10+3], big[:128<<10+3]},
		"a byte over, another":   {big[:128<<10+1], append([]byte("x"), big[:128<<10]...)},
		"most of it is literals": {noise[:4000], append(bytes.Clone(noise[4000:9000]), noise[:20]...)},
	} {
		t.Run(name, func(t *testing.T) { check(t, c[0], c[1]) })
	}
}

// TestCopiesOfEveryLength: where one is divided, nothing is left that is too short
// to be one.
func TestCopiesOfEveryLength(t *testing.T) {
	big := page(1000, 7)
	for n := range 1100 {
		check(t, big[:2000], append(append([]byte("new "), big[500:500+n]...), "and no more"...))
	}
	for n := range 12 {
		same := big[:128<<10+n]
		check(t, same, append(append(bytes.Clone(same), "and once more "...), big[:3000]...))
	}
}

// TestBlocksGoOn: the blocks of a frame that was whole, of each kind, go on in
// another one.
func TestBlocksGoOn(t *testing.T) {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderCRC(false))
	if err != nil {
		t.Fatal(err)
	}
	zeros := append(make([]byte, 100), "ab"...)
	repeated := []byte{0x28, 0xb5, 0x2f, 0xfd, 1 << 5, 102, 1<<1 | 100<<3&0xff, 100 >> 5, 0, 0, 1 | 2<<3, 0, 0, 'a', 'b'} // a block of 100 zeros, and one of "ab"
	for name, c := range map[string]struct{ frame, text []byte }{
		"repeated":     {repeated, zeros},
		"a short page": {e.EncodeAll(page(1, 0), nil), page(1, 0)},
		"a page":       {e.EncodeAll(page(10, 0), nil), page(10, 0)},
		"a long page":  {e.EncodeAll(page(900, 0), nil), page(900, 0)},
		"a few bytes":  {e.EncodeAll([]byte("abc"), nil), []byte("abc")},
	} {
		next := append(bytes.Clone(c.text), "and more"...)
		stream := delta.AppendZstdBlocks(delta.AppendZstdHeader(nil, window), c.frame)
		stream = append(delta.AppendZstd(stream, c.text, next), delta.LastBlock...)
		if got := decodeZstd(t, stream, len(c.text)+len(next)); string(got) != string(c.text)+string(next) {
			t.Errorf("%s: got %.100q…", name, got)
		}
	}
}

// TestAnyChange: whatever parts a text is made of, it comes back.
func TestAnyChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.OneOf(rapid.SampledFrom([][]byte{page(1, 0), page(2, 1), page(40, 9), []byte("<li>"), bytes.Repeat([]byte("ab"), 700)}),
			rapid.SliceOfN(rapid.Byte(), 0, 3000))
		parts := rapid.SliceOfN(part, 1, 12).Draw(t, "parts")
		pick := rapid.SliceOfN(rapid.IntRange(0, len(parts)-1), 0, 20)
		make := func(what string) (text []byte) {
			for _, i := range pick.Draw(t, what) {
				text = append(text, parts[i]...)
			}
			return text
		}
		check(t, make("old"), make("new"))
	})
}

func BenchmarkZstd(b *testing.B)    { bench(b, delta.AppendZstd) }
func BenchmarkDeflate(b *testing.B) { bench(b, delta.AppendDeflate) }

func bench(b *testing.B, add func(b, old, text []byte) []byte) {
	old, text := page(10, -1), page(10, 3)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var out []byte
	for b.Loop() {
		out = add(out[:0], old, text)
	}
}
