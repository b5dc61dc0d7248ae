package engine_test

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

var processKills = flag.Int("process-kills", 300, "how many servers with a process are killed")

// Variables in the environment of a server that is killed.
const (
	crashFile = "IRONSTAR_PROCESS_FILE"
	crashAt   = "IRONSTAR_PROCESS_KILL_AT" // it kills itself at this moment, counted from 1
)

// moments counts the moments before and after each write of a server, and kills it at
// one of them.
type moments struct {
	ironstar.Store
	left atomic.Int64
}

func (m *moments) pass() {
	if m.left.Add(-1) == 0 {
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

func (m *moments) Step(ctx context.Context, s ironstar.Step) error {
	m.pass()
	defer m.pass()
	return m.Store.Step(ctx, s)
}

func (m *moments) Append(ctx context.Context, batch ...ironstar.Append) []ironstar.Outcome {
	m.pass()
	defer m.pass()
	return m.Store.Append(ctx, batch...)
}

// crashing is the process of the server that is killed. Each order is packed, charged,
// paid and shipped in this order, and expires in a moment. Charges are lines of a file.
func crashing(charges string, pass func()) seller {
	return seller{
		by: ironstar.ByStream, within: time.Hour,
		react: func(s order, e ordered, r *ironstar.Record) []ironstar.Action {
			e.After = 3 * time.Millisecond
			return on("placed", command("", "pack"), charge, command("", "ship"), setExpire)(s, e, r)
		},
		perform: func(_ context.Context, try ironstar.Try, data []byte) (ironstar.Action, error) {
			pass()
			defer pass()
			if rand.IntN(4) == 0 {
				return ironstar.Action{}, fmt.Errorf("the provider is away")
			}
			f, err := os.OpenFile(charges, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			if err == nil {
				_, err = fmt.Fprintln(f, try.Key)
				f.Close()
			}
			return command(string(data[1:len(data)-1]), "paid"), err
		},
	}
}

// sayingWhich makes the charge of an order say which order it is.
func sayingWhich(d seller) seller {
	react := d.react
	d.react = func(s order, e ordered, r *ironstar.Record) []ironstar.Action {
		all := react(s, e, r)
		for i := range all {
			if all[i].Do == ironstar.Perform {
				all[i].Data = []byte(strconv.Quote(r.Stream.ID))
			}
		}
		return all
	}
	return d
}

// TestProcessChild is the server that is killed. It is a test only when another test
// starts it.
func TestProcessChild(t *testing.T) {
	file := os.Getenv(crashFile)
	if file == "" {
		return
	}
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		panic(err)
	}
	m := &moments{Store: store}
	at, _ := strconv.Atoi(os.Getenv(crashAt))
	m.left.Store(int64(at))
	s := newShop(t, m, sayingWhich(crashing(file+".charges", m.pass)))
	for n := 0; ; n++ {
		id := fmt.Sprint(os.Getpid(), "-", time.Now().UnixNano(), "-", n)
		if _, err := s.orders.Do(t.Context(), id, ordering{Do: "placed"}); err != nil {
			panic(err)
		}
		fmt.Println("placed", id)
		if n%8 == 7 {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// TestG21_KilledBetweenAnyTwoWrites kills servers with -9 before or after each kind of
// write: of an event, a step, a charge in the outside world. In the end each order was
// packed, charged, paid, shipped and expired once.
func TestG21_KilledBetweenAnyTwoWrites(t *testing.T) {
	t.Parallel()
	n := *processKills
	if testing.Short() {
		n = min(n, 40)
	}
	file := filepath.Join(t.TempDir(), "log.db")
	placed := 0
	for range n {
		placed += len(killedAt(t, file, 1+rand.IntN(60)))
	}
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	s := newShop(t, store, sayingWhich(crashing(file+".charges", func() {})))
	s.awaitProcess("everything done", func(p ironstar.StoredProcess) bool {
		head, _ := store.Head(t.Context())
		return p.Position == head && p.Outgoing == 0 && p.Timers == 0
	})
	all := map[string][]string{}
	for r, err := range store.Log(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		e, _ := decodeOrdered(r)
		all[r.Stream.ID] = append(all[r.Stream.ID], e[0].Is)
	}
	for id, events := range all {
		rest := slices.DeleteFunc(slices.Clone(events), func(e string) bool { return e == "expire" })
		if len(rest) != len(events)-1 || strings.Join(rest, " ") != "placed pack paid ship" && strings.Join(rest, " ") != "placed pack ship paid" {
			t.Errorf("%s: %v", id, events)
		}
	}
	charges := map[string]int{}
	text, err := os.ReadFile(file + ".charges")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for key := range strings.FieldsSeq(string(text)) {
		charges[key]++
		lines++
	}
	if len(charges) != len(all) {
		t.Errorf("%d charges for %d orders", len(charges), len(all))
	}
	t.Logf("%d servers killed, %d orders acknowledged, %d stored, %d charges of which %d were repeated", n, placed, len(all), lines, lines-len(charges))
	if len(all) < placed || placed < n/4 {
		t.Errorf("%d orders are stored, %d were acknowledged by %d servers", len(all), placed, n)
	}
}

// killedAt runs a server until it kills itself, and returns the orders that it
// acknowledged.
func killedAt(t *testing.T, file string, moment int) (placed []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithTimeout(t.Context(), time.Minute)
	defer end()
	cmd := exec.CommandContext(ctx, self, "-test.run=^TestProcessChild$")
	cmd.Env = append(os.Environ(), crashFile+"="+file, fmt.Sprint(crashAt, "=", moment))
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	_ = cmd.Run()
	if cmd.ProcessState == nil || ctx.Err() != nil || strings.Contains(stderr.String(), "panic") {
		t.Fatalf("it did not kill itself: %v, %s", cmd.ProcessState, &stderr)
	}
	lines := bufio.NewScanner(&out)
	for lines.Scan() {
		if id, ok := strings.CutPrefix(lines.Text(), "placed "); ok {
			placed = append(placed, id)
		}
	}
	return placed
}
