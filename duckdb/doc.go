package duckdb

import _ "github.com/duckdb/duckdb-go/v2"
import _ "ironstar.dev"
