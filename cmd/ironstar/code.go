package main

import "ironstar.dev/internal/cueload"

// The codes of errors that are about files and use, not about what a schema
// says; those are cueload's. A code keeps its meaning for ever.
const (
	codeUsage       = "IRN100"
	codeFiles       = "IRN101"
	codeNoSchema    = "IRN102"
	codeNoModule    = "IRN103"
	codeEdited      = "IRN104"
	codeInTheWay    = "IRN105"
	codeManifest    = "IRN106"
	codeDiffers     = "IRN107"
	codeMethod      = "IRN108"
	codeNoName      = "IRN109"
	codeInterrupted = "IRN110"
	codeNoType      = "IRN111"
	codeGo          = "IRN112"
	codeOrphan      = "IRN113"
	codeRevision    = "IRN114"
	codeHistory     = "IRN115"
)

// fileCodes says what each of them means.
func fileCodes() []cueload.Code {
	return []cueload.Code{
		{Code: codeUsage, Title: "wrong use", Text: "The command line is not understood. ironstar --help lists commands and flags."},
		{Code: codeFiles, Title: "trouble with files", Text: "A file or folder cannot be read or written. The message names it and says what the system said. generate finds that out before it replaces the first file. Run it again when the reason is gone: should only a part have been written, the next run finishes the work."},
		{Code: codeNoSchema, Title: "no schema", Text: "A schema is a folder that holds cue.mod, usually called schema. ironstar looks for it from the working folder upwards, to the first folder with a go.mod. ironstar init starts one."},
		{Code: codeNoModule, Title: "no Go module", Text: "There is no usable go.mod at or above the schema. Generated code belongs to a Go module: go mod init example.com/app makes one."},
		{Code: codeEdited, Title: "a generated file was edited", Text: "A generated file is not as it was written: somebody or some tool changed it. Nothing was written. Move the change to where it belongs (the schema, or hand-written code), then run ironstar generate --force."},
		{Code: codeInTheWay, Title: "something is in the way", Text: "Where a generated file belongs there is something that ironstar did not write. It is never overwritten, not even by --force: move it away."},
		{Code: codeManifest, Title: "the manifest makes no sense", Text: "ironstar.gen.json is the list of generated files with their sums. Without it nothing can be proven to be generated. Restore it from version control, or run ironstar generate --force: that writes it anew and deletes nothing."},
		{Code: codeDiffers, Title: "not generated yet", Text: "What is on disk is not what the schema says. ironstar generate makes it so."},
		{Code: codeMethod, Title: "a method is missing", Text: "A hand-written type lacks a method that generated code asks for. ironstar check prints it, ready to be pasted."},
		{Code: codeNoName, Title: "unknown name", Text: "Nothing in the schema has that name, or more than one thing has."},
		{Code: codeInterrupted, Title: "interrupted", Text: "The run was interrupted before it changed anything."},
		{Code: codeNoType, Title: "nothing written by hand yet", Text: "The hand-written side of an aggregate or view does not exist. ironstar generate writes a first version."},
		{Code: codeGo, Title: "impossible in Go", Text: "The schema is right, but cannot be written in Go: too many fields in one struct, a union with cases from another package, or a type that is made of nothing but itself."},
		{Code: codeOrphan, Title: "written for something that is gone", Text: "A hand-written type says that it satisfies an interface (var _ todo.List = List{}) that generated code does not have: the aggregate or view was renamed or taken away. Nothing calls its methods any more. After a renaming, move them to the new file."},
		{Code: codeRevision, Title: "no such revision", Text: "ironstar diff asks git for the schema of another revision. git is not there, the folder is in no repository, git does not know the revision, or the schema was not there or had errors then."},
		{Code: codeHistory, Title: "released events are not tested", Text: "No test of the application gives an aggregate to ironstartest.History, which reads golden samples of everything that was ever released as stored events are read, and records what hand-written parts of upcasters make of them. ironstar generate writes the tests of a package once, into history_test.go; ironstar check prints that of an aggregate that came later."},
	}
}
