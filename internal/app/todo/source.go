package todo

import "embed"

// source is the code of this folder. When it changes, snapshots of states are not
// used any more, and states are folded again.
//
//go:embed *.go
var source embed.FS
