package query

import (
	"ironstar.dev"
)

// Asking is a question with its parameters. *[Asked] implements it.
type Asking[R any] interface {
	Read(key string, f func(answer ironstar.Answer[R], changed, asOf ironstar.Position) error) error
	Notify(key string, changed func()) (stop func(), err error)
	Revision() uint64
}

// Part is one of the answers that a page shows: put writes it into S.
func Part[S, R any](question Asking[R], put func(*S, ironstar.Answer[R])) Joining[S] {
	return Joining[S]{
		read: func(key string, s *S) (changed, asOf ironstar.Position, err error) {
			err = question.Read(key, func(a ironstar.Answer[R], at, upTo ironstar.Position) error {
				put(s, a)
				changed, asOf = at, upTo
				return nil
			})
			return changed, asOf, err
		},
		notify:   question.Notify,
		revision: question.Revision,
	}
}

// Joining is a [Part].
type Joining[S any] struct {
	read     func(key string, s *S) (changed, asOf ironstar.Position, err error)
	notify   func(key string, changed func()) (stop func(), err error)
	revision func() uint64
}

// Join returns what reads all answers of a page. Each answer is of its own position.
func Join[S any](parts ...Joining[S]) *Joined[S] { return &Joined[S]{parts} }

// Joined reads the answers that a page shows, for package live. All methods may be
// called from any goroutine.
type Joined[S any] struct{ parts []Joining[S] }

// Read calls f with all answers, the greatest position at which one of them was
// computed, and the position that all of them include. The error is that of an answer's
// reader, or of f.
func (j *Joined[S]) Read(key string, f func(answers S, changed, asOf ironstar.Position) error) error {
	var s S
	var changed, asOf ironstar.Position
	for i, p := range j.parts {
		at, upTo, err := p.read(key, &s)
		if err != nil {
			return err
		}
		changed = max(changed, at)
		if i == 0 || upTo < asOf {
			asOf = upTo
		}
	}
	return f(s, changed, asOf)
}

// Notify calls changed whenever one of the answers is another one, until stop is called,
// which is required unless there is an error.
func (j *Joined[S]) Notify(key string, changed func()) (stop func(), err error) {
	var stops []func()
	stop = func() {
		for _, one := range stops {
			one()
		}
	}
	for _, p := range j.parts {
		one, err := p.notify(key, changed)
		if err != nil {
			stop()
			return nil, err
		}
		stops = append(stops, one)
	}
	return stop, nil
}

// Revision is another one whenever one of the answers may be another one.
func (j *Joined[S]) Revision() (all uint64) {
	for _, p := range j.parts {
		all += p.revision()
	}
	return all
}
