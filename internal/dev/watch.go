package dev

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Editors write a file in several steps. A change ends when nothing was written
// for settleTime, at the latest after longestSettle.
const (
	settleTime    = 20 * time.Millisecond
	longestSettle = 200 * time.Millisecond
)

// saved is one change: files that were saved together.
type saved struct {
	at    time.Time // of the first file
	files []string  // from the project's folder, with slashes, sorted
}

// watcher reports what people save in a project.
type watcher struct {
	root string
	fs   *fsnotify.Watcher

	mu   sync.Mutex
	seen digests
}

// newWatcher watches a project. The caller closes w.fs.
func newWatcher(root string) (*watcher, error) {
	n, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, watchError(err)
	}
	w := &watcher{root: root, fs: n, seen: digests{}}
	if err := w.add(".", func(rel string) { w.seen.changed(root, rel) }); err != nil {
		n.Close()
		return nil, err
	}
	return w, nil
}

// watchError says what to do if the system refuses to watch.
func watchError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) {
		return fmt.Errorf("watch files: %w: the system watches too many files already; on Linux, raise fs.inotify.max_user_watches and fs.inotify.max_user_instances with sysctl", err)
	}
	return fmt.Errorf("watch files: %w", err)
}

// add watches a folder and those below it, and calls file for each file.
func (w *watcher) add(rel string, file func(rel string)) error {
	var failed error
	err := walk(w.root, rel, func(folder string) {
		if err := w.fs.Add(filepath.Join(w.root, filepath.FromSlash(folder))); err != nil && failed == nil && !errors.Is(err, syscall.ENOENT) {
			failed = watchError(err)
		}
	}, file)
	return errors.Join(err, failed)
}

// wrote remembers files that a stage wrote, so that they are no change.
func (w *watcher) wrote(files []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range files {
		w.seen.changed(w.root, f)
	}
}

// files lists the files of a kind.
func (w *watcher) files(k kind) (found []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for f := range w.seen {
		if kindOf(f) == k {
			found = append(found, f)
		}
	}
	slices.Sort(found)
	return found
}

// run sends each change until ctx ends. It returns an error if watching broke.
func (w *watcher) run(ctx context.Context, changes chan<- saved) error {
	touched := map[string]bool{}
	var first time.Time
	settled := time.NewTimer(time.Hour)
	defer settled.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err, open := <-w.fs.Errors:
			if !open {
				return errors.New("watch files: the system ended it")
			}
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				return watchError(err)
			}
			_ = w.add(".", func(rel string) { touched[rel] = true }) // some events were lost: compare all files
		case e, open := <-w.fs.Events:
			if !open {
				return errors.New("watch files: the system ended it")
			}
			w.touch(e, touched)
		case <-settled.C:
			if s := w.settle(first, touched); len(s.files) > 0 {
				select {
				case changes <- s:
				case <-ctx.Done():
				}
			}
			clear(touched)
			first = time.Time{}
			continue
		}
		if len(touched) == 0 {
			continue
		}
		if first.IsZero() {
			first = time.Now()
		}
		settled.Reset(min(settleTime, max(0, longestSettle-time.Since(first))))
	}
}

// touch adds the files of an event.
func (w *watcher) touch(e fsnotify.Event, touched map[string]bool) {
	rel, err := filepath.Rel(w.root, e.Name)
	if err != nil || e.Op == fsnotify.Chmod {
		return
	}
	rel = filepath.ToSlash(rel)
	if e.Has(fsnotify.Create) { // a folder may be full already
		_ = w.add(rel, func(file string) { touched[file] = true })
	}
	if e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) { // a folder may have had files
		w.mu.Lock()
		for f := range w.seen {
			if len(f) > len(rel) && f[:len(rel)] == rel && f[len(rel)] == '/' {
				touched[f] = true
			}
		}
		w.mu.Unlock()
	}
	if kindOf(rel) != ignored {
		touched[rel] = true
	}
}

// settle returns the touched files whose content changed.
func (w *watcher) settle(at time.Time, touched map[string]bool) saved {
	s := saved{at: at}
	w.mu.Lock()
	defer w.mu.Unlock()
	for f := range touched {
		if w.seen.changed(w.root, f) {
			s.files = append(s.files, f)
		}
	}
	slices.Sort(s.files)
	return s
}
