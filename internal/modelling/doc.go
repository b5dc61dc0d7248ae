// Package modelling is the hand-written code of the examples of docs/MODELLING.md
// and docs/TESTING.md, which quote its files. gen is generated from schema; tests of
// package cuetest check that it is up to date.
package modelling
