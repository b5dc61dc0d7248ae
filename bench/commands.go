package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/sqlite"
)

const (
	commandClients = 16
	commandLines   = 10 // of each list
)

// measureCommands sends commands to the application from several clients. Each
// has its own connection and list, and sends one command after the other.
func measureCommands(ctx context.Context, b *bench) error {
	app, err := b.binary(ctx, "./cmd/app")
	if err != nil {
		return err
	}
	dir, err := b.folder("commands")
	if err != nil {
		return err
	}
	db := filepath.Join(dir, "app.db")
	line, err := fillLists(ctx, db)
	if err != nil {
		return err
	}
	server, err := startProcess(ctx, nil, app, "-addr", "127.0.0.1:0", "-db", db)
	if err != nil {
		return err
	}
	defer server.stop()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	floor, err := startProcess(ctx, nil, self, commandsFloor, filepath.Join(dir, "floor.db"))
	if err != nil {
		return err
	}
	defer floor.stop()
	body := fmt.Sprintf(`{"id":"%s"}`, line)
	ours := commandLoad{server: server, db: db, body: body, addresses: func(list string) [2]string {
		return [2]string{todohttp.ListCompleteURL(list), todohttp.ListReopenURL(list)}
	}}
	bare := commandLoad{server: floor, db: filepath.Join(dir, "floor.db"), body: body, addresses: func(list string) [2]string {
		return [2]string{"/append/" + list, "/append/" + list}
	}}
	return b.compareCommands(ctx, &ours, &bare)
}

func (b *bench) compareCommands(ctx context.Context, ours, bare *commandLoad) error {
	name := fmt.Sprintf("commands over HTTP, %d clients", commandClients)
	during := time.Duration(b.size(2000, 500)) * time.Millisecond
	return b.compare(ctx, experiment{
		metrics: []metric{
			{name, perSecond, ratioAtLeast(0.5)}, {name + ", p50", duration, aim{}}, {name + ", p99", duration, atMost(duration, 0.010)},
			{name + ", server's processor time each", duration, aim{}}, {name + ", events per sync", times, aim{}},
		},
		within: time.Duration(b.size(40, 10)) * time.Second,
		ours:   func(ctx context.Context, _ int) ([]float64, error) { return ours.run(ctx, name, during) },
		floor:  func(ctx context.Context, _ int) ([]float64, error) { return bare.run(ctx, name, during) },
	})
}

// fillLists makes the file of an application with a list for each client. It
// returns the id of the first line, which is the same in all lists.
func fillLists(ctx context.Context, path string) (line ironstar.UUID, err error) {
	store, err := sqlite.Open(ctx, path, sqlite.Options{Shapes: gen.ListShapes})
	if err != nil {
		return line, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	lines, err := addLists(ctx, store, commandClients, commandLines)
	if err != nil {
		return line, err
	}
	return lines[0], nil
}

// commandLoad sends two commands that undo each other to each list,
// alternately.
type commandLoad struct {
	server    *process
	db        string // database of the server
	last      int64  // position of the last event that was read
	body      string
	addresses func(list string) [2]string
	second    [commandClients]bool // which of the two is next
}

// run sends commands for a while and returns commands per second, p50, p99, the
// server's processor time for each, and the number of events stored with one
// sync.
func (l *commandLoad) run(ctx context.Context, name string, during time.Duration) ([]float64, error) {
	took := make([][]time.Duration, commandClients)
	faults := make([]error, commandClients)
	busy := l.server.cpu()
	begun := time.Now()
	var done sync.WaitGroup
	for c := range commandClients {
		done.Go(func() { took[c], faults[c] = l.client(ctx, c, begun.Add(during)) })
	}
	done.Wait()
	spent := time.Since(begun)
	busy = l.server.cpu() - busy
	all := slices.Concat(took...)
	observe(ctx, name, all)
	n := float64(len(all))
	syncs, err := l.syncs()
	return []float64{n / spent.Seconds(), seconds(all, 0.5), seconds(all, 0.99), busy / n, n / syncs}, errors.Join(append(faults, err)...)
}

// syncs counts the transactions since its last call. All events of a
// transaction have the same time.
func (l *commandLoad) syncs() (n float64, err error) {
	conn, err := zs.OpenConn(l.db, zs.OpenReadOnly)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	err = sqlitex.Execute(conn, "SELECT count(DISTINCT recorded_at), max(position) FROM events WHERE position > ?1", &sqlitex.ExecOptions{
		Args:       []any{l.last},
		ResultFunc: func(st *zs.Stmt) error { n, l.last = st.ColumnFloat(0), st.ColumnInt64(1); return nil },
	})
	return n, err
}

// client is one connection.
func (l *commandLoad) client(ctx context.Context, c int, until time.Time) ([]time.Duration, error) {
	at, err := url.Parse(l.server.url)
	if err != nil {
		return nil, err
	}
	conn, err := net.DialTimeout("tcp", at.Host, patience)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(until.Add(patience)); err != nil {
		return nil, err
	}
	answers := bufio.NewReader(conn)
	addresses := l.addresses(strconv.Itoa(c))
	var took []time.Duration
	for ctx.Err() == nil {
		address := addresses[0]
		if l.second[c] {
			address = addresses[1]
		}
		begun := time.Now()
		if begun.After(until) {
			break
		}
		if err := command(conn, answers, at.Host, address, l.body); err != nil {
			return nil, fmt.Errorf("%s: %w", address, err)
		}
		took = append(took, time.Since(begun))
		l.second[c] = !l.second[c]
	}
	return took, ctx.Err()
}

// command sends a POST and reads its answer. It does not use http.Client, whose
// two goroutines for each connection would take more processor time than what
// is measured.
func command(conn net.Conn, answers *bufio.Reader, host, address, body string) error {
	_, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s",
		address, host, ironstar.NewUUID(), len(body), body)
	if err != nil {
		return err
	}
	answer, err := http.ReadResponse(answers, nil)
	if err != nil {
		return err
	}
	said, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusAccepted {
		err = fmt.Errorf("%s %s", answer.Status, said)
	}
	return errors.Join(err, answer.Body.Close())
}
