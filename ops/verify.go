package ops

import (
	"fmt"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

type verifyCommand struct {
	database
}

// Help is what kong prints below the sentence of the table of commands.
func (*verifyCommand) Help() string {
	return `First it reads the whole database. It runs SQLite's own integrity check, and checks
the checksum of every event, command id, shape and snapshot, and that they agree
with each other. It prints the damage; then restore a backup.

If the events are undamaged, it folds every view and stream that has a snapshot
from the first event on, and compares the state with the snapshot. It compares no
snapshots of other builds, because this build does not use them. To remove a wrong
snapshot, start the server with --verify-snapshots, or a build with other code.

The exit code is 0 if it finds no problem, and 1 if it finds damage or a wrong
snapshot.`
}

func (c *verifyCommand) Run(e *environment) error {
	parts, err := e.app.parts()
	if err != nil {
		return err
	}
	reader, err := sqlite.OpenReader(e.ctx, c.DB)
	if err != nil {
		return err
	}
	defer reader.Close()
	damaged, lost, err := c.checkFile(e, reader)
	if err != nil {
		return err
	}
	if lost > 0 {
		fmt.Fprintln(e.stdout, "the snapshots were not compared with their events: restore a backup of the database, see \"A damaged file\" in docs/OPERATING.md")
		return errNo
	}
	if err := c.compareSnapshots(e, parts, reader); err != nil {
		return err
	}
	if damaged > 0 {
		return errNo
	}
	return nil
}

// maxNamed is the number of damaged things that verify prints. It counts all.
const maxNamed = 100

// checkFile prints the damage. lost is the number of damaged things that are not
// snapshots or claims, which follow from the events.
func (c *verifyCommand) checkFile(e *environment, reader *sqlite.Reader) (count, lost int, err error) {
	show := newMeter(e.stderr, "reading events")
	found := func(d sqlite.Damage) {
		if d.Part != sqlite.DamagedSnapshots && d.Part != sqlite.DamagedClaims {
			lost++
		}
		if count++; count <= maxNamed {
			show.clear()
			fmt.Fprintln(e.stdout, d)
		}
	}
	checked, err := reader.Check(e.ctx, found, func(at, head ironstar.Position) { show.at(int64(at), int64(head)) })
	show.clear()
	if err != nil {
		return 0, 0, err
	}
	fmt.Fprintf(e.stdout, "%d events, %d command ids, %d shapes, %d claims, %d rows of processes, %d snapshots: %d damaged\n",
		checked.Events, checked.Commands, checked.Shapes, checked.Claims, checked.Processes, checked.Snapshots, count)
	if checked.Unchecked > 0 {
		fmt.Fprintf(e.stdout, "the events up to %d were stored without checksums, so verify cannot see changes of their payloads\n", checked.Unchecked)
	}
	return count, lost, nil
}

// compareSnapshots prints the snapshots that differ from the fold of their events.
func (c *verifyCommand) compareSnapshots(e *environment, parts *engine.Engine, reader *sqlite.Reader) error {
	show := newMeter(e.stderr, "folding events")
	found, err := parts.Verify(e.ctx, reader, func(at, head ironstar.Position) { show.at(int64(at), int64(head)) })
	show.clear()
	if err != nil {
		return err
	}
	for _, d := range found.Differences {
		fmt.Fprintln(e.stdout, d)
	}
	fmt.Fprintf(e.stdout, "%d snapshots, %d of them wrong\n", found.Snapshots, len(found.Differences))
	if len(found.Differences) > 0 {
		return errNo
	}
	return nil
}
