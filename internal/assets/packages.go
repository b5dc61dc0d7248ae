package assets

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// stampName is a file in node_modules with the hash of the lock file.
const stampName = ".ironstar"

// packages installs the npm packages of package-lock.json if it has changed. No
// scripts of packages are run. A root without a package.json needs none.
func (b *builder) packages(ctx context.Context) error {
	manifest, err := os.ReadFile(filepath.Join(b.Root, "package.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("npm packages: %w", err)
	}
	lock, err := os.ReadFile(filepath.Join(b.Root, "package-lock.json"))
	if err != nil {
		return fmt.Errorf("npm packages: %w", err)
	}
	want := digest(append(manifest, lock...))
	stamp := filepath.Join(b.Root, "node_modules", stampName)
	if got, err := os.ReadFile(stamp); err == nil && string(got) == want {
		return nil
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return fmt.Errorf("npm is missing: install Node 20 or later, which installs the packages of package-lock.json: %w", err)
	}
	b.log("assets: npm ci")
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	cmd.Dir = b.Root
	cmd.WaitDelay = time.Second // for programs that it started, after ctx has ended
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return replace(stamp, []byte(want))
}
