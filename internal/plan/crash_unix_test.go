//go:build unix

package plan_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ironstar.dev/internal/plan"
)

// TestMain lets the test binary be the child process that is killed, hits a
// size limit, or may not write.
func TestMain(m *testing.M) {
	if root := os.Getenv("IRONSTAR_PLAN_CHILD"); root != "" {
		os.Exit(child(root))
	}
	os.Exit(m.Run())
}

// child applies one generation after the other to root, without end, or only
// one if the environment names it.
func child(root string) int {
	limit()
	only := os.Getenv("IRONSTAR_PLAN_ONLY")
	for n := 0; ; n++ {
		if only != "" {
			n, _ = strconv.Atoi(only)
		}
		p, err := generation(n)
		if err == nil {
			_, err = p.Apply(context.Background(), plan.Options{Root: root, Schema: "schema"})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		if only != "" {
			return 0
		}
		fmt.Println(n)
	}
}

// generation is the nth plan: its files appear, change and disappear with n.
func generation(n int) (*plan.Plan, error) {
	generated, once := map[string][]byte{}, map[string][]byte{}
	for i := range 12 {
		if (i+n)%5 == 0 {
			continue
		}
		generated[fmt.Sprintf("gen/c%d/f%d_gen.go", (i+n)%3, i)] = fmt.Appendf(nil, "%s// %d of %d %s\n", header, i, n, strings.Repeat("x", 4000))
	}
	once["internal/app/list.go"] = []byte("package app\n")
	return plan.New(generated, once)
}

func childProcess(t *testing.T, root string, env ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), append(env, "IRONSTAR_PLAN_CHILD="+root)...)
	return cmd
}

// TestG19_KilledRunsAreFinishedByTheNext: after kill -9 at any moment the next
// run, for any schema, recognizes all generated files and removes all
// leftovers.
func TestG19_KilledRunsAreFinishedByTheNext(t *testing.T) {
	m := newModule(t)
	const rounds = 40
	inTheMiddle, round := 0, 0
	// How many are killed in time depends on the machine: it goes on until there
	// are enough.
	for ; round < rounds || inTheMiddle < rounds/8 && round < 20*rounds; round++ {
		cmd := childProcess(t, m.root)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fscanln(out, new(int)); err != nil { // it has begun to write
			t.Fatal(err)
		}
		<-time.After(time.Duration(rand.IntN(3000)) * time.Microsecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if strings.Contains(m.read("schema/ironstar.gen.json"), `"writing"`) {
			inTheMiddle++
		}
		p, err := generation(1000 + round)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Apply(t.Context(), m.options()); err != nil {
			t.Fatalf("round %d: the run after the one that was killed: %v", round, err)
		}
		m.holdsExactly(p)
	}
	t.Logf("%d of %d were killed while they were writing", inTheMiddle, round)
	if inTheMiddle < rounds/8 {
		t.Errorf("only %d of %d were killed while they were writing: the test is not effective", inTheMiddle, round)
	}
}

// holdsExactly checks that the disk is as planned and has no leftovers.
func (m *module) holdsExactly(p *plan.Plan) {
	m.t.Helper()
	c, err := p.Compare(m.options())
	if err != nil || len(c.Changes) > 0 {
		m.t.Fatalf("the disk is not as planned: %v, %s", err, done(c.Changes))
	}
	n := 0
	for line := range strings.Lines(m.snapshot()) {
		if strings.Contains(line, "ironstar-tmp") {
			m.t.Errorf("left behind: %.80s", line)
		}
		if strings.HasPrefix(line, "-") && strings.HasSuffix(strings.Fields(line)[1], "_gen.go") {
			n++
		}
	}
	if want := strings.Count(m.read("schema/ironstar.gen.json"), "_gen.go"); n != want {
		m.t.Errorf("%d generated files on disk, %d in the manifest", n, want)
	}
}

// TestG19_AFullDiskWritesNothing: a limit on the size of a file simulates a
// full disk, at each file in turn.
func TestG19_AFullDiskWritesNothing(t *testing.T) {
	for _, c := range []struct{ limit, want string }{
		{"0", "write schema/ironstar.gen.json: file too large"},
		{"1200", "write gen/c0/f0_gen.go: file too large"},
	} {
		t.Run(c.limit, func(t *testing.T) {
			m := newModule(t)
			before := m.snapshot()
			out, err := childProcess(t, m.root, "IRONSTAR_PLAN_ONLY=3", "IRONSTAR_PLAN_LIMIT="+c.limit).CombinedOutput()
			if err == nil || !strings.Contains(string(out), c.want) {
				t.Errorf("it says %q, want %q", out, c.want)
			}
			m.unchanged(before)
		})
	}
}

// TestG19_FoldersThatCannotBeWritten: the error names the file, and nothing has
// changed.
func TestG19_FoldersThatCannotBeWritten(t *testing.T) {
	for _, c := range []struct{ folder, want string }{
		{"gen/c0", "write gen/c0/"},
		{"gen", "make folder gen/c1: permission denied"},
		{"schema", "write schema/ironstar.gen.json: permission denied"},
	} {
		t.Run(c.folder, func(t *testing.T) {
			m := newModule(t)
			if err := os.MkdirAll(m.path("gen/c0"), 0o777); err != nil {
				t.Fatal(err)
			}
			cmd := childProcess(t, m.root, "IRONSTAR_PLAN_ONLY=3")
			m.giveTo(cmd)
			if err := os.Chmod(m.path(c.folder), 0o555); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(m.path(c.folder), 0o777) })
			before := m.snapshot()
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), c.want) || !strings.Contains(string(out), "permission denied") {
				t.Errorf("it says %q (%v), want %q", out, err, c.want)
			}
			m.unchanged(before)
		})
	}
}

// open gives everybody access to the folders above and below the root.
func (m *module) open() {
	m.t.Helper()
	err := filepath.WalkDir(filepath.Dir(m.root), func(p string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(p, 0o777)
		}
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
}
