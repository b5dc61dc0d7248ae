package main

import _ "embed"

// exampleSchema is the domain that init writes. It is small enough to read in a
// minute, and has one thing of each kind.
//
//go:embed example.cue
var exampleSchema string
