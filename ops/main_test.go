package ops_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/ops"
)

func TestCommandLine(t *testing.T) {
	standard := ops.Serving{Addr: "127.0.0.1:8080", DB: "app.db"}
	for _, test := range []struct {
		args   string
		code   int
		served *ops.Serving // nil if it does not come to that
		says   string       // on stderr; on stdout with code 0
	}{
		{"", 0, &standard, ""},
		{"serve", 0, &standard, ""},
		{"-addr :1 -db x.db -secure", 0, &ops.Serving{Addr: ":1", DB: "x.db", Secure: true}, ""},
		{"-addr=:1 -db=x.db -secure=false", 0, &ops.Serving{Addr: ":1", DB: "x.db"}, ""},
		{"--addr :1 --db x.db --secure", 0, &ops.Serving{Addr: ":1", DB: "x.db", Secure: true}, ""},
		{"serve -db x.db", 0, &ops.Serving{Addr: "127.0.0.1:8080", DB: "x.db"}, ""},
		{"-h", 0, nil, "preflight    Say what"},
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
		{"-addr taken", 1, &ops.Serving{Addr: "taken", DB: "app.db"}, "notes: it is taken\n"},
	} {
		t.Run(test.args, func(t *testing.T) {
			var served *ops.Serving
			app := noteApp()
			app.Serve = func(_ context.Context, s ops.Serving) error {
				if len(s.Shapes) != len(noteShapes) {
					t.Errorf("the server is given %d shapes, want %d", len(s.Shapes), len(noteShapes))
				}
				s.Shapes = nil
				served = &s
				if s.Addr == "taken" {
					return errors.New("it is taken")
				}
				return nil
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
			case served != nil && (served.Addr != test.served.Addr || served.DB != test.served.DB || served.Secure != test.served.Secure):
				t.Errorf("served %+v, want %+v", *served, *test.served)
			}
		})
	}
}

// TestG7_PreflightDecodesTheOneWay: each record once, by the aggregate's own
// function, however many views fold it.
func TestG7_PreflightDecodesTheOneWay(t *testing.T) {
	file := store(t, noteKind, event("Written", 1, `{"text":"a"}`), event("Recoloured", 2, `{}`), event("Written", 3, `{"text":"b"}`))
	decoded := map[ironstar.Position]int{}
	folded := 0
	app := ops.App{Name: "notes", Parts: func(eng *engine.Engine) {
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
	}}
	var stdout, stderr bytes.Buffer
	if code := app.Run(t.Context(), []string{"preflight", "--db", file}, &stdout, &stderr); code != 0 {
		t.Errorf("it ended with %d and said %q", code, &stderr)
	}
	if len(decoded) != 3 || decoded[1] != 1 || decoded[2] != 1 || decoded[3] != 1 || folded != 8 {
		t.Errorf("decoded %v, want each once; folded %d events, want 4 into each of 2 views", decoded, folded)
	}
}
