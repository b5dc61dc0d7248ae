package querytest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"ironstar.dev"
	"ironstar.dev/query"
)

// testOtherTypes: what SQL returns has to be of the type that the schema says.
func testOtherTypes(s *suite) {
	t := s.open()
	defer s.close(t)
	s.feed(t, sales(0, 1))
	for _, test := range []struct {
		sql  string
		kind ironstar.ColumnKind
		ok   bool
	}{
		{"'x'", ironstar.TextColumn, true},
		{"'x'", ironstar.IntColumn, false},
		{"1.5", ironstar.IntColumn, false},
		{"'2026-13-01'", ironstar.DateColumn, false},
		{"'2026-02-03'", ironstar.DateColumn, true},
		{"'2026-02-03 04:05:06'", ironstar.TimeColumn, true},
		{"'2026-02-03T04:05:06.5Z'", ironstar.TimeColumn, true},
		{"'yesterday'", ironstar.TimeColumn, false},
		{"'no uuid'", ironstar.UUIDColumn, false},
		{"NULL", ironstar.IntColumn, false},
		{"NULL", ironstar.TextColumn, false},
	} {
		q := question(fmt.Sprintf("SELECT %s AS n FROM %s", test.sql, sold))
		q.Columns = []ironstar.Column{column("n", test.kind)}
		err := t.Check(s.ctx, q)
		if err == nil {
			_, _, err = s.ask(t, q)
		}
		if test.ok && err != nil || !test.ok && !errors.Is(err, query.ErrSQL) {
			s.Errorf("%s as kind %d: %v", test.sql, test.kind, err)
		}
	}
}

// testRows: there is one row more than the question allows, and rows end when the
// caller wants.
func testRows(s *suite) {
	t := s.open()
	defer s.close(t)
	s.feed(t, sales(0, 10))
	q := question("SELECT units AS n FROM " + sold + " ORDER BY _position, units")
	q.Rows = 7
	if rows, p, err := s.ask(t, q); err != nil || len(rows) != 8 || p != 10 {
		s.Errorf("got %d rows at %d, %v, want 8 at 10", len(rows), p, err)
	}
	enough, n := errors.New("enough"), 0
	_, err := t.Ask(s.ctx, q, nil, func([]any) error {
		if n++; n == 2 {
			return enough
		}
		return nil
	})
	if n != 2 || !errors.Is(err, enough) {
		s.Errorf("got %d rows and %v, want 2 and the caller's error", n, err)
	}
	if rows, _, err := s.ask(t, q); err != nil || len(rows) != 8 {
		s.Errorf("after that: %d rows, %v", len(rows), err)
	}
}

func testCheck(s *suite) {
	t := s.open()
	defer s.close(t)
	param := []ironstar.Column{column("p", ironstar.IntColumn)}
	for _, test := range []struct {
		sql    string
		params []ironstar.Column
		ok     bool
	}{
		{"SELECT count(*) AS n FROM sale_sold", nil, true},
		{"select count(*) as n from sale_sold; -- the end\n", nil, true},
		{"/* first */ SELECT units AS n FROM sale_sold WHERE units > $p", param, true},
		{"WITH s AS (SELECT units FROM sale_sold) SELECT count(*) AS n FROM s", nil, true},
		{"SELECT n FROM (SELECT units AS n FROM sale_sold) AS inside", nil, true},
		{"SELECT units AS n FROM sale_sold WHERE units > $q", param, false},
		{"SELECT units AS n FROM sale_sold", param, false},
		{"SELECT units AS n FROM sale_sold WHERE units > $p", nil, false},
		{"SELECT units AS n FROM sale_sold WHERE units > ?", param, false},
		{"SELECT units FROM sale_sold", nil, false},
		{"SELECT units AS n, item FROM sale_sold", nil, false},
		{"SELECT units AS n FROM sale_sold WHERE price > 1", nil, false},
		{"", nil, false},
		{" -- nothing", nil, false},
		{"SELECT", nil, false},
		{"nonsense", nil, false},
		{"SELECT 1 AS n; SELECT 2 AS n", nil, false},
		{"SELECT 'open AS n", nil, false},
	} {
		q := question(test.sql)
		q.Params = test.params
		if err := t.Check(s.ctx, q); test.ok && err != nil || !test.ok && !errors.Is(err, query.ErrSQL) {
			s.Errorf("%q: %v", test.sql, err)
		}
	}
}

// testForbidden: a question reads the tables that it names, and changes nothing.
func testForbidden(s *suite) {
	t := s.open()
	defer s.close(t)
	s.feed(t, sales(0, 2))
	for _, sql := range append([]string{
		"SELECT count(*) AS n FROM sale_kinds",
		"SELECT int AS n FROM sale_kinds",
		"SELECT n FROM (SELECT int AS n FROM sale_kinds) AS inside",
		"WITH k AS (SELECT int FROM sale_kinds) SELECT count(*) AS n FROM k, sale_sold",
		"SELECT units AS n FROM sale_sold UNION SELECT int FROM sale_kinds",
		"SELECT (SELECT count(*) FROM sale_kinds) AS n FROM sale_sold",
		"SELECT units AS n FROM sale_sold WHERE EXISTS (SELECT 1 FROM sale_kinds)",
		"INSERT INTO sale_sold DEFAULT VALUES",
		"UPDATE sale_sold SET units = 1",
		"DELETE FROM sale_sold",
		"DROP TABLE sale_sold",
		"CREATE TABLE other (n INTEGER)",
		"BEGIN",
		"SELECT random() AS n",
		"SELECT current_timestamp AS n",
		"SELECT CURRENT_DATE AS n",
	}, s.Forbidden...) {
		q := question(sql)
		if err := t.Check(s.ctx, q); !errors.Is(err, query.ErrSQL) {
			s.Errorf("%q: Check returned %v, want an error that wraps ErrSQL", sql, err)
		}
	}
	for _, sql := range s.Allowed {
		q := question(sql)
		if err := t.Check(s.ctx, q); err != nil {
			s.Errorf("%q: %v", sql, err)
		}
		if rows, _, err := s.ask(t, q); err != nil || len(rows) == 0 {
			s.Errorf("%q: %d rows, %v", sql, len(rows), err)
		}
	}
	s.counted(t)
}

func testCancelled(s *suite) {
	t := s.open()
	defer s.close(t)
	for range 3 {
		ctx, cancel := context.WithCancel(s.ctx)
		q := question(s.Endless)
		q.Reads = nil
		_, err := t.Ask(ctx, q, nil, func([]any) error {
			cancel()
			return nil
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			s.Errorf("got %v, want the error of the context", err)
		}
	}
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if _, err := t.Ask(ctx, question("SELECT 1 AS n"), nil, func([]any) error { return nil }); !errors.Is(err, context.Canceled) {
		s.Errorf("a context that has ended: got %v", err)
	}
	s.feed(t, sales(0, 3))
	s.counted(t)
}

func testTimeLimit(s *suite) {
	t := s.open()
	defer s.close(t)
	for _, limit := range []time.Duration{time.Nanosecond, time.Millisecond, 50 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(s.ctx, limit)
		q := question(s.Silent)
		q.Reads = nil
		_, err := t.Ask(ctx, q, nil, func([]any) error { return nil })
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			s.Errorf("limit %v: got %v, want the error of the context", limit, err)
		}
	}
	s.feed(t, sales(0, 3))
	s.counted(t)
}

// testSnapshots: what is asked while the tables are fed is of one position.
func testSnapshots(s *suite) {
	t := s.open()
	defer s.close(t)
	var asking sync.WaitGroup
	fed := make(chan struct{})
	for range 4 {
		asking.Go(func() {
			for last := ironstar.Position(0); ; {
				p := s.counted(t)
				if p < last {
					s.Errorf("an answer at %d came after one at %d", p, last)
				}
				last = p
				select {
				case <-fed:
					return
				default:
				}
			}
		})
	}
	p := ironstar.Position(0)
	for n := range ironstar.Position(60) {
		s.feed(t, sales(p, p+n%7+1))
		p += n%7 + 1
	}
	close(fed)
	asking.Wait()
	if at := s.counted(t); at != p {
		s.Errorf("the tables are at %d, want %d", at, p)
	}
}

func testClosed(s *suite) {
	t := s.open()
	s.feed(t, sales(0, 1))
	asking, ended := make(chan struct{}), make(chan error)
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	q := question(s.Endless)
	q.Reads = nil
	go func() {
		once := sync.OnceFunc(func() { close(asking) })
		_, err := t.Ask(ctx, q, nil, func([]any) error { once(); return nil })
		ended <- err
	}()
	<-asking
	closed := make(chan error)
	go func() { closed <- t.Close() }()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		s.Errorf("asking during Close: %v", err)
	}
	if err := <-closed; err != nil {
		s.Errorf("close: %v", err)
	}
	if _, _, err := s.ask(t, question("SELECT 1 AS n")); err == nil {
		s.Error("closed tables were asked")
	}
}
