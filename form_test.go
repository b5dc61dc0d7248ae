package ironstar_test

import (
	"fmt"
	"maps"
	"slices"

	"ironstar.dev"
)

func ExampleFormField_Attributes() {
	text := ironstar.FormField{Name: "text", Type: "text", Required: true, MinLength: 1, MaxLength: 280}
	attributes := text.Attributes()
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		fmt.Println(name, attributes[name])
	}
	// Output:
	// maxlength 560
	// minlength 1
	// name text
	// required true
}

func ExampleSignal() {
	text := ironstar.Signal("text")
	fmt.Println(text.Ref(), text.Bind())
	// Output:
	// $text map[data-bind:text]
}
