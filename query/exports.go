package query

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"ironstar.dev"
)

// mostExports is how many files are kept. A file that somebody reads stays readable after
// it was removed, where the system allows that.
const mostExports = 8

// exports are Parquet files that are handed out again. One is made at a time, since that
// is work for the whole machine.
type exports struct {
	dir    string        // of the files; what a killed process left there is removed
	making chan struct{} // capacity 1: a token while one is made

	mu  sync.Mutex
	all []*export // the one that was used last is the last
}

func newExports(dir string) *exports { return &exports{dir: dir, making: make(chan struct{}, 1)} }

// export is a file.
type export struct {
	key, path, tag string
	position       ironstar.Position
	made           time.Time
	took           time.Duration
}

// file returns the file of a key if it is valid, and makes it otherwise. Others who ask for
// it meanwhile wait, and get the same one.
func (x *exports) file(ctx context.Context, key string, valid func(*export) bool, write func(context.Context, io.Writer) (ironstar.Position, error)) (ironstar.ExportedFile, error) {
	if f, err := x.open(key, valid); err == nil {
		return f, nil
	}
	select {
	case x.making <- struct{}{}:
		defer func() { <-x.making }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if f, err := x.open(key, valid); err == nil {
		return f, nil
	}
	made, err := x.make(ctx, key, write)
	if err != nil {
		return nil, err
	}
	x.add(made)
	return x.open(key, func(*export) bool { return true })
}

// open opens a file that is there and valid.
func (x *exports) open(key string, valid func(*export) bool) (ironstar.ExportedFile, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i, f := range x.all {
		if f.key != key || !valid(f) {
			continue
		}
		opened, err := os.Open(f.path)
		if err != nil {
			return nil, err
		}
		x.all = append(append(x.all[:i:i], x.all[i+1:]...), f)
		return openedExport{opened, f.tag}, nil
	}
	return nil, errNoFile
}

// make writes a file.
func (x *exports) make(ctx context.Context, key string, write func(context.Context, io.Writer) (ironstar.Position, error)) (f *export, err error) {
	if err := os.MkdirAll(x.dir, 0o700); err != nil {
		return nil, err
	}
	out, err := os.CreateTemp(x.dir, "*.parquet")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err = errors.Join(err, out.Close()); err != nil {
			err = errors.Join(err, os.Remove(out.Name()))
		}
	}()
	began := time.Now()
	position, err := write(ctx, out)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return &export{key: key, path: out.Name(), tag: ironstar.NewUUID().String(), position: position, made: now, took: now.Sub(began)}, nil
}

// add adds a file in place of the one with the same key, and removes the one that was not
// used for the longest time if there are too many.
func (x *exports) add(f *export) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i, old := range x.all {
		if old.key == f.key {
			x.all = append(x.all[:i:i], x.all[i+1:]...)
			os.Remove(old.path)
			break
		}
	}
	if x.all = append(x.all, f); len(x.all) > mostExports {
		os.Remove(x.all[0].path)
		x.all = x.all[1:]
	}
}

// clear removes all files. Those that are being read stay readable, where the system
// allows that.
func (x *exports) clear() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.all = nil
	os.RemoveAll(x.dir)
}
