package codegen

import (
	"strconv"

	"ironstar.dev/internal/model"
)

// Step is one step between versions of an event, with its place in CUE.
type Step struct {
	Aggregate *model.Aggregate
	Event     string
	Version   int                 // version of the old payload
	Path      string              // of the event in CUE: "#List.event.Added"
	Label     string              // "toV2", or "becomes"
	From      *model.EventVersion //
	Hop       *model.Upcast       // to the next version; nil for becomes
	Retired   *model.Retired      // the retired event, if the step begins at its last version; nil for a Hop
}

// Key returns the name of the step in recorded cases: "#List.event.Added.toV2".
func (s Step) Key() string { return s.Path + "." + s.Label }

// Hand reports whether a hand-written method makes the whole result.
func (s Step) Hand() bool {
	return s.Hop != nil && s.Hop.Hand != "" || s.Retired != nil && s.Retired.Hand != ""
}

// ByHand reports whether a hand-written method makes any part of the result.
func (s Step) ByHand() bool {
	for _, u := range s.Upcasts() {
		if len(u.Hands()) > 0 {
			return true
		}
	}
	return s.Hand()
}

// Upcasts lists the upcasts that it is compiled to.
func (s Step) Upcasts() []*model.Upcast {
	if s.Hop != nil {
		return []*model.Upcast{s.Hop}
	}
	var all []*model.Upcast
	for _, p := range s.Retired.Becomes {
		all = append(all, p.Upcast)
	}
	return all
}

// Steps lists the steps of an aggregate in the order of its schema.
func Steps(a *model.Aggregate) []Step {
	var steps []Step
	hops := func(path, name string, versions []*model.EventVersion) {
		for i := 1; i < len(versions); i++ {
			steps = append(steps, Step{Aggregate: a, Event: name, Version: i, Path: path + name, Label: "toV" + strconv.Itoa(i+1),
				From: versions[i-1], Hop: versions[i].Upcast})
		}
	}
	for _, e := range a.Events {
		hops("#"+a.Name+".event.", e.Name, e.Versions)
	}
	for _, e := range a.Retired {
		path := "#" + a.Name + ".retired."
		hops(path, e.Name, e.Versions)
		last := e.Versions[len(e.Versions)-1]
		steps = append(steps, Step{Aggregate: a, Event: e.Name, Version: last.Version, Path: path + e.Name, Label: "becomes", From: last, Retired: e})
	}
	return steps
}
