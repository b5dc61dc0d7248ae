package ironstartest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ironstar.dev/wire"
	"ironstar.dev/wire/wiretest"
)

// Files beside a schema, as ironstar release writes them.
const (
	samplesDir  = "samples"
	sampleEnd   = ".jsonl"
	outputsEnd  = ".up.jsonl"
	lockFile    = "ironstar.lock"
	exemptFile  = "ironstar.exempt"
	moduleInCUE = "cue.mod"
)

// sampleFile holds golden samples of one version.
type sampleFile struct {
	event event
	name  string // as the test sees it
	lines [][]byte
}

// outputs is where it is recorded what the step out of the version makes of them.
func (f sampleFile) outputs() string { return strings.TrimSuffix(f.name, sampleEnd) + outputsEnd }

// files lists the samples of a kind of aggregate. What the lock says was released
// must be there: a folder that is not found would pass for one without releases.
func (r Released) files(kind string) ([]sampleFile, error) {
	if info, err := os.Stat(filepath.Join(r.Schema, moduleInCUE)); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%q is not a schema's folder, seen from the test's: it holds no %s", r.Schema, moduleInCUE)
	}
	names, err := filepath.Glob(filepath.Join(r.Schema, samplesDir, kind+".*"+sampleEnd))
	if err != nil {
		return nil, err
	}
	var files []sampleFile
	for _, name := range names {
		of, ok := eventOf(strings.TrimPrefix(filepath.Base(name), kind+"."))
		if !ok {
			continue
		}
		lines, err := readLines(name)
		if err != nil {
			return nil, err
		}
		files = append(files, sampleFile{of, name, lines})
	}
	slices.SortFunc(files, func(a, b sampleFile) int {
		return cmp.Or(cmp.Compare(a.event.name, b.event.name), cmp.Compare(a.event.version, b.event.version))
	})
	return files, r.complete(kind, files)
}

// eventOf reads the end of a file's name: Added.v1.jsonl.
func eventOf(name string) (event, bool) {
	name, ok := strings.CutSuffix(name, sampleEnd)
	name, version, found := strings.Cut(name, ".v")
	n, err := strconv.Atoi(version)
	return event{name, n}, ok && found && err == nil
}

// complete compares the files with the lock, if there is one.
func (r Released) complete(kind string, files []sampleFile) error {
	lock, err := readLines(filepath.Join(r.Schema, lockFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, line := range lock {
		var entry struct {
			What, Of, Name string
			Version        int
		}
		if json.Unmarshal(line, &entry) != nil || entry.What != "event" || entry.Of != kind {
			continue // what is wrong with a lock is for ironstar check to say
		}
		of := event{entry.Name, entry.Version}
		if !slices.ContainsFunc(files, func(f sampleFile) bool { return f.event == of }) {
			return fmt.Errorf("%s of %s was released, and its golden samples are not in %s: restore them from version control", of, kind, filepath.Join(r.Schema, samplesDir))
		}
	}
	return nil
}

// readLines reads a file of lines; git may have given them other ends.
func readLines(name string) ([][]byte, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	text = bytes.TrimSuffix(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\n"))
	if len(text) == 0 {
		return nil, nil
	}
	return bytes.Split(text, []byte("\n")), nil
}

// labelled takes {"Opened.v1": payload} apart.
func labelled(part []byte) (event, []byte, error) {
	var one map[string]json.RawMessage
	if err := json.Unmarshal(part, &one); err != nil || len(one) != 1 {
		return event{}, nil, fmt.Errorf("%s is no part of what a retired event becomes", part)
	}
	for label, payload := range one {
		of, ok := eventOf(label + sampleEnd)
		if !ok {
			return event{}, nil, fmt.Errorf("%q is no version of an event", label)
		}
		return of, payload, nil
	}
	return event{}, nil, nil
}

// compare compares what a step makes with what is recorded, line for line, or
// records it where it is not.
func (h *past[S, C, E]) compare(t *testing.T, f sampleFile, step wire.Step, made [][]byte) {
	name := f.outputs()
	recorded, err := readLines(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if len(recorded) > len(made) {
		t.Fatalf("%s has %d lines for %d samples: restore both from version control", name, len(recorded), len(made))
	}
	for i, want := range recorded {
		if !wiretest.Same(want, made[i]) {
			t.Errorf("%s:%d: the step out of %s made another thing of %s when it was recorded:\n%s\nand makes now:\n%s\n%s",
				name, i+1, f.event, f.lines[i], want, made[i], changedAdvice(name, step))
			return
		}
	}
	switch {
	case len(recorded) == len(made):
	case step.Hand && h.released.Update:
		if err := record(name, append(recorded, made[len(recorded):]...)); err != nil {
			t.Fatal(err)
		}
		t.Logf("wrote %s: commit it, then run ironstar release", name)
	case len(recorded) > 0:
		t.Errorf("%s has %d lines for %d samples: %s", name, len(recorded), len(made), missingAdvice(step))
	default:
		t.Logf("%s is not there: the step out of %s was never released, so it may still change. %s", name, f.event, missingAdvice(step))
	}
}

// changedAdvice says what to do about a step that makes something else.
func changedAdvice(name string, step wire.Step) string {
	then := "run ironstar release"
	if step.Hand {
		then = "run this test with -update and then ironstar release"
	}
	return "A released upcaster must not change: what was derived from stored events would change without a trace. Put it back.\n" +
		"If it was never released, or the change is meant: delete " + name + " and " + then + "; of a released one\n" +
		"ironstar check prints a hash, which goes into " + exemptFile + " with the reason."
}

func missingAdvice(step wire.Step) string {
	if step.Hand {
		return "Run this test with -update to record what it makes."
	}
	return "ironstar release records what it makes."
}

// record writes a file as a whole.
func record(name string, lines [][]byte) error {
	text := append(bytes.Join(lines, []byte("\n")), '\n')
	if err := os.WriteFile(name+".new", text, 0o666); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}
