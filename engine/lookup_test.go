package engine_test

import (
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// TestFind: what was added is found by its name and its type, also before the
// engine starts.
func TestFind(t *testing.T) {
	eng := engine.New(nil, engine.Options{})
	added := engine.Run(eng, ironstar.Aggregate[int, string, bool]{Kind: "test.A"})
	engine.Run(eng, ironstar.Aggregate[int, string, bool]{Kind: "test.B"})
	engine.Follow(eng, ironstar.View[int]{Name: "test.Count"})

	var handler engine.Handler[string]
	if err := engine.FindHandler(eng, "test.A", &handler); err != nil || handler != added {
		t.Errorf("got %v, %v", handler, err)
	}
	var reader *engine.Reader[int]
	if err := engine.FindReader(eng, "test.Count", &reader); err != nil || reader == nil {
		t.Errorf("got %v, %v", reader, err)
	}
	var others engine.Handler[int]
	var text *engine.Reader[string]
	for want, err := range map[string]error{
		"the engine has no aggregate test.C: add its domain before": engine.FindHandler(eng, "test.C", &handler),
		"the handler of aggregate test.A is a ":                     engine.FindHandler(eng, "test.A", &others),
		"the engine has no view test.Sum: add its domain before":    engine.FindReader(eng, "test.Sum", &reader),
		"view test.Count is a ":                                     engine.FindReader(eng, "test.Count", &text),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if others != nil || text != nil {
		t.Error("something is set in spite of the error")
	}
}
