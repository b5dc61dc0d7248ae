//go:build !unix

package dev

import "os/exec"

// ownGroup does nothing: only the command itself is killed when its context ends.
func ownGroup(*exec.Cmd) {}

// killGroup does nothing.
func killGroup(*exec.Cmd) {}
