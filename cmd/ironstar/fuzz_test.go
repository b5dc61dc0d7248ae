package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
)

// FuzzHandWritten: searching any Go file for methods ends, and finds at least
// those in valid code.
func FuzzHandWritten(f *testing.F) {
	f.Add([]byte("package p\n\ntype T struct{ ((\n"))
	f.Add([]byte("package p\n\ntype T struct{ T }\ntype U = T\nvar _ p.I = (*T)(nil)\n"))
	f.Add([]byte("\x00\xff{{{"))
	f.Add([]byte("package p\nvar _ a.B = c.D{}\nfunc (x *T[K, V]) M() {"))
	f.Fuzz(func(t *testing.T, text []byte) {
		w := newWritten()
		w.file("fuzz.go", text)
		w.file("plain.go", []byte("package p\n\nfunc (PlainlyThere) Method() {}\n\ntype PlainlyThere struct{}\n"))
		for typ := range w.types {
			w.has(typ, "M", 0)
			w.implementer(typ)
		}
		if _, ok := w.implementer("PlainlyThere"); !ok || !w.has("PlainlyThere", "Method", 0) {
			t.Error("a method in valid code is not found")
		}
	})
}

// FuzzExplain: explain explains any name, or prints an error with the name.
func FuzzExplain(f *testing.F) {
	for _, name := range []string{"Till", "b.Till.Taken", "#Money", "IRN012", "", ".", "..", "Tıll", "-", "--", "a.b.c.d.e", "IRN99999999999999999999"} {
		f.Add(name)
	}
	dir, err := filepath.Abs(filepath.Join("testdata", "g18", "schema"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string) {
		var stdout, stderr bytes.Buffer
		switch code := run(context.Background(), []string{"explain", "--", name, dir}, &stdout, &stderr); code {
		case exitDone:
			if stdout.Len() == 0 {
				t.Errorf("nothing is said about %q", name)
			}
		case exitNo, exitTrouble:
			if stderr.Len() == 0 || stdout.Len() > 0 {
				t.Errorf("%q is refused with %q and %q", name, &stdout, &stderr)
			}
		default:
			t.Errorf("%q ends with %d", name, code)
		}
	})
}

// FuzzGoMod: for any go.mod, the module path is found or an error explains why
// not, and nothing is written outside the module.
func FuzzGoMod(f *testing.F) {
	for _, text := range []string{"module example.com/app\n", "module (\n", "module \"../..\"\n", "module ../../x\n", "", "module a\nmodule b\n", "\xef\xbb\xbfmodule a\n", "// module a\n", "module \"a\\nb\"\n", "module C:\\x\n"} {
		f.Add([]byte(text))
	}
	schema := filepath.Join("testdata", "g18", "schema")
	f.Fuzz(func(t *testing.T, text []byte) {
		root := t.TempDir()
		if err := os.CopyFS(filepath.Join(root, "schema"), os.DirFS(schema)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, "go.mod"), text, 0o666); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		if code := run(context.Background(), []string{"generate", filepath.Join(root, "schema")}, &stdout, &stderr); code != exitDone && stderr.Len() == 0 {
			t.Errorf("ends with %d and says nothing", code)
		}
	})
}

// FuzzAdd: whatever somebody asks ironstar add for, it says what it would do or
// what is wrong. A dry run changes nothing, and what it would add has no errors.
func FuzzAdd(f *testing.F) {
	for _, seed := range [][3]string{
		{"aggregate", "Recipe", "text:text"}, {"aggregate", "b.Recipe", "a:low|high"}, {"command", "Till.Take", "n:int=1"}, {"event", "b.Till.Lost", "#"}, {"view", "Sum", "n:int"},
		{"signal", "b.Draft", "text:string"}, {"command", "Till.\x00", "\xff"}, {"aggregate", "..", ":"}, {"signal", "Till", "a:#Till"}, {"aggregate", "b/../c.X", "a:int"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	dir, err := filepath.Abs(filepath.Join("testdata", "g18", "schema"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, kind, name, field string) {
		args := []string{"add", kind, "--dry-run", "--dir", dir, "--", name, field}
		if kind == "view" {
			args = append([]string{"add", "view", "--on", "b.Till.Taken"}, args[2:]...)
		}
		var stdout, stderr bytes.Buffer
		switch code := run(context.Background(), args, &stdout, &stderr); code {
		case exitDone:
			if !bytes.Contains(stdout.Bytes(), []byte("\n+")) && kind != "--help" && kind != "-h" {
				t.Errorf("%q: the diff is %q", args, &stdout)
			}
		case exitNo, exitTrouble:
			if stderr.Len() == 0 || stdout.Len() > 0 {
				t.Errorf("%q is refused with %q and %q", args, &stdout, &stderr)
			}
		default:
			t.Errorf("%q ends with %d", args, code)
		}
	})
}
