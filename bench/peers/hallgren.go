package main

import (
	"context"
	gosql "database/sql"
	"encoding/json"
	"path/filepath"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/hallgren/eventsourcing"
	"github.com/hallgren/eventsourcing/core"
	"github.com/hallgren/eventsourcing/eventstore/sql"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"ironstar.dev/gen/todo"
)

func init() {
	stores["hallgren-modernc"] = func() store {
		return &hallgrenStore{driver: "sqlite", module: "modernc.org/sqlite", settings: "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
			"&_pragma=busy_timeout(5000)&_pragma=cache_size(-64000)&_pragma=temp_store(MEMORY)"}
	}
}

// hallgrenStore is github.com/hallgren/eventsourcing with its SQLite store for
// a single writer, as its documentation advises for concurrent writers.
type hallgrenStore struct {
	driver, module, settings string

	db     *gosql.DB
	events *sql.SQLite
	repo   *eventsourcing.EventRepository

	mu    sync.Mutex
	lists map[int]*hallgrenList // guarded by mu; each is used by one goroutine
}

// hallgrenList is the todo list as an aggregate of that library. Ids are
// strings, which its JSON decodes faster than UUIDs.
type hallgrenList struct {
	eventsourcing.AggregateRoot
	Items []hallgrenItem
}

type (
	hallgrenItem struct {
		ID, Text string
		Done     bool
	}
	Added     struct{ ID, Text string }
	Renamed   struct{ ID, Text string }
	Completed struct{ ID string }
)

func (l *hallgrenList) Register(r eventsourcing.RegisterFunc) { r(&Added{}, &Renamed{}, &Completed{}) }

func (l *hallgrenList) Transition(event eventsourcing.Event) {
	switch e := event.Data().(type) {
	case *Added:
		l.Items = append(l.Items, hallgrenItem{ID: e.ID, Text: e.Text})
	case *Renamed:
		if item := l.find(e.ID); item != nil {
			item.Text = e.Text
		}
	case *Completed:
		if item := l.find(e.ID); item != nil {
			item.Done = true
		}
	}
}

func (l *hallgrenList) find(id string) *hallgrenItem {
	for i := range l.Items {
		if l.Items[i].ID == id {
			return &l.Items[i]
		}
	}
	return nil
}

func (s *hallgrenStore) about() string {
	return "hallgren/eventsourcing " + version("github.com/hallgren/eventsourcing") + ", eventstore/sql " +
		version("github.com/hallgren/eventsourcing/eventstore/sql") + ", " + s.module + " " + version(s.module)
}

func (s *hallgrenStore) open(dir string) (err error) {
	if s.db, err = gosql.Open(s.driver, "file:"+filepath.Join(dir, s.driver+".db")+s.settings); err != nil {
		return err
	}
	if s.events, err = sql.NewSQLiteSingelWriter(s.db); err != nil {
		return err
	}
	s.repo = eventsourcing.NewEventRepository(s.events)
	s.repo.Register(&hallgrenList{})
	s.lists = map[int]*hallgrenList{}
	return nil
}

func (s *hallgrenStore) close() error { return s.db.Close() }

var hallgrenType = reflect.TypeFor[hallgrenList]().Name()

func (s *hallgrenStore) append(_ context.Context, w, n int) error {
	data, err := json.Marshal(Added{ID: lineOf(w).String(), Text: longText})
	if err != nil {
		return err
	}
	return s.events.Save([]core.Event{{
		AggregateID: strconv.Itoa(w), AggregateType: hallgrenType, Version: core.Version(n + 1), Reason: "Added",
		Timestamp: time.Now().UTC(), Data: data, Metadata: []byte("{}"),
	}})
}

func (s *hallgrenStore) command(_ context.Context, w, n int) error {
	l, err := s.list(w)
	if err != nil {
		return err
	}
	id := lineOf(w).String()
	if n == 0 {
		l.TrackChange(l, &Added{ID: id, Text: longText})
	} else if item := l.find(id); item != nil && item.Text != texts[n%2] {
		l.TrackChange(l, &Renamed{ID: id, Text: texts[n%2]})
	}
	if err := s.repo.Save(l); err != nil {
		return err
	}
	if int(l.Version()) != n+1 {
		return errNothingStored
	}
	return nil
}

// list holds aggregates in memory, which the library leaves to its users.
func (s *hallgrenStore) list(w int) (*hallgrenList, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lists[w]
	if l == nil {
		l = &hallgrenList{}
		if err := l.SetID(strconv.Itoa(w)); err != nil {
			return nil, err
		}
		s.lists[w] = l
	}
	return l, nil
}

func (s *hallgrenStore) fill(_ context.Context, lists, events int) error {
	for i := range lists {
		l, err := s.list(i)
		if err != nil {
			return err
		}
		for _, e := range listEvents(events) {
			switch e := e.(type) {
			case todo.ListAdded:
				l.TrackChange(l, &Added{e.ID.String(), e.Text})
			case todo.ListRenamed:
				l.TrackChange(l, &Renamed{e.ID.String(), e.Text})
			case todo.ListCompleted:
				l.TrackChange(l, &Completed{e.ID.String()})
			}
		}
		if err := s.repo.Save(l); err != nil {
			return err
		}
	}
	return nil
}

func (s *hallgrenStore) load(ctx context.Context, i int) (int, error) {
	var l hallgrenList
	err := s.repo.GetWithContext(ctx, strconv.Itoa(i), &l)
	return len(l.Items), err
}

func (s *hallgrenStore) rebuild(ctx context.Context) (lines int, err error) {
	fetch := s.events.All(0)
	p := s.repo.Projections.Projection(func() (core.Iterator, error) { return fetch() }, func(e eventsourcing.Event) error {
		if _, added := e.Data().(*Added); added {
			lines++
		}
		return nil
	})
	return lines, p.RunToEnd(ctx).Error
}
