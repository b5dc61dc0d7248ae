package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"strings"
)

// servingOn begins the line on standard error with which a server says that it
// is ready.
const servingOn = "serving on "

// process is a server that runs beside this one.
type process struct {
	url     string
	kill    context.CancelFunc
	drained chan struct{} // closed when its standard error has ended, never sent to
	cmd     *exec.Cmd
}

// startProcess starts a server and returns when it serves. Whoever starts one
// stops it.
func startProcess(ctx context.Context, name string, args ...string) (*process, error) {
	ctx, kill := context.WithCancel(ctx)
	p := &process{kill: kill, drained: make(chan struct{}), cmd: exec.CommandContext(ctx, name, args...)}
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
		if address, serves := strings.CutPrefix(lines.Text(), servingOn); serves {
			p.url = origin(address)
		} else {
			said += lines.Text() + "\n"
		}
	}
	go func() {
		defer close(p.drained)
		_, _ = io.Copy(io.Discard, stderr) // it ends when the process does
	}()
	if p.url == "" {
		p.stop()
		return nil, fmt.Errorf("%s %s does not serve\n%s", name, strings.Join(args, " "), said)
	}
	return p, nil
}

// origin is an address without its path: the application prints that of a page.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host
}

// stop kills the process: what it has written is not needed any more.
func (p *process) stop() {
	p.kill()
	<-p.drained
	_ = p.cmd.Wait() // "signal: killed"
}
