package sqlite_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ironstar.dev/sqlite"
)

// TestReaderWhileTheHeaderChanges: the header of the write-ahead log stands twice in its
// index, and a writer changes one after the other. A reader in another process that comes
// in between tries again. It once reported that the file needs to be recovered.
func TestReaderWhileTheHeaderChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	writer := childCommand(t, "some", path)
	out, err := writer.StdoutPipe()
	mustBe(t, err)
	mustBe(t, writer.Start())
	defer writer.Wait()
	defer writer.Process.Kill()
	for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != "done"; {
	}
	r, err := sqlite.OpenReader(t.Context(), path)
	mustBe(t, err)
	defer r.Close()
	want, err := r.Head(t.Context())
	mustBe(t, err)

	index, err := os.OpenFile(path+"-shm", os.O_RDWR, 0)
	mustBe(t, err)
	defer index.Close()
	header := make([]byte, 48)
	_, err = index.ReadAt(header, 0)
	mustBe(t, err)
	change := func(to []byte) {
		if _, err := index.WriteAt(to, 0); err != nil {
			t.Error(err)
		}
	}
	change(make([]byte, 48))
	changed := make(chan struct{})
	time.AfterFunc(20*time.Millisecond, func() {
		defer close(changed)
		change(header)
	})
	if head, err := r.Head(t.Context()); err != nil || head != want {
		t.Errorf("the head is %d, %v", head, err)
	}
	<-changed
	change(make([]byte, 48))
	if _, err := r.Head(t.Context()); err == nil || !strings.Contains(err.Error(), "needs to be recovered") {
		t.Errorf("a log that needs to be recovered: %v", err)
	}
}
