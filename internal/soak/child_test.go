package soak

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/internal/leak"
	"ironstar.dev/sqlite"
)

// The process that is killed is this test binary, started again with these
// variables in its environment.
const (
	childFile = "IRONSTAR_SOAK_FILE" // the database
	childWork = "IRONSTAR_SOAK_WORK" // commands that each client sends; 0: until killed
	childCode = "IRONSTAR_SOAK_CODE" // generation of its code
	childEnds = "IRONSTAR_SOAK_ENDS" // it ends after its work
	childDies = "IRONSTAR_SOAK_DIES" // it kills itself after a while
	childNext = "IRONSTAR_SOAK_NEXT" // it takes over from a running process
	childCalm = "IRONSTAR_SOAK_CALM" // no other process checkpoints its file
)

func TestMain(m *testing.M) {
	if file := os.Getenv(childFile); file != "" {
		runChild(file)
		return
	}
	os.Exit(leak.Run(m))
}

// clients is the number of concurrent clients.
const clients = 6

var regions = []string{"north", "south", "west"}

// repeated is a command that is repeated.
type repeated struct{ Stream, Cmd string }

// child is a server with clients. It prints the answers of its clients and what
// they saw to stdout, one on a line; transcript.read parses them.
type child struct {
	store   *sqlite.Store
	code    int // generation of its code
	account engine.Handler[note]
	views   map[string]*engine.Reader[folded]
}

func runChild(file string) {
	printLine("begin")
	if after, err := time.ParseDuration(os.Getenv(childDies)); err == nil {
		time.AfterFunc(after, func() { syscall.Kill(os.Getpid(), syscall.SIGKILL) })
	}
	ctx := context.Background()
	// The output of its first start and of its end matters, not its log.
	quiet := slog.New(slog.DiscardHandler)
	open, next := sqlite.Open, os.Getenv(childNext) != ""
	if next {
		open = sqlite.OpenStandby
	}
	store, err := open(ctx, file, sqlite.Options{Logger: quiet})
	if err != nil {
		printLine("cannot open %v", err)
		os.Exit(1)
	}
	e := engine.New(store, engine.Options{StateBytes: 12 << 10, ViewBytes: 12 << 10, Logger: quiet, SnapshotEvery: 60, SnapshotStream: 20})
	c := &child{store: store, code: 1, account: engine.Run(e, accounts()), views: map[string]*engine.Reader[folded]{}}
	fmt.Sscan(os.Getenv(childCode), &c.code)
	for name := range views {
		c.views[name] = engine.Follow(e, view(name, c.code))
	}
	if err := e.Start(ctx); err != nil {
		printLine("cannot start %v", err)
		os.Exit(1)
	}
	if next {
		printLine("beside")
		err := store.TakeOver(ctx, nil)
		for err != nil && strings.Contains(err.Error(), "another process is just taking over") {
			time.Sleep(5 * time.Millisecond) // the server before this one has not finished
			err = store.TakeOver(ctx, nil)
		}
		if err != nil {
			printLine("cannot take over %v", err)
			os.Exit(1)
		}
	}
	printLine("ready %d", os.Getpid())
	c.printView("all", ironstar.GlobalKey)
	for _, r := range regions {
		c.printView("region", r)
	}
	c.repeat()
	c.work(file, e)
	printLine("done")
	if err := errors.Join(e.Close(), store.Close()); err != nil {
		printLine("bad close %v", err)
	}
	printLine("closed")
	if os.Getenv(childEnds) != "" {
		return
	}
	select {} // to be killed
}

// work runs the clients and all readers.
func (c *child) work(file string, e *engine.Engine) {
	ctx := context.Background()
	var each int
	fmt.Sscan(os.Getenv(childWork), &each)
	head, err := c.store.Head(ctx)
	if err != nil {
		printLine("bad head %v", err)
	}
	go c.follow(ctx, head)
	go c.read(ctx)
	if os.Getenv(childCalm) == "" {
		go c.checkpoint(file)
	}
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			for n := 0; each == 0 || n < each; n++ {
				c.give(fmt.Sprintf("%d.%d.%d", os.Getpid(), i, n), i, n)
			}
		})
	}
	for i := range 3 {
		all.Go(func() { c.raw(ctx, fmt.Sprint("raw-", os.Getpid(), "-", i), each) })
	}
	all.Wait()
	if err := e.Wait(ctx, e.Head()); err != nil {
		printLine("bad wait %v", err)
	}
}

// printLine writes a whole line at once.
func printLine(format string, args ...any) {
	os.Stdout.WriteString(fmt.Sprintf(format, args...) + "\n")
}

// give sends a command: to the hot stream, to one of its client's streams, or
// to one that is soon final. Usually it has an id.
func (c *child) give(cmd string, client, n int) {
	stream := []string{"hot", "hot", fmt.Sprint("own-", client), fmt.Sprint("short-", client, "-", n/40)}[n%4]
	command := note{cmd: cmd, of: rand.IntN(7) - 1, region: regions[rand.IntN(len(regions))], pad: rand.IntN(200)}
	command.of = min(command.of, 4)
	if n%29 == 0 {
		command.pad = 20_000 // so that there are checkpoints
	}
	command.last = n%40 == 35 // the end of a short stream
	asked := ironstar.Command[note]{Data: command}
	if n%5 != 0 {
		printLine("given %s %s", stream, cmd)
		asked = identified(command)
	}
	if !c.do(stream, asked) {
		time.Sleep(5 * time.Millisecond) // a full disk stays full for a while
	}
	if rand.IntN(8) == 0 {
		c.printView("stream", stream)
		c.printView("region", command.region)
		c.printView("all", ironstar.GlobalKey)
	}
}

// identified returns a command with an id.
func identified(n note) ironstar.Command[note] {
	return ironstar.Command[note]{
		Data: n, Metadata: ironstar.Metadata{CommandID: "id " + n.cmd, Actor: "soak"}, Request: [32]byte{byte(len(n.cmd))},
	}
}

// do sends a command through the engine, and reports whether the disk accepted
// it.
func (c *child) do(stream string, command ironstar.Command[note]) (taken bool) {
	r, err := c.account.Handle(context.Background(), stream, command)
	answer(stream, command.Data.cmd, r, err)
	return !errors.Is(err, ironstar.ErrUnknown) && !errors.Is(err, ironstar.ErrRetryable)
}

// answer prints the answer to a command.
func answer(stream, cmd string, r ironstar.Receipt, err error) {
	switch {
	case err == nil && r.First > 0:
		printLine("stored %s %s %d %d %d", stream, cmd, r.First, r.Last, r.Version)
	case err == nil:
		printLine("nothing %s %s %d %d", stream, cmd, r.Last, r.Version)
	case errors.Is(err, ironstar.ErrUnknown):
		printLine("unknown %s %s %v", stream, cmd, err)
	default:
		printLine("not %s %s %v", stream, cmd, err)
	}
}

// repeat repeats commands of earlier processes, with and without an answer, as
// clients do.
func (c *child) repeat() {
	for line := bufio.NewScanner(os.Stdin); line.Scan(); {
		var a repeated
		if err := json.Unmarshal(line.Bytes(), &a); err != nil {
			printLine("bad question %v", err)
			return
		}
		c.do(a.Stream, identified(note{cmd: a.Cmd, of: 2, region: "again"}))
	}
}

// raw appends to a stream of its own without the engine, which would retry.
func (c *child) raw(ctx context.Context, id string, each int) {
	stream := ironstar.Stream{Kind: accountKind, ID: id}
	state, codec := account{}, accounts()
	for n := 0; each == 0 || n < each; n++ {
		command := note{cmd: fmt.Sprint(id, ".", n), of: 1 + n%3, region: regions[0]}
		a := ironstar.Append{Stream: stream, Expected: ironstar.Version(state.notes)}
		events, err := codec.Decide(state, command, nil)
		for _, e := range events {
			p, encodeErr := codec.Codec.Encode(e)
			err = errors.Join(err, encodeErr)
			a.Events = append(a.Events, p)
		}
		if err != nil {
			printLine("bad %v", err)
			return
		}
		o := c.store.Append(ctx, a)[0]
		answer(stream.ID, command.cmd, o.Receipt, o.Err)
		if errors.Is(o.Err, ironstar.ErrUnknown) { // the version of the stream is unknown
			return
		}
		if o.Err == nil {
			state.notes += command.of
		} else {
			time.Sleep(time.Millisecond)
		}
	}
}

// printView prints the state of a key in a view.
func (c *child) printView(name, key string) {
	err := c.views[name].Read(key, func(s folded, changed, asOf ironstar.Position) error {
		printLine("view %d %s %s %d %d %s", c.code, name, key, changed, asOf, s)
		return nil
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		printLine("bad view %s %s: %v", name, key, err)
	}
}

// follow prints what followers of the log see; none of it may ever disappear.
func (c *child) follow(ctx context.Context, after ironstar.Position) {
	for r, err := range c.store.Follow(ctx, after) {
		if errors.Is(err, ironstar.ErrClosed) {
			return
		}
		if err != nil {
			printLine("bad follow %v", err)
			return
		}
		if after++; r.Position != after {
			printLine("bad follow: %d came after %d", r.Position, after-1)
		}
		printLine("seen %d %s", r.Position, r.Stream.ID)
	}
}

// read reads the log from random positions all the time.
func (c *child) read(ctx context.Context) {
	for {
		head, _ := c.store.Head(ctx)
		at := ironstar.Position(rand.Int64N(int64(head) + 1))
		for r, err := range c.store.Log(ctx, at) {
			if errors.Is(err, ironstar.ErrClosed) {
				return
			}
			if err != nil || r.Position != at+1 {
				printLine("bad read after %d: %v, %v", at, r, err)
				return
			}
			if at++; rand.IntN(1000) == 0 {
				break
			}
		}
		time.Sleep(time.Millisecond)
	}
}

// checkpoint runs a checkpoint, as a backup tool or an operator may do at any
// time.
func (c *child) checkpoint(file string) {
	conn, err := zs.OpenConn(file, zs.OpenReadWrite)
	if err != nil {
		printLine("bad checkpoint: %v", err)
		return
	}
	defer conn.Close()
	conn.SetBusyTimeout(time.Second)
	for _, mode := range strings.Fields(strings.Repeat("PASSIVE FULL RESTART TRUNCATE ", 1000)) {
		time.Sleep(time.Duration(rand.Int64N(int64(40 * time.Millisecond))))
		printLine("checkpoint %s", mode)
		if err := sqlitex.ExecuteTransient(conn, "PRAGMA wal_checkpoint("+mode+")", nil); err != nil {
			printLine("note checkpoint %v", err)
		}
	}
}
