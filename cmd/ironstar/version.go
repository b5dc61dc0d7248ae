package main

import (
	"runtime"
	"runtime/debug"

	"ironstar.dev"
)

// generation is the generation of the code that this command writes. The library
// has a constant for each generation that it supports.
const generation = 1

var _ = ironstar.Generation1

// versionCmd is `ironstar version`.
type versionCmd struct{}

// Help is shown by ironstar version --help.
func (versionCmd) Help() string {
	return `Prints the version of ironstar, its commit if the build recorded it, the generation of the code that it writes, and the
Go version. Generated code and a library of different generations do not compile together.`
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

// moduleVersion returns the version of this binary from the go command: a
// version if it was built as a dependency or from a tag, otherwise "(devel)".
func moduleVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(unknown)"
	}
	return info.Main.Version
}

// vcs returns the commit, and whether files were changed.
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
