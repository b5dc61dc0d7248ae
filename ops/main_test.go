package ops_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/live"
	"ironstar.dev/ops"
)

func TestCommandLine(t *testing.T) {
	standard := ops.Flags{Addr: "127.0.0.1:8080", DB: "app.db"}
	for _, test := range []struct {
		args   string
		code   int
		served *ops.Flags // nil if it does not begin to serve
		says   string     // on stderr; on stdout with code 0
	}{
		{"", 1, &standard, "this is enough"},
		{"serve", 1, &standard, "notes: add addresses: this is enough\n"},
		{"-addr :1 -db x.db -secure", 1, &ops.Flags{Addr: ":1", DB: "x.db", Secure: true}, ""},
		{"-addr=:1 -db=x.db -secure=false", 1, &ops.Flags{Addr: ":1", DB: "x.db"}, ""},
		{"--addr :1 --db x.db --secure", 1, &ops.Flags{Addr: ":1", DB: "x.db", Secure: true}, ""},
		{"serve -db x.db", 1, &ops.Flags{Addr: "127.0.0.1:8080", DB: "x.db"}, ""},
		{"-h", 0, nil, "preflight            Check how"},
		{"--help", 0, nil, "Exit codes:"},
		{"serve --help", 0, nil, `--addr="127.0.0.1:8080"`},
		{"preflight -help", 0, nil, "--all"},
		{"-addr", 2, nil, "--help lists"},
		{"-nope", 2, nil, "--nope"},
		{"preflght", 2, nil, "unexpected argument preflght"},
		{"serve x", 2, nil, "unexpected argument x"},
		{"preflight --secure", 2, nil, "--secure"},
		{"preflight --format xml", 2, nil, "--format"},
		{"preflight --first=-1", 2, nil, "--first -1"},
		{"--host a --host b --host c,d --origin https://a", 1, &ops.Flags{Addr: standard.Addr, DB: "app.db", Host: []string{"a", "b", "c", "d"}, Origin: []string{"https://a"}}, ""},
		{"--host http://a", 1, nil, "--host \"http://a\": this is a whole address"},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Chdir(t.TempDir())
			var served *ops.Flags
			app := noteApp()
			app.Routes = func(r ops.Running) error {
				served = &r.Flags
				return errors.New("this is enough")
			}
			var stdout, stderr bytes.Buffer
			code := app.Run(t.Context(), strings.Fields(test.args), &stdout, &stderr)
			said := &stderr
			if test.code == 0 {
				said = &stdout
			}
			if code != test.code || !strings.Contains(said.String(), test.says) {
				t.Errorf("it ended with %d and said %q %q, want %d and %q", code, &stdout, &stderr, test.code, test.says)
			}
			switch {
			case (served == nil) != (test.served == nil):
				t.Errorf("served %v, want %v", served, test.served)
			case served != nil && (served.Addr != test.served.Addr || served.DB != test.served.DB || served.Secure != test.served.Secure ||
				!slices.Equal(served.Host, test.served.Host) || !slices.Equal(served.Origin, test.served.Origin)):
				t.Errorf("served %+v, want %+v", *served, *test.served)
			}
		})
	}
}

// TestG7_PreflightDecodesOnce: each record is decoded once, by the
// aggregate's decode function, regardless of the number of views.
func TestG7_PreflightDecodesOnce(t *testing.T) {
	file := store(t, noteKind, event("Written", 1, `{"text":"a"}`), event("Recoloured", 2, `{}`), event("Written", 3, `{"text":"b"}`))
	decoded := map[ironstar.Position]int{}
	folded := 0
	app := ops.App{Name: "notes", Domains: []ops.Domain{ops.DomainFunc(func(eng *engine.Engine) (func(*live.Server), error) {
		decode := func(r *ironstar.Record) ([]written, error) {
			decoded[r.Position]++
			return decodeNote(r)
		}
		engine.Run(eng, ironstar.Aggregate[notes, string, written]{
			Kind: noteKind, Shapes: noteShapes, Codec: ironstar.Codec[written]{Encode: encodeNote, Decode: decode},
		})
		for _, name := range []string{"test.A", "test.B"} {
			engine.Follow(eng, ironstar.View[notes]{
				Name: name, By: ironstar.Global, Kinds: []string{noteKind},
				Initial: func(string) notes { return 0 },
				Evolve: func(_ string, n notes, r *ironstar.Record) (notes, bool, error) {
					events, err := ironstar.Decoded(r, decode)
					folded += len(events)
					return n, true, err
				},
			})
		}
		return nil, nil
	})}}
	var stdout, stderr bytes.Buffer
	if code := app.Run(t.Context(), []string{"preflight", "--db", file}, &stdout, &stderr); code != 0 {
		t.Errorf("it ended with %d and said %q", code, &stderr)
	}
	if len(decoded) != 3 || decoded[1] != 1 || decoded[2] != 1 || decoded[3] != 1 || folded != 8 {
		t.Errorf("decoded %v, want each once; folded %d events, want 4 into each of 2 views", decoded, folded)
	}
}
