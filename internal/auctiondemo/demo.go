// Package auctiondemo lets a newcomer see an auction house that has been open for a
// while: app seed fills an empty database, and app bid lets visitors bid on a server.
package auctiondemo

import "ironstar.dev/ops"

// Commands are those of the demonstration, beside those that every application has.
func Commands() []ops.Command {
	return []ops.Command{
		{Name: "seed", Help: "Fill an empty database with a believable auction house and some todo lists, to look at.", Do: &Seed{}},
		{Name: "bid", Help: "Let visitors bid for the open lots of a server over HTTP, until Ctrl-C.", Do: &Bid{}},
	}
}
