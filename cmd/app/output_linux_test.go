package main

import (
	"bufio"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
)

// TestServerSurvivesAClosedLog: a server whose standard error is closed continues,
// also when it logs.
func TestServerSurvivesAClosedLog(t *testing.T) {
	file, addr := database(t, 3, 0), freeAddr(t)
	server := app(t, "-addr", addr, "-db", file)
	stderr, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Process.Kill() })
	for lines := bufio.NewScanner(stderr); lines.Scan() && !strings.Contains(lines.Text(), "serving on"); {
	}
	stderr.Close()
	for range 3 { // each is logged
		resp, err := http.Get("http://" + addr + todohttp.BoardURL("bad", gen.BoardParams{}))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	server.Process.Signal(os.Interrupt)
	if err := server.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// TestNoDescriptorLeft: clients for which there is no descriptor get an answer,
// which is logged. Other clients are not affected.
func TestNoDescriptorLeft(t *testing.T) {
	addr := freeAddr(t)
	server := app(t, "-addr", addr, "-db", filepath.Join(t.TempDir(), "app.db"))
	server.Args = append([]string{"sh", "-c", `ulimit -n 64 && exec "$0" "$@"`, server.Path}, server.Args[1:]...)
	server.Path, _ = exec.LookPath("sh")
	stderr, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{server, make(chan string, 1000)}
	go func() {
		defer close(p.lines)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			p.lines <- lines.Text()
		}
	}()
	t.Cleanup(func() { server.Process.Kill() })
	p.says(t, "serving on")
	answers := map[string]int{}
	for range 80 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close() // they stay open
		c.SetDeadline(time.Now().Add(10 * time.Second))
		if _, err := c.Write([]byte("GET " + todohttp.BoardURL("good", gen.BoardParams{}) + " HTTP/1.1\r\nHost: " + addr + "\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(c).ReadString('\n')
		if err != nil {
			t.Fatalf("after %v a client has no answer: %v", answers, err)
		}
		answers[strings.TrimSpace(line)]++
	}
	if answers["HTTP/1.1 200 OK"] < 10 || answers["HTTP/1.1 503 Service Unavailable"] < 10 || len(answers) != 2 {
		t.Errorf("the answers are %v", answers)
	}
	p.says(t, "the server refuses new clients")
	server.Process.Signal(os.Interrupt)
	p.ended(t, 0)
}
