package sqlite

import (
	"os"
	"strings"
	"testing"
	"time"
)

// TestReaderWhileTheHeaderChanges: the header of the write-ahead log stands twice in its
// index, and a writer changes one after the other. A reader in between tries again. It
// once reported that the file needs to be recovered.
func TestReaderWhileTheHeaderChanges(t *testing.T) {
	s := smallLog(t, Options{})
	s.write(t, 3)
	path := s.writer.path
	r, err := OpenReader(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	index, err := os.OpenFile(path+"-shm", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	header := make([]byte, 48)
	if _, err := index.ReadAt(header, 0); err != nil {
		t.Fatal(err)
	}
	half := make([]byte, 48)
	change := func(to []byte) {
		t.Helper()
		if _, err := index.WriteAt(to, 0); err != nil {
			t.Error(err)
		}
	}
	change(half)
	changed := make(chan struct{})
	time.AfterFunc(20*time.Millisecond, func() {
		defer close(changed)
		change(header)
	})
	if head, err := r.Head(t.Context()); err != nil || head != 3 {
		t.Errorf("the head is %d, %v", head, err)
	}
	<-changed
	change(half)
	defer change(header)
	if _, err := r.Head(t.Context()); err == nil || !strings.Contains(err.Error(), "needs to be recovered") {
		t.Errorf("a log that needs to be recovered: %v", err)
	}
}
