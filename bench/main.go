package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
)

// group is a number of rows that are measured together.
type group struct {
	name, about string
	run         func(context.Context, *bench) error
}

func groups() []group {
	return []group{
		{"generate", "ironstar generate as a cold process: time and memory; floor: ironstar version", measureGenerate},
		{"check", "ironstar check of 100 aggregates with 5 released versions of each event; floor: ironstar version", measureCheck},
		{"build", "go build of what was generated for 100 aggregates; floor: the same structs without codecs", measureBuild},
		{"codec", "decode and encode one event of about 200 bytes; floors: encoding/json, and a codec written by hand", measureCodec},
		{"upcast", "an event of an older version read as today's, through 1, 3 and 10 hops; floor: one of today's", measureUpcast},
		{"append", "events/s and latency with 1 to 1024 writers; floor: the bare driver, same batches", measureAppend},
		{"claims", "appends that take a new unique value; floor: the same appends without one", measureClaims},
		{"processes", "a process that follows with commands, and its timers; floor: the client gives the command, bare timers", measureProcesses},
		{"hot", "commands of 64 clients to one list through the engine; floor: the same to 64 lists", measureHot},
		{"commands", "commands over HTTP with 16 clients, durable; floor: bare net/http and driver with a naive group commit", measureCommands},
		{"rebuild", "a global view folded from the whole log, and a preflight; floor: a bare scan of the same file", measureRebuild},
		{"start", "the application as a cold process, with and without a snapshot; floor: open the file, read its head", measureStart},
		{"load", "the state of an aggregate from its stream; floor: the bare driver, the same rows", measureLoad},
		{"feeds", "command POST to patch at other clients, 100 to 5000 feeds; floor: bare net/http and driver", measureFeeds},
		{"pages", "1000 different pages, each watched by one client; floor: bare net/http, driver and the same templ component", measurePages},
		{"bids", "200 bidders in one room of the auction house, bid POST to patch at every feed; floor: bare net/http and driver", measureBids},
		{"lists", "a list of 100 000 rows: rebuild, memory, reads, updates, 1000 watched pages; floor: SQLite in memory, or by hand", measureLists},
		{"new", "ironstar new, build, start, until the first page is there; floor: one page of net/http", measureNew},
		{"dev", "ironstar dev: from a saved file to the page; floor: go build after the same edit", measureDev},
		{"peers", "other event sourcing libraries in place of the floor; only if asked for", measurePeers},
	}
}

// options are the options of the command line.
type options struct {
	only    []string
	runs    int
	quick   bool
	json    string
	profile string
	dir     string
	charts  string
	reports []string // reports to make charts of
}

func main() {
	if f := partOf(os.Args[1:]); f != nil {
		exit(f())
	}
	o, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(0)
	} else if err != nil {
		os.Exit(2) // parse has printed the reason
	}
	if o.charts != "" {
		exit(drawCharts(o.charts, o.reports))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err = profiled(o.profile, func() error { return run(ctx, o) })
	if ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "bench: stopped")
		os.Exit(130)
	}
	exit(err)
}

// partOf returns what a process does that a bench has started, or nil: floors are
// servers in processes of their own.
func partOf(args []string) func() error {
	if len(args) < 2 {
		return nil
	}
	parts := map[string]struct {
		args int
		run  func() error
	}{
		floorServer:   {2, func() error { return serveFloor(args[1], args[2]) }},
		pagesFloor:    {2, func() error { return servePagesFloor(args[1], args[2]) }},
		startFloor:    {1, func() error { return serveStartFloor(args[1]) }},
		commandsFloor: {1, func() error { return serveCommandsFloor(args[1]) }},
		rebuildOnly:   {1, func() error { return runRebuild(args[1]) }},
		bidsFloor:     {1, func() error { return serveBidsFloor(args[1]) }},
		watchedServer: {3, func() error { return serveWatched(args[1], args[2], args[3]) }},
		watchedFloor:  {2, func() error { return serveWatchedFloor(args[1], args[2]) }},
	}
	if p, ok := parts[args[0]]; ok && p.args == len(args)-1 {
		return p.run
	}
	return nil
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// parse parses the command line and prints errors to stderr.
func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	only := ""
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&only, "only", "", "measure these `groups` only, separated by commas")
	f.IntVar(&o.runs, "runs", 0, "take the median of `n` runs of each side; 5, or 3 with -quick")
	f.BoolVar(&o.quick, "quick", false, "shorter runs on less data, and no build unless -only asks for it")
	f.StringVar(&o.json, "json", "", "write the machine, the settings and all figures, of each run, to this `file` too")
	f.StringVar(&o.dir, "dir", "", "work below this `folder`, on its disk; the usual one is that for temporary files")
	f.StringVar(&o.profile, "cpuprofile", "", "write a CPU profile to this `file`; in it, the label side is ours or floor")
	f.StringVar(&o.charts, "charts", "", "measure nothing; draw a chart of each group with aims into this `folder`, from the\nfiles that -json has written, which are the arguments")
	f.Usage = func() { usage(f) }
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if only != "" {
		o.only = strings.Split(only, ",")
	}
	if o.runs == 0 && o.quick {
		o.runs = 3
	}
	o.runs = cmp.Or(o.runs, 5)
	o.reports = f.Args()
	if err := o.check(); err != nil {
		fmt.Fprintf(stderr, "bench: %v; see go run ./bench -help\n", err)
		return o, err
	}
	return o, nil
}

func (o options) check() error {
	if len(o.reports) > 0 && o.charts == "" {
		return fmt.Errorf("unexpected argument %q", o.reports[0])
	}
	if len(o.reports) == 0 && o.charts != "" {
		return errors.New("-charts needs the files that -json has written")
	}
	if o.runs < 1 {
		return fmt.Errorf("-runs %d: at least 1", o.runs)
	}
	for _, name := range o.only {
		if !slices.ContainsFunc(groups(), func(g group) bool { return g.name == name }) {
			return fmt.Errorf("-only %s: there is no such group", name)
		}
	}
	return nil
}

func usage(f *flag.FlagSet) {
	w := f.Output()
	fmt.Fprint(w, "Measures Ironstar and prints a table with a floor beside each figure.\n\n"+
		"    go run ./bench                          everything, in about twelve minutes\n"+
		"    go run ./bench -quick                   a first look without build, in less than one\n"+
		"    go run ./bench -only codec -runs 9      one group, more closely\n"+
		"    go run ./bench -json F && go run ./bench -charts docs/bench F\n"+
		"    go run ./bench -only rebuild -cpuprofile p && go tool pprof -tagfocus side=ours p\n\n"+
		"Ratio is ours divided by the floor. Progress goes to standard error. docs/BENCHMARKS.md says\n"+
		"how each is measured and what it does not say.\n\nGroups:\n")
	for _, g := range groups() {
		fmt.Fprintf(w, "  %-9s %s\n", g.name, g.about)
	}
	fmt.Fprint(w, "\nFlags:\n")
	f.PrintDefaults()
}

// run measures the requested groups and prints the table, also after an error.
func run(ctx context.Context, o options) error {
	b, err := newBench(ctx, o)
	if err != nil {
		return err
	}
	defer b.close()
	for _, g := range groups() {
		if len(o.only) > 0 && !slices.Contains(o.only, g.name) {
			continue
		}
		b.progress("%s: %s", g.name, g.about)
		b.group = g.name
		if err = g.run(ctx, b); err != nil {
			err = fmt.Errorf("%s: %w", g.name, err)
			break
		}
	}
	s := settingsOf(o)
	s.Notes = b.notes
	printTable(os.Stdout, s, b.rows)
	printLatencies(os.Stdout, b.latencies)
	if o.json != "" && err == nil {
		err = b.report(ctx, s).write(o.json)
	}
	return err
}

func profiled(file string, f func() error) error {
	if file == "" {
		return f()
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(out); err != nil {
		return errors.Join(err, out.Close())
	}
	err = f()
	pprof.StopCPUProfile()
	return errors.Join(err, out.Close())
}
