package main

import "ironstar.dev/internal/cueload"

// The codes of errors about files and use. Codes of errors in schemas are in
// cueload. The meaning of a code never changes.
const (
	codeUsage         = "IRN100"
	codeFiles         = "IRN101"
	codeNoSchema      = "IRN102"
	codeNoModule      = "IRN103"
	codeEdited        = "IRN104"
	codeInTheWay      = "IRN105"
	codeManifest      = "IRN106"
	codeDiffers       = "IRN107"
	codeMethod        = "IRN108"
	codeNoName        = "IRN109"
	codeInterrupted   = "IRN110"
	codeNoType        = "IRN111"
	codeGo            = "IRN112"
	codeInterfaceGone = "IRN113"
	codeRevision      = "IRN114"
	codeHistory       = "IRN115"
	codeSource        = "IRN116"
	codeAssets        = "IRN117"
	codeTools         = "IRN118"
	codeThere         = "IRN119"
	codeAdd           = "IRN120"
	codeDev           = "IRN121"
	codeTemplate      = "IRN122"
	codeExpression    = "IRN123"
	codeStaleTemplate = "IRN124"
)

// fileCodes explains the codes.
func fileCodes() []cueload.Code {
	return []cueload.Code{
		{Code: codeUsage, Title: "wrong use", Text: "ironstar does not know a command, flag or argument. ironstar --help lists commands and flags."},
		{Code: codeFiles, Title: "a file cannot be read or written", Text: "A file or folder cannot be read or written. The message has its name and the reason from the operating system. generate checks this before it replaces the first file. Remove the reason, then run ironstar again. If a run has written only some files, the next run writes the rest."},
		{Code: codeNoSchema, Title: "no schema", Text: "A schema is a folder that contains cue.mod; its usual name is schema. ironstar searches for it from the working folder upwards, up to the first folder with a go.mod. ironstar init makes one."},
		{Code: codeNoModule, Title: "no Go module", Text: "There is no valid go.mod in the schema's folder or above it. Generated code belongs to a Go module: go mod init example.com/app makes one."},
		{Code: codeEdited, Title: "a generated file was edited", Text: "Somebody, or a tool, changed a generated file. ironstar wrote nothing. Move the change to the schema or to hand-written code, then run ironstar generate --force."},
		{Code: codeInTheWay, Title: "another file is in the way", Text: "A generated file has the same path as a file that ironstar did not write. ironstar never overwrites such a file, not even with --force: move it to another place. ironstar new wants a folder that does not exist or is empty."},
		{Code: codeManifest, Title: "the manifest is not valid", Text: "ironstar.gen.json lists the generated files with their checksums. Without it, ironstar cannot know which files it has generated. Restore it from version control, or run ironstar generate --force, which writes a new one and deletes no files."},
		{Code: codeDiffers, Title: "not generated yet", Text: "The files on disk differ from those that ironstar generates from the schema. Run ironstar generate."},
		{Code: codeMethod, Title: "a method is missing", Text: "A hand-written type lacks a method that generated code needs. ironstar check prints the method, ready to paste."},
		{Code: codeNoName, Title: "unknown name", Text: "No thing in the schema has this name, or several things have it."},
		{Code: codeInterrupted, Title: "interrupted", Text: "Somebody interrupted the run before it changed a file."},
		{Code: codeNoType, Title: "a hand-written type does not exist yet", Text: "The hand-written type of an aggregate, view or process does not exist. ironstar generate writes a first version."},
		{Code: codeGo, Title: "impossible in Go", Text: "The schema is valid, but Go cannot express it: a struct has too many fields, or a type contains only itself."},
		{Code: codeInterfaceGone, Title: "a hand-written type has no interface", Text: "Hand-written code declares that a type satisfies an interface (var _ todo.List = List{}), but generated code has no such interface: somebody renamed or removed the aggregate, view or process. Generated code no longer calls the methods of the type. After a renaming, move them to the new file."},
		{Code: codeRevision, Title: "no such revision", Text: "ironstar diff gets the schema of another revision from git. The error has one of these reasons: git is not installed; the folder is not in a repository; the repository belongs to another user; git does not know the revision (a shallow clone has only the last ones); the revision has no schema, or its schema has errors."},
		{Code: codeHistory, Title: "released events are not tested", Text: "No test of the application passes an aggregate to ironstartest.History. History reads the golden samples of all released events in the same way as stored events, and records the results of hand-written steps for them. ironstar generate writes the tests of a package once, into history_test.go. ironstar check prints the test of an aggregate that you add later."},
		{Code: codeSource, Title: "TypeScript or CSS has an error", Text: "ironstar assets cannot bundle a file of web/, or a file that it imports. A missing import of a package means that package.json does not list it. The files of the last build stay."},
		{Code: codeAssets, Title: "the assets cannot be built", Text: "ironstar assets did not get what it needs: Datastar, from a Go module or an address, with the right hash; or the npm packages of package-lock.json, if there is a package.json. The message says what to do. The files of the last build stay."},
		{Code: codeTools, Title: "the go command failed", Text: "ironstar new runs go mod tidy and templ, which need Go and, if the modules are not in Go's cache, a network. Nothing was written. Remove the reason that the go command prints, then run ironstar new again."},
		{Code: codeThere, Title: "it exists already", Text: "ironstar add does not change what exists. Nothing was written. Take another name, or change it in the schema."},
		{Code: codeAdd, Title: "there is no place for it", Text: "ironstar add did not find where to put something into a file of the schema, because the file has another shape than expected. Nothing was written. The message has the text: write it by hand, then run ironstar generate."},
		{Code: codeDev, Title: "the application cannot be run for development", Text: "ironstar dev did not begin. The message has the reason: another program uses the address, other machines could reach the address, or the system watches too many files already. Errors of the application do not end ironstar dev."},
		{Code: codeTemplate, Title: "a template cannot be read", Text: "templ cannot read a *.templ file, so ironstar check does not know its expressions; the message is templ's. Or templ reads it wrongly: of { x }. And { y } it makes one expression that prints y twice. Other files are checked."},
		{Code: codeExpression, Title: "an expression is not constant", Text: "Datastar evaluates attributes such as data-on:click and data-signals as programs. A value that is not constant could hold a text that a person wrote, which would then be a program of that person in the page of everybody else. Write a constant, and what changes with live.Expression, joined with +: data-signals={ live.Expression(values) }. Constants of the application, generated signals (Ref, Bind), numbers of strconv and fmt.Sprintf of those are fine. Of attributes that a component passes on ({ attributes... }) ironstar check cannot see what they hold: that is a warning."},
		{Code: codeStaleTemplate, Title: "generated code of a template is not up to date", Text: "A *.templ file has changed since its *_templ.go was generated, so the server still shows the old page. Run go generate ./..., which runs templ. Code that another version of templ generated is not compared."},
	}
}
