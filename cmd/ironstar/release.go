package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/testcases"
)

// releaseCmd is `ironstar release`.
type releaseCmd struct {
	DryRun bool   `help:"Write nothing. Print what would be released."`
	Dir    string `arg:"" optional:"" help:"The schema's folder, or the folder that contains it. By default, ironstar searches from the working folder upwards."`
}

// Help is shown by ironstar release --help.
func (releaseCmd) Help() string {
	return `Run it before you deploy a version of the application to a place where its data matters. It writes the shape of every
version of every event to ironstar.lock in the schema's folder, and golden samples of new versions to samples/. From
then on, ironstar check compares the schema with the lock. Commit both.

It releases nothing if ironstar check finds an error. A release never changes the sample files of earlier releases.

Examples:

    ironstar release             record the current events
    ironstar release --dry-run   print what would be recorded`
}

// Run releases.
func (c *releaseCmd) Run(s *session) error {
	p, err := s.open(c.Dir)
	if err != nil {
		return err
	}
	defer s.watch("releasing " + s.rel(p.schema))()
	loaded, values, err := s.loadValues(p)
	if err != nil {
		return err
	}
	if err := codegen.Possible(loaded); err != nil {
		return impossible(p, err)
	}
	e, err := s.evolution(p, loaded)
	if err != nil {
		return err
	}
	cue := byCUE(loaded, values)
	failed, err := e.checked(cue)
	if err != nil {
		return err
	}
	if failed+s.missing(p, loaded)+s.interfacesGone("error", p, loaded, s.outputLater(p, loaded)) > 0 {
		s.say("nothing was released")
		return errRefused
	}
	r := &releaser{evolution: e, next: compat.Next(e.lock, loaded), files: map[string][]byte{}, dry: c.DryRun}
	return r.release(cue)
}

// checked compares, prints and counts.
func (e *evolution) checked(make upcaster) (failed int, err error) {
	all, err := e.compare(make)
	if err != nil {
		return 0, err
	}
	return e.printFindings(all), nil
}

// releaser holds what a release will write.
type releaser struct {
	*evolution
	next  *compat.Lock
	files map[string][]byte // new and changed files by path from the schema's folder
	dry   bool
}

func (r *releaser) release(make upcaster) error {
	if err := r.newSamples(); err != nil {
		return err
	}
	missing, err := r.recordOutputs(make)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		r.printFindings(missing)
		if err := r.write(); err != nil { // the tests that record results need the samples
			return err
		}
		r.say("nothing was released: record the results with go test ./internal/app/... -update, then run ironstar release again")
		return errRefused
	}
	if err := r.write(); err != nil {
		return err
	}
	return r.writeLock()
}

// newSamples makes the samples of versions that are released for the first time, or
// that have another shape by an exemption.
func (r *releaser) newSamples() error {
	for _, v := range compat.Versions(r.next, r.loaded) {
		if was := r.lock.Lookup(v.Entry); v.SameShape(was) && v.Samples != nil {
			continue
		}
		text := compat.Lines(testcases.Samples(v.Payload))
		r.put(v.SampleFile(), text)
		v.Samples = &compat.File{Path: v.SampleFile(), Sum: compat.FileSum(text)}
	}
	return nil
}

// put plans a file, unless the file on disk already has that content.
func (r *releaser) put(name string, text []byte) {
	if have, ok, err := r.read(name); err != nil || !ok || compat.FileSum(have) != compat.FileSum(text) {
		r.files[name] = text
	}
}

// content returns the planned content of a file or, if none is planned, the content
// on disk.
func (r *releaser) content(name string) ([]byte, error) {
	if text, ok := r.files[name]; ok {
		return text, nil
	}
	text, ok, err := r.read(name)
	if err == nil && !ok {
		err = fmt.Errorf("read %s: the file does not exist", name)
	}
	return text, err
}

func (r *releaser) write() error {
	for _, name := range slices.Sorted(maps.Keys(r.files)) {
		if err := r.save(name, r.files[name]); err != nil {
			return err
		}
	}
	return nil
}

// writeLock writes the lock. It comes last, after the files that the lock refers to.
func (r *releaser) writeLock() error {
	added, changed := compat.Added(r.lock, r.next)
	text := r.next.Bytes()
	have, _, err := r.read(compat.LockName)
	if err != nil {
		return err
	}
	if compat.FileSum(have) == compat.FileSum(text) {
		r.say("nothing new to release")
		return nil
	}
	for _, subject := range added {
		r.print("%s %s", r.verb("released", "would release"), subject)
	}
	for _, subject := range changed {
		r.print("%s %s, with wider constraints than before", r.verb("released", "would release"), subject)
	}
	if err := r.save(compat.LockName, text); err != nil {
		return err
	}
	return r.forget()
}

// forget deletes the samples of versions whose removal an exemption permitted.
func (r *releaser) forget() error {
	kept := map[string]bool{}
	for _, f := range r.next.Files() {
		kept[f.Path] = true
	}
	for _, f := range r.lock.Files() {
		if kept[f.Path] {
			continue
		}
		target := filepath.Join(r.project.schema, filepath.FromSlash(f.Path))
		r.print("%s %s", r.verb("deleted", "would delete"), r.rel(target))
		if r.dry {
			continue
		}
		if err := os.Remove(target); err != nil {
			return err
		}
	}
	return nil
}

func (r *releaser) verb(done, would string) string {
	if r.dry {
		return would
	}
	return done
}

// save writes a file atomically, or only prints that it would.
func (r *releaser) save(name string, text []byte) error {
	target := filepath.Join(r.project.schema, filepath.FromSlash(name))
	r.print("%s %s", r.verb("wrote", "would write"), r.rel(target))
	if r.dry {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(target+".new", bytes.Clone(text), 0o666); err != nil {
		return err
	}
	return os.Rename(target+".new", target)
}
