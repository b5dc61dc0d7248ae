package main

import (
	"encoding/json"
	"path/filepath"
	"strings"

	"ironstar.dev/internal/model"
)

// explanationJSON is the output of explain --format json. Fields may be added;
// their meaning never changes.
type explanationJSON struct {
	Kind       string      `json:"kind"` // aggregate, command, event, retired event, refusal, view, query, process, timer, effect, signals or type
	Path       string      `json:"path"` // "todo.List.Added"
	Doc        string      `json:"doc,omitempty"`
	File       string      `json:"file"`
	Line       int         `json:"line"`
	Col        int         `json:"col"`
	Go         string      `json:"go,omitempty"`
	TypeScript string      `json:"typescript,omitempty"`
	Rules      []string    `json:"rules,omitempty"`  // of a type that has no fields
	Says       string      `json:"says,omitempty"`   // text for people: @message
	Fields     []fieldJSON `json:"fields,omitempty"` // of an event: those of the current version
	eventHistory
	ReadAt []string   `json:"read_at,omitempty"` // where hand-written code uses a whole event
	UsedBy []userJSON `json:"used_by,omitempty"`
	Impact []string   `json:"impact,omitempty"` // states that are folded again when it changes
}

// fieldJSON is one field.
type fieldJSON struct {
	Name       string   `json:"name"` // in CUE and JSON
	Go         string   `json:"go,omitempty"`
	Type       string   `json:"type,omitempty"` // in Go
	TypeScript string   `json:"typescript,omitempty"`
	Optional   bool     `json:"optional,omitempty"`
	Rules      string   `json:"rules,omitempty"` // in words
	ReadAt     []string `json:"read_at,omitempty"`
}

// userJSON is a user of an entry, and where or how it uses it.
type userJSON struct {
	Kind string `json:"kind"`
	Path string `json:"path"`
	How  string `json:"how,omitempty"`
}

func (d *explanation) fieldJSON(fields []*model.Field) []fieldJSON {
	var out []fieldJSON
	for _, f := range fields {
		one := fieldJSON{Name: f.Name, Optional: f.Optional, Rules: fieldRules(f)}
		if f.Const == nil {
			one.Go, one.Type, one.TypeScript = f.GoName, goType(f.Type, d.entry.pkg), jsonType(f.Type)
		}
		out = append(out, one)
	}
	return out
}

// writeJSON prints the explanation of an entry.
func (d *explanation) writeJSON() error {
	e := d.entry
	pos := d.movePos(d.project, e.pos())
	f := explanationJSON{Kind: e.kind, Path: e.path, Doc: strings.TrimSpace(e.doc()), File: pos.File, Line: pos.Line, Col: pos.Col,
		eventHistory: d.historyOf(), UsedBy: d.usersOf(), Impact: d.impact()}
	switch {
	case e.named != nil:
		f.Go, f.TypeScript = e.pkg.Name+"."+e.named.GoName, e.named.TSName
		f.Fields, f.Rules, f.Says = d.fieldJSON(e.named.Type.Fields), rulesOf(e.named.Type), e.says()
	case e.view != nil:
		f.Go = e.pkg.Name + "." + e.view.Name
	case e.query != nil:
		f.Go = e.pkg.Name + "." + e.query.Row.GoName
	case e.process != nil:
		f.Go = e.pkg.Name + "." + e.process.Name
	case e.aggregate != nil:
		f.Go = e.pkg.Name + "." + e.aggregate.Name
	}
	read := d.reads()
	for i, field := range f.Fields {
		f.Fields[i].ReadAt = read.fields[field.Go]
	}
	f.ReadAt = read.whole
	w := json.NewEncoder(d)
	w.SetEscapeHTML(false)
	w.SetIndent("", "  ")
	return w.Encode(f)
}

// schemaFile returns the path of a file of the schema, relative to the working folder.
func (d *explanation) schemaFile(name string) string {
	return d.rel(filepath.Join(d.project.schema, filepath.FromSlash(name)))
}
