// Package arch holds tests only: the import rules of docs/ARCHITECTURE.md, the
// purity of the domain, limits on the size of files and functions, and banned
// words.
package arch
