// Package cuetest holds the tests of internal/codegen that need CUE: what is
// generated from real schemas, compiled, run and compared with what CUE says
// (G17). It has no code of its own.
package cuetest
