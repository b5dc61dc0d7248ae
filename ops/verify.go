package ops

import (
	"fmt"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

type verify struct {
	database
}

// Help is what kong prints below the sentence of the table of commands.
func (*verify) Help() string {
	return `Folds every view and stream that has a snapshot from its first event on, and
compares. Snapshots of other builds are not looked at: this one would not use
them. It ends with 0 if all are right, with 1 if one is not. Then a server that
is started with --verify-snapshots removes it, or any build with other code.`
}

func (c *verify) Run(s *session) error {
	reader, err := sqlite.OpenReader(s.ctx, c.DB)
	if err != nil {
		return err
	}
	defer reader.Close()
	show := newMeter(s.stderr, "folding events")
	found, err := s.app.parts().Verify(s.ctx, reader, func(at, head ironstar.Position) { show.at(int64(at), int64(head)) })
	show.clear()
	if err != nil {
		return err
	}
	for _, d := range found.Differences {
		fmt.Fprintln(s.stdout, d)
	}
	fmt.Fprintf(s.stdout, "%d snapshots, %d of them wrong\n", found.Snapshots, len(found.Differences))
	if len(found.Differences) > 0 {
		return errNo
	}
	return nil
}
