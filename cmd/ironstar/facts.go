package main

import (
	"encoding/json"
	"path/filepath"
	"strings"

	"ironstar.dev/internal/model"
)

// facts is what explain --format json prints. Fields are added over time, and
// none changes its meaning.
type facts struct {
	Kind       string       `json:"kind"` // aggregate, command, event, retired event, refusal, view, signals or type
	Path       string       `json:"path"` // "todo.List.Added"
	Doc        string       `json:"doc,omitempty"`
	File       string       `json:"file"`
	Line       int          `json:"line"`
	Col        int          `json:"col"`
	Go         string       `json:"go,omitempty"`
	TypeScript string       `json:"typescript,omitempty"`
	Rules      []string     `json:"rules,omitempty"`  // of a type that has no fields
	Fields     []fieldFacts `json:"fields,omitempty"` // of an event: of the version that is written
	past
	UsedBy []userFacts `json:"used_by,omitempty"`
	Impact []string    `json:"impact,omitempty"` // what is folded anew when it changes
}

// fieldFacts is one field.
type fieldFacts struct {
	Name       string   `json:"name"` // in CUE and JSON
	Go         string   `json:"go,omitempty"`
	Type       string   `json:"type,omitempty"` // in Go
	TypeScript string   `json:"typescript,omitempty"`
	Optional   bool     `json:"optional,omitempty"`
	Rules      string   `json:"rules,omitempty"` // in words
	ReadAt     []string `json:"read_at,omitempty"`
}

// userFacts is who uses it, and where or how.
type userFacts struct {
	Kind string `json:"kind"`
	Path string `json:"path"`
	How  string `json:"how,omitempty"`
}

func (d *sheet) fieldFacts(fields []*model.Field) []fieldFacts {
	var out []fieldFacts
	for _, f := range fields {
		one := fieldFacts{Name: f.Name, Optional: f.Optional, Rules: fieldRules(f)}
		if f.Const == nil {
			one.Go, one.Type, one.TypeScript = f.GoName, goType(f.Type, d.entry.pkg), jsonType(f.Type)
		}
		out = append(out, one)
	}
	return out
}

// writeJSON prints the facts about an entry.
func (d *sheet) writeJSON() error {
	e := d.entry
	pos := d.movePos(d.project, e.pos())
	f := facts{Kind: e.kind, Path: e.path, Doc: strings.TrimSpace(e.doc()), File: pos.File, Line: pos.Line, Col: pos.Col,
		past: d.pastOf(), UsedBy: d.usersOf(), Impact: d.impact()}
	switch {
	case e.named != nil:
		f.Go, f.TypeScript = e.pkg.Name+"."+e.named.GoName, e.named.TSName
		f.Fields, f.Rules = d.fieldFacts(e.named.Type.Fields), rulesOf(e.named.Type)
	case e.view != nil:
		f.Go = e.pkg.Name + "." + e.view.Name
	case e.aggregate != nil:
		f.Go = e.pkg.Name + "." + e.aggregate.Name
	}
	read := d.reads()
	for i, field := range f.Fields {
		f.Fields[i].ReadAt = read[field.Go]
	}
	w := json.NewEncoder(d)
	w.SetEscapeHTML(false)
	w.SetIndent("", "  ")
	return w.Encode(f)
}

// schemaFile is a file below the schema's folder as seen from the working one.
func (d *sheet) schemaFile(name string) string {
	return d.rel(filepath.Join(d.project.schema, filepath.FromSlash(name)))
}
