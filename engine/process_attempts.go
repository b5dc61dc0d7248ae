package engine

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Attempt says how far the sending of something outgoing is.
type Attempt struct {
	ID    string    // of the command or effect
	Tries int       // since the process began, also the one under way
	Next  time.Time // when it is tried again; zero if an attempt is under way
	Err   string    // of the last attempt that failed
}

// attempts are the attempts at what is not through, by id.
type attempts struct {
	mu  sync.Mutex
	all map[string]Attempt
}

// clear forgets all: a process has begun again.
func (a *attempts) clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = map[string]Attempt{}
}

// begin notes that an attempt is under way.
func (a *attempts) begin(id string, tries int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all[id] = Attempt{ID: id, Tries: tries, Err: a.all[id].Err}
}

// failed notes that an attempt failed and when the next one begins.
func (a *attempts) failed(id string, tries int, next time.Time, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all[id] = Attempt{ID: id, Tries: tries, Next: next, Err: err.Error()}
}

// end forgets what is through.
func (a *attempts) end(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.all, id)
}

// Attempts returns what a process is sending, or tries again later, in the order of ids.
func (e *Engine) Attempts(process string) []Attempt {
	for _, p := range e.processes {
		if p.info().Name == process {
			return p.sending()
		}
	}
	return nil
}

// sending implements processor.
func (p *process[S]) sending() (all []Attempt) {
	p.attempts.mu.Lock()
	defer p.attempts.mu.Unlock()
	for _, one := range p.attempts.all {
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b Attempt) int { return cmp.Compare(a.ID, b.ID) })
	return all
}
