package ironstar

import (
	"context"
	"fmt"
	"unicode/utf8"
)

// Claim is a value that at most one stream of a kind holds, such as a handle. An
// event takes it for its stream, in place of what the stream held by that rule, or
// gives that up (G22).
type Claim struct {
	Rule  string // name of the rule within the stream's kind: "Handle"
	Value string // compared byte for byte; "" gives up what the stream holds
}

// Bounds of claims. They stay in the store as long as the stream holds the value.
const (
	MaxClaims     = 16  // of an event
	MaxClaimRule  = 128 // bytes of a rule's name, and of its declaration
	MaxClaimValue = 512 // bytes of a value
)

func (c *Claim) check() error {
	switch {
	case c.Rule == "" || len(c.Rule) > MaxClaimRule || !isName(c.Rule):
		return fmt.Errorf("rule %.140q of a claim must be UTF-8 without white space and control characters, at most %d bytes long", c.Rule, MaxClaimRule)
	case len(c.Value) > MaxClaimValue || !utf8.ValidString(c.Value):
		return fmt.Errorf("value %.140q of the claim %s must be UTF-8, at most %d bytes long", c.Value, c.Rule, MaxClaimValue)
	}
	return nil
}

// TakenError means that another stream holds a value. It wraps [ErrTaken].
type TakenError struct {
	Claim  Claim
	Stream Stream // which wanted it
	Holder Stream
}

func (e *TakenError) Error() string {
	return fmt.Sprintf("%s %q is held by %s", e.Claim.Rule, e.Claim.Value, e.Holder)
}

func (e *TakenError) Unwrap() error { return ErrTaken }

// ClaimRule is a rule that a server follows.
type ClaimRule struct {
	Kind        string // of the streams
	Name        string // Claim.Rule
	Declaration string // hash of how claims follow from events; if it changes, the claims are made again
}

// Claimed is what a stored event claims.
type Claimed struct {
	StreamID string
	Position Position // of the event
	Value    string   // "" gives up what the stream holds
}

// ContestedClaim is a value of a stream that another one, its holder, took before it.
type ContestedClaim struct {
	Claim
	Stream   Stream
	Position Position // of the event with which the stream took it
	Holder   Stream
	Held     Position // of the event with which the holder took it
}

// Claims is the part of a [Store] that keeps values unique. A store has a table of what
// each stream holds, which follows from the events. It compares the claims of an
// append with the table, and changes the table with the append.
//
// The events may have doubles: a rule can be newer than they are. The stream that
// took the value first is its holder. No other stream can take the value, and one
// that has it too keeps it until it takes another one.
type Claims interface {
	// DeclareClaims tells the store which rules this server follows. Call it before the
	// first append, also without rules. For each rule it returns the position up to
	// which the table has the claims: 0 if the rule is new or has another declaration.
	// If that is below the head, call RestoreClaims. From now on the table no longer
	// follows rules that are not declared.
	//
	// An event with a claim of a rule that is not declared, or not restored up to the
	// head, is refused.
	DeclareClaims(ctx context.Context, rules ...ClaimRule) ([]Position, error)

	// RestoreClaims adds claims of stored events, in position order: all that follow the
	// position up to which the table has them, and go up to upTo. Call it with some
	// hundreds at a time.
	RestoreClaims(ctx context.Context, rule ClaimRule, upTo Position, claims ...Claimed) error

	// ContestedClaims returns streams whose value another stream took before them, at
	// most so many, in the order of rule, value and position.
	ContestedClaims(ctx context.Context, most int) ([]ContestedClaim, error)
}
