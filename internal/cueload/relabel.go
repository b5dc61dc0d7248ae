package cueload

import (
	"encoding/json"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
)

// CUE has the labels of fields, and JSON the names in @json. Outside of this
// package fields have their names in JSON. The functions in this file convert
// the names.

// InCUE returns JSON whose fields have their names in CUE. path is a path of
// the package, such as #List.command.Add.
func InCUE(p *model.Package, path string, text []byte) []byte {
	return model.InCUE(typeAt(p, path), text)
}

// typeAt returns the type at a path of a package: #Item, #List.command.Add,
// #List.event.Added.v1, #Hammer.timer.Closing, #Hammer.effect.Charge.data,
// #Board.param. For other paths it returns nil.
func typeAt(p *model.Package, path string) *model.Type {
	parts := strings.Split(strings.TrimPrefix(path, "#"), ".")
	if len(parts) == 1 {
		for _, n := range p.Types {
			if n.Name == parts[0] && !n.Inline {
				return n.Type
			}
		}
	}
	for _, a := range p.Aggregates {
		if a.Name == parts[0] {
			return typeInAggregate(a, parts[1:])
		}
	}
	for _, one := range p.Processes {
		if one.Name == parts[0] {
			return typeInProcess(one, parts[1:])
		}
	}
	return nil // signals and parameters have no names in JSON of their own
}

func typeInAggregate(a *model.Aggregate, parts []string) *model.Type {
	switch {
	case len(parts) == 2 && parts[0] == "command":
		for _, c := range a.Commands {
			if c.Name == parts[1] {
				return c.Payload.Type
			}
		}
	case len(parts) == 3 && parts[0] == "event":
		for _, e := range a.Events {
			if e.Name == parts[1] {
				return versionType(e.Versions, parts[2])
			}
		}
	case len(parts) == 3 && parts[0] == "retired":
		for _, e := range a.Retired {
			if e.Name == parts[1] {
				return versionType(e.Versions, parts[2])
			}
		}
	}
	return nil
}

func typeInProcess(p *model.Process, parts []string) *model.Type {
	switch {
	case len(parts) == 2 && parts[0] == "timer":
		for _, t := range p.Timers {
			if t.Name == parts[1] {
				return t.Payload.Type
			}
		}
	case len(parts) == 3 && parts[0] == "effect" && parts[2] == "data":
		for _, e := range p.Effects {
			if e.Name == parts[1] {
				return e.Payload.Type
			}
		}
	}
	return nil
}

func versionType(versions []*model.EventVersion, name string) *model.Type {
	for _, v := range versions {
		if name == "v"+strconv.Itoa(v.Version) {
			return v.Payload.Type
		}
	}
	return nil
}

// stepInJSON returns the result of a step with the names of JSON: a payload of
// the next version, or parts, {"Opened.v1": {…}}.
func stepInJSON(p *model.Package, path, step string, made []byte) []byte {
	if version, ok := strings.CutPrefix(step, "toV"); ok {
		return model.InJSON(typeAt(p, path+".v"+version), made)
	}
	var parts []map[string]json.RawMessage
	if json.Unmarshal(made, &parts) != nil {
		return made
	}
	aggregate, _, _ := strings.Cut(path, ".")
	for _, part := range parts {
		for label, payload := range part {
			t := typeAt(p, aggregate+".event."+label)
			if t == nil {
				t = typeAt(p, aggregate+".retired."+label)
			}
			part[label] = model.InJSON(t, payload)
		}
	}
	out, err := json.Marshal(parts)
	if err != nil {
		return made
	}
	return out
}
