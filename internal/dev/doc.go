// Package dev runs an application while people write it. It watches the files of
// a project, generates, builds and starts the server again after each change, and
// shows the errors of every step in the terminal and over the page.
//
// [Run] owns the address that browsers use. It passes requests on to the
// application, which runs as a child process on an address of its own. A new
// build takes over from the old one as in production, so open pages come along. A
// step that fails leaves the last server that worked.
//
// It promises that it writes nothing into the project but what ironstar generate,
// templ generate and ironstar assets write there, and the database; that a child
// ends when this process ends, also if that is killed; and that only this machine
// can reach it. It does not watch other modules, also not those that a replace
// line or a workspace adds.
//
// Words of this package:
//
//	change   files that were saved together, and what followed from them
//	stage    schema, templ, assets, go build, database or server
//	problem  what is wrong, with its place
//	child    the application, as a process
//	layout   a document without its live part
package dev
