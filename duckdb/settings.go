package duckdb

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// configure takes everything away from DuckDB that questions do not need. Afterwards no
// setting can be changed, no other file opened, no extension loaded.
func (t *Tables) configure(ctx context.Context) error {
	// Only this process has the file now. What is here is from one that ended early.
	if err := os.RemoveAll(t.file.exports()); err != nil {
		return err
	}
	if err := os.MkdirAll(t.file.exports(), 0o700); err != nil {
		return err
	}
	allowed := []string{literal(t.file.exports() + string(os.PathSeparator))}
	for _, host := range t.opts.Hosts {
		allowed = append(allowed, literal("https://"+host+"/"))
	}
	if len(t.opts.Hosts) > 0 {
		if err := t.reachHosts(ctx); err != nil {
			return err
		}
	}
	for _, setting := range []string{
		"TimeZone = 'UTC'",
		"preserve_insertion_order = true",
		"enable_external_file_cache = false",
		"allowed_directories = [" + strings.Join(allowed, ", ") + "]",
		"enable_external_access = false",
		"lock_configuration = true",
	} {
		if _, err := t.db.ExecContext(ctx, "SET GLOBAL "+setting); err != nil {
			return fmt.Errorf("set %s: %w", setting, fileError(err))
		}
	}
	return nil
}
