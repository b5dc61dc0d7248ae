//go:build cgo

package main

import _ "github.com/mattn/go-sqlite3" // the driver "sqlite3"

func init() {
	stores["hallgren-mattn"] = func() store {
		return &hallgrenStore{driver: "sqlite3", module: "github.com/mattn/go-sqlite3", settings: "?_journal_mode=WAL&_synchronous=FULL" +
			"&_busy_timeout=5000&_cache_size=-64000"}
	}
}
