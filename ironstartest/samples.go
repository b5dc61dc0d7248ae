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

// Files in the schema's folder that ironstar release writes.
const (
	samplesDir  = "samples"
	sampleEnd   = ".jsonl"
	outputsEnd  = ".up.jsonl"
	lockFile    = "ironstar.lock"
	exemptFile  = "ironstar.exempt"
	moduleInCUE = "cue.mod"
)

// sampleFile holds the golden samples of one version.
type sampleFile struct {
	event event
	name  string // path from the test's folder
	lines [][]byte
}

// outputs returns the file with the recorded results of the step from this version.
func (f sampleFile) outputs() string { return strings.TrimSuffix(f.name, sampleEnd) + outputsEnd }

// files lists the samples of a kind of aggregate. It returns an error if a released
// version has no samples. Otherwise a wrong folder would look like a schema without
// releases.
func (r Released) files(kind string) ([]sampleFile, error) {
	if info, err := os.Stat(filepath.Join(r.Schema, moduleInCUE)); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%q, relative to the test's folder, is not a schema's folder: it does not contain %s", r.Schema, moduleInCUE)
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

// eventOf parses the end of a file's name: Added.v1.jsonl.
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
			continue // ironstar check reports errors in a lock
		}
		of := event{entry.Name, entry.Version}
		if !slices.ContainsFunc(files, func(f sampleFile) bool { return f.event == of }) {
			return fmt.Errorf("%s of %s was released, but its golden samples are not in %s: restore them from version control", of, kind, filepath.Join(r.Schema, samplesDir))
		}
	}
	return nil
}

// readLines reads the lines of a file. It accepts CRLF, because git may have changed
// line ends.
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

// labelled splits {"Opened.v1": payload}.
func labelled(part []byte) (event, []byte, error) {
	var one map[string]json.RawMessage
	if err := json.Unmarshal(part, &one); err != nil || len(one) != 1 {
		return event{}, nil, fmt.Errorf("%s is not an event that replaces a retired one", part)
	}
	for label, payload := range one {
		of, ok := eventOf(label + sampleEnd)
		if !ok {
			return event{}, nil, fmt.Errorf("%q is not a version of an event", label)
		}
		return of, payload, nil
	}
	return event{}, nil, nil
}

// compare compares the results of a step with the recorded ones, line by line,
// or records them if there are none.
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
			t.Errorf("%s:%d: the step from %s has another result for %s than before. Recorded:\n%s\nnow:\n%s\n%s",
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
		t.Logf("%s does not exist, because the step from %s was never released: the step may still change. %s", name, f.event, missingAdvice(step))
	}
}

// changedAdvice returns advice about a step whose result has changed.
func changedAdvice(name string, step wire.Step) string {
	then := "run ironstar release"
	if step.Hand {
		then = "run this test with -update and then ironstar release"
	}
	return "A released upcaster must not change, because states of stored events would change, too. Restore it.\n" +
		"If it was never released, or you want the change: delete " + name + ", and " + then + ".\n" +
		"For a released upcaster, ironstar check then prints a hash: write it into " + exemptFile + ", with the reason."
}

func missingAdvice(step wire.Step) string {
	if step.Hand {
		return "Run this test with -update to record its results."
	}
	return "ironstar release records its results."
}

// record writes a file.
func record(name string, lines [][]byte) error {
	text := append(bytes.Join(lines, []byte("\n")), '\n')
	if err := os.WriteFile(name+".new", text, 0o666); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}
