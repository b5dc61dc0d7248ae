// Package leak finds goroutines that still run when all tests of a package have
// ended. Code that starts a goroutine has to stop it and wait for it.
package leak

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// patience is how long goroutines may take to end after a test has told them to
// stop.
const patience = 30 * time.Second

// Run runs the tests of a package and returns the exit code, which is 1 if a
// goroutine of this module is left.
//
//	func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }
func Run(m *testing.M) int {
	code := m.Run()
	if left := Remaining(patience); code == 0 && len(left) > 0 {
		fmt.Fprintf(os.Stderr, "%d goroutines are left:\n\n%s\n", len(left), strings.Join(left, "\n\n"))
		return 1
	}
	return code
}

// Remaining waits until no goroutine except the caller's has a function of this
// module on its stack or was started by one. After patience it returns the
// stacks of those that are left.
func Remaining(patience time.Duration) []string {
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		left := ourStacks()
		if len(left) == 0 || time.Now().After(end) {
			return left
		}
	}
}

func ourStacks() (stacks []string) {
	text := make([]byte, 1<<20)
	for {
		n := runtime.Stack(text, true)
		if n < len(text) {
			text = text[:n]
			break
		}
		text = make([]byte, 2*len(text))
	}
	for i, stack := range strings.Split(string(text), "\n\n") {
		if i > 0 && strings.Contains(stack, "ironstar.dev") { // the first stack is the caller's
			stacks = append(stacks, stack)
		}
	}
	return stacks
}
