// Package arch holds no code, only tests: the arrows of docs/ARCHITECTURE.md
// (who may import whom), the purity of the domain, and the budgets that keep
// files and functions small.
package arch
