package ops

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

type compare struct {
	database
	First int `default:"20" help:"Name this many of the states that differ. All are counted."`
}

// Help is what kong prints below the sentence of the table of commands.
func (*compare) Help() string {
	return `Folds the events of a database with the code of this binary and says where its
views and aggregates come to other states than those that another build keeps in
snapshots. A server that runs is asked to keep them first: run the new binary
while the old one serves, and see what people will see change. Each state is
compared as of where the other build had it. Views keyed by stream, and
aggregates, are compared where a snapshot of the stream is worth keeping.

It ends with 0 if nothing differs, with 1 if something does.`
}

func (c *compare) Run(s *session) error {
	if c.First < 0 {
		return fmt.Errorf("--first %d: 0 or more", c.First)
	}
	found, err := s.app.compare(s.ctx, c.DB, c.First, s.stdout, s.stderr)
	if err == nil && len(found.Differences) > 0 {
		err = errNo
	}
	return err
}

// compare says on out where this build differs from what another one keeps.
func (app App) compare(ctx context.Context, db string, first int, out, progress io.Writer) (engine.Compared, error) {
	reader, err := sqlite.OpenReader(ctx, db)
	if err != nil {
		return engine.Compared{}, err
	}
	defer reader.Close()
	askToKeep(ctx, reader, sqlite.OwnerOf(db), app.parts())
	show := newMeter(progress, "folding events")
	found, err := app.parts().Compare(ctx, reader, func(at, head ironstar.Position) { show.at(int64(at), int64(head)) })
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
	list(out, "not compared, since the other build keeps no state of it", found.Without)
	return found, nil
}

func list(out io.Writer, what string, names []string) {
	if len(names) > 0 {
		fmt.Fprintf(out, "%s: %s\n", what, strings.Join(names, ", "))
	}
}

// comparedAtStart is how many states a server names that takes over.
const comparedAtStart = 20

// keepWithin is how long a server may take to keep what it is asked to keep.
const keepWithin = 5 * time.Second

// askToKeep asks the server that has the file to write snapshots, and waits
// until those of the views that are kept whole have all events. If there is no
// server, or it does not do it, what is there is compared.
func askToKeep(ctx context.Context, reader *sqlite.Reader, owner *sqlite.LockedError, parts *engine.Engine) {
	head, err := reader.Head(ctx)
	if err != nil || keepSignal == nil || ask(owner, keepSignal) != nil {
		return
	}
	ctx, stop := context.WithTimeout(ctx, keepWithin)
	defer stop()
	for _, v := range parts.Views() {
		for v.AtStart() && v.Snapshots && !kept(ctx, reader, v.Name, head) && ctx.Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// kept says whether some build has all events of a view up to a position.
func kept(ctx context.Context, reader *sqlite.Reader, name string, head ironstar.Position) bool {
	all, err := reader.Fingerprints(ctx, name)
	for _, fingerprint := range all {
		if c, _, err := reader.Checkpoint(ctx, name, fingerprint); err == nil && c.Position >= head {
			return true
		}
	}
	return err != nil // then nothing is to be waited for
}
