package main

import (
	"fmt"
	"strconv"
	"strings"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/scalar"
	"ironstar.dev/internal/shape"
)

// versionJSON describes one version of an event for explain.
type versionJSON struct {
	Version  int         `json:"version"`
	Written  bool        `json:"written"`  // it is the current version
	Released bool        `json:"released"` // the lock has it: its shape is frozen
	Samples  string      `json:"samples,omitempty"`
	Go       string      `json:"go"`
	Fields   []fieldJSON `json:"fields"`
	By       string      `json:"by,omitempty"`   // the hand-written method that makes it from the version before
	Made     []madeJSON  `json:"made,omitempty"` // how each field is made from the version before

	payload *model.Named
}

// madeJSON describes how a field is made from an older payload.
type madeJSON struct {
	Field string `json:"field"`
	Of    string `json:"of"`
}

// partJSON is one of the events that a retired event becomes.
type partJSON struct {
	Event string     `json:"event"` // "Opened.v1"
	Made  []madeJSON `json:"made"`
}

// eventHistory is the history of an event.
type eventHistory struct {
	Versions []versionJSON `json:"versions,omitempty"`
	Becomes  []partJSON    `json:"becomes,omitempty"` // for a retired event; without Becomes and By, reading skips it
	By       string        `json:"by,omitempty"`      // the hand-written method that makes its events
	Retired  bool          `json:"retired,omitempty"`
}

// historyOf gathers the history of an event. It is empty for other entries.
func (d *explanation) historyOf() eventHistory {
	e := d.entry
	switch {
	case e.event != nil:
		return eventHistory{Versions: d.versions(e.event.Name, e.event.Versions, true)}
	case e.retired != nil:
		p := eventHistory{Versions: d.versions(e.retired.Name, e.retired.Versions, false), By: e.retired.Hand, Retired: true}
		for _, part := range e.retired.Becomes {
			p.Becomes = append(p.Becomes, partJSON{shape.PartName(part), madeOf(part.Upcast)})
		}
		return p
	}
	return eventHistory{}
}

func (d *explanation) versions(event string, all []*model.EventVersion, used bool) []versionJSON {
	var out []versionJSON
	for i, v := range all {
		f := versionJSON{Version: v.Version, Written: used && i == len(all)-1, Go: d.entry.pkg.Name + "." + v.Payload.GoName,
			Fields: d.fieldJSON(v.Payload.Type.Fields), payload: v.Payload}
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

// madeOf describes how each field is made, including fields of nested structs.
func madeOf(u *model.Upcast) []madeJSON {
	if u == nil || u.Make == nil {
		return nil
	}
	made := partsOf("", u.Make.Parts)
	for _, f := range u.To.Type.Fields {
		if f.Const == nil && !mentions(u.Make.Parts, f) {
			made = append(made, madeJSON{f.InCUE(), unmade(f)})
		}
	}
	return made
}

func partsOf(prefix string, parts []*model.FieldExpr) []madeJSON {
	var made []madeJSON
	for _, p := range parts {
		name := prefix + p.Field.InCUE()
		switch {
		case p.Unchanged && p.When != nil:
			made = append(made, madeJSON{name, "kept, if present"})
		case p.Unchanged:
			made = append(made, madeJSON{name, "kept"})
		case p.Value.Op == model.MakeStruct && p.When == nil && p.If == nil && len(p.Value.Parts) > 0:
			for _, f := range constantsOf(p.Value.Type) {
				made = append(made, madeJSON{name + "." + f.InCUE(), scalar.JSON(*f.Const)})
			}
			made = append(made, partsOf(name+".", p.Value.Parts)...)
		case p.When != nil:
			made = append(made, madeJSON{name, exprText(p.Value) + ", if " + exprText(p.When) + " is present"})
		case p.If != nil:
			made = append(made, madeJSON{name, exprText(p.Value) + ", if " + exprText(p.If)})
		default:
			made = append(made, madeJSON{name, exprText(p.Value)})
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

// unmade describes a field that a step does not mention.
func unmade(f *model.Field) string {
	switch {
	case f.Default != nil:
		return "its default, " + f.Default.JSON
	case f.Optional:
		return "absent"
	}
	return "empty"
}

// writeHistory prints the history of an event, without the fields of its
// current version.
func (d *explanation) writeHistory(p eventHistory) {
	for _, v := range p.Versions {
		if !v.Written {
			fmt.Fprintf(d, "\n  v%d, %s, is %s\n", v.Version, v.Go, released(v))
			d.shape(v.payload.Type)
		}
		if v.By != "" || len(v.Made) > 0 {
			fmt.Fprintf(d, "\n  v%d is made from v%d\n", v.Version, v.Version-1)
			d.writeMade(v.By, v.Made)
		}
	}
	if !p.Retired {
		return
	}
	switch {
	case p.By != "":
		fmt.Fprintf(d, "\n  it is read as the events that %s of your %s returns\n", p.By, d.entry.aggregate.Name)
	case len(p.Becomes) == 0:
		d.WriteString("\n  reading skips it\n")
	}
	for _, part := range p.Becomes {
		fmt.Fprintf(d, "\n  it is read as %s\n", part.Event)
		d.writeMade("", part.Made)
	}
}

func (d *explanation) writeMade(by string, made []madeJSON) {
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

// released says whether a version may still change.
func released(v versionJSON) string {
	if !v.Released {
		return "not released: it may change as long as no store has such events"
	}
	text := "released: its shape is frozen"
	if v.Samples != "" {
		text += "; golden samples in " + v.Samples
	}
	return text
}

// versionLine lists the versions of an event.
func versionLine(p eventHistory) string {
	var names []string
	for _, v := range p.Versions {
		name := "v" + strconv.Itoa(v.Version)
		if v.Written {
			name += " is current"
		}
		if v.Released {
			name += ", released"
		}
		names = append(names, name)
	}
	return strings.Join(names, "; ")
}
