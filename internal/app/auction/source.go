package auction

import "embed"

// source is the code of this folder. When the code changes, old snapshots of states
// are no longer used, and states are folded again.
//
//go:embed *.go
var source embed.FS
