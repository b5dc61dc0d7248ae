package model

// Retired is an event that is read and no longer written.
type Retired struct {
	Name     string
	Doc      string
	Pos      Pos
	Versions []*EventVersion // v1, v2, … without a gap; GoName of the payloads: ListSwappedV1
	Becomes  []*Part         // what it is read as, in order; empty: it is forgotten
	Hand     string          // the hand-written method that makes the events; then Becomes is nil
}

// Part is one of the events that a retired event is read as.
type Part struct {
	Pos     Pos
	Event   *Event   // one of Event and Retired is set
	Retired *Retired //
	Version int      // of that event; its own steps follow
	Upcast  *Upcast  // From is the last version of the retired event
}

// Upcast says how one payload is made of another.
type Upcast struct {
	Pos  Pos
	From *Named
	To   *Named
	Hand string // the hand-written method that does all of it; then Make is nil
	Make *Expr  // MakeStruct of To
}

// Hands lists the hand-written methods that it calls, with what each returns,
// in the order of the source.
func (u *Upcast) Hands() []*Expr {
	if u.Hand != "" {
		return []*Expr{{Op: Hand, Name: u.Hand, Pos: u.Pos, Type: &Type{Kind: Ref, Named: u.To, Pos: u.Pos}}}
	}
	var found []*Expr
	u.Make.walk(func(e *Expr) {
		if e.Op == Hand {
			found = append(found, e)
		}
	})
	return found
}

// ExprOp is what an Expr does.
type ExprOp int

// The operations of upcasters. Args and what else each uses are said behind it.
const (
	Old        ExprOp = iota // the old payload
	Variable                 // Name: of a comprehension
	Select                   // Args: a struct; Field. When the field is optional it must be there
	Literal                  // Value
	MakeStruct               // Parts
	MakeList                 // Args: its elements
	MakeMap                  // Entries
	Convert                  // Args: one value of another type with the same JSON
	Join                     // Args: strings, one after the other
	Text                     // Args: an int, bool or scalar that is text in JSON
	Table                    // Args: the key; Entries: what each key stands for
	Index                    // Args: a list and an int; it must be in range
	Length                   // Args: a list, map or string (bytes)
	Arithmetic               // Name: + - * / div mod quo rem; Args: two ints or numbers
	Call                     // Name: "strings.ToUpper"; Args
	Each                     // Args: a list, what each element becomes; Name, Name2: element and index
	Else                     // Args: a value that may not be there, and what stands for it
	Hand                     // Name: a hand-written method, called with the source
)

// Expr is a typed expression that makes a part of a payload out of an older
// one. It is total unless its parts say that they need something.
type Expr struct {
	Op      ExprOp
	Pos     Pos
	Type    *Type // of the result
	Args    []*Expr
	Name    string
	Name2   string
	Field   *Field
	Value   *Value
	Parts   []*FieldExpr // in the order of the struct's fields; what is missing is absent or its default
	Entries []Entry      // in the order of the source
}

// FieldExpr makes one field of a struct.
type FieldExpr struct {
	Field *Field
	Value *Expr
	When  *Expr // an optional field of the source: only if it is there; nil: always
	Kept  bool  // not mentioned: it keeps its name and type
}

// Entry is one entry of a table or map.
type Entry struct {
	Key   string
	Value *Expr
}

// walk calls f for an expression and all below.
func (e *Expr) walk(f func(*Expr)) {
	if e == nil {
		return
	}
	f(e)
	for _, a := range e.Args {
		a.walk(f)
	}
	for _, p := range e.Parts {
		p.Value.walk(f)
		p.When.walk(f)
	}
	for _, x := range e.Entries {
		x.Value.walk(f)
	}
}
