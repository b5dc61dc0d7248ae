package dev

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Stages in the order in which they run.
const (
	StageSchema   = "schema"
	StageTempl    = "templ"
	StageAssets   = "assets"
	StageBuild    = "go build"
	StageDatabase = "database"
	StageServer   = "restart"
)

// Problem is an error of one stage.
type Problem struct {
	Stage   string `json:"stage"`
	File    string `json:"file,omitempty"` // from the project's folder, with slashes; "" without a position
	Line    int    `json:"line,omitempty"` // the first is 1
	Col     int    `json:"col,omitempty"`  // in bytes, the first is 1
	Message string `json:"message"`
	Source  string `json:"source,omitempty"` // the line of the file
	Hint    string `json:"hint,omitempty"`   // what to do
	Code    string `json:"code,omitempty"`   // to paste; several lines
}

// maxSource is how many bytes of a line are shown.
const maxSource = 400

// place returns "file:line:col".
func (p Problem) place() string {
	switch {
	case p.File == "":
		return ""
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// String returns the problem as the terminal shows it, in several lines.
func (p Problem) String() string {
	var b strings.Builder
	if at := p.place(); at != "" {
		b.WriteString(at + ": ")
	}
	fmt.Fprintf(&b, "%s (%s)\n", p.Message, p.Stage)
	if p.Source != "" {
		fmt.Fprintf(&b, "      | %s\n", strings.ReplaceAll(p.Source, "\t", " "))
		if p.Col > 0 && p.Col <= len(p.Source)+1 {
			fmt.Fprintf(&b, "      | %s^\n", strings.Repeat(" ", len([]rune(p.Source[:p.Col-1]))))
		}
	}
	for line := range strings.Lines(p.Hint) {
		fmt.Fprintf(&b, "      = %s\n", strings.TrimRight(line, "\n"))
	}
	if p.Code != "" {
		fmt.Fprintf(&b, "\n%s\n\n", p.Code) // without anything before, for copying
	}
	return b.String()
}

// withSource adds the line of the file, if it can be read.
func (p Problem) withSource(root string) Problem {
	if p.Source != "" || p.File == "" || p.Line < 1 {
		return p
	}
	f, err := os.Open(filepath.Join(root, filepath.FromSlash(p.File)))
	if err != nil {
		return p
	}
	defer f.Close() // nothing was written
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		if n == p.Line {
			p.Source = lines.Text()
			break
		}
	}
	if len(p.Source) > maxSource {
		p.Source = p.Source[:maxSource]
	}
	p.Source = strings.ToValidUTF8(p.Source, "\uFFFD")
	return p
}
