package ops_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ironstar.dev/engine"
	"ironstar.dev/ops"
)

// start serves h until stop is called, which returns what Serve returned.
func start(t *testing.T, h http.HandlerFunc) (url string, stop func() error) {
	t.Helper()
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		err := ops.Serve(ctx, &http.Server{Addr: "127.0.0.1:0", Handler: h}, "", w)
		w.Close()
		done <- err
	}()
	lines := bufio.NewScanner(r)
	if !lines.Scan() {
		t.Fatal("it does not say where it serves")
	}
	url = strings.TrimPrefix(lines.Text(), "serving on ")
	return url, func() error {
		cancel()
		for lines.Scan() {
		}
		return <-done
	}
}

func TestServeLetsRequestsFinish(t *testing.T) {
	entered, finish := make(chan struct{}), make(chan struct{})
	url, stop := start(t, func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-finish
		io.WriteString(w, "finished")
	})
	answer := make(chan string, 1)
	go func() {
		resp, err := http.Get(url)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	for { // until it takes no new connections
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			break
		}
		conn.Close()
	}
	close(finish)
	if got := <-answer; got != "finished" {
		t.Errorf("the request in progress got %q", got)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stopped with %v", err)
	}
}

func TestServeOnAnAddressInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	err = ops.Serve(t.Context(), &http.Server{Addr: l.Addr().String()}, "", io.Discard)
	if err == nil || !strings.Contains(err.Error(), "-addr") {
		t.Errorf("got %v, want an error that says what to do", err)
	}
	var op *net.OpError
	if !errors.As(err, &op) {
		t.Errorf("%v does not wrap the cause", err)
	}
}

// TestServeDoesNotWaitForIdleConnections: browsers open connections in advance, and
// http.Server.Shutdown waits for each of them for five seconds.
// The machine may be slow for a while, so one of three times is enough.
func TestServeDoesNotWaitForIdleConnections(t *testing.T) {
	var spent time.Duration
	for range 3 {
		if spent = stopBesideIdle(t); spent < 4*time.Second {
			return
		}
	}
	t.Errorf("it took %v to stop", spent)
}

// stopBesideIdle returns how long a server needs to stop while a connection that
// never sent a request is open.
func stopBesideIdle(t *testing.T) time.Duration {
	t.Helper()
	url, stop := start(t, func(http.ResponseWriter, *http.Request) {})
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	resp, err := http.Get(url) // so that the connection above has been accepted
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	begun := time.Now()
	if err := stop(); err != nil {
		t.Error(err)
	}
	return time.Since(begun)
}

func TestHosts(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080 localhost:8080 127.0.0.1:8080 [::1]:8080",
		"localhost:80":   "localhost:80 localhost localhost:80 localhost 127.0.0.1:80 127.0.0.1 [::1]:80 [::1]",
		"127.0.0.2:1":    "127.0.0.2:1 localhost:1 127.0.0.1:1 [::1]:1",
		":8080":          "",
		"127.0.0.1:0":    "",
		"0.0.0.0:8080":   "",
		"192.0.2.1:80":   "",
		"example.com:80": "",
		"nonsense":       "",
	} {
		if got := strings.Join(ops.Hosts(addr), " "); got != want {
			t.Errorf("%s is reached as %q, want %q", addr, got, want)
		}
	}
}

// TestBuild: a build is identified by the content of its binary, wherever it is
// and whenever it was made.
func TestBuild(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(binary)
	if got, err := ops.Build(); err != nil || got != hex.EncodeToString(sum[:16]) {
		t.Errorf("the build is %q, %v; want the hash %x", got, err, sum[:16])
	}
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		show := ops.Progress(&out)
		show(engine.Progress{At: 10, Head: 10, Done: true})
		if out.Len() > 0 {
			t.Errorf("a rebuild that took no time shows %q", out.String())
		}
		time.Sleep(2 * time.Second)
		show(engine.Progress{At: 5, Head: 10, PerSecond: 2, Left: 2500 * time.Millisecond})
		show(engine.Progress{At: 6, Head: 10, PerSecond: 2, Left: 2 * time.Second})
		show(engine.Progress{At: 10, Head: 10, PerSecond: 2, Done: true})
		// The output is not a terminal: a few separate lines.
		want := "rebuilding views: 5 of 10 events, 2/s, 3s left\nviews rebuilt: 10 events, 2/s\n"
		show(engine.Progress{Work: engine.RestoreClaims, At: 1, Head: 10, PerSecond: 1, Left: 9 * time.Second})
		time.Sleep(2 * time.Second)
		show(engine.Progress{Work: engine.RestoreClaims, At: 3, Head: 10, PerSecond: 1, Left: 7 * time.Second})
		show(engine.Progress{Work: engine.RestoreClaims, At: 10, Head: 10, PerSecond: 1, Done: true})
		want += "reading values that must be unique: 3 of 10 events, 1/s, 7s left\nvalues that must be unique are read: 10 events, 1/s\n"
		if out.String() != want {
			t.Errorf("it shows %q, want %q", out.String(), want)
		}
	})
}
