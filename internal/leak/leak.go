// Package leak tells of goroutines that are left when all tests of a package
// have ended: who starts one stops it and waits.
package leak

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// patience is how long goroutines may take to end: what a test has told to stop
// need not have done so.
const patience = 5 * time.Second

// Run runs the tests of a package and returns the code to exit with, which is 1
// if one of our goroutines is left.
//
//	func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }
func Run(m *testing.M) int {
	code := m.Run()
	if left := Left(patience); code == 0 && len(left) > 0 {
		fmt.Fprintf(os.Stderr, "%d goroutines are left:\n\n%s\n", len(left), strings.Join(left, "\n\n"))
		return 1
	}
	return code
}

// Left waits until no goroutine but the caller's has a function of ours on its
// stack, or began in one, and returns the stacks of those that do after a while.
func Left(patience time.Duration) []string {
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		left := ours()
		if len(left) == 0 || time.Now().After(end) {
			return left
		}
	}
}

func ours() (stacks []string) {
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
		if i > 0 && strings.Contains(stack, "ironstar.dev") { // the first is the caller's
			stacks = append(stacks, stack)
		}
	}
	return stacks
}
