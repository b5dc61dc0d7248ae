package plan_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"ironstar.dev/internal/plan"
)

// Generated files are overwritten and deleted, files that are written once
// belong to people, and an edit of a generated file prevents the run.
func Example() {
	root, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(root)
	if err := os.Mkdir(filepath.Join(root, "schema"), 0o777); err != nil {
		panic(err)
	}
	o := plan.Options{Root: root, Schema: "schema"}
	apply := func(generated map[string][]byte) {
		p, err := plan.New(generated, map[string][]byte{"internal/app/list.go": []byte("package app\n")})
		if err != nil {
			panic(err)
		}
		changes, err := p.Apply(context.Background(), o)
		if err != nil {
			fmt.Println("stopped:", err)
		}
		for _, c := range changes {
			fmt.Println(map[plan.Kind]string{plan.Create: "wrote", plan.Once: "wrote once", plan.Delete: "deleted", plan.Note: "noted"}[c.Kind], c.Path)
		}
	}
	text := []byte(plan.Header + ". DO NOT EDIT.\n")
	apply(map[string][]byte{"gen/a_gen.go": text})
	apply(map[string][]byte{"gen/b_gen.go": text})
	if err := os.WriteFile(filepath.Join(root, "gen/b_gen.go"), append(text, "// mine\n"...), 0o666); err != nil {
		panic(err)
	}
	apply(map[string][]byte{"gen/b_gen.go": text})
	// Output:
	// wrote gen/a_gen.go
	// wrote once internal/app/list.go
	// noted schema/ironstar.gen.json
	// deleted gen/a_gen.go
	// wrote gen/b_gen.go
	// noted schema/ironstar.gen.json
	// stopped: gen/b_gen.go was edited by hand
}
