package soak

import (
	"encoding/json"
	"fmt"
	"hash/fnv"

	"ironstar.dev"
)

// An account accepts notes. Each note contains the version at which it was
// decided, so a command that was decided on a state that was not stored, or
// took effect twice, is visible in the log.
const accountKind = "soak.Account"

type (
	account struct{ notes int }

	note struct {
		cmd    string // unique; decide does not check it
		of     int    // number of events; 0 is a no-op, a negative number is refused
		pad    int    // bytes
		region string
		last   bool // the stream ends with it
	}

	noted struct {
		Cmd    string `json:"cmd"`
		I      int    `json:"i"`
		Of     int    `json:"of"`
		After  int    `json:"after"` // version of the stream that decide saw
		Region string `json:"region"`
		Pad    string `json:"pad,omitempty"`
		Last   bool   `json:"last,omitempty"`
	}

	refusal string
)

func (r refusal) Error() string              { return string(r) }
func (refusal) Code() string                 { return "Refused" }
func (r refusal) AppendJSON(b []byte) []byte { return append(b, `{}`...) }

func accounts() ironstar.Aggregate[account, note, noted] {
	a := ironstar.Aggregate[account, note, noted]{Kind: accountKind, Fingerprint: "1"}
	a.Initial = func() account { return account{} }
	a.Decide = func(s account, c note, _ ironstar.States) ([]noted, error) {
		if c.of < 0 {
			return nil, refusal(fmt.Sprintf("after %d", s.notes))
		}
		var all []noted
		for i := range c.of {
			e := noted{Cmd: c.cmd, I: i, Of: c.of, After: s.notes + i, Region: c.region, Last: c.last && i == c.of-1}
			e.Pad = fmt.Sprintf("%0*d", c.pad, i)
			all = append(all, e)
		}
		return all, nil
	}
	a.Evolve = func(s account, e noted) account { s.notes++; return s }
	a.Codec.Encode = func(e noted) (ironstar.Proposed, error) {
		b, err := json.Marshal(e)
		return ironstar.Proposed{Type: "Noted", SchemaVersion: 1, Shape: "noted", Payload: b, Final: e.Last}, err
	}
	a.Codec.Decode = decode
	a.State = ironstar.StateCodec[account]{
		Append: func(b []byte, s account) []byte { return fmt.Append(b, s.notes) },
		Decode: func(b []byte) (s account, err error) { _, err = fmt.Sscan(string(b), &s.notes); return s, err },
	}
	return a
}

func decode(r *ironstar.Record) ([]noted, error) {
	var e noted
	err := json.Unmarshal(r.Payload, &e)
	return []noted{e}, err
}

// folded is the state of every view: a hash of each note, its position and the
// generation of the code.
type folded struct {
	Count int
	Hash  uint64
}

func (f folded) fold(position int64, e noted) folded {
	h := fnv.New64a()
	fmt.Fprint(h, f.Hash, " ", position, " ", e.Cmd, " ", e.I, " ", e.After)
	return folded{f.Count + 1, h.Sum64()}
}

func (f folded) String() string { return fmt.Sprintf("%d-%x", f.Count, f.Hash) }

// views are views with each keying.
var views = map[string]ironstar.Keying{"stream": ironstar.ByStream, "all": ironstar.Global, "region": ironstar.ByField}

// generations is the number of versions of the code. Their views fold
// differently, so a snapshot of another one is wrong (G9).
const generations = 2

func view(name string, generation int) ironstar.View[folded] {
	v := ironstar.View[folded]{Name: name, Fingerprint: fmt.Sprint(generation), By: views[name], Kinds: []string{accountKind}}
	v.Initial = func(string) folded { return folded{Hash: uint64(generation)} }
	v.State = ironstar.StateCodec[folded]{
		Append: func(b []byte, s folded) []byte { return fmt.Append(b, s.Count, " ", s.Hash) },
		Decode: func(b []byte) (s folded, err error) { _, err = fmt.Sscan(string(b), &s.Count, &s.Hash); return s, err },
	}
	v.Evolve = func(_ string, s folded, r *ironstar.Record) (folded, bool, error) {
		events, err := ironstar.Decoded(r, decode)
		for _, e := range events {
			s = s.fold(int64(r.Position), e)
		}
		return s, true, err
	}
	if v.By == ironstar.ByField {
		v.Keys = func(r *ironstar.Record) ([]string, error) {
			events, err := ironstar.Decoded(r, decode)
			if err != nil {
				return nil, err
			}
			return []string{events[0].Region}, nil
		}
	}
	return v
}
