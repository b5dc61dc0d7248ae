package engine

import (
	"context"
	"sync"

	"ironstar.dev"
)

// mark is a position that only grows, and that can be waited for.
type mark struct {
	mu   sync.Mutex
	at   ironstar.Position
	bell chan struct{} // closed at the next advance; nil if nobody waits
}

func newMark() *mark { return &mark{} }

func (m *mark) position() ironstar.Position {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at
}

func (m *mark) advance(p ironstar.Position) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at = max(m.at, p)
	if m.bell != nil {
		close(m.bell)
		m.bell = nil
	}
}

// wait returns when p is reached, with an error when ctx ends or the engine does.
func (m *mark) wait(ctx, engine context.Context, p ironstar.Position) error {
	for {
		m.mu.Lock()
		if m.at >= p {
			m.mu.Unlock()
			return nil
		}
		if m.bell == nil {
			m.bell = make(chan struct{})
		}
		bell := m.bell
		m.mu.Unlock()
		select {
		case <-bell:
		case <-ctx.Done():
			return ctx.Err()
		case <-engine.Done():
			return ErrClosed
		}
	}
}
