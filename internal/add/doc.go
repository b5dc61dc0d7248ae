// Package add puts new things into an application: an aggregate, a command, an
// event, a view, signals or a page, into its schema and its hand-written code.
//
// It reads and makes texts, and touches no file. Text that people have written
// stays as it is: everything is put between what is there ([SchemaFile],
// [GoFile]). If a file was formatted before, it still is. Where a file has another
// shape than expected, the functions return [ErrByHand], and the caller prints the
// lines, so that a person can put them in.
package add
