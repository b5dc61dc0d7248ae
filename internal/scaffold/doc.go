// Package scaffold has the files of a new project, as ironstar new writes them:
// a guest book, which is the smallest application that has one of each part.
//
// It promises that they depend on the options only. It writes no files, and
// generated code is not among them.
package scaffold
