package ops

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"
)

// Build identifies the running binary by a hash of its content, which contains
// everything that is served: code, templates and embedded assets. Pages that
// another build rendered are sent again. Copies of one binary are one build,
// wherever they are and whenever they were made.
func Build() (string, error) {
	file, err := openSelf()
	if err != nil {
		return "", fmt.Errorf("identify this build: %w", err)
	}
	defer file.Close() // nothing was written
	return hashOf(file)
}

// openSelf opens the binary of this process. On Linux that is the one that runs,
// also if the file has been replaced meanwhile.
func openSelf() (*os.File, error) {
	if runtime.GOOS == "linux" {
		if file, err := os.Open("/proc/self/exe"); err == nil {
			return file, nil
		} // without /proc the path has to do
	}
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

func hashOf(binary io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, binary); err != nil {
		return "", fmt.Errorf("identify this build: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}
