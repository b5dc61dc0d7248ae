package compat_test

import (
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
)

// features returns the schemas that show what the language can express.
func features(t *testing.T) map[string]*model.Schema {
	t.Helper()
	dirs, err := filepath.Glob("../cueload/testdata/features/*")
	if err != nil || len(dirs) < 10 {
		t.Fatalf("%d features: %v", len(dirs), err)
	}
	all := map[string]*model.Schema{}
	for _, dir := range append(dirs, "../../schema") {
		s, err := cueload.Load(dir)
		if err != nil {
			t.Fatalf("%s: %v", dir, err)
		}
		all[filepath.Base(dir)] = s
	}
	return all
}

// TestFeatures locks everything that the language can express, reads the lock
// back, and finds no difference.
func TestFeatures(t *testing.T) {
	for name, s := range features(t) {
		text := compat.LockOf(s).Bytes()
		lock, err := compat.ParseLock(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if string(lock.Bytes()) != string(text) {
			t.Errorf("%s is read back as\n%s\nwant\n%s", name, lock.Bytes(), text)
		}
		if all := compat.Compare(lock, s, compat.Options{}); len(all) > 0 {
			t.Errorf("%s compared with itself:\n%s", name, show(all))
		}
	}
}

// TestEverythingIsWritten: for an event that lost all its fields, the finding
// prints the released version completely, for every kind of field.
func TestEverythingIsWritten(t *testing.T) {
	tried := 0
	for name, s := range features(t) {
		if name == "oddities" || name == "enums" {
			continue // fields and values need @go(name=…) there, and shapes have no Go names
		}
		lock, err := compat.ParseLock(compat.LockOf(s).Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range s.Packages {
			for _, a := range p.Aggregates {
				for _, e := range a.Events {
					e.Versions[0].Payload = payload()
				}
			}
		}
		for _, f := range compat.Compare(lock, s, compat.Options{}) {
			if f.Rule != "field-removed" {
				continue
			}
			tried++
			part := strings.Split(f.Subject, ".")
			e := *lock.Find(part[0]+"."+part[1], part[2], 1)
			text := pasted("package p\n\nimport \"ironstar.dev/schema\"\n\n#X: schema.#UUID\n", f.Write)
			back := loadText(t, name+": "+f.Subject, text)
			e.Of, e.Name = "p.Z", "Back"
			if all := compat.Compare(&compat.Lock{Entries: []*compat.Entry{&e}}, back, compat.Options{}); len(all) > 0 {
				t.Errorf("%s: %s is written as\n%s\nwhich is not the same:\n%s", name, f.Subject, f.Write, show(all))
			}
		}
	}
	if tried < 40 {
		t.Errorf("only %d were tried", tried)
	}
}
