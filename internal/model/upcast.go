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

// Hands lists its calls of hand-written methods.
func (u *Upcast) Hands() []*Expr {
	if u.Hand != "" {
		return []*Expr{{Op: Hand, Name: u.Hand, Pos: u.Pos, Type: &Type{Kind: Ref, Named: u.To, Pos: u.Pos}}}
	}
	var found []*Expr
	u.Make.Walk(func(e *Expr) bool {
		if e.Op == Hand {
			found = append(found, e)
		}
		return true
	})
	return found
}

// ExprOp is what an Expr does.
type ExprOp int

// The operations of upcasters. Args and what else each uses are said behind it.
const (
	Old        ExprOp = iota // the old payload
	Variable                 // Name: of a comprehension or of Cases
	Select                   // Args: a struct; Field. When the field is optional it must be there
	Lookup                   // Args: a map; Name: a key, which must be there
	Literal                  // Value
	MakeStruct               // Parts; of a struct, also when it becomes a case of a sum
	MakeList                 // Args: its elements
	MakeMap                  // Entries
	Convert                  // Args: an enum or int whose JSON is also of Type
	Join                     // Args: strings, one after the other
	Text                     // Args: an int, bool or scalar that is text in JSON
	Table                    // Args: an enum or string; Entries: what each key stands for
	Index                    // Args: a list and an int, which must be in range
	Length                   // Args: a list, map or string (bytes)
	Arithmetic               // Name: + - * / div mod quo rem; Args: two ints or numbers
	Call                     // Name: "strings.ToUpper"; Args
	Each                     // Args: a list, and what each element becomes; Name: the element
	Cases                    // Args: a sum; Entries: value of the tag to what that case becomes; Name: the case
	Else                     // Args: a value that may not be there, and what stands for it
	Hand                     // Name: a hand-written method, called with the old payload
)

// Expr is a typed expression that makes a part of a payload out of an older
// one.
type Expr struct {
	Op      ExprOp
	Pos     Pos
	Type    *Type // of the result
	Args    []*Expr
	Name    string
	Field   *Field
	Value   *Value
	Parts   []*FieldExpr // in the order of the struct's fields; what is missing is absent or its default
	Entries []Entry      // in the order of the source
	Sure    bool         // Select, Lookup, Index, Table: a condition around it says that it is there
}

// FieldExpr makes one field of a struct.
type FieldExpr struct {
	Field *Field
	Value *Expr
	When  *Expr // something of the source that may be absent: only if it is there; nil: always
	Kept  bool  // not mentioned: it keeps its name and type
}

// Entry is one entry of a table or map, or one case.
type Entry struct {
	Key   string
	Value *Expr
}

// Walk calls f for an expression and all below, until f says no.
func (e *Expr) Walk(f func(*Expr) bool) {
	if e == nil || !f(e) {
		return
	}
	for _, a := range e.Args {
		a.Walk(f)
	}
	for _, p := range e.Parts {
		p.Value.Walk(f)
	}
	for _, x := range e.Entries {
		x.Value.Walk(f)
	}
}

// Missing is the first part of an expression that may not be there for some old
// payloads, or nil.
func (e *Expr) Missing() *Expr {
	var found *Expr
	e.Walk(func(x *Expr) bool {
		switch {
		case found != nil:
		case x.Op == Else:
			found = x.Args[1].Missing()
			return false
		case x.mayFail():
			found = x
		}
		return found == nil
	})
	return found
}

func (e *Expr) mayFail() bool {
	if e.Sure {
		return false
	}
	switch e.Op {
	case Select:
		return e.Field.Optional
	case Lookup:
		return true
	case Index:
		// strings.Split has a first part always.
		first := e.Args[1].Op == Literal && e.Args[1].Value.Text == "0"
		return !first || e.Args[0].Op != Call || e.Args[0].Name != "strings.Split"
	case Table:
		return !e.coversKeys()
	case Call:
		return e.Name == "strconv.Atoi"
	case Arithmetic:
		by := e.Args[1]
		return len(e.Name) > 1 && by.Op != Literal || e.Name == "/" && by.Op != Literal
	}
	return false
}

// coversKeys says whether a table has every value of the enum that it is asked
// for.
func (e *Expr) coversKeys() bool {
	key := e.Args[0].Type
	for key.Kind == Ref {
		key = key.Named.Type
	}
	if key.Kind != Enum {
		return false
	}
	has := map[string]bool{}
	for _, x := range e.Entries {
		has[x.Key] = true
	}
	for _, v := range key.Values {
		if !has[v.Text] {
			return false
		}
	}
	return true
}

// HandMethod is a method that the hand-written side must have for upcasting.
type HandMethod struct {
	Name string
	Pos  Pos
	From *Named // its argument
	To   *Type  // its result; nil: all events that a retired one becomes
}

// Hands lists the hand-written methods that reading the aggregate's events
// calls, in the order of the source.
func (a *Aggregate) Hands() []HandMethod {
	var all []HandMethod
	add := func(u *Upcast) {
		if u == nil {
			return
		}
		for _, h := range u.Hands() {
			all = append(all, HandMethod{Name: h.Name, Pos: h.Pos, From: u.From, To: h.Type})
		}
	}
	for _, e := range a.Events {
		for _, v := range e.Versions {
			add(v.Upcast)
		}
	}
	for _, e := range a.Retired {
		for _, v := range e.Versions {
			add(v.Upcast)
		}
		for _, p := range e.Becomes {
			add(p.Upcast)
		}
		if e.Hand != "" {
			all = append(all, HandMethod{Name: e.Hand, Pos: e.Pos, From: e.Versions[len(e.Versions)-1].Payload})
		}
	}
	return all
}
