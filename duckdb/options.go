package duckdb

import (
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strings"
)

// Options of an [Engine]. The zero value works. Each context has a DuckDB of its own, so
// that the bounds count once for each context with tables.
type Options struct {
	Memory  int64 // bytes that DuckDB may have in memory; 512 MiB. Less than 64 MiB is refused
	Threads int   // that compute; half of the processors, at least one
	Disk    int64 // bytes that DuckDB may put on disk while it computes; 4 GiB
	Export  int64 // bytes that one Parquet file may have; 1 GiB

	// Hosts are those whose Parquet files questions may read, by https:
	// read_parquet('https://data.example.com/prices.parquet'). Each is a name, or a name
	// with a port. Reading needs DuckDB's extension httpfs.
	Hosts []string

	// Extensions is the folder in which the extension httpfs is, or is put; "" is
	// DuckDB's own, ~/.duckdb/extensions. If it is not there, DuckDB gets it from
	// extensions.duckdb.org at the start.
	Extensions string
}

const leastMemory = 64 << 20

// hostBytes are those of names, addresses and ports.
const hostBytes = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]"

func (o Options) withDefaults() Options {
	if o.Memory == 0 {
		o.Memory = 512 << 20
	}
	if o.Threads == 0 {
		o.Threads = max(1, runtime.GOMAXPROCS(0)/2)
	}
	if o.Disk == 0 {
		o.Disk = 4 << 30
	}
	if o.Export == 0 {
		o.Export = 1 << 30
	}
	return o
}

// check returns everything that is wrong.
func (o Options) check() error {
	var wrong []error
	if o.Memory < leastMemory {
		wrong = append(wrong, fmt.Errorf("with Memory %d: use at least %d bytes", o.Memory, int64(leastMemory)))
	}
	if o.Threads < 1 {
		wrong = append(wrong, fmt.Errorf("with Threads %d: use at least 1", o.Threads))
	}
	if o.Disk < 0 || o.Export < 0 {
		wrong = append(wrong, errors.New("with Disk or Export below zero: they are numbers of bytes"))
	}
	for _, h := range o.Hosts {
		if u, err := url.Parse("https://" + h + "/"); err != nil || u.Host != h || u.Hostname() == "" || strings.Trim(h, hostBytes) != "" {
			wrong = append(wrong, fmt.Errorf("with %q in Hosts: use a name in lower case like data.example.com, with a port if it is not 443", h))
		}
	}
	return errors.Join(wrong...)
}
