package model

// Retired is an event that is still read and no longer written.
type Retired struct {
	Name     string
	Doc      string
	Pos      Pos
	Versions []*EventVersion // v1, v2, … without a gap; GoName of the payloads: ListSwappedV1
	Becomes  []*Part         // the events that replace it, in order; empty: none
	Hand     string          // the hand-written method that returns the events; then Becomes is nil
}

// Part is one of the events that replace a retired event.
type Part struct {
	Pos     Pos
	Event   *Event   // one of Event and Retired is set
	Retired *Retired //
	Version int      // version of that event; its own steps follow
	Upcast  *Upcast  // From is the last version of the retired event
}

// Upcast converts one payload to another.
type Upcast struct {
	Pos  Pos
	From *Named
	To   *Named
	Hand string // the hand-written method that converts all of it; then Make is nil
	Make *Expr  // MakeStruct of To
}

// Hands lists the expressions that call hand-written methods.
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

// ExprOp is the operation of an Expr.
type ExprOp int

// The operations of upcasters. The comments name the fields of Expr that each
// uses.
const (
	Old        ExprOp = iota // the old payload
	Variable                 // Name: of a comprehension or of Cases
	Select                   // Args: a struct; Field. If the field is optional, a condition must ensure that it is present
	Lookup                   // Args: a map; Name: a key, which must be present
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
	Each                     // Args: a list, what each element becomes and, if not all do, a condition; Name: the element
	EachEntry                // Args: a map, and expressions for each key and its value; Key and Name: those two
	Cases                    // Args: a sum; Entries: value of the tag to the expression for that case; Name: the case
	Else                     // Args: a value that may be absent, and its replacement
	Compare                  // Name: == != < <= > >=; Args: two of one kind
	Logic                    // Name: && || !; Args: bools
	Present                  // Args: something that may be absent; whether it is present
	IsCase                   // Args: a union; Name: the value of its tag; whether it is that case
	AsCase                   // Args: a union that a surrounding condition found to be a case; Name: the value of its tag
	TagOf                    // Args: a union; the value of its tag
	Choose                   // Args: condition, value, condition, value, …, and the value otherwise
	Hand                     // Name: a hand-written method, called with the old payload
)

// Expr is a typed expression that makes a part of a new payload from an old
// one.
type Expr struct {
	Op      ExprOp
	Pos     Pos
	Type    *Type // of the result
	Args    []*Expr
	Name    string
	Key     string // EachEntry: the variable of the key
	Label   string // Variable: what messages call it, since nobody has written its name
	Field   *Field
	Value   *Value
	Parts   []*FieldExpr // in the order of the struct's fields; a missing field is absent or has its default
	Entries []Entry      // in the order of the source
	Sure    bool         // Select, Lookup, Index, Table: a surrounding condition ensures that it is present
}

// FieldExpr makes one field of a struct.
type FieldExpr struct {
	Field     *Field
	Value     *Expr
	When      *Expr // a part of the old payload that may be absent; the field is set only if it is present; nil: always
	If        *Expr // a condition for setting the field; nil: always
	Unchanged bool  // the step does not mention it: name and type are unchanged
}

// Entry is one entry of a table or map, or one case.
type Entry struct {
	Key   string
	Value *Expr
}

// Walk calls f for an expression and all its descendants, until f returns
// false.
func (e *Expr) Walk(f func(*Expr) bool) {
	if e == nil || !f(e) {
		return
	}
	for _, a := range e.Args {
		a.Walk(f)
	}
	for _, p := range e.Parts {
		p.If.Walk(f)
		p.Value.Walk(f)
	}
	for _, x := range e.Entries {
		x.Value.Walk(f)
	}
}

// Missing returns the first part of an expression that may have no value for
// some old payloads, or nil.
func (e *Expr) Missing() *Expr {
	var found *Expr
	e.Walk(func(x *Expr) bool {
		switch {
		case found != nil:
		case x.Op == Else:
			if found = x.Args[0].Missing(); found != nil {
				found = x.Args[1].Missing()
			}
			return false
		case x.Op == Present:
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
		// strings.Split always has a first part.
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

// coversKeys reports whether a table has every value of the enum that is its
// key.
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

// HandMethod is a hand-written method for upcasting.
type HandMethod struct {
	Name string
	Pos  Pos
	From *Named // its argument
	To   *Type  // its result; nil: all events that a retired one becomes
}

// Hands lists the hand-written methods that reading the aggregate's events
// needs, in the order of the source.
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

// Choices returns the conditions and the values of a Choose. There is one more
// value than conditions.
func (e *Expr) Choices() (conditions, values []*Expr) {
	for i, x := range e.Args {
		if i%2 == 0 && i < len(e.Args)-1 {
			conditions = append(conditions, x)
		} else {
			values = append(values, x)
		}
	}
	return conditions, values
}
