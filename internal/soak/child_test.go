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

// The process that is taken away is this test binary, started again with the
// following in its environment.
const (
	childFile = "IRONSTAR_SOAK_FILE" // the database
	childWork = "IRONSTAR_SOAK_WORK" // commands that each client gives; 0: until killed
	childCode = "IRONSTAR_SOAK_CODE" // generation of its code
	childEnds = "IRONSTAR_SOAK_ENDS" // it ends when its work is done
	childDies = "IRONSTAR_SOAK_DIES" // by its own hand, after a while
	childNext = "IRONSTAR_SOAK_NEXT" // it takes over from one that runs
	childCalm = "IRONSTAR_SOAK_CALM" // nobody else checkpoints its file
)

func TestMain(m *testing.M) {
	if file := os.Getenv(childFile); file != "" {
		runChild(file)
		return
	}
	os.Exit(leak.Run(m))
}

// clients give commands at the same time.
const clients = 6

var regions = []string{"north", "south", "west"}

// asked is a command that was given before, to be given again.
type asked struct{ Stream, Cmd string }

// child is a server with clients of its own. It says on stdout what its clients
// got and saw, one line each; said.read knows them all.
type child struct {
	store   *sqlite.Store
	code    int // generation
	account engine.Handler[note]
	views   map[string]*engine.Reader[folded]
}

func runChild(file string) {
	say("begin")
	if after, err := time.ParseDuration(os.Getenv(childDies)); err == nil {
		time.AfterFunc(after, func() { syscall.Kill(os.Getpid(), syscall.SIGKILL) })
	}
	ctx := context.Background()
	// Its first start and its last words are of interest, not its log.
	quiet := slog.New(slog.DiscardHandler)
	open, next := sqlite.Open, os.Getenv(childNext) != ""
	if next {
		open = sqlite.OpenBeside
	}
	store, err := open(ctx, file, sqlite.Options{Logger: quiet})
	if err != nil {
		say("cannot open %v", err)
		os.Exit(1)
	}
	e := engine.New(store, engine.Options{States: 8, ViewKeys: 8, Ring: 64, Logger: quiet, SnapshotEvery: 60, SnapshotStream: 20})
	c := &child{store: store, code: 1, account: engine.Run(e, accounts()), views: map[string]*engine.Reader[folded]{}}
	fmt.Sscan(os.Getenv(childCode), &c.code)
	for name := range views {
		c.views[name] = engine.Follow(e, view(name, c.code))
	}
	if err := e.Start(ctx); err != nil {
		say("cannot start %v", err)
		os.Exit(1)
	}
	if next {
		say("beside")
		if err := store.TakeOver(ctx); err != nil {
			say("cannot take over %v", err)
			os.Exit(1)
		}
	}
	say("ready %d", os.Getpid())
	c.look("all", ironstar.GlobalKey)
	for _, r := range regions {
		c.look("region", r)
	}
	c.again()
	c.work(file, e)
	say("done")
	if err := errors.Join(e.Close(), store.Close()); err != nil {
		say("bad close %v", err)
	}
	say("closed")
	if os.Getenv(childEnds) != "" {
		return
	}
	select {} // to be killed
}

// work runs the clients and all who read.
func (c *child) work(file string, e *engine.Engine) {
	ctx := context.Background()
	var each int
	fmt.Sscan(os.Getenv(childWork), &each)
	head, err := c.store.Head(ctx)
	if err != nil {
		say("bad head %v", err)
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
		say("bad wait %v", err)
	}
}

// say writes a line in one piece.
func say(format string, args ...any) {
	os.Stdout.WriteString(fmt.Sprintf(format, args...) + "\n")
}

// give gives a command: to the one hot stream, to one of its client's, to one
// that is soon at its end. Mostly it has an id.
func (c *child) give(cmd string, client, n int) {
	stream := []string{"hot", "hot", fmt.Sprint("own-", client), fmt.Sprint("short-", client, "-", n/40)}[n%4]
	command := note{cmd: cmd, of: rand.IntN(7) - 1, region: regions[rand.IntN(len(regions))], pad: rand.IntN(200)}
	command.of = min(command.of, 4)
	if n%29 == 0 {
		command.pad = 20_000 // so that there are checkpoints
	}
	command.last = n%40 == 35 // of a short one
	ctx := context.Background()
	if n%5 != 0 {
		say("given %s %s", stream, cmd)
		ctx = identified(ctx, cmd)
	}
	if !c.do(ctx, stream, command) {
		time.Sleep(5 * time.Millisecond) // a disk that is full is full for a while
	}
	if rand.IntN(8) == 0 {
		c.look("stream", stream)
		c.look("region", command.region)
		c.look("all", ironstar.GlobalKey)
	}
}

func identified(ctx context.Context, cmd string) context.Context {
	ctx = ironstar.WithMetadata(ctx, ironstar.Metadata{CommandID: "id " + cmd, Actor: "soak"})
	return ironstar.WithRequest(ctx, [32]byte{byte(len(cmd))})
}

// do gives a command through the engine, and says whether the disk took it.
func (c *child) do(ctx context.Context, stream string, command note) (taken bool) {
	r, err := c.account.Do(ctx, stream, command)
	answer(stream, command.cmd, r, err)
	return !errors.Is(err, ironstar.ErrUnknown) && !errors.Is(err, ironstar.ErrRetryable)
}

// answer says what became of a command.
func answer(stream, cmd string, r ironstar.Receipt, err error) {
	switch {
	case err == nil && r.First > 0:
		say("stored %s %s %d %d %d", stream, cmd, r.First, r.Last, r.Version)
	case err == nil:
		say("nothing %s %s %d %d", stream, cmd, r.Last, r.Version)
	case errors.Is(err, ironstar.ErrUnknown):
		say("unknown %s %s %v", stream, cmd, err)
	default:
		say("not %s %s %v", stream, cmd, err)
	}
}

// again gives commands of processes before this one again, as clients do that
// did not get an answer, and those that did.
func (c *child) again() {
	for line := bufio.NewScanner(os.Stdin); line.Scan(); {
		var a asked
		if err := json.Unmarshal(line.Bytes(), &a); err != nil {
			say("bad question %v", err)
			return
		}
		c.do(identified(context.Background(), a.Cmd), a.Stream, note{cmd: a.Cmd, of: 2, region: "again"})
	}
}

// raw appends to a stream that nobody else has, without the engine, which would try again
// what the store denies.
func (c *child) raw(ctx context.Context, id string, each int) {
	stream := ironstar.Stream{Kind: accountKind, ID: id}
	state, codec := account{}, accounts()
	for n := 0; each == 0 || n < each; n++ {
		command := note{cmd: fmt.Sprint(id, ".", n), of: 1 + n%3, region: regions[0]}
		a := ironstar.Append{Stream: stream, Expected: ironstar.Version(state.notes)}
		events, err := codec.Decide(state, command)
		for _, e := range events {
			p, encodeErr := codec.Codec.Encode(e)
			err = errors.Join(err, encodeErr)
			a.Events = append(a.Events, p)
		}
		if err != nil {
			say("bad %v", err)
			return
		}
		o := c.store.Append(ctx, a)[0]
		answer(stream.ID, command.cmd, o.Receipt, o.Err)
		if errors.Is(o.Err, ironstar.ErrUnknown) { // where the stream ends is not known
			return
		}
		if o.Err == nil {
			state.notes += command.of
		} else {
			time.Sleep(time.Millisecond)
		}
	}
}

// look says what a view shows of a key.
func (c *child) look(name, key string) {
	err := c.views[name].Read(key, func(s folded, changed, asOf ironstar.Position) error {
		say("view %d %s %s %d %d %s", c.code, name, key, changed, asOf, s)
		return nil
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		say("bad view %s %s: %v", name, key, err)
	}
}

// follow says what those see who follow the log: none of it may ever vanish.
func (c *child) follow(ctx context.Context, after ironstar.Position) {
	for r, err := range c.store.Follow(ctx, after) {
		if errors.Is(err, ironstar.ErrClosed) {
			return
		}
		if err != nil {
			say("bad follow %v", err)
			return
		}
		if after++; r.Position != after {
			say("bad follow: %d came after %d", r.Position, after-1)
		}
		say("seen %d %s", r.Position, r.Stream.ID)
	}
}

// read reads the log from random places all the time.
func (c *child) read(ctx context.Context) {
	for {
		head, _ := c.store.Head(ctx)
		at := ironstar.Position(rand.Int64N(int64(head) + 1))
		for r, err := range c.store.Log(ctx, at) {
			if errors.Is(err, ironstar.ErrClosed) {
				return
			}
			if err != nil || r.Position != at+1 {
				say("bad read after %d: %v, %v", at, r, err)
				return
			}
			if at++; rand.IntN(1000) == 0 {
				break
			}
		}
		time.Sleep(time.Millisecond)
	}
}

// checkpoint does what a backup tool or an operator's shell may do at any time.
func (c *child) checkpoint(file string) {
	conn, err := zs.OpenConn(file, zs.OpenReadWrite)
	if err != nil {
		say("bad checkpoint: %v", err)
		return
	}
	defer conn.Close()
	conn.SetBusyTimeout(time.Second)
	for _, mode := range strings.Fields(strings.Repeat("PASSIVE FULL RESTART TRUNCATE ", 1000)) {
		time.Sleep(time.Duration(rand.Int64N(int64(40 * time.Millisecond))))
		say("checkpoint %s", mode)
		if err := sqlitex.ExecuteTransient(conn, "PRAGMA wal_checkpoint("+mode+")", nil); err != nil {
			say("note checkpoint %v", err)
		}
	}
}
