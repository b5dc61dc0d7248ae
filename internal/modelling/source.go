package modelling

import "embed"

// source is the code of this folder.
//
//go:embed *.go
var source embed.FS
