package main

import (
	"runtime"
	"runtime/debug"

	"ironstar.dev"
)

// generation is that of the code this command writes; the library has a
// constant for each that it understands.
const generation = 1

var _ = ironstar.Generation1

// versionCmd is `ironstar version`.
type versionCmd struct{}

// Help is shown by ironstar version --help.
func (versionCmd) Help() string {
	return `Prints the module's version, the commit it was built from when that is known, the generation of the code it
writes (generated code and library of different generations do not compile together), and the Go version.`
}

// Run prints it.
func (versionCmd) Run(s *session) error {
	s.print("ironstar %s", moduleVersion())
	if commit := vcs(); commit != "" {
		s.print("commit %s", commit)
	}
	s.print("generation %d", generation)
	s.print("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// moduleVersion is what the go command knows about this binary: a version when
// it was built as a dependency or from a tag, "(devel)" otherwise.
func moduleVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(unknown)"
	}
	return info.Main.Version
}

// vcs is the commit, and whether the tree was as committed.
func vcs() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	commit := set["vcs.revision"]
	if commit != "" && set["vcs.time"] != "" {
		commit += " of " + set["vcs.time"]
	}
	if commit != "" && set["vcs.modified"] == "true" {
		commit += ", with changes"
	}
	return commit
}
