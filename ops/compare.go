package ops

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

type compareCommand struct {
	database
	First int `default:"20" help:"Print at most this many of the states that differ. The count includes all of them."`
}

// Help is what kong prints below the sentence of the table of commands.
func (*compareCommand) Help() string {
	return `Folds the events of a database with the code of this binary, and compares the
states with the snapshots of another build. It prints the states that differ.
Run the new binary while the old one serves, to see what will change for people.
First it asks the running server to save snapshots. It compares each state at the
position of the snapshot. Aggregates, and views keyed by stream, have snapshots
only of streams with many events, so it compares only these.

The exit code is 0 if all states are equal, and 1 if some differ.`
}

func (c *compareCommand) Run(e *environment) error {
	if c.First < 0 {
		return fmt.Errorf("--first %d: 0 or more", c.First)
	}
	found, err := e.app.compare(e.ctx, c.DB, c.First, e.stdout, e.stderr)
	if err == nil && len(found.Differences) > 0 {
		err = errNo
	}
	return err
}

// compare prints the states of this build that differ from the snapshots of another
// build.
func (app App) compare(ctx context.Context, db string, first int, out, progress io.Writer) (engine.Compared, error) {
	parts, err := app.parts()
	if err != nil {
		return engine.Compared{}, err
	}
	reader, err := sqlite.OpenReader(ctx, db)
	if err != nil {
		return engine.Compared{}, err
	}
	defer reader.Close()
	if err := requestSnapshots(ctx, reader, sqlite.OwnerOf(db), parts); err != nil {
		fmt.Fprintf(progress, "no server can save new snapshots, so the stored snapshots are compared: %v\n", err)
	}
	show := newMeter(progress, "folding events")
	found, err := parts.Compare(ctx, reader, func(at, head ironstar.Position) { show.at(int64(at), int64(head)) })
	show.clear()
	if err != nil {
		return found, err
	}
	for i, d := range found.Differences {
		if i == first {
			fmt.Fprintf(out, "… and %d more\n", len(found.Differences)-first)
			break
		}
		fmt.Fprintln(out, d)
	}
	fmt.Fprintf(out, "%d states compared, %d differ\n", found.Snapshots, len(found.Differences))
	list(out, "folded by the same code", found.Same)
	list(out, "not compared, because the other build has no snapshots of it", found.Without)
	return found, nil
}

func list(out io.Writer, what string, names []string) {
	if len(names) > 0 {
		fmt.Fprintf(out, "%s: %s\n", what, strings.Join(names, ", "))
	}
}

// comparedAtStart is the number of differing states that a server prints before it
// takes over.
const comparedAtStart = 20

// snapshotsWithin is the time in which a server must save snapshots on request.
const snapshotsWithin = 5 * time.Second

// requestSnapshots asks the server that owns the file to save snapshots, and
// waits a limited time until the views that are rebuilt at start have snapshots with
// all events. The error is the reason why it could not ask a server.
func requestSnapshots(ctx context.Context, reader *sqlite.Reader, owner *sqlite.LockedError, parts *engine.Engine) error {
	head, err := reader.Head(ctx)
	if err != nil {
		return err
	}
	if snapshotSignal == nil {
		return errors.New("this system has no signal to ask for snapshots")
	}
	p, err := processOf(owner)
	if err != nil {
		return fmt.Errorf("%s: %w", owner.Owner, err)
	}
	defer p.Release()
	if err := p.Signal(snapshotSignal); err != nil {
		return fmt.Errorf("%s: %w", owner.Owner, err)
	}
	ctx, stop := context.WithTimeout(ctx, snapshotsWithin)
	defer stop()
	for _, v := range parts.Views() {
		for v.AtStart() && v.Snapshots && !hasSnapshotAt(ctx, reader, v.Name, head) && ctx.Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
	}
	return nil
}

// hasSnapshotAt reports whether some build has a snapshot of a view with all events
// up to a position. It also returns true after an error.
func hasSnapshotAt(ctx context.Context, reader *sqlite.Reader, name string, head ironstar.Position) bool {
	all, err := reader.Fingerprints(ctx, name)
	for _, fingerprint := range all {
		if c, _, err := reader.Checkpoint(ctx, name, fingerprint); err == nil && c.Position >= head {
			return true
		}
	}
	return err != nil // waiting does not help after an error
}
