package live_test

import (
	"context"
	"fmt"
	"html"
	"io"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/live"
	"ironstar.dev/wire"
)

// The aggregate of these tests, written by hand: lists of notes. Adding the
// last text again does nothing.

const notesKind = "test.Notes"

type (
	notes   struct{ items []string }
	command interface{ isCommand() }
	add     struct {
		Text  string `json:"text"`
		Count int64  `json:"count,omitempty"`
	}
	explode struct{}
	clear   struct{}
)

func (add) isCommand()     {}
func (explode) isCommand() {}
func (clear) isCommand()   {}

// full is a refusal with a field.
type full struct{ Max int }

func (full) Code() string    { return "Full" }
func (f full) Error() string { return fmt.Sprintf("the list is full (%d)", f.Max) }
func (f full) AppendJSON(b []byte) []byte {
	return append(wire.AppendInt(append(b, `{"max":`...), int64(f.Max)), '}')
}
func (full) Field() string { return "text" }

// nothingToClear is a refusal without a field.
type nothingToClear struct{}

func (nothingToClear) Code() string               { return "NothingToClear" }
func (nothingToClear) Error() string              { return "there is nothing to clear" }
func (nothingToClear) AppendJSON(b []byte) []byte { return append(b, "{}"...) }

const maxNotes = 50

func decide(s notes, c command, _ ironstar.States) ([]string, error) {
	switch c := c.(type) {
	case add:
		switch {
		case len(s.items) > 0 && s.items[len(s.items)-1] == c.Text:
			return nil, nil
		case len(s.items) >= maxNotes:
			return nil, full{maxNotes}
		}
		return []string{c.Text}, nil
	case clear:
		if len(s.items) == 0 {
			return nil, nothingToClear{}
		}
		return []string{""}, nil
	case explode:
		panic("secret of the panic")
	}
	return nil, ironstar.ErrUnknownCommand
}

// evolve folds an event, which is a text; "" clears the list.
func evolve(s notes, text string) notes {
	if text == "" {
		return notes{}
	}
	s.items = append(s.items, text)
	return s
}

// wrongEvent is a text that decide accepts and the event's constraints refuse.
const wrongEvent = "a wrong event"

func encode(text string) (ironstar.Proposed, error) {
	if text == wrongEvent {
		return ironstar.Proposed{}, fmt.Errorf("event Noted: %w", ironstar.Invalid{{Path: "lines[2].text", Code: "max_runes", Message: "secret of the event"}})
	}
	return ironstar.Proposed{Type: "Noted", SchemaVersion: 1, Shape: "s", Payload: wire.AppendString(nil, text)}, nil
}

func decode(r *ironstar.Record) ([]string, error) {
	text, err := wire.Decode(r.Payload, (*wire.Decoder).String)
	return []string{text}, err
}

func newNotes() ironstar.Aggregate[notes, command, string] {
	return ironstar.Aggregate[notes, command, string]{
		Kind: notesKind, Fingerprint: "notes1",
		Codec:   ironstar.Codec[string]{Encode: encode, Decode: decode},
		Decider: ironstar.Decider[notes, command, string]{Initial: func() notes { return notes{} }, Decide: decide, Evolve: evolve},
	}
}

// broken is a note that makes the view fail.
const broken = "this breaks the view"

func newBoard() ironstar.View[notes] {
	return ironstar.View[notes]{
		Name: "test.Board", Fingerprint: "board1", By: ironstar.ByStream, Kinds: []string{notesKind},
		Initial: func(string) notes { return notes{} },
		Evolve: func(_ string, s notes, r *ironstar.Record) (notes, bool, error) {
			texts, err := ironstar.Decoded(r, decode)
			if err != nil {
				return s, false, err
			}
			for _, text := range texts {
				if text == broken {
					return s, true, fmt.Errorf("secret of the view")
				}
				s = evolve(s, text)
			}
			return s, true, nil
		},
	}
}

// parse does what generated code would do.
func parse(name string, body []byte, _ ironstar.Origin) (command, error) {
	switch name {
	case "add":
		return wire.DecodeChecked[command](body, decodeAdd, checkAdd)
	case "clear":
		return wire.DecodeChecked[command](body, func(d *wire.Decoder) command { empty(d); return clear{} }, nil)
	case "explode":
		return wire.DecodeChecked[command](body, func(d *wire.Decoder) command { empty(d); return explode{} }, nil)
	}
	return nil, ironstar.ErrUnknownCommand
}

func empty(d *wire.Decoder) {
	for o := d.Struct(nil); o.Next(); {
	}
}

func decodeAdd(d *wire.Decoder) command {
	var c add
	for o := d.Struct([]wire.Field{{Name: "text", Required: true}, {Name: "count"}}); o.Next(); {
		switch o.Index {
		case 0:
			c.Text = d.Trimmed()
		case 1:
			c.Count = d.Int()
		}
	}
	return c
}

func checkAdd(k *wire.Checker, c command) {
	k.Object()
	k.At("text").MinRunes(c.(add).Text, 1)
	k.At("text").MaxRunes(c.(add).Text, 280)
	wire.AtMost(k.At("count"), c.(add).Count, 100)
	k.End()
}

var inputs = map[string][]wire.Input{
	"add": {{Name: "text"}, {Name: "count", Kind: wire.InputNumber}}, "explode": nil, "clear": nil,
}

// boardParams select what is shown: "all", or what is "short". They use
// wire.Param, as generated parameters do.
type boardParams struct{ chosen wire.Param[string] }

func (p boardParams) show() string { return p.chosen.Or("all") }

func (p boardParams) Query() string {
	var q wire.Query
	q.AddUnless("show", p.show(), "all")
	return q.String()
}

func parseBoard(body []byte) (boardParams, error) {
	return wire.DecodeChecked(body, func(d *wire.Decoder) boardParams {
		var p boardParams
		for o := d.Struct([]wire.Field{{Name: "show"}}); o.Next(); {
			p.chosen = wire.Choose(d.String(), "all")
		}
		return p
	}, func(k *wire.Checker, p boardParams) {
		k.Object()
		wire.OneOf(k.At("show"), p.show(), []string{"all", "short"})
		k.End()
	})
}

// board renders notes as a list.
func board(s notes, p boardParams) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if _, err := fmt.Fprintf(w, `<ul data-show-what=%q>`, p.show()); err != nil {
			return err
		}
		for _, text := range s.items {
			if p.show() == "short" && len(text) > 5 {
				continue
			}
			if _, err := fmt.Fprintf(w, "<li>%s</li>", html.EscapeString(text)); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, "</ul>")
		return err
	})
}

// document is a page that has its feed's address in an attribute.
func document(d live.Document) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if _, err := fmt.Fprintf(w, `<!doctype html><title>%s</title><body data-feed="%s" data-nonce="%s">`,
			html.EscapeString(d.Title), html.EscapeString(d.FeedURL), d.Nonce); err != nil {
			return err
		}
		return d.Content.Render(ctx, w)
	})
}

var boardInputs = []wire.Input{{Name: "show"}}

// newTotal is a global view that counts all notes.
func newTotal() ironstar.View[int] {
	return ironstar.View[int]{
		Name: "test.Total", Fingerprint: "total1", By: ironstar.Global, Kinds: []string{notesKind},
		Initial: func(string) int { return 0 },
		Evolve:  func(_ string, n int, _ *ironstar.Record) (int, bool, error) { return n + 1, true, nil },
	}
}

// newSame is a view by field that counts the notes with the same text.
func newSame() ironstar.View[int] {
	v := newTotal()
	v.Name, v.By, v.Keys = "test.Same", ironstar.ByField, func(r *ironstar.Record) ([]string, error) { return ironstar.Decoded(r, decode) }
	return v
}

func number(n int, _ live.At[live.None]) templ.Component { return text(fmt.Sprintf("<p>%d</p>", n)) }
