// Package model holds a domain as plain Go data: what cueload reads out of CUE
// and codegen writes out as Go and TypeScript. It knows neither.
//
// Everything is in the order of the source (files by name, then position), so
// that what is written from it is the same on every machine.
package model

// Pos is a place in a schema file. File is relative to the schema's root, with
// slashes; Line and Col count from 1, Col in bytes. The zero Pos is nowhere.
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
	Name  string   // "shop"; also the Go package's
	Dir   string   // relative to the schema's root, with slashes
	Files []string // relative to the schema's root, sorted
	Doc   string

	Types      []*Named // named structs, sums, enums and constrained scalars
	Aggregates []*Aggregate
	Views      []*View
	Signals    []*Signals
}

// Named is a type with a name. Types without one in CUE that need one in Go
// (a struct or enum written in place) are Named too, with Inline set.
type Named struct {
	Package *Package
	Name    string // as in CUE, without #: "Money"; for an inline type its Go name
	GoName  string // exported, unique within the package
	TSName  string
	Doc     string
	Pos     Pos
	Inline  bool
	Type    *Type
}

// Kind is what a Type is made of.
type Kind int

// The kinds.
const (
	String  Kind = iota
	Int          // int64
	Number       // float64
	Bool         //
	Time         // RFC 3339; time.Time
	Date         // ironstar.Date
	Decimal      // ironstar.Decimal
	UUID         // ironstar.UUID
	Enum         // a closed set of constants, all strings or all ints
	Struct       //
	Sum          // one of several structs, told apart by one constant field
	List         //
	Map          // string keys
	Ref          // a use of a Named
)

// Type is a type with its constraints.
type Type struct {
	Kind Kind
	Pos  Pos

	// Checks are constraints on a whole value, in source order. On a Ref they
	// come on top of those of what it refers to.
	Checks []Check

	Named  *Named   // Ref: what is used
	Elem   *Type    // List, Map
	Key    *Type    // Map: String with Checks, or a Ref to such or to an Enum
	Fields []*Field // Struct, in source order
	Values []Const  // Enum, in source order
	Arms   []*Named // Sum, in source order: structs, each with a constant Tag field
	Tag    string   // Sum: JSON name of the field that tells the arms apart
}

// Field is a field of a struct.
type Field struct {
	Name     string // as in CUE and JSON: "unitPrice"
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
}

// Inject says what the boundary fills a command's field with.
type Inject string

// The injections.
const (
	InjectNone    Inject = ""
	InjectNow     Inject = "now"     // Time
	InjectUUID    Inject = "uuid"    // UUID
	InjectActor   Inject = "actor"   // String
	InjectSession Inject = "session" // String
)

// Const is a constant: one of an enum's values or a fixed field.
type Const struct {
	Kind   Kind   // String, Int or Bool
	Text   string // the string itself, the decimal digits, "true" or "false"
	GoName string // Enum: the Go constant's name
	Doc    string
	Pos    Pos
}

// Value is a default: concrete, of the field's type.
type Value struct {
	Kind   Kind // String, Int, Number, Bool, List or Struct
	Text   string
	JSON   string // the value as compact JSON, keys in source order
	GoName string // when it is an enum's value: that constant
}

// Op is a constraint.
type Op int

// The constraints. What Check holds for each is said behind it.
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
)

// Check is one constraint.
type Check struct {
	Op    Op
	Num   string // exact decimal digits: "100", "-0.5"; always an integer on an Int
	Text  string
	Count int64
	Value *Const
	Pos   Pos
}

// Aggregate is something that takes commands and remembers events.
type Aggregate struct {
	Package  *Package
	Name     string // "List"
	Doc      string
	Pos      Pos
	State    *Type // a Ref to a Struct or Sum; an inline state's Named is Inline, GoName ListState
	Commands []*Command
	Events   []*Event
	Retired  []*Retired
	Refusals []*Refusal
}

// Command is something that people may ask of an aggregate.
type Command struct {
	Name    string // "Add"
	Doc     string
	Pos     Pos
	Payload *Named // Inline; GoName ListAdd
}

// Event is something that can happen to an aggregate.
type Event struct {
	Name     string // "Added"
	Doc      string
	Pos      Pos
	Final    bool            // @final: nothing comes after it
	Versions []*EventVersion // v1, v2, … without a gap; the last is what is written today
}

// EventVersion is one shape of an event.
type EventVersion struct {
	Version int
	Pos     Pos
	Payload *Named  // Inline; GoName ListAdded for the current one, ListAddedV1 for older ones
	Upcast  *Upcast // makes one of the version before; nil for v1
}

// Refusal is a reason to say no.
type Refusal struct {
	Name    string // "ListFull"
	Doc     string
	Pos     Pos
	Payload *Named // Inline; GoName ListListFull
}

// Scope says who sees a view.
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
	State   *Type  // as Aggregate.State
	Scope   Scope
	Param   *Named // Inline struct of enums, bounded ints and bools, GoName BoardParams; nil: none
}

// Source is what a view reads of one aggregate.
type Source struct {
	Aggregate *Aggregate
	Events    []*Event // in source order
}

// Signals is what a page keeps in the browser.
type Signals struct {
	Package *Package
	Name    string
	Doc     string
	Pos     Pos
	Payload *Named // GoName Form
}
