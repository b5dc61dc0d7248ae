// Package memory returns how much memory this process may use, so that limits
// in bytes can be a fraction of it.
package memory

import (
	"io/fs"
	"math"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
)

// Unknown is the limit if the machine's memory is not known.
const Unknown = 1 << 30

// Share returns the limit divided by n, in bytes.
func Share(n int64) int64 { return limit() / n }

// limit is the smallest of GOMEMLIMIT, the limits of the process's control
// groups, and the memory of the machine, read once.
var limit = sync.OnceValue(func() int64 { return limitIn(os.DirFS("/"), debug.SetMemoryLimit(-1)) })

func limitIn(root fs.FS, soft int64) int64 {
	least := soft // math.MaxInt64 without GOMEMLIMIT
	read := func(name string) string {
		b, err := fs.ReadFile(root, name)
		if err != nil {
			return ""
		}
		return string(b)
	}
	for _, name := range groupFiles(read("proc/self/cgroup")) {
		if n, err := strconv.ParseInt(strings.TrimSpace(read(name)), 10, 64); err == nil && n > 0 { // "max" means no limit
			least = min(least, n)
		}
	}
	for line := range strings.Lines(read("proc/meminfo")) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "MemTotal:" && fields[2] == "kB" {
			if n, err := strconv.ParseInt(fields[1], 10, 54); err == nil {
				least = min(least, n<<10)
			}
		}
	}
	if least == math.MaxInt64 {
		return Unknown
	}
	return least
}

// groupFiles returns the files with the limits of a process's control groups
// and of all groups above them. A container sees its own group at the top.
func groupFiles(groups string) []string {
	var all []string
	for line := range strings.Lines(groups) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3) // "0::/a/b", or "4:memory:/a/b" in version 1
		if len(parts) != 3 {
			continue
		}
		root, file := "sys/fs/cgroup", "memory.max"
		switch {
		case parts[0] == "0" && parts[1] == "":
		case strings.Contains(","+parts[1]+",", ",memory,"):
			root, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		default:
			continue
		}
		for at := path.Clean("/" + parts[2]); ; at = path.Dir(at) {
			all = append(all, path.Join(root, at, file))
			if at == "/" {
				break
			}
		}
	}
	return all
}
