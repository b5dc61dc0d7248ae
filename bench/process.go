package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// servingOn begins the line on standard error with which a server reports that
// it is ready.
const servingOn = "serving on "

// process is a server in another process.
type process struct {
	url     string
	kill    context.CancelFunc
	drained chan struct{} // closed when its standard error has ended
	cmd     *exec.Cmd
}

// startProcess starts a server with additions to its environment, and returns
// when it serves. The caller stops it.
func startProcess(ctx context.Context, env []string, name string, args ...string) (*process, error) {
	ctx, kill := context.WithCancel(ctx)
	p := &process{kill: kill, drained: make(chan struct{}), cmd: exec.CommandContext(ctx, name, args...)}
	p.cmd.Env = append(os.Environ(), env...)
	stderr, err := p.cmd.StderrPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		kill()
		return nil, err
	}
	lines := bufio.NewScanner(stderr)
	said := ""
	for p.url == "" && lines.Scan() {
		if address := addressIn(lines.Text()); address != "" {
			p.url = origin(address)
		} else {
			said += lines.Text() + "\n"
		}
	}
	go func() {
		defer close(p.drained)
		_, _ = io.Copy(io.Discard, stderr) // ends with the process
	}()
	if p.url == "" {
		p.stop()
		return nil, fmt.Errorf("%s %s does not serve\n%s", name, strings.Join(args, " "), said)
	}
	return p, nil
}

// addressIn returns the address in a line with which a server, or ironstar dev,
// reports where it serves, or "".
func addressIn(line string) string {
	for _, prefix := range []string{servingOn, "dev: http"} {
		if strings.HasPrefix(line, prefix) {
			if at := strings.Index(line, "http"); at >= 0 {
				address, _, _ := strings.Cut(line[at:], " ")
				return strings.TrimRight(address, ",;.")
			}
		}
	}
	return ""
}

// cpu returns the processor time that the process has used, in seconds, or NaN
// if this system does not report it. The ticks in /proc/<pid>/stat would be too
// coarse.
func (p *process) cpu() float64 {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.cmd.Process.Pid))
	if err != nil || len(threads) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, thread := range threads {
		var ran float64 // ns
		text, err := os.ReadFile(thread)
		if err != nil {
			continue // the thread has ended
		}
		if _, err := fmt.Sscan(string(text), &ran); err != nil {
			return math.NaN()
		}
		sum += ran
	}
	return sum / 1e9
}

// resident returns the memory of the process, in bytes, or NaN if this system
// does not report it.
func (p *process) resident() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	var all, resident float64 // pages
	if err == nil {
		_, err = fmt.Sscan(string(text), &all, &resident)
	}
	if err != nil {
		return math.NaN()
	}
	return resident * float64(os.Getpagesize())
}

// origin returns an address without its path; the application prints the
// address of a page.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host
}

// stop kills the process; its files are not needed any more.
func (p *process) stop() {
	p.kill()
	<-p.drained
	_ = p.cmd.Wait() // "signal: killed"
}
