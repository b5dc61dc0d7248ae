package main

import (
	"fmt"
	"strconv"
	"strings"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// versionFacts is what explain says about one version of an event.
type versionFacts struct {
	Version  int          `json:"version"`
	Written  bool         `json:"written"`  // it is what is written today
	Released bool         `json:"released"` // the lock has it: its shape is frozen
	Samples  string       `json:"samples,omitempty"`
	Go       string       `json:"go"`
	Fields   []fieldFacts `json:"fields"`
	By       string       `json:"by,omitempty"`   // the hand-written method that makes it of the version before
	Made     []madeFacts  `json:"made,omitempty"` // of the version before, field by field

	payload *model.Named
}

// madeFacts is how a field is made of an older payload.
type madeFacts struct {
	Field string `json:"field"`
	Of    string `json:"of"`
}

// partFacts is one of the events that a retired one is read as.
type partFacts struct {
	Event string      `json:"event"` // "Opened.v1"
	Made  []madeFacts `json:"made"`
}

// past is the history of an event.
type past struct {
	Versions []versionFacts `json:"versions,omitempty"`
	Becomes  []partFacts    `json:"becomes,omitempty"` // of a retired event; it is forgotten if there are none and By is empty
	By       string         `json:"by,omitempty"`      // the hand-written method that makes its events
	Retired  bool           `json:"retired,omitempty"`
}

// pastOf gathers the history of an event, as far as its entry is one.
func (d *sheet) pastOf() past {
	e := d.entry
	switch {
	case e.event != nil:
		return past{Versions: d.versions(e.event.Name, e.event.Versions, true)}
	case e.retired != nil:
		p := past{Versions: d.versions(e.retired.Name, e.retired.Versions, false), By: e.retired.Hand, Retired: true}
		for _, part := range e.retired.Becomes {
			p.Becomes = append(p.Becomes, partFacts{shape.PartName(part), madeOf(part.Upcast)})
		}
		return p
	}
	return past{}
}

func (d *sheet) versions(event string, all []*model.EventVersion, used bool) []versionFacts {
	var out []versionFacts
	for i, v := range all {
		f := versionFacts{Version: v.Version, Written: used && i == len(all)-1, Go: d.entry.pkg.Name + "." + v.Payload.GoName,
			Fields: d.fieldFacts(v.Payload.Type.Fields), payload: v.Payload}
		if entry := d.lock.Find(compat.Kind(d.entry.aggregate), event, v.Version); entry != nil {
			f.Released = true
			if entry.Samples != nil {
				f.Samples = d.schemaFile(entry.Samples.Path)
			}
		}
		if v.Upcast != nil {
			f.By, f.Made = v.Upcast.Hand, madeOf(v.Upcast)
		}
		out = append(out, f)
	}
	return out
}

// madeOf says of each field what it is made of; of fields of nested structs, too.
func madeOf(u *model.Upcast) []madeFacts {
	if u == nil || u.Make == nil {
		return nil
	}
	made := partsOf("", u.Make.Parts)
	for _, f := range u.To.Type.Fields {
		if f.Const == nil && !mentions(u.Make.Parts, f) {
			made = append(made, madeFacts{f.Name, unmade(f)})
		}
	}
	return made
}

func partsOf(prefix string, parts []*model.FieldExpr) []madeFacts {
	var made []madeFacts
	for _, p := range parts {
		name := prefix + p.Field.Name
		switch {
		case p.Kept && p.When != nil:
			made = append(made, madeFacts{name, "kept, where it is there"})
		case p.Kept:
			made = append(made, madeFacts{name, "kept"})
		case p.Value.Op == model.MakeStruct && p.When == nil && len(p.Value.Parts) > 0:
			made = append(made, partsOf(name+".", p.Value.Parts)...)
		case p.When != nil:
			made = append(made, madeFacts{name, exprText(p.Value) + ", where " + exprText(p.When) + " is there"})
		default:
			made = append(made, madeFacts{name, exprText(p.Value)})
		}
	}
	return made
}

func mentions(parts []*model.FieldExpr, f *model.Field) bool {
	for _, p := range parts {
		if p.Field == f {
			return true
		}
	}
	return false
}

// unmade is what a field is that a step says nothing about.
func unmade(f *model.Field) string {
	switch {
	case f.Default != nil:
		return "its default, " + f.Default.JSON
	case f.Optional:
		return "absent"
	}
	return "empty"
}

// writePast prints the history of an event, but for the fields of its current
// version.
func (d *sheet) writePast(p past) {
	for _, v := range p.Versions {
		if !v.Written {
			fmt.Fprintf(d, "\n  v%d, %s, is %s\n", v.Version, v.Go, released(v))
			d.shape(v.payload.Type)
		}
		if v.By != "" || len(v.Made) > 0 {
			fmt.Fprintf(d, "\n  v%d is made of v%d\n", v.Version, v.Version-1)
			d.made(v.By, v.Made)
		}
	}
	if !p.Retired {
		return
	}
	switch {
	case p.By != "":
		fmt.Fprintf(d, "\n  it is read as what %s of your %s makes of it\n", p.By, d.entry.aggregate.Name)
	case len(p.Becomes) == 0:
		d.WriteString("\n  it is read as nothing: forgotten\n")
	}
	for _, part := range p.Becomes {
		fmt.Fprintf(d, "\n  it is read as %s\n", part.Event)
		d.made("", part.Made)
	}
}

func (d *sheet) made(by string, made []madeFacts) {
	if by != "" {
		fmt.Fprintf(d, "    by hand: %s of your %s\n", by, d.entry.aggregate.Name)
	}
	width := 0
	for _, m := range made {
		width = max(width, len(m.Field))
	}
	for _, m := range made {
		fmt.Fprintf(d, "    %-*s  %s\n", width, m.Field, m.Of)
	}
}

// released says how firm a version is.
func released(v versionFacts) string {
	if !v.Released {
		return "not released: it may still change, but not under stored events"
	}
	text := "released: its shape is frozen"
	if v.Samples != "" {
		text += "; golden samples in " + v.Samples
	}
	return text
}

// versionLine lists the versions of an event.
func versionLine(p past) string {
	var names []string
	for _, v := range p.Versions {
		name := "v" + strconv.Itoa(v.Version)
		if v.Written {
			name += " is written"
		}
		if v.Released {
			name += ", released"
		}
		names = append(names, name)
	}
	return strings.Join(names, "; ")
}
