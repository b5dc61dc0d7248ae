package duckdb

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// gate is a proxy on this machine, through which DuckDB reaches other hosts. It lets
// through what goes to an allowed host, encrypted, and nothing else. So a redirect
// leads nowhere else, which DuckDB itself would follow.
type gate struct {
	password string
	hosts    []string // each with a port
	listener net.Listener
	server   *http.Server
	served   chan struct{} // closed when the server has ended

	tunnels sync.WaitGroup
	ctx     context.Context // of the tunnels
	end     context.CancelFunc
}

const (
	gateUser    = "duckdb"
	gatePatient = 30 * time.Second // to connect, and for the head of a request
)

// openGate makes a gate, which must be closed.
func openGate(hosts []string) (*gate, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for DuckDB: %w", err)
	}
	g := &gate{password: rand.Text(), listener: listener, served: make(chan struct{})}
	for _, h := range hosts {
		if _, _, err := net.SplitHostPort(h); err != nil {
			h = net.JoinHostPort(strings.Trim(h, "[]"), "443")
		}
		g.hosts = append(g.hosts, h)
	}
	g.ctx, g.end = context.WithCancel(context.Background())
	g.server = &http.Server{Handler: g, ReadHeaderTimeout: gatePatient, MaxHeaderBytes: 16 << 10}
	go func() {
		defer close(g.served)
		_ = g.server.Serve(listener) // it ends with close
	}()
	return g, nil
}

func (g *gate) address() string { return g.listener.Addr().String() }

// close ends the gate and all that goes through it.
func (g *gate) close() error {
	err := g.server.Close()
	g.end()
	<-g.served
	g.tunnels.Wait()
	return err
}

// ServeHTTP answers CONNECT, see RFC 9110, section 9.3.6.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte(gateUser+":"+g.password))
	switch {
	case subtle.ConstantTimeCompare([]byte(r.Header.Get("Proxy-Authorization")), []byte(want)) == 0:
		w.Header().Set("Proxy-Authenticate", "Basic")
		http.Error(w, "this proxy is for DuckDB", http.StatusProxyAuthRequired)
	case r.Method != http.MethodConnect || !slices.Contains(g.hosts, r.Host):
		http.Error(w, "the host "+r.Host+" is not allowed", http.StatusForbidden)
	default:
		g.tunnels.Add(1)
		defer g.tunnels.Done()
		if err := g.connect(w, r); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	}
}

// connect joins the client and the host until one of them ends, or the gate closes. An
// error is from before that.
func (g *gate) connect(w http.ResponseWriter, r *http.Request) error {
	dialer := net.Dialer{Timeout: gatePatient}
	host, err := dialer.DialContext(g.ctx, "tcp", r.Host)
	if err != nil {
		return err
	}
	defer host.Close()
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return errors.New("the connection cannot be taken over")
	}
	client, buffered, err := hijacker.Hijack()
	if err != nil {
		return err
	}
	defer client.Close()
	stop := context.AfterFunc(g.ctx, func() { client.Close(); host.Close() })
	defer stop()
	if _, err := io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		return nil
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(host, buffered) // an end is what it waits for
		host.Close()
	}()
	_, _ = io.Copy(client, host)
	client.Close()
	<-done
	return nil
}
