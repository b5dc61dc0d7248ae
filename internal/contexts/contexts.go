// Package contexts tells the two contexts of the reference application apart. The todo
// list without the auction house is what ironstar new copies, and what the story of a
// year is about.
package contexts

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// InTodo reports whether a file or folder of the repository is part of the application
// without the auction house.
func InTodo(name string) bool {
	return !strings.Contains(path.Base(name), "auction") && name != "internal/effects" && name != "internal/payments"
}

// shared are files of both contexts. What is about the auction house is a line of its own.
var shared = []string{"cmd/app/application/application.go", "web/app.css", "web/app.ts", "schema/ironstar.gen.json"}

var (
	line = regexp.MustCompile(`(?m)^.*auction.*\n`)
	link = regexp.MustCompile(`\s*<p>\s*<a href="/auction/catalogue">[^<]*</a>\s*</p>`)
)

// TodoText returns the text of a file without the auction house.
func TodoText(name, text string) string {
	if slices.Contains(shared, name) {
		return line.ReplaceAllString(text, "")
	}
	return link.ReplaceAllString(text, "")
}
