package main

import (
	"context"
	"path/filepath"
	"strconv"
	"sync"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/gen/todo"
	app "ironstar.dev/internal/app/todo"
	"ironstar.dev/sqlite"
)

// ironstarStore is the stack of the reference application.
type ironstarStore struct {
	*sqlite.Store
	commands func() (engine.Handler[todo.ListCommand], error)
	eng      *engine.Engine
}

func (*ironstarStore) about() string {
	return "Ironstar, zombiezen.com/go/sqlite " + version("zombiezen.com/go/sqlite") + ", modernc.org/sqlite " + version("modernc.org/sqlite")
}

func (s *ironstarStore) open(dir string) (err error) {
	s.Store, err = sqlite.Open(context.Background(), filepath.Join(dir, "ironstar.db"), sqlite.Options{Shapes: todo.ListShapes})
	s.commands = sync.OnceValues(func() (engine.Handler[todo.ListCommand], error) {
		s.eng = engine.New(s.Store, engine.Options{})
		h := engine.Run(s.eng, todo.NewList(app.List{}))
		return h, s.eng.Start(context.Background())
	})
	return err
}

func (s *ironstarStore) close() error {
	if s.eng != nil {
		s.eng.Close()
	}
	return s.Store.Close()
}

func list(n int) ironstar.Stream {
	return ironstar.Stream{Kind: todo.ListKind, ID: strconv.Itoa(n)}
}

func (s *ironstarStore) append(ctx context.Context, w, n int) error {
	e, err := todo.EncodeListEvent(todo.ListAdded{ID: ironstar.NewUUID(), Text: longText})
	if err != nil {
		return err
	}
	return s.Append(ctx, ironstar.Append{Stream: list(w), Expected: ironstar.Version(n), Events: []ironstar.Proposed{e}})[0].Err
}

func (s *ironstarStore) command(ctx context.Context, w, n int) error {
	h, err := s.commands()
	if err != nil {
		return err
	}
	var c todo.ListCommand = todo.ListAdd{ID: lineOf(w), Text: longText}
	if n > 0 {
		c = todo.ListRename{ID: lineOf(w), Text: texts[n%2]}
	}
	r, err := h.Do(ctx, strconv.Itoa(w), c)
	if err == nil && r.First == 0 {
		return errNothingStored
	}
	return err
}

func (s *ironstarStore) fill(ctx context.Context, lists, events int) error {
	for l := range lists {
		var proposed []ironstar.Proposed
		for _, e := range listEvents(events) {
			p, err := todo.EncodeListEvent(e)
			if err != nil {
				return err
			}
			proposed = append(proposed, p)
		}
		if err := s.Append(ctx, ironstar.Append{Stream: list(l), Events: proposed})[0].Err; err != nil {
			return err
		}
	}
	return nil
}

func (s *ironstarStore) load(ctx context.Context, l int) (int, error) {
	aggregate := todo.NewList(app.List{})
	state := aggregate.Initial()
	for r, err := range s.Stream(ctx, list(l), 0) {
		if err != nil {
			return 0, err
		}
		if state, err = ironstar.Load(&aggregate, state, r); err != nil {
			return 0, err
		}
	}
	return len(state.Items), nil
}

func (s *ironstarStore) rebuild(ctx context.Context) (lines int, err error) {
	s.eng = engine.New(s.Store, engine.Options{NoSnapshots: true})
	tally := engine.Follow(s.eng, todo.NewTally(app.Tally{}))
	if err := s.eng.Start(ctx); err != nil {
		return 0, err
	}
	err = tally.Read(ironstar.GlobalKey, func(state todo.TallyState, _, _ ironstar.Position) error {
		lines = int(state.Added)
		return nil
	})
	return lines, err
}
