package engine_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "ledgers")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	store, err := sqlite.Open(ctx, filepath.Join(dir, "log.db"), sqlite.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	eng := engine.New(store, engine.Options{})
	defer eng.Close()
	ledgers := engine.Run(eng, aggregate())                         // todo.NewList(app.List{})
	regions := engine.Follow(eng, view("region", ironstar.ByField)) // todo.NewTally(app.Tally{})
	if err := eng.Start(ctx); err != nil {
		log.Fatal(err)
	}

	receipt, err := ledgers.Do(ctx, "june", entry{ID: "rent", Region: "north", N: 700})
	if err != nil {
		log.Fatal(err)
	}
	if err := eng.Wait(ctx, receipt.Last); err != nil { // read your write
		log.Fatal(err)
	}
	err = regions.Read("north", func(s ledger, changed, _ ironstar.Position) error {
		fmt.Println(s.Sum["north"], "as of", changed)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}

	_, err = ledgers.Do(ctx, "june", entry{ID: "gift", N: -1})
	fmt.Println("refused:", err)
	// Output:
	// 700 as of 1
	// refused: -1 is below zero, after 1 entries
}
