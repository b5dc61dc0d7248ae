package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"ironstar.dev"
)

// line is a connection that sends one command after the other.
type line struct {
	host    string
	conn    net.Conn
	answers *bufio.Reader
}

// answer is what a server says to a command.
type answer struct {
	status   int
	said     string
	position int64 // of the command's last event; 0 if it stored none
}

// dial opens a connection. The caller closes it.
func dial(address string) (*line, error) {
	at, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	conn, err := net.DialTimeout("tcp", at.Host, patience)
	if err != nil {
		return nil, err
	}
	return &line{at.Host, conn, bufio.NewReader(conn)}, nil
}

// post sends a command as the program of somebody with a cookie would.
func (l *line) post(cookie, address, body string) (a answer, err error) {
	if err := l.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return a, err
	}
	_, err = fmt.Fprintf(l.conn, "POST %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nContent-Type: application/json\r\nIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s",
		address, l.host, cookie, ironstar.NewUUID(), len(body), body)
	if err != nil {
		return a, err
	}
	got, err := http.ReadResponse(l.answers, nil)
	if err != nil {
		return a, err
	}
	said, err := io.ReadAll(got.Body)
	a.status, a.said = got.StatusCode, string(said)
	if at := got.Header.Get("Ironstar-Position"); at != "" && err == nil {
		a.position, err = strconv.ParseInt(at, 10, 64)
	}
	return a, errors.Join(err, got.Body.Close())
}
