// Package duckdb answers queries with DuckDB.
package duckdb
