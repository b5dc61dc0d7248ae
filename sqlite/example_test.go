package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

func Example() {
	dir, err := os.MkdirTemp("", "ironstar")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(dir, "todo.db"), sqlite.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()

	groceries := ironstar.Stream{Kind: "todo.List", ID: "groceries"}
	add := ironstar.Append{
		Stream:   groceries,
		Expected: 0,
		Events:   []ironstar.Proposed{{Type: "Added", SchemaVersion: 1, Payload: []byte(`{"text":"milk"}`)}},
		Metadata: ironstar.Metadata{CommandID: "c1"},
	}
	for range 2 { // the second time it is the same command, and changes nothing
		for _, outcome := range store.Append(ctx, add) {
			fmt.Println("position", outcome.Receipt.Last, "version", outcome.Receipt.Version, outcome.Err)
		}
	}
	add.Metadata.CommandID = "c2" // another command, decided upon an old version
	fmt.Println(store.Append(ctx, add)[0].Err)

	for record, err := range store.Stream(ctx, groceries, 0) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(record.Position, record.Type, string(record.Payload))
	}
	// Output:
	// position 1 version 1 <nil>
	// position 1 version 1 <nil>
	// todo.List/groceries has version 1, expected 0
	// 1 Added {"text":"milk"}
}
