// Package cuetest holds the tests of internal/codegen that need CUE: code
// generated from real schemas is compiled, run and compared with CUE (G17).
package cuetest
