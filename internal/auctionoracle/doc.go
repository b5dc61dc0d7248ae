// Package auctionoracle answers the questions about the auction house from the log: slowly,
// in plain Go, and without any of the code that answers them for people. Tests compare it
// with the answers of SQLite and DuckDB.
package auctionoracle
