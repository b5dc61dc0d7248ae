package sqlite

import (
	"errors"
	"testing"

	"ironstar.dev"
)

// stepOf returns a step in the writer's queue.
func stepOf(t *testing.T, s ironstar.Step) *pending {
	t.Helper()
	one, err := encodeStep(s)
	if err != nil {
		t.Fatal(err)
	}
	return &pending{step: one}
}

// TestG21_StepWhoseCommitFailed: the file says whether a step was made.
func TestG21_StepWhoseCommitFailed(t *testing.T) {
	for _, committed := range []bool{true, false} {
		w := writerAlone(t)
		made := stepOf(t, ironstar.Step{Process: "a.P", Out: []ironstar.Outgoing{{ID: "x", Step: 1, Key: "k", Effect: true, Name: "E", Data: []byte(`{}`)}}})
		late := stepOf(t, ironstar.Step{Process: "a.P"})
		batch := append(outcomeBatch(t), made, late)
		decideAll(t, w, batch)
		if committed {
			if err := w.conn.commitBatch(); err != nil {
				t.Fatal(err)
			}
		}
		w.resolveCommit(batch, errCommit)
		if committed && made.out.Err != nil || !committed && !errors.Is(made.out.Err, ironstar.ErrRetryable) {
			t.Errorf("committed %t: the step has %v", committed, made.out.Err)
		}
		if !errors.Is(late.out.Err, ironstar.ErrRetryable) {
			t.Errorf("committed %t: a step that was refused has %v", committed, late.out.Err)
		}
		p, err := w.conn.processNamed("a.P")
		if err != nil || p.Steps != 1 && committed || p.Steps != 0 && !committed {
			t.Errorf("committed %t: %+v, %v", committed, p, err)
		}
	}
}

// TestG21_HomeOfADatabase: which changes of what the last owner left hold processes.
func TestG21_HomeOfADatabase(t *testing.T) {
	was := home{logID: "L", inode: 7, openings: 3, head: 10, steps: 20}
	for name, test := range map[string]struct {
		change func(*home)
		left   bool
	}{
		"opened again": {func(h *home) { h.openings++ }, true},
		"and went on":  {func(h *home) { h.openings, h.head, h.steps = 9, 90, 900 }, true},
		"another log":  {func(h *home) { h.openings++; h.logID = "M" }, false},
		"another file": {func(h *home) { h.openings++; h.inode = 8 }, false},
		"older":        {func(h *home) {}, false},
		"fewer events": {func(h *home) { h.openings++; h.head-- }, false},
		"fewer steps":  {func(h *home) { h.openings++; h.steps-- }, false},
		"much older":   {func(h *home) { h.openings-- }, false},
	} {
		now := was
		test.change(&now)
		if got := was.left(now); got != test.left {
			t.Errorf("%s: %t", name, got)
		}
	}
	if (home{}).left(was) {
		t.Error("without a lock file")
	}
	if got := parseHome("process 1\n\n" + was.String() + "log L openings 3 schema 1 head 00000000000000000010\n"); got != was {
		t.Errorf("read back as %+v", got)
	}
	for _, text := range []string{"", "home", "home L inode x openings 3 head 10 steps 20\n", "home  inode 7\n"} {
		if got := parseHome(text); got != (home{}) {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}
