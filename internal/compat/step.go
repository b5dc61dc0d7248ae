package compat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// Step is one hop of an upcaster: from a version to the next, or from the last
// version of a retired event to its parts.
type Step struct {
	Kind, Event string
	Version     int // it leads out of
	Pos         model.Pos
	Hands       []string       // the hand-written methods it calls; without any CUE can compute it
	Into        *model.Named   // the next version; nil: to parts
	Retired     *model.Retired // what has the parts

	upcast *model.Upcast // to the next version
}

// Steps lists the steps of a schema, in its order.
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

// Hash names what the step does, as the lock has it.
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

// Subject names where the step leads out of.
func (s Step) Subject() string { return fmt.Sprintf("%s.%s.v%d", s.Kind, s.Event, s.Version) }

// Samples and Outputs are its files, from the schema's folder.
func (s Step) Samples() string { return SamplesPath(s.Kind, s.Event, s.Version) }

// Outputs is where it is recorded what the step makes of the samples.
func (s Step) Outputs() string { return OutputsPath(s.Kind, s.Event, s.Version) }

// Entry is the lock's entry of what the step makes; nil when the lock has none.
func (s Step) Entry(l *Lock) *Entry {
	if s.Retired != nil {
		return l.find(entryKey{Retired, s.Kind, s.Event, 0})
	}
	return l.Find(s.Kind, s.Event, s.Version+1)
}

// Check says whether one line of outputs has the shape that the step makes.
func (s Step) Check(line []byte) error {
	if s.Retired == nil {
		return Fits(payload(s.Into), line)
	}
	var parts []map[string]json.RawMessage
	d := json.NewDecoder(bytes.NewReader(line))
	if err := d.Decode(&parts); err != nil {
		return fmt.Errorf("no list of parts: %w", err)
	}
	if s.Retired.Hand == "" && len(parts) != len(s.Retired.Becomes) {
		return fmt.Errorf("%d parts, want %d", len(parts), len(s.Retired.Becomes))
	}
	for i, part := range parts {
		if len(part) != 1 {
			return fmt.Errorf("part %d has %d names, want 1", i, len(part))
		}
		for name, data := range part {
			if s.Retired.Hand != "" {
				continue // any event of the aggregate: its types know
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

// CheckOutputs compares recorded outputs with the samples they were made of:
// one for each, of the right shape.
func (s Step) CheckOutputs(samples, outputs []byte) error {
	in, out := jsonLines(samples), jsonLines(outputs)
	if len(in) != len(out) {
		return fmt.Errorf("%d outputs for %d samples", len(out), len(in))
	}
	for i, line := range out {
		if err := s.Check(line); err != nil {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return nil
}

// jsonLines takes a file of JSON lines apart.
func jsonLines(file []byte) [][]byte {
	file = bytes.TrimSuffix(lf(file), []byte("\n"))
	if len(file) == 0 {
		return nil
	}
	return bytes.Split(file, []byte("\n"))
}

// Lines makes a file of JSON lines.
func Lines(lines [][]byte) []byte {
	var b bytes.Buffer
	for _, l := range lines {
		b.Write(l)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// Made is a version of an event that a lock has, or is to have.
type Made struct {
	*Entry
	Payload *model.Named
}

// Versions pairs the entries of a lock with the payloads of a schema, in the
// order of the lock; what only one of them has is left out.
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

// SampleFile is the file of golden samples of a version.
func (e *Entry) SampleFile() string { return SamplesPath(e.Of, e.Name, e.Version) }

// SameShape says whether two entries of one version have the same frozen shape.
// When an exemption let it change, they have not.
func (e *Entry) SameShape(other *Entry) bool { return other != nil && e.Hash == other.Hash }

// Lookup is the entry of a lock that is about the same; nil when there is none.
func (l *Lock) Lookup(e *Entry) *Entry { return l.find(e.key()) }

// AboutFile is a finding about a file beside the schema, which no exemption
// covers.
func AboutFile(rule, file, format string, args ...any) Finding {
	return unexempt(found(rule, file, "", model.Pos{File: file}, nil, format, args...))
}

// AboutStep is a finding about a step, which no exemption covers.
func AboutStep(rule string, s Step, pos model.Pos, format string, args ...any) Finding {
	return unexempt(found(rule, s.Subject(), "", pos, nil, format, args...))
}

// Added lists what a lock has and an older one has not, or has otherwise: the
// subjects of events, sorted.
func Added(old, next *Lock) (events, widened []string) {
	before := old.index()
	for _, e := range next.Entries {
		was := before[e.key()]
		switch {
		case e.What == Retired && was == nil:
			events = append(events, e.Subject()+" (retired)")
		case e.What != Event:
		case was == nil:
			events = append(events, e.Subject())
		case was.Shape.String() != e.Shape.String():
			widened = append(widened, e.Subject())
		}
	}
	slices.Sort(events)
	return events, widened
}
