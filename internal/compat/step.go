package compat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// Step is one step of an upcaster: from a version to the next, or from the last
// version of a retired event to its parts.
type Step struct {
	Kind, Event string
	Version     int // the version that it reads
	Pos         model.Pos
	Hands       []string       // the hand-written methods that it calls; CUE can compute a step without any
	Into        *model.Named   // the next version; nil for a step to parts
	Retired     *model.Retired // the event that becomes parts, or nil

	upcast *model.Upcast // to the next version
}

// Steps lists the steps of a schema, in the order of the schema.
func Steps(s *model.Schema) []Step {
	var all []Step
	for _, p := range s.Packages {
		for _, a := range p.Aggregates {
			for _, h := range histories(a) {
				all = append(all, stepsOf(h)...)
			}
		}
	}
	return all
}

func stepsOf(h history) []Step {
	var all []Step
	for i, v := range h.versions {
		if i > 0 && v.Upcast != nil {
			all = append(all, Step{Kind: Kind(h.of), Event: h.name, Version: v.Version - 1, Pos: v.Upcast.Pos, Hands: hands(v.Upcast), Into: v.Payload, upcast: v.Upcast})
		}
	}
	if h.retired != nil && len(h.versions) > 0 {
		s := Step{Kind: Kind(h.of), Event: h.name, Version: len(h.versions), Pos: h.retired.Pos, Retired: h.retired}
		if h.retired.Hand != "" {
			s.Hands = []string{h.retired.Hand}
		}
		for _, p := range h.retired.Becomes {
			s.Hands = append(s.Hands, hands(p.Upcast)...)
		}
		all = append(all, s)
	}
	return all
}

// Hash returns the hash of the step that the lock records.
func (s Step) Hash() string {
	if s.Retired != nil {
		return shape.Becomes(s.Retired)
	}
	return shape.Step(s.upcast)
}

func hands(u *model.Upcast) []string {
	if u == nil {
		return nil
	}
	var names []string
	for _, e := range u.Hands() {
		names = append(names, e.Name)
	}
	return names
}

// Subject returns the name of the version that the step reads.
func (s Step) Subject() string { return fmt.Sprintf("%s.%s.v%d", s.Kind, s.Event, s.Version) }

// Samples returns the path of the samples for the step, relative to the schema's
// folder.
func (s Step) Samples() string { return SamplesPath(s.Kind, s.Event, s.Version) }

// Outputs returns the path of the recorded results for the samples, relative to
// the schema's folder.
func (s Step) Outputs() string { return OutputsPath(s.Kind, s.Event, s.Version) }

// Entry returns the lock's entry of the step's result, or nil.
func (s Step) Entry(l *Lock) *Entry {
	if s.Retired != nil {
		return l.find(entryKey{Retired, s.Kind, s.Event, 0})
	}
	return l.Find(s.Kind, s.Event, s.Version+1)
}

// Check checks that one line of outputs has the shape of the step's result.
func (s Step) Check(line []byte) error {
	if s.Retired == nil {
		return Fits(payload(s.Into), line)
	}
	var parts []map[string]json.RawMessage
	d := json.NewDecoder(bytes.NewReader(line))
	if err := d.Decode(&parts); err != nil {
		return fmt.Errorf("the output is not a list of parts: %w", err)
	}
	if s.Retired.Hand == "" && len(parts) != len(s.Retired.Becomes) {
		return fmt.Errorf("the output has %d parts, want %d", len(parts), len(s.Retired.Becomes))
	}
	for i, part := range parts {
		if len(part) != 1 {
			return fmt.Errorf("part %d has %d names, want 1", i, len(part))
		}
		for name, data := range part {
			if s.Retired.Hand != "" {
				continue // the type of the method ensures that this is an event of the aggregate
			}
			want := s.Retired.Becomes[i]
			if name != shape.PartName(want) || want.Upcast == nil {
				return fmt.Errorf("part %d is %s, want %s", i, name, shape.PartName(want))
			}
			if err := Fits(payload(want.Upcast.To), data); err != nil {
				return fmt.Errorf("part %d: %w", i, err)
			}
		}
	}
	return nil
}

// CheckOutputs compares recorded outputs with their samples: there must be one
// output for each sample, and it must have the right shape.
func (s Step) CheckOutputs(samples, outputs []byte) error {
	in, out := jsonLines(samples), jsonLines(outputs)
	if len(in) != len(out) {
		return fmt.Errorf("the file has %d outputs for %d samples", len(out), len(in))
	}
	for i, line := range out {
		if err := s.Check(line); err != nil {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return nil
}

// jsonLines splits a file of JSON lines.
func jsonLines(file []byte) [][]byte {
	file = bytes.TrimSuffix(lf(file), []byte("\n"))
	if len(file) == 0 {
		return nil
	}
	return bytes.Split(file, []byte("\n"))
}

// Lines returns the text of a file of JSON lines.
func Lines(lines [][]byte) []byte {
	var b bytes.Buffer
	for _, l := range lines {
		b.Write(l)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// Made is a version of an event that is in a lock, or will be.
type Made struct {
	*Entry
	Payload *model.Named
}

// Versions pairs the entries of a lock with the payloads of a schema, in the order
// of the lock. It omits versions that only the lock or only the schema has.
func Versions(l *Lock, s *model.Schema) []Made {
	payloads := map[entryKey]*model.Named{}
	for _, p := range s.Packages {
		for _, a := range p.Aggregates {
			for _, h := range histories(a) {
				for _, v := range h.versions {
					payloads[entryKey{Event, Kind(a), h.name, v.Version}] = v.Payload
				}
			}
		}
	}
	var all []Made
	for _, e := range l.Entries {
		if n := payloads[e.key()]; n != nil {
			all = append(all, Made{e, n})
		}
	}
	return all
}

// SampleFile returns the path of the golden samples of a version.
func (e *Entry) SampleFile() string { return SamplesPath(e.Of, e.Name, e.Version) }

// SameShape reports whether two entries of a version have the same frozen
// shape. They differ if an exemption permitted a change.
func (e *Entry) SameShape(other *Entry) bool { return other != nil && e.Hash == other.Hash }

// Lookup returns the entry of the lock with the same key, or nil.
func (l *Lock) Lookup(e *Entry) *Entry { return l.find(e.key()) }

// AboutFile returns a finding about a file in the schema's folder. No exemption can
// match it.
func AboutFile(rule, file, format string, args ...any) Finding {
	return withoutExemption(found(rule, file, "", model.Pos{File: file}, nil, format, args...))
}

// AboutStep returns a finding about a step. No exemption can match it.
func AboutStep(rule string, s Step, pos model.Pos, format string, args ...any) Finding {
	return withoutExemption(found(rule, s.Subject(), "", pos, nil, format, args...))
}

// Added lists the events, processes, timers and effects of a lock that an older lock
// lacks, and the events that it has with other constraints. It returns their
// subjects, sorted.
func Added(old, next *Lock) (added, widened []string) {
	before := old.index()
	for _, e := range next.Entries {
		was := before[e.key()]
		switch {
		case e.What == Retired && was == nil:
			added = append(added, e.Subject()+" (retired)")
		case was == nil && (e.What == Process || e.What == Timer || e.What == Effect):
			added = append(added, e.Subject()+" ("+string(e.What)+")")
		case e.What != Event:
		case was == nil:
			added = append(added, e.Subject())
		case was.Shape.String() != e.Shape.String():
			widened = append(widened, e.Subject())
		}
	}
	slices.Sort(added)
	return added, widened
}
