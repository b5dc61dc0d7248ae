package dev

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// stopTimeout is the time in which a child must end after it was asked to. Its own
// requests may take ten seconds.
const stopTimeout = 12 * time.Second

// child is the application as a process. It ends when its standard input does,
// which this process holds.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	out   io.Writer     // gets what it prints from when it serves
	ready chan struct{} // closed when it serves
	done  chan struct{} // closed when it has ended

	serves bool   // of the goroutine that writes
	line   []byte // the same: the beginning of a line

	mu     sync.Mutex
	output []string // its last lines
}

const (
	lastLines   = 40               // of a child's output that are kept
	longestLine = 64 << 10         // bytes; a longer one is several lines
	drainTime   = time.Second      // for output of programs that outlive the child that started them
	startTime   = 10 * time.Second // in which a child must serve if there is something newer to do
)

// serving begins the line that a server prints when it serves.
const serving = "serving on http://"

// startChild starts a server. It copies to out what the server prints from when it
// serves; what it prints before is the reason if it does not.
func startChild(binary, dir string, args []string, out io.Writer) (*child, error) {
	cmd := exec.Command(binary, args...)
	cmd.Dir, cmd.WaitDelay = dir, drainTime
	ownGroup(cmd) // Ctrl-C goes to this process only, which asks the child to end
	cmd.Cancel = nil
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	c := &child{cmd: cmd, stdin: stdin, out: out, ready: make(chan struct{}), done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = c, c
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start the server: %w", err), stdin.Close())
	}
	go func() {
		defer close(c.done)
		_ = cmd.Wait()       // ProcessState has the result
		killGroup(cmd)       // what it started
		if len(c.line) > 0 { // the last line may have no end
			c.print(string(c.line))
		}
	}()
	return c, nil
}

// Write gets what the child prints, from one goroutine.
func (c *child) Write(text []byte) (int, error) {
	c.line = append(c.line, text...)
	for {
		end, next := bytes.IndexByte(c.line, '\n'), 1
		if end < 0 && len(c.line) >= longestLine {
			end, next = longestLine, 0
		}
		if end < 0 {
			return len(text), nil
		}
		c.print(strings.TrimRight(string(c.line[:end]), "\r"))
		c.line = c.line[end+next:]
	}
}

// print handles one line.
func (c *child) print(line string) {
	c.keep(line)
	switch {
	case !c.serves && strings.HasPrefix(line, serving):
		c.serves = true
		if before := c.said(); before != "" {
			fmt.Fprintln(c.out, before)
		}
		close(c.ready)
	case c.serves && !isRoutine(line):
		fmt.Fprintln(c.out, line)
	}
}

// isRoutine says whether a line is about starting and stopping, which this program
// reports itself.
func isRoutine(line string) bool {
	return line == "stopping" || strings.HasPrefix(line, serving) || strings.HasPrefix(line, "took over from ")
}

func (c *child) keep(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.output = append(c.output, line)
	if len(c.output) > lastLines {
		c.output = c.output[1:]
	}
}

// said returns the last lines that the child printed.
func (c *child) said() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var lines []string
	for _, l := range c.output {
		if !isRoutine(l) {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

// errTooSlow means that a child is not waited for any longer.
var errTooSlow = fmt.Errorf("the server did not serve within %v, and there is something newer to do", startTime)

// wait waits until the child serves. It is an error if the child or run ends before,
// or ctx, and the child still needs more than limit.
func (c *child) wait(ctx, run context.Context, limit time.Duration) error {
	var late <-chan time.Time
	interrupted := ctx.Done()
	for {
		select {
		case <-c.ready:
			return nil
		case <-c.done:
			return c.ended()
		case <-run.Done():
			return run.Err()
		case <-interrupted: // it may be taking over, which is best left to finish
			interrupted, late = nil, time.After(limit)
		case <-late:
			return errTooSlow
		}
	}
}

// ended says how the child ended. It has ended.
func (c *child) ended() error {
	return fmt.Errorf("the server ended: %s", c.cmd.ProcessState)
}

// stop asks the child to end and waits for it.
func (c *child) stop() {
	_ = c.cmd.Process.Signal(syscall.SIGTERM) // an error means that it has ended; Windows has no such signal
	c.stdin.Close()
	select {
	case <-c.done:
	case <-time.After(stopTimeout):
		_ = c.cmd.Process.Kill() // an error means that it has ended
		<-c.done
	}
}
