package main

import _ "embed"

// exampleSchema is the domain that init starts with: small enough to read in a
// minute, with one of each.
//
//go:embed example.cue
var exampleSchema string
