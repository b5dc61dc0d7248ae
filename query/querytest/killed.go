package querytest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"ironstar.dev"
	"ironstar.dev/internal/leak"
	"ironstar.dev/query"
)

// childFolder names the folder of a child: the test binary, started again to be killed.
const childFolder = "IRONSTAR_TEST_TABLES"

// Main runs the tests of a package that calls [EngineSuite], or is the child of one.
//
//	func TestMain(m *testing.M) { querytest.Main(m, Engine{}) }
func Main(m *testing.M, e query.Engine) {
	if dir := os.Getenv(childFolder); dir != "" {
		feedUntilKilled(e, dir)
		return
	}
	os.Exit(leak.Run(m))
}

// feedUntilKilled prints a line for each batch that is stored.
func feedUntilKilled(e query.Engine, dir string) {
	ctx := context.Background()
	t, err := e.Open(ctx, options(dir, set(), "log"))
	if err != nil {
		fmt.Println("open:", err)
		return
	}
	p, err := t.Position(ctx)
	for size := ironstar.Position(1); err == nil; size = size%50 + 7 {
		if err = t.Feed(ctx, sales(p, p+size)); err == nil {
			p += size
			fmt.Println("fed", p)
		}
	}
	fmt.Println("feed:", err)
}

// testKilled: after kill -9 the tables have exactly the rows of their checkpoint, which is
// not before what was stored.
func testKilled(s *suite) {
	for round := range 5 {
		fed := s.kill(3 + 7*round)
		t := s.open()
		if p := s.counted(t); p < fed {
			s.Errorf("the checkpoint is %d, and %d was stored", p, fed)
		}
		s.feed(t, sales(s.counted(t), s.counted(t)+1))
		s.close(t)
	}
}

// kill starts a child and kills it after some batches. It returns the position that the
// child had stored.
func (s *suite) kill(batches int) (fed ironstar.Position) {
	self, err := os.Executable()
	if err != nil {
		s.Fatal(err)
	}
	child := exec.CommandContext(s.ctx, self)
	child.Env = append(os.Environ(), childFolder+"="+s.dir)
	out, err := child.StdoutPipe()
	if err != nil {
		s.Fatal(err)
	}
	if err := child.Start(); err != nil {
		s.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if _, err := fmt.Sscanf(lines.Text(), "fed %d", &fed); err != nil {
			s.Errorf("the child says %q", lines.Text())
			break
		}
		if n == batches {
			if err := child.Process.Kill(); err != nil {
				s.Error(err)
			}
		}
	}
	_ = child.Wait() // it was killed
	return fed
}
