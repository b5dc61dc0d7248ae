package year_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"ironstar.dev/sqlite"
)

// stored is an event of a lot.
type stored struct {
	position, version int64
	lot, is           string
	payload           struct{ Title, Ends string }
	at                time.Time
}

// lotEvents reads the events of all lots that are newer than day one or are not over.
func (h *house) lotEvents(each func(stored)) error {
	var failed error
	err := h.query(fmt.Sprintf(`SELECT position, schema_version, aggregate_id, event_type, payload, recorded_at FROM events
		WHERE aggregate_type = 'auction.Lot' AND (position > %d OR aggregate_id LIKE 'draft-%%') ORDER BY position`, h.dayOne), func(row []any) {
		e := stored{position: row[0].(int64), version: row[1].(int64), lot: row[2].(string), is: row[3].(string), at: time.UnixMicro(row[5].(int64))}
		failed = errors.Join(failed, json.Unmarshal([]byte(row[4].(string)), &e.payload))
		each(e)
	})
	return errors.Join(err, failed)
}

// forget deletes the snapshots, so that the next server folds all events again.
func (h *house) forget(*testscript.TestScript, ...string) error {
	db, err := sql.Open("sqlite", filepath.Join(h.dir, "app.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec("DELETE FROM snapshots; DELETE FROM checkpoints")
	return err
}

func (h *house) number(query string) (n int64, err error) {
	err = h.query(query, func(row []any) { n, _ = row[0].(int64) })
	return n, err
}

// acknowledged checks that what the server has acknowledged is in the file.
func (h *house) acknowledged(*testscript.TestScript, ...string) error {
	found := map[string]string{}
	err := h.query(`SELECT c.aggregate_id, c.command_id, c.first_position, c.last_position, count(e.position) FROM commands c JOIN events e
		ON e.aggregate_type = c.aggregate_type AND e.aggregate_id = c.aggregate_id AND e.position BETWEEN c.first_position AND c.last_position
		GROUP BY c.aggregate_type, c.aggregate_id, c.command_id`, func(row []any) {
		found[fmt.Sprint(row[0], " ", row[1])] = fmt.Sprint(row[2:]...)
	})
	if err != nil {
		return err
	}
	n := 0
	for _, t := range h.notes.taken {
		if t.first == 0 {
			continue // it changed nothing
		}
		n++
		if got, want := found[t.stream+" "+t.key+" "+t.session], fmt.Sprint(t.first, t.last, t.last-t.first+1); got != want {
			err = errors.Join(err, fmt.Errorf("%s of %s was acknowledged as %s, and is stored as %q", t.command, t.stream, want, got))
		}
	}
	h.figure("%d acknowledged commands are stored", n)
	return err
}

// life is what happened to a lot.
type life struct {
	opened, ends, over time.Time
	ended              int
}

// closed checks that each lot was closed once, when its time was over, or was withdrawn,
// and that each lot that is open has one timer.
func (h *house) closed(*testscript.TestScript, ...string) error {
	withdrawn := map[string]bool{}
	for _, t := range h.notes.taken {
		withdrawn[t.stream] = withdrawn[t.stream] || t.command == "withdraw"
	}
	lots := map[string]*life{}
	err := h.lotEvents(func(e stored) {
		l := lots[e.lot]
		switch e.is {
		case "Drafted":
			lots[e.lot] = &life{}
		case "Opened", "Extended":
			if e.is == "Opened" {
				l.opened = e.at
			}
			l.ends, _ = time.Parse(time.RFC3339Nano, e.payload.Ends)
		case "Sold", "Unsold", "Withdrawn":
			l.ended, l.over = l.ended+1, e.at
		}
	})
	timers := map[string][]string{}
	err = errors.Join(err, h.query("SELECT process, key, name FROM process_timers", func(row []any) {
		timers[row[1].(string)] = append(timers[row[1].(string)], fmt.Sprint(row[0], ".", row[2]))
	}))
	kinds, crossed, latest := map[string]int{}, 0, time.Duration(0)
	for id, l := range lots {
		waits := strings.Join(timers[id], " ")
		kinds[waits]++
		switch open := !l.opened.IsZero() && l.ended == 0; {
		case l.ended > 1:
			err = errors.Join(err, fmt.Errorf("%s was closed %d times", id, l.ended))
		case open != (waits == "auction.Gavel.Closing" || waits == "auction.Gavel.Fall"):
			err = errors.Join(err, fmt.Errorf("%s is open: %v, and has the timers %q", id, open, waits))
		case l.ended == 0 || withdrawn[id]:
		case l.over.Before(l.ends):
			err = errors.Join(err, fmt.Errorf("%s was closed at %v, before its end at %v", id, l.over, l.ends))
		default:
			latest = max(latest, l.over.Sub(l.ends))
			if l.opened.Before(h.swapped) && l.over.After(h.swapped) {
				crossed++
			}
		}
	}
	if kinds["auction.Gavel.Closing"] == 0 || kinds["auction.Gavel.Fall"] == 0 || crossed == 0 {
		err = errors.Join(err, fmt.Errorf("the timers that wait are %v, and %d came under the other name", kinds, crossed))
	}
	h.figure("timers that wait: %v; %d were set by the old build and came in the new one; the latest lot closed %v after its end", kinds, crossed, latest.Round(time.Millisecond))
	return err
}

// titles checks that no lot took the title of another one since the new build stores events.
func (h *house) titles(*testscript.TestScript, ...string) error {
	since, err := h.number("SELECT min(position) FROM events WHERE event_type = 'Offered' OR event_type = 'Raised' AND schema_version = 2")
	has, doubles := map[string]map[string]bool{}, 0
	title := map[string]string{}
	failed := h.lotEvents(func(e stored) {
		switch e.is {
		case "Drafted":
			t := e.payload.Title
			if has[t] == nil {
				has[t] = map[string]bool{}
			}
			if len(has[t]) > 0 {
				doubles++
				if e.position > since {
					err = errors.Join(err, fmt.Errorf("at %d %s takes the title %q, which %v have", e.position, e.lot, t, has[t]))
				}
			}
			has[t][e.lot], title[e.lot] = true, t
		case "Sold", "Unsold", "Withdrawn":
			delete(has[title[e.lot]], e.lot)
		}
	})
	if doubles < 3 {
		err = errors.Join(err, fmt.Errorf("only %d lots took the title of another one before", doubles))
	}
	return errors.Join(err, failed)
}

// settled waits until the lots that end soon are closed, and nothing is left to do.
func (h *house) settled(*testscript.TestScript, ...string) error {
	r, err := sqlite.OpenReader(context.Background(), filepath.Join(h.dir, "app.db"))
	if err != nil {
		return err
	}
	defer r.Close()
	var left []string
	for end := time.Now().Add(longest); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		left = nil
		head, err := h.number("SELECT max(position) FROM events")
		soon, failed := h.number(fmt.Sprintf("SELECT count(*) FROM process_timers WHERE due_at < %d", time.Now().Add(time.Hour).UnixMicro()))
		all, broken := r.Processes(context.Background())
		if err := errors.Join(err, failed, broken); err != nil {
			return err
		}
		if soon > 0 {
			left = append(left, fmt.Sprint(soon, " timers"))
		}
		for _, p := range all {
			if int64(p.Position) != head || p.Outgoing+p.Dead+p.Parked > 0 || p.Held || p.Paused {
				left = append(left, fmt.Sprintf("%+v at %d", p, head))
			}
		}
		if left == nil {
			return nil
		}
	}
	return fmt.Errorf("something is left: %s", left)
}
