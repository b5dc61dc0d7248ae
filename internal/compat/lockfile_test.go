package compat_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"ironstar.dev/internal/compat"
)

const shop = `package p

import "ironstar.dev/schema"

#A: schema.#Aggregate & {
	state: n: int
	command: Do: {}
	event: {
		Added: v1: {text: string, note?: "<a>" | "b"}
		Kept: v1: {}
	}
}
#Form: schema.#Signals & {text: *"" | string}
#Board: schema.#View & {of: "A"}
`

func lockText(t *testing.T) string {
	t.Helper()
	l := compat.LockOf(loadText(t, "shop", shop))
	e := l.Find("p.A", "Added", 1)
	e.Samples = &compat.File{Path: e.SampleFile(), Sum: compat.FileSum([]byte("{}\n"))}
	return string(l.Bytes())
}

func TestParseLock(t *testing.T) {
	text := lockText(t)
	for name, changed := range map[string]string{
		"as it is": text,
		"CRLF":     strings.ReplaceAll(text, "\n", "\r\n"),
		"after a merge, in another order": func() string {
			lines := strings.Split(text, "\n")
			lines[1], lines[3] = lines[3], lines[1]
			return strings.Join(lines, "\n")
		}(),
		"empty": "ironstar.lock 1\nend\n",
	} {
		l, err := compat.ParseLock([]byte(changed))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := string(l.Bytes()); name != "empty" && got != text {
			t.Errorf("%s: written again it is\n%s\nwant\n%s", name, got, text)
		}
	}
}

// TestOlderLocksSayLess: a lock of the first format has no addresses and no
// final events, so there are no findings about them.
func TestOlderLocksSayLess(t *testing.T) {
	s := loadText(t, "final", around("\tevent: Added: v1: {} @final()\n"))
	plain := loadText(t, "plain", around("\tevent: Added: v1: {}\n"))
	lock, err := compat.ParseLock([]byte(strings.Replace(string(compat.LockOf(plain).Bytes()), "lock 2", "lock 1", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if all := compat.Compare(lock, s, compat.Options{}); len(all) > 0 {
		t.Errorf("found in a lock of the first format:\n%s", show(all))
	}
	again, err := compat.ParseLock(lock.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if all := compat.Compare(again, s, compat.Options{}); len(all) != 1 || all[0].Rule != "final-added" {
		t.Errorf("found in one that was written anew:\n%s", show(all))
	}
}

// TestLockOfProcesses: only a lock with processes has the format that an older
// ironstar refuses, and one without says nothing about them.
func TestLockOfProcesses(t *testing.T) {
	before := loadText(t, "shop", shop)
	now := loadText(t, "processes", shop+`#Old: schema.#Process & {
	on: A: ["Added"]
	key: "stream"
	sends: A: ["Do"]
	timer: Due: n: int
	effect: Tell: data: {}
	was: ["Older", "Oldest"]
}
`)
	old := compat.LockOf(before)
	if text := string(old.Bytes()); !strings.HasPrefix(text, "ironstar.lock 2\n") {
		t.Errorf("a lock without processes begins with %.20q", text)
	}
	if all := compat.Compare(old, now, compat.Options{}); len(all) > 0 {
		t.Errorf("new processes are found:\n%s", show(all))
	}
	if added, widened := compat.Added(old, compat.LockOf(now)); !slices.Equal(added, []string{"p.Old (process)", "p.Old.Due (timer)", "p.Old.Tell (effect)"}) || len(widened) > 0 {
		t.Errorf("a release adds %q, and widens %q", added, widened)
	}
	text := string(compat.LockOf(now).Bytes())
	back, err := compat.ParseLock([]byte(text))
	if err != nil || !strings.HasPrefix(text, "ironstar.lock 3\n") || string(back.Bytes()) != text {
		t.Errorf("the lock with a process is not read back: %v\n%s", err, text)
	}
	for _, want := range []string{
		`"what":"process","of":"p","name":"Old","key":"stream","start":"now","was":["Older","Oldest"]`,
		`"what":"timer","of":"p.Old","name":"Due"`, `"what":"effect","of":"p.Old","name":"Tell"`, `"what":"sent","of":"p.Old","name":"A.Do"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the lock lacks %s:\n%s", want, text)
		}
	}
}

// TestParseLockRefuses: a lock that was changed by hand is refused, with the
// position, and never read as another lock.
func TestParseLockRefuses(t *testing.T) {
	text := lockText(t)
	lines := strings.SplitAfter(text, "\n")
	event := lines[4]
	for _, c := range []struct {
		name, text, rule string
		line, col        int
		says             string
	}{
		{"empty", "", "lock-broken", 1, 1, "does not begin with"},
		{"something else", "{}\n", "lock-broken", 1, 1, "does not begin with"},
		{"binary", "\x00\x01\xff\xfe", "lock-broken", 1, 1, "does not begin with"},
		{"newer", strings.Replace(text, "lock 2", "lock 5", 1), "lock-newer", 1, 15, "format 5"},
		{"a strange version", strings.Replace(text, "lock 2", "lock 02", 1), "lock-broken", 1, 1, "does not begin"},
		{"cut between lines", lines[0] + lines[1], "lock-broken", 3, 1, "not whole"},
		{"cut in a line", text[:len(text)-30], "lock-broken", 6, 1, "not whole"},
		{"with something behind the end", text + "x", "lock-broken", 8, 1, "not whole"},
		{"with an end in the middle", strings.Replace(text, "\n", "\nend\n", 1), "lock-broken", 2, 1, "not an entry"},
		{"without its last line end", text[:len(text)-1], "lock-broken", 7, 1, "not whole"},
		{"edited", strings.Replace(text, `"name":"note"`, `"name":"nota"`, 1), "lock-edited", 5, 1, "p.A.Added.v1 was edited by hand"},
		{"with spaces", strings.Replace(text, `"of":"p.A"`, `"of": "p.A"`, 1), "lock-edited", 4, 1, "edited by hand"},
		{"with an unknown field", strings.Replace(text, `"what"`, `"more":1,"what"`, 1), "lock-broken", 2, 1, `unknown field "more"`},
		{"with an empty line", strings.Replace(text, "\n", "\n\n", 1), "lock-broken", 2, 1, "not an entry"},
		{"with half a line", lines[0] + event[:50] + "\n" + lines[6], "lock-broken", 3 - 1, 1, "not an entry"},
		{"with bytes", strings.Replace(text, "Added", "Add\xff", 1), "lock-broken", 5, 1, "UTF-8"},
		{"twice the same", strings.Replace(text, event, event+event, 1), "lock-duplicate", 6, 1, "the lock has p.A.Added.v1 twice; the first is in line 5"},
		{"a conflict", strings.Replace(text, event, "<<<<<<< HEAD\n"+event+"=======\n"+event+">>>>>>> other\n", 1), "lock-conflict", 5, 1, "git left a conflict"},
		{"a huge line", lines[0] + `{"what":"` + strings.Repeat("x", 5<<20) + "\n" + "end\n", "lock-broken", 2, 1, "bytes, and a line may have at most"},
		{"huge", lines[0] + strings.Repeat("\n", 65<<20), "lock-broken", 0, 0, "at most"},
	} {
		_, err := compat.ParseLock([]byte(c.text))
		var wrong *compat.LockError
		if !errors.As(err, &wrong) {
			t.Errorf("%s is read: %v", c.name, err)
			continue
		}
		if _, ok := compat.FindRule(wrong.Rule); !ok || wrong.Rule != c.rule || wrong.Line != c.line || wrong.Hint == "" || !strings.Contains(wrong.Message, c.says) {
			t.Errorf("%s: %v, hint %q; want %s in line %d saying %q", c.name, wrong, wrong.Hint, c.rule, c.line, c.says)
		}
		if c.col != wrong.Col && wrong.Rule != "lock-broken" {
			t.Errorf("%s: column %d, want %d", c.name, wrong.Col, c.col)
		}
	}
}

// TestParseLockRefusesNonsense: lines with a correct checksum that make no
// sense are refused.
func TestParseLockRefusesNonsense(t *testing.T) {
	for name, change := range map[string]func(e *compat.Entry){
		"another hash":            func(e *compat.Entry) { e.Hash = "0" },
		"no shape":                func(e *compat.Entry) { e.Shape = nil },
		"no version":              func(e *compat.Entry) { e.Version = 0 },
		"no name":                 func(e *compat.Entry) { e.Name = "" },
		"a name with a path":      func(e *compat.Entry) { e.Of = "../p" },
		"something unknown":       func(e *compat.Entry) { e.What = "thing" },
		"samples somewhere else":  func(e *compat.Entry) { e.Samples = &compat.File{Path: "elsewhere/x"} },
		"samples on the way out":  func(e *compat.Entry) { e.Samples = &compat.File{Path: "samples/../x"} },
		"outputs on the way out":  func(e *compat.Entry) { e.Outputs = &compat.File{Path: `samples/..\x`} },
		"a version of a command":  func(e *compat.Entry) { e.What = compat.Command },
		"a version of a retiring": func(e *compat.Entry) { e.What = compat.Retired },
		"a timer without a shape": func(e *compat.Entry) { e.What, e.Version, e.Shape = compat.Timer, 0, nil },
		"an event with a path":    func(e *compat.Entry) { e.Name = "List.Added" },
		"a version of a process":  func(e *compat.Entry) { e.What = compat.Process },
	} {
		l := compat.LockOf(loadText(t, "shop", shop))
		change(l.Find("p.A", "Added", 1))
		_, err := compat.ParseLock(l.Bytes())
		var wrong *compat.LockError
		if !errors.As(err, &wrong) || wrong.Rule != "lock-broken" || wrong.Line < 2 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseLock(f *testing.F) {
	f.Add([]byte("ironstar.lock 1\nend\n"))
	f.Add([]byte("ironstar.lock 1\n{\"what\":\"event\"}\nend\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := compat.ParseLock(data)
		if err != nil {
			return
		}
		again, err := compat.ParseLock(l.Bytes())
		if err != nil || !bytes.Equal(again.Bytes(), l.Bytes()) {
			t.Errorf("%q is read, and what it is written as is not: %v", data, err)
		}
	})
}

func TestParseExemptions(t *testing.T) {
	all, err := compat.ParseExemptions([]byte("# why\r\n\r\n0123456789abcdef because of this\r\n"))
	if err != nil || len(all) != 1 || all[0] != (compat.Exemption{Hash: "0123456789abcdef", Reason: "because of this", Line: 3}) {
		t.Errorf("%v, %v", all, err)
	}
	for text, want := range map[string]string{
		"0123456789abcdef\n":                          "exemption-broken",
		"0123456789abcde why\n":                       "exemption-broken",
		"0123456789ABCDEF why\n":                      "exemption-broken",
		"0123456789abcdef a\n0123456789abcdef b\n":    "exemption-broken",
		"0123456789abcdef \xff\n":                     "exemption-broken",
		"<<<<<<< HEAD\n0123456789abcdef a\n=======\n": "lock-conflict",
	} {
		_, err := compat.ParseExemptions([]byte(text))
		var wrong *compat.LockError
		if !errors.As(err, &wrong) || wrong.Rule != want || wrong.Line == 0 || wrong.File != compat.ExemptName {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestExempt: an exemption permits its change and no other. One that matches no
// finding becomes a finding.
func TestExempt(t *testing.T) {
	old := loadText(t, "old", around("\tevent: Added: v1: {a: int, b: int}\n"))
	now := loadText(t, "new", around("\tevent: Added: v1: {a: string, b: string}\n"))
	all := compat.Compare(compat.LockOf(old), now, compat.Options{})
	if len(all) != 2 || all[0].Hash == all[1].Hash {
		t.Fatalf("%v", all)
	}
	left := compat.Exempt(all, []compat.Exemption{{Hash: all[0].Hash, Reason: "r", Line: 1}, {Hash: "0123456789abcdef", Reason: "s", Line: 2}})
	if len(left) != 2 || left[1].Path != "b" || left[0].Rule != "exemption-unused" || left[0].Fails() || left[0].Pos.Line != 2 {
		t.Errorf("left are\n%s", show(left))
	}
	if f := compat.AboutFile("samples-changed", "f", "x"); len(compat.Exempt([]compat.Finding{f}, []compat.Exemption{{}})) != 2 {
		t.Error("what has no hash is exempted")
	}
	other := compat.Compare(compat.LockOf(old), loadText(t, "other", around("\tevent: Added: v1: {a: bool, b: string}\n")), compat.Options{})
	if other[0].Hash == all[0].Hash || other[1].Hash != all[1].Hash {
		t.Errorf("another change has the hash %s, the same %s and %s", other[0].Hash, other[1].Hash, all[1].Hash)
	}
}
