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
)

// releaseCmd is `ironstar release`.
type releaseCmd struct {
	DryRun bool   `help:"Write nothing; print what would be released."`
	Dir    string `arg:"" optional:"" help:"The schema's folder, or the one above it. Without it: looked for from the working folder upwards."`
}

// Help is shown by ironstar release --help.
func (releaseCmd) Help() string {
	return `Run it before a version of the application is deployed where its data matters. It writes into ironstar.lock, beside
the schema, what every version of every event looks like, and golden samples of new versions into samples/. From then
on ironstar check compares the schema with it. Commit both.

It refuses when ironstar check does. What was released stays: a sample file is never written again.

Examples:

    ironstar release             remember what is there
    ironstar release --dry-run   what would be new`
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
	if failed+s.missing(p, loaded)+s.orphans("error", p, loaded, s.outputLater(p, loaded)) > 0 {
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
	return e.tell(all), nil
}

// releaser is what a release is about to write.
type releaser struct {
	*evolution
	next  *compat.Lock
	files map[string][]byte // by path from the schema's folder: what is not there yet, or otherwise
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
		r.tell(missing)
		if err := r.write(); err != nil { // the tests that record need the samples
			return err
		}
		r.say("nothing was released: record it with go test ./internal/app/... -update, then run ironstar release again")
		return errRefused
	}
	if err := r.write(); err != nil {
		return err
	}
	return r.writeLock()
}

// newSamples makes the samples of versions that are released for the first
// time, or that an exemption gave another shape.
func (r *releaser) newSamples() error {
	for _, v := range compat.Versions(r.next, r.loaded) {
		if was := r.lock.Lookup(v.Entry); v.SameShape(was) && v.Samples != nil {
			continue
		}
		text := compat.Lines(codegen.Samples(v.Payload))
		r.put(v.SampleFile(), text)
		v.Samples = &compat.File{Path: v.SampleFile(), Sum: compat.FileSum(text)}
	}
	return nil
}

// put plans a file, unless it is there already.
func (r *releaser) put(name string, text []byte) {
	if have, ok, err := r.read(name); err != nil || !ok || compat.FileSum(have) != compat.FileSum(text) {
		r.files[name] = text
	}
}

// content is a file as it will be.
func (r *releaser) content(name string) ([]byte, error) {
	if text, ok := r.files[name]; ok {
		return text, nil
	}
	text, ok, err := r.read(name)
	if err == nil && !ok {
		err = fmt.Errorf("read %s: it is not there", name)
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

// writeLock comes last: what it vouches for is there.
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
		r.print("%s %s, which was released and is not quite the same", r.verb("released", "would release"), subject)
	}
	if err := r.save(compat.LockName, text); err != nil {
		return err
	}
	return r.forget()
}

// forget deletes the samples of what an exemption let go.
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

// save replaces a file as a whole, or only says so.
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
