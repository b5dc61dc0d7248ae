package todo

import "embed"

// source is the code of this folder: when it changes, what older code has folded
// is folded anew.
//
//go:embed *.go
var source embed.FS
