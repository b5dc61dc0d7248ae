package cueload_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
)

func Example() {
	s, err := cueload.Load("../../schema")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range s.Packages[1].Aggregates[0].Commands {
		fmt.Println(c.Payload.GoName)
	}
	// Output:
	// ListAdd
	// ListRename
	// ListComplete
	// ListReopen
	// ListRemove
	// ListMove
	// ListCompleteAll
	// ListReopenAll
	// ListClearCompleted
}

func ExampleErrors() {
	dir, err := os.MkdirTemp("", "schema")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	text := "package p\n\n#Text: string\n#Line: text: #Txt\n"
	if err := os.WriteFile(filepath.Join(dir, "p.cue"), []byte(text), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	_, err = cueload.Load(dir)
	var found cueload.Errors
	if errors.As(err, &found) {
		_ = found.WriteText(os.Stdout, false)
	}
	// Output:
	// p.cue:4:14: there is no #Txt (IRN010)
	//     4 | #Line: text: #Txt
	//       |              ^^^^
	//       = hint: did you mean #Text?
	// fix these first: the rest of the schema is checked afterwards
}

func pos(file string, line, col int) model.Pos { return model.Pos{File: file, Line: line, Col: col} }

func places(p ...model.Pos) []model.Pos { return p }
