package codegen

import "strings"

func lines(s string) []string { return strings.Split(strings.TrimSpace(s), "\n") }
