// Package model holds a domain as plain Go data: cueload reads it from CUE and
// codegen writes it as Go and TypeScript. It depends on neither.
//
// Everything is in the order of the source (files by name, then position), so
// that generated files are the same on every machine.
package model

import "slices"

// Pos is a position in a schema file. File is relative to the schema's root,
// with slashes. Line and Col count from 1, Col in bytes. The zero Pos means no
// position.
type Pos struct {
	File string
	Line int
	Col  int
}

// Schema is everything under one cue.mod.
type Schema struct {
	Packages []*Package // sorted by Path; imported ones too
}

// Package is one CUE package: a bounded context.
type Package struct {
	Path  string   // "example.com/shop", without a version suffix
	Name  string   // "shop"; also the name of the Go package
	Dir   string   // relative to the schema's root, with slashes
	Files []string // relative to the schema's root, sorted
	Pos   Pos      // of its name in one of the files
	Doc   string

	Types      []*Named // named structs, sums, enums and constrained scalars
	Aggregates []*Aggregate
	Views      []*View
	Processes  []*Process
	Queries    []*Query
	Signals    []*Signals
}

// Named is a type with a name. Structs and enums that are written inline need a
// name in Go only; they are Named with Inline set.
type Named struct {
	Package *Package
	Name    string // as in CUE, without #: "Money"; for an inline type its Go name
	GoName  string // exported, unique within the package
	TSName  string
	Doc     string
	Pos     Pos
	Inline  bool
	Type    *Type
	Message *Message // @message: replaces the messages of its constraints; nil: each constraint has its own
}

// Kind is the kind of a Type.
type Kind int

// The kinds.
const (
	String   Kind = iota
	Int           // int64
	Number        // float64
	Bool          //
	Time          // RFC 3339; time.Time
	Date          // ironstar.Date
	Decimal       // ironstar.Decimal
	UUID          // ironstar.UUID
	Duration      // ISO 8601; time.Duration
	Bytes         // base64; []byte. MinRunes and MaxRunes count base64 characters
	Enum          // a closed set of constants, all strings or all ints
	Struct        //
	Sum           // one of several structs, distinguished by one constant field
	List          //
	Map           // string keys
	Ref           // a use of a Named
)

// Type is a type with its constraints.
type Type struct {
	Kind Kind
	Pos  Pos

	// Checks are constraints on a whole value, in source order. On a Ref they
	// are in addition to those of the type that it refers to.
	Checks []Check

	Named  *Named   // Ref: the type that it refers to
	Elem   *Type    // List, Map
	Key    *Type    // Map: String with Checks, or a Ref to one or to an Enum
	Fields []*Field // Struct, in source order
	Values []Const  // Enum, in source order
	Arms   []*Named // Sum, in source order: structs, each with a constant Tag field
	Tag    string   // Sum: JSON name of the field that distinguishes the arms
}

// Underlying returns the type at the end of a chain of definitions.
func (t *Type) Underlying() *Type {
	for t.Kind == Ref {
		t = t.Named.Type
	}
	return t
}

// TagOf returns the value of the field that distinguishes a case of a union, or "".
func (t *Type) TagOf(arm *Named) string {
	for _, f := range arm.Type.Fields {
		if f.Name == t.Tag && f.Const != nil {
			return f.Const.Text
		}
	}
	return ""
}

// Field is a field of a struct.
type Field struct {
	Name     string // as in JSON: "unitPrice"
	Label    string // as in CUE, if @json gives it another name in JSON; see InCUE
	GoName   string // "UnitPrice"
	Doc      string
	Pos      Pos
	Type     *Type
	Optional bool   // written with ?; may be absent
	Default  *Value // absent means this; nil: no default. A list's [] is not listed here
	Const    *Const // the field always has this value: a sum's tag. It has no Go field

	Secret bool   // @secret: redacted in logs
	Inject Inject // commands only
	Trim   bool   // commands only: the boundary trims white space

	Reads   *Aggregate // commands only, @reads: decide gets the state of the aggregate with this id
	ReadsIn *In        // the cases that this state must be in; nil: any

	Message *Message // @message: like that of its type, which it replaces
}

// Pointer reports whether the field is a pointer in Go, with nil for absent. Lists,
// maps, sums and bytes have a nil value themselves.
func (f *Field) Pointer() bool {
	if !f.Optional {
		return false
	}
	switch f.Type.Underlying().Kind {
	case List, Map, Sum, Bytes:
		return false
	}
	return true
}

// Required reports whether JSON without the field is refused. Absent lists and
// maps are empty.
func (f *Field) Required() bool {
	if f.Optional || f.Default != nil {
		return false
	}
	if f.Const != nil {
		return true
	}
	kind := f.Type.Underlying().Kind
	return kind != List && kind != Map
}

// Inject says what value is injected into a command's field.
type Inject string

// The injections.
const (
	InjectNone    Inject = ""
	InjectNow     Inject = "now"     // Time
	InjectUUID    Inject = "uuid"    // UUID
	InjectActor   Inject = "actor"   // String
	InjectSession Inject = "session" // String
)

// Const is a constant: a value of an enum or of a fixed field.
type Const struct {
	Kind   Kind   // String, Int or Bool
	Text   string // the string itself, the decimal digits, "true" or "false"
	GoName string // Enum: the Go constant's name
	Doc    string
	Pos    Pos
}

// Value is the default of a field.
type Value struct {
	Kind   Kind // String, Int, Number, Bool, List or Struct
	Text   string
	JSON   string // the value as compact JSON, keys in source order
	GoName string // the Go constant, if it is a value of an enum
}

// Op is a constraint.
type Op int

// The constraints. The comments name the fields of Check that each uses.
const (
	Greater        Op = iota // Num
	GreaterOrEqual           // Num
	Less                     // Num
	LessOrEqual              // Num
	NotEqual                 // Value: a string, int, number or bool
	Match                    // Text: a regular expression (RE2)
	NotMatch                 // Text: a regular expression (RE2)
	MinRunes                 // Count
	MaxRunes                 // Count
	MinItems                 // Count
	MaxItems                 // Count
	UniqueItems              //
	MinFields                // Count; maps
	MaxFields                // Count; maps
	TimeFormat               // Text: a Go layout that a string must parse with
	MultipleOf               // Num; ints and numbers
	HasPrefix                // Text
	HasSuffix                // Text
	Contains                 // Text
	Digits                   // Count; decimals: digits after the point that are not zeros at the end
)

// Check is one constraint.
type Check struct {
	Op    Op
	Num   string // exact decimal digits: "100", "-0.5"; always an integer on an Int; on a Decimal as people wrote it
	Text  string
	Count int64
	Value *Const
	Pos   Pos
}

// Aggregate takes commands and produces events.
type Aggregate struct {
	Package  *Package
	Name     string // "List"
	Doc      string
	Pos      Pos
	ID       *Type // the rule for ids of its streams; nil: no rule
	State    *Type // a Ref to a Struct or Sum; an inline state's Named is Inline, GoName ListState
	Commands []*Command
	Events   []*Event
	Retired  []*Retired
	Refusals []*Refusal
	Unique   []*Unique
}

// Unique is a rule by which at most one stream of an aggregate holds a value.
type Unique struct {
	Name    string // "Handle"
	Doc     string
	Pos     Pos
	As      string // "exact", "username", "nickname"
	Take    []Taking
	Give    []*Event
	Refusal *Refusal // HandleTaken
	Value   *Field   // of the refusal, which gets the value; or nil
}

// Taking is an event that takes a value.
type Taking struct {
	Event  *Event
	Fields []*Field // of its last version
}

// Field returns the name of the only field that has the value, "" if there is none.
func (u *Unique) Field() string {
	name := ""
	for _, t := range u.Take {
		if len(t.Fields) != 1 || name != "" && name != t.Fields[0].Name {
			return ""
		}
		name = t.Fields[0].Name
	}
	return name
}

// Command is a command of an aggregate.
type Command struct {
	Name     string // "Add"
	Doc      string
	Pos      Pos
	Internal bool   // @internal: only processes and Go code give it, so it has no address
	In       *In    // @in; nil: it is decided in every state
	Payload  *Named // Inline; GoName ListAdd
}

// In names cases of a state that is a union.
type In struct {
	Cases []*Named
	Else  *Refusal // what a command is refused with in other cases; nil for an event
	Pos   Pos
}

// Of returns the type of a state within the cases: the only case, or the whole state.
// in may be nil.
func (in *In) Of(state *Type) *Type {
	if in == nil || len(in.Cases) != 1 {
		return state
	}
	return &Type{Kind: Ref, Pos: in.Pos, Named: in.Cases[0]}
}

// Internal lists the commands without an address, in source order.
func (a *Aggregate) Internal() (all []*Command) {
	for _, c := range a.Commands {
		if c.Internal {
			all = append(all, c)
		}
	}
	return all
}

// Reads lists the fields with @reads, in source order.
func (c *Command) Reads() (fields []*Field) {
	for _, f := range c.Payload.Type.Fields {
		if f.Reads != nil {
			fields = append(fields, f)
		}
	}
	return fields
}

// ReadsOthers reports whether a command of the aggregate reads another stream.
func (a *Aggregate) ReadsOthers() bool {
	return slices.ContainsFunc(a.Commands, func(c *Command) bool { return c.Reads() != nil })
}

// Event is an event of an aggregate.
type Event struct {
	Name     string // "Added"
	Doc      string
	Pos      Pos
	Final    bool            // @final: the stream ends with it
	In       *In             // @in; nil: it changes every state
	To       *Named          // @to: the case that it leads to, by generated code; nil: hand-written code says what it changes
	Versions []*EventVersion // v1, v2, … without a gap; the last is the current one
}

// EventVersion is one shape of an event.
type EventVersion struct {
	Version int
	Pos     Pos
	Payload *Named  // Inline; GoName ListAdded for the current one, ListAddedV1 for older ones
	Upcast  *Upcast // the step from the version before; nil for v1
}

// Refusal is a reason for which an aggregate refuses a command.
type Refusal struct {
	Name    string // "ListFull"
	Doc     string
	Pos     Pos
	Payload *Named   // Inline; GoName ListListFull
	Message *Message // @message; nil: the sentence is Doc or Name
}

// Scope says for whom a view is rendered.
type Scope string

// The scopes.
const (
	Shared  Scope = "shared"  // rendered once for everybody
	Session Scope = "session" // rendered for each session
)

// View is a read model.
type View struct {
	Package *Package
	Name    string // "Board"
	Doc     string
	Pos     Pos
	Of      *Aggregate // the view is this aggregate's own state; then On is empty
	On      []Source
	Key     string // "stream", "global" or the JSON name of a field of every event in On
	State   *Type  // as Aggregate.State; nil if Shows is not
	Scope   Scope
	Param   *Named // Inline struct of enums, bounded ints and bools, GoName BoardParams; nil: none

	MustExist bool // the page of a key without events is answered with 404

	List  *ListView // the view has a row for each stream of Of; Key is "global"
	Shows []*Shown  // the view has the answers of these queries; Key is "global", Param has their parameters, each once: types of the first query that has it
}

// Source lists the events of one aggregate that a view reads.
type Source struct {
	Aggregate *Aggregate
	Events    []*Event // in source order
}

// Signals are values that a page keeps in the browser.
type Signals struct {
	Package *Package
	Name    string
	Doc     string
	Pos     Pos
	Payload *Named // GoName Form
}
