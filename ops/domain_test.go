package ops_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/live"
	"ironstar.dev/ops"
)

// The events of a note: Written (v1 had no author), Recoloured (retired, becomes two
// Written), Seen (retired, becomes nothing) and Burnt (converted by hand).
type (
	written struct {
		Text string `json:"text"`
		By   string `json:"by"`
	}
	notes int
)

const noteKind = "test.Note"

var noteShapes = []ironstar.Shape{
	{Kind: noteKind, Type: "Written", SchemaVersion: 1, Hash: "w1"},
	{Kind: noteKind, Type: "Written", SchemaVersion: 2, Hash: "w2"},
	{Kind: noteKind, Type: "Written", SchemaVersion: 3, Hash: "w3"},
	{Kind: noteKind, Type: "Recoloured", SchemaVersion: 1, Hash: "r1", Retired: true},
	{Kind: noteKind, Type: "Recoloured", SchemaVersion: 2, Hash: "r2", Retired: true, Becomes: []string{"Written.v1", "Written.v3"}},
	{Kind: noteKind, Type: "Seen", SchemaVersion: 1, Hash: "s1", Retired: true},
	{Kind: noteKind, Type: "Burnt", SchemaVersion: 1, Hash: "b1", Retired: true, Becomes: []string{"UpcastBurnt"}},
}

func decodeNote(r *ironstar.Record) ([]written, error) {
	known := false
	for _, s := range noteShapes {
		known = known || s.Type == r.Type && s.SchemaVersion == r.SchemaVersion
	}
	if !known {
		return nil, &ironstar.UnknownEvent{Stream: r.Stream, Position: r.Position, Type: r.Type, SchemaVersion: r.SchemaVersion}
	}
	var w written
	if err := json.Unmarshal(r.Payload, &w); err != nil {
		return nil, fmt.Errorf("%s at %d: event %s.v%d: %w", r.Stream, r.Position, r.Type, r.SchemaVersion, err)
	}
	switch {
	case w.Text == "panic":
		panic("an upcaster of ours")
	case r.Type == "Recoloured":
		return []written{w, w}, nil
	case r.Type == "Seen":
		return nil, nil
	}
	return []written{w}, nil
}

func encodeNote(w written) (ironstar.Proposed, error) {
	if len(w.Text) > 10 {
		return ironstar.Proposed{}, errors.New("text: longer than 10")
	}
	payload, err := json.Marshal(w)
	return ironstar.Proposed{Type: "Written", SchemaVersion: 3, Shape: "w3", Payload: payload}, err
}

// noteParts adds notes, and a view of each keying.
func noteParts(eng *engine.Engine) (func(*live.Server), error) {
	engine.Run(eng, ironstar.Aggregate[notes, string, written]{
		Kind: noteKind, Fingerprint: "fp-note", Shapes: noteShapes,
		Codec: ironstar.Codec[written]{Encode: encodeNote, Decode: decodeNote},
		Decider: ironstar.Decider[notes, string, written]{
			Initial: func() notes { return 0 },
			Decide:  func(_ notes, text string, _ ironstar.States) ([]written, error) { return []written{{Text: text}}, nil },
			Evolve:  func(n notes, _ written) notes { return n + 1 },
		},
	})
	for _, by := range []ironstar.Keying{ironstar.ByStream, ironstar.Global} {
		name := []string{"test.Page", "test.Total"}[by]
		engine.Follow(eng, ironstar.View[notes]{
			Name: name, Fingerprint: "fp-" + name, By: by, Kinds: []string{noteKind},
			Initial: func(string) notes { return 0 },
			Evolve: func(_ string, n notes, r *ironstar.Record) (notes, bool, error) {
				events, err := ironstar.Decoded(r, decodeNote)
				return n + notes(len(events)), true, err
			},
		})
	}
	return nil, nil
}

// atNotes is where people begin.
func atNotes(live.Session) string { return "/notes" }

func noteApp() ops.App {
	return ops.App{Name: "notes", About: "Notes for tests.", Domains: []ops.Domain{ops.DomainFunc(noteParts)}, Home: atNotes}
}
