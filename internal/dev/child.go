package dev

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
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
	ready chan struct{} // closed when it serves
	done  chan struct{} // closed when it has ended

	mu     sync.Mutex
	output []string // its last lines
}

// lastLines is how many lines of a child's output are kept.
const lastLines = 40

// serving begins the line that a server prints when it serves.
const serving = "serving on http://"

// startChild starts a server. It copies to out what the server prints from when it
// serves; what it prints before is the reason if it does not.
func startChild(binary, dir string, args []string, out io.Writer) (*child, error) {
	cmd := exec.Command(binary, args...)
	cmd.Dir = dir
	ownGroup(cmd) // Ctrl-C goes to this process only, which asks the child to end
	cmd.Cancel = nil
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	cmd.Stdout, cmd.Stderr = write, write
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start the server: %w", err), stdin.Close(), read.Close(), write.Close())
	}
	write.Close() // the child has it
	c := &child{cmd: cmd, stdin: stdin, ready: make(chan struct{}), done: make(chan struct{})}
	go c.read(read, out)
	return c, nil
}

// read reads what the child prints, until it has ended.
func (c *child) read(from io.ReadCloser, out io.Writer) {
	defer close(c.done)
	defer from.Close()
	lines := bufio.NewReader(from)
	ready := false
	for {
		line, err := lines.ReadString('\n')
		if line = strings.TrimRight(line, "\r\n"); line != "" || err == nil {
			c.keep(line)
			switch {
			case !ready && strings.HasPrefix(line, serving):
				ready = true
				if before := c.said(); before != "" {
					fmt.Fprintln(out, before)
				}
				close(c.ready)
			case ready && !isRoutine(line):
				fmt.Fprintln(out, line)
			}
		}
		if err != nil {
			break
		}
	}
	_ = c.cmd.Wait() // ProcessState has the result
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

// wait waits until the child serves. If it ends before, or ctx does, that is an
// error.
func (c *child) wait(ctx context.Context) error {
	select {
	case <-c.ready:
		return nil
	case <-c.done:
		return c.ended()
	case <-ctx.Done():
		return ctx.Err()
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
		_ = c.cmd.Process.Kill()
		<-c.done
	}
}
