package ironstar

// Generation1 is referenced by generated code. If a generated file does not
// compile because a Generation constant is missing, the file and this library
// are of different generations: run go generate ./... with the ironstar command
// of the library version in go.mod.
const Generation1 = true
