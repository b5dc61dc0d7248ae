package main

import (
	"errors"
	"slices"
	"time"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev"
	"ironstar.dev/internal/modelling/gen/auction"
)

// tableOfLots is the lots in SQLite in memory, with an index for each order and filter.
type tableOfLots struct {
	lots
	conn   *zs.Conn
	update *zs.Stmt
	next   int // the event that is applied next
}

const lotTable = `
CREATE TABLE lots (n INTEGER PRIMARY KEY, id TEXT, title TEXT, sold INT, high INT, closes INT, seller TEXT, wanted INT);
CREATE VIRTUAL TABLE words USING fts5(title, content='', prefix='1 2 3');`

const lotIndexes = `
CREATE INDEX by_closes ON lots(closes, id);
CREATE INDEX by_high ON lots(high, id);
CREATE INDEX by_title ON lots(title, id);
CREATE INDEX by_sold ON lots(sold, closes, id);
CREATE INDEX by_seller ON lots(seller, closes, id);
ANALYZE;`

// openTable fills a table. The caller closes its connection.
func openTable(l lots) (*tableOfLots, error) {
	conn, err := zs.OpenConn(":memory:", zs.OpenReadWrite, zs.OpenCreate, zs.OpenMemory)
	if err != nil {
		return nil, err
	}
	t := &tableOfLots{lots: l, conn: conn}
	if err := t.fill(); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return t, nil
}

func (t *tableOfLots) fill() (err error) {
	if err := sqlitex.ExecuteScript(t.conn, lotTable, nil); err != nil {
		return err
	}
	if err := sqlitex.ExecuteTransient(t.conn, "BEGIN", nil); err != nil {
		return err
	}
	insert, err := t.conn.Prepare("INSERT INTO lots VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)")
	if err != nil {
		return err
	}
	words, err := t.conn.Prepare("INSERT INTO words(rowid, title) VALUES (?1, ?2)")
	if err != nil {
		return err
	}
	for i := range t.n {
		insert.BindInt64(1, int64(i))
		insert.BindText(2, t.id(i).String())
		insert.BindText(3, t.title(i))
		insert.BindBool(4, t.sold(i))
		insert.BindInt64(5, int64(t.high(i)))
		insert.BindInt64(6, t.closes(i).UnixMicro())
		insert.BindText(7, t.seller(i))
		words.BindInt64(1, int64(i))
		words.BindText(2, t.title(i))
		if err := errors.Join(step(insert), step(words)); err != nil {
			return err
		}
	}
	if err := sqlitex.ExecuteTransient(t.conn, "COMMIT", nil); err != nil {
		return err
	}
	if err := sqlitex.ExecuteScript(t.conn, lotIndexes, nil); err != nil {
		return err
	}
	t.update, err = t.conn.Prepare("UPDATE lots SET high = ?2, wanted = 1 WHERE n = ?1")
	return err
}

// bytes is the memory of the table and its indexes.
func (t *tableOfLots) bytes() (bytes float64, err error) {
	err = sqlitex.ExecuteTransient(t.conn, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", &sqlitex.ExecOptions{
		ResultFunc: func(st *zs.Stmt) error { bytes = st.ColumnFloat(0); return nil },
	})
	return bytes, err
}

// bids changes rows as the events of lots.bid do.
func (t *tableOfLots) bids(events int) (took []time.Duration, err error) {
	for range events {
		begun := time.Now()
		t.update.BindInt64(1, int64(t.bidOn(t.next)))
		t.update.BindInt64(2, int64(t.bidCents(t.next)))
		if err := step(t.update); err != nil {
			return nil, err
		}
		took = append(took, time.Since(begun))
		t.next++
	}
	return took, nil
}

// lotQuery is a page of the table: its rows and one more, and how many rows match.
type lotQuery struct {
	rows, count *zs.Stmt // count is nil if all rows match
	all         int
	bind        func(st *zs.Stmt, k int)
}

const lotColumns = "SELECT id, lots.title, sold, high, closes, seller, wanted FROM "

// query prepares a page. Its arguments follow FROM, and may have parameters. If count is
// empty all rows match, and nobody counts.
func (t *tableOfLots) query(rows, count string, bind func(st *zs.Stmt, k int)) (q lotQuery, err error) {
	if q.rows, err = t.conn.Prepare(lotColumns + rows + " LIMIT 26"); err != nil {
		return q, err
	}
	q.all, q.bind = t.n, bind
	if count != "" {
		q.count, err = t.conn.Prepare("SELECT count(*) FROM (SELECT 1 FROM " + count + " LIMIT 10001)")
	}
	return q, err
}

// lotRow is a row as by hand.
type lotRow struct {
	id, title, seller string
	sold, wanted      bool
	high, closes      int64
}

// page reads the kth page of a kind.
func (q *lotQuery) page(k int) (rows []lotRow, total int, err error) {
	if q.bind != nil {
		q.bind(q.rows, k)
	}
	rows = make([]lotRow, 0, 26)
	for {
		more, err := q.rows.Step()
		if err != nil {
			return nil, 0, err
		}
		if !more {
			break
		}
		rows = append(rows, lotRow{
			id: q.rows.ColumnText(0), title: q.rows.ColumnText(1), sold: q.rows.ColumnBool(2),
			high: q.rows.ColumnInt64(3), closes: q.rows.ColumnInt64(4), seller: q.rows.ColumnText(5), wanted: q.rows.ColumnBool(6),
		})
	}
	rows = rows[:min(len(rows), 25)]
	if q.count == nil {
		return rows, q.all, q.rows.Reset()
	}
	if q.bind != nil {
		q.bind(q.count, k)
	}
	if _, err := q.count.Step(); err != nil {
		return nil, 0, err
	}
	total = q.count.ColumnInt(0)
	return rows, total, errors.Join(q.rows.Reset(), q.count.Reset())
}

// sortedLots are the lots in one plain slice, by when they close.
type sortedLots []*auction.CatalogueRow

func (l lots) sorted() sortedLots {
	rows := make(sortedLots, l.n)
	for i := range rows {
		row := l.row(i)
		rows[i] = &row
	}
	return rows
}

// page copies 25 rows behind a time.
func (s sortedLots) page(after time.Time) ironstar.Page[auction.CatalogueRow] {
	at, _ := slices.BinarySearchFunc(s, after, func(r *auction.CatalogueRow, t time.Time) int {
		if r.Closes.After(t) {
			return 1
		}
		return -1
	})
	page := ironstar.Page[auction.CatalogueRow]{Total: min(len(s), ironstar.MaxTotal), Rows: make([]auction.CatalogueRow, 0, 25)}
	for _, r := range s[at:min(at+25, len(s))] {
		page.Rows = append(page.Rows, *r)
	}
	return page
}
