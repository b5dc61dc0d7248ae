package main

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
)

// codes says what each of them means.
var codes = map[string]string{
	codeUsage:       "The command line is not understood. ironstar --help lists commands and flags.",
	codeFiles:       "A file or folder cannot be read or written. The message names it and says what the system said. Nothing was written.",
	codeNoSchema:    "No schema was found. A schema is a folder that holds cue.mod, usually called schema; ironstar looks for it from the working folder upwards, to the first folder with a go.mod. ironstar init starts one.",
	codeNoModule:    "There is no usable go.mod above the schema. Generated code belongs to a Go module: go mod init example.com/app makes one.",
	codeEdited:      "A generated file is not as it was written: somebody or some tool changed it. Nothing was written. Move the change to where it belongs (the schema, or hand-written code), then run ironstar generate --force.",
	codeInTheWay:    "Where a generated file belongs there is something that ironstar did not write. It is never overwritten, not even by --force: move it away.",
	codeManifest:    "ironstar.gen.json, the list of generated files with their sums, makes no sense, so nothing can be proven to be generated. Restore it from version control, or run ironstar generate --force: that writes it anew and deletes nothing.",
	codeDiffers:     "What is on disk is not what the schema says. ironstar generate makes it so.",
	codeMethod:      "A hand-written type lacks a method that generated code asks for. ironstar check prints it, ready to be pasted.",
	codeNoName:      "Nothing in the schema has that name.",
	codeInterrupted: "The run was interrupted before it changed anything.",
	codeNoType:      "The hand-written side of an aggregate or view does not exist yet. ironstar generate writes a first version.",
	codeGo:          "The schema is right, but cannot be written in Go: too many fields in one struct, a union with cases from another package, or a type that is made of nothing but itself.",
}
