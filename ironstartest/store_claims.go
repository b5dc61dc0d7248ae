package ironstartest

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"ironstar.dev"
)

// handles is a rule of the suite's streams.
var handles = ironstar.ClaimRule{Kind: "todo.List", Name: "Handle", Declaration: "1"}

// claiming lets the last event of an append take a handle, or give it up.
func claiming(a ironstar.Append, handle string) ironstar.Append {
	e := &a.Events[len(a.Events)-1]
	e.Claims = append(e.Claims, ironstar.Claim{Rule: handles.Name, Value: handle})
	return a
}

// declare declares rules, and returns up to where their claims are there.
func (t *storeTest) declare(rules ...ironstar.ClaimRule) []ironstar.Position {
	t.Helper()
	upTo, err := t.DeclareClaims(t.ctx, rules...)
	if err != nil || len(upTo) != len(rules) {
		t.Fatalf("declare %v: %v, %v", rules, upTo, err)
	}
	return upTo
}

// wantTaken expects that an append was refused because a stream holds a handle.
func (t *storeTest) wantTaken(o ironstar.Outcome, handle, holder string) {
	t.Helper()
	var taken *ironstar.TakenError
	if !errors.As(o.Err, &taken) || !errors.Is(o.Err, ironstar.ErrTaken) || taken.Claim.Value != handle || taken.Claim.Rule != handles.Name || taken.Holder != list(holder) {
		t.Errorf("got %v, want that %s holds %q", o.Err, holder, handle)
	}
}

// wantContested expects streams with a value that another one took first.
func (t *storeTest) wantContested(want ...string) {
	t.Helper()
	all, err := t.ContestedClaims(t.ctx, 100)
	got := ""
	for _, c := range all {
		got += fmt.Sprintf("%s wants %s of %s\n", c.Stream.ID, c.Claim.Value, c.Holder.ID)
	}
	if w := strings.Join(append(want, ""), "\n"); got != w || err != nil {
		t.Errorf("contested: %q, %v, want %q", got, err, w)
	}
}

func testClaims(t *storeTest) {
	if at := t.declare(handles); at[0] != 0 {
		t.Errorf("a new rule of an empty log is there up to %d", at[0])
	}
	t.mustAppend(claiming(addedTo(list("a"), 0, 1, 2), "ada"))
	t.wantTaken(t.append1(claiming(addedTo(list("b"), 0, 3), "ada")), "ada", "a")
	t.mustAppend(claiming(addedTo(list("b"), 0, 3), "bob"))
	t.mustAppend(claiming(addedTo(list("a"), 2, 4), "ada")) // what it holds already
	other := ironstar.Stream{Kind: "todo.Other", ID: "a"}
	if o := t.append1(claiming(addedTo(other, 0, 5), "ada")); o.Err == nil || errors.Is(o.Err, ironstar.ErrTaken) || errors.Is(o.Err, ironstar.ErrRetryable) {
		t.Errorf("a rule that the kind does not have: %v", o.Err)
	}

	// A value that replaces another, or is given up, is free for others.
	t.mustAppend(claiming(addedTo(list("a"), 3, 6), "ann"))
	t.mustAppend(claiming(addedTo(list("c"), 0, 7), "ada"))
	t.mustAppend(claiming(addedTo(list("a"), 4, 8), ""))
	t.mustAppend(claiming(addedTo(list("d"), 0, 9), "ann"))

	// The version is compared first, and a command that is stored gets its receipt.
	t.wantErr(t.append1(claiming(addedTo(list("b"), 0, 10), "ada")), ironstar.ErrConflict)
	once := command(claiming(addedTo(list("e"), 0, 11), "eve"), "once", 1)
	receipt := t.mustAppend(once)
	t.mustAppend(claiming(addedTo(list("e"), 1, 12), "emma"))
	t.mustAppend(claiming(addedTo(list("f"), 0, 13), "eve"))
	t.wantReceipt(t.append1(once), receipt)
	t.wantTaken(t.append1(claiming(addedTo(list("g"), 0, 14), "emma")), "emma", "e")
	t.wantContested()
}

func testClaimsInBatch(t *storeTest) {
	t.declare(handles)
	outcomes := t.Append(t.ctx,
		claiming(addedTo(list("a"), 0, 1), "ada"),
		claiming(addedTo(list("b"), 0, 2), "ada"), // a has it
		claiming(addedTo(list("b"), 0, 3), "bob"),
		claiming(claiming(addedTo(list("a"), 1, 4, 5), "ann"), "amy"), // the last one counts
		claiming(addedTo(list("c"), 0, 6), "ada"),
		claiming(addedTo(list("d"), 0, 7), "ann"),
		claiming(addedTo(list("e"), 1, 8), "eve"), // conflict: it claims nothing
		claiming(addedTo(list("f"), 0, 9), "eve"),
	)
	t.wantTaken(outcomes[1], "ada", "a")
	t.wantErr(outcomes[6], ironstar.ErrConflict)
	for _, i := range []int{0, 2, 3, 4, 5, 7} {
		if outcomes[i].Err != nil {
			t.Errorf("append %d: %v", i, outcomes[i].Err)
		}
	}
	t.wantTaken(t.append1(claiming(addedTo(list("z"), 0, 10), "amy")), "amy", "a")
}

func testClaimsAtOnce(t *storeTest) {
	t.declare(handles)
	for round := range 20 {
		var won atomic.Int64
		atOnce(8, func(i int) {
			o := t.append1(claiming(addedTo(list(fmt.Sprint(round, "of", i)), 0, i), fmt.Sprint("name", round)))
			if o.Err == nil {
				won.Add(1)
			} else if !errors.Is(o.Err, ironstar.ErrTaken) {
				t.Errorf("a refused append got %v", o.Err)
			}
		})
		if won.Load() != 1 {
			t.Errorf("round %d: %d of 8 streams got one name", round, won.Load())
		}
	}
}

func testBadClaims(t *storeTest) {
	t.declare(handles)
	for name, claim := range map[string]ironstar.Claim{
		"no rule":     {Value: "x"},
		"bad rule":    {Rule: "a b", Value: "x"},
		"long rule":   {Rule: strings.Repeat("x", ironstar.MaxClaimRule+1), Value: "x"},
		"other rule":  {Rule: "Other", Value: "x"},
		"long value":  {Rule: "Handle", Value: strings.Repeat("x", ironstar.MaxClaimValue+1)},
		"no UTF-8":    {Rule: "Handle", Value: "\xff"},
		"not a value": {Rule: "Other"},
	} {
		a := addedTo(list("a"), 0, 1)
		a.Events[0].Claims = []ironstar.Claim{claim}
		if o := t.append1(a); o.Err == nil || errors.Is(o.Err, ironstar.ErrRetryable) || errors.Is(o.Err, ironstar.ErrTaken) {
			t.Errorf("%s: %v", name, o.Err)
		}
	}
	many := addedTo(list("a"), 0, 1)
	for range ironstar.MaxClaims + 1 {
		many = claiming(many, "x")
	}
	if o := t.append1(many); o.Err == nil {
		t.Error("an event with too many claims was stored")
	}
	for name, rule := range map[string]ironstar.ClaimRule{
		"no kind": {Name: "Handle"}, "no name": {Kind: "todo.List"}, "bad name": {Kind: "todo.List", Name: "a\n"},
		"long declaration": {Kind: "todo.List", Name: "x", Declaration: strings.Repeat("x", ironstar.MaxClaimRule+1)},
	} {
		if _, err := t.DeclareClaims(t.ctx, rule); err == nil {
			t.Errorf("%s: the rule is declared", name)
		}
	}
}

// testRestoredClaims: a rule is newer than the events, and they have doubles.
func testRestoredClaims(t *storeTest) {
	for i, id := range []string{"a", "b", "c", "d"} {
		t.mustAppend(addedTo(list(id), 0, i))
	}
	if at := t.declare(handles); at[0] != 0 {
		t.Fatalf("a new rule is there up to %d", at[0])
	}
	if o := t.append1(claiming(addedTo(list("e"), 0, 9), "eve")); o.Err == nil || errors.Is(o.Err, ironstar.ErrTaken) {
		t.Errorf("before the claims are restored: %v", o.Err)
	}
	t.mustAppend(addedTo(list("x"), 0, 9)) // without a claim
	claims := func(upTo ironstar.Position, some ...ironstar.Claimed) error {
		return t.RestoreClaims(t.ctx, handles, upTo, some...)
	}
	for name, err := range map[string]error{
		"beyond the head": claims(6),
		"no such event":   claims(2, ironstar.Claimed{StreamID: "c", Position: 3, Value: "x"}),
		"wrong order":     claims(3, ironstar.Claimed{StreamID: "b", Position: 2, Value: "x"}, ironstar.Claimed{StreamID: "a", Position: 1, Value: "y"}),
		"other rule":      t.RestoreClaims(t.ctx, ironstar.ClaimRule{Kind: "todo.List", Name: "Other"}, 1),
		"other hash":      t.RestoreClaims(t.ctx, ironstar.ClaimRule{Kind: "todo.List", Name: "Handle", Declaration: "2"}, 1),
	} {
		if err == nil {
			t.Errorf("%s: restored", name)
		}
	}
	for _, err := range []error{
		claims(2, ironstar.Claimed{StreamID: "a", Position: 1, Value: "ada"}, ironstar.Claimed{StreamID: "b", Position: 2, Value: "bob"}),
		claims(4, ironstar.Claimed{StreamID: "c", Position: 3, Value: "ada"}, ironstar.Claimed{StreamID: "d", Position: 4, Value: "ada"}),
		claims(5),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	t.wantContested("c wants ada of a", "d wants ada of a")
	t.wantTaken(t.append1(claiming(addedTo(list("e"), 0, 9), "ada")), "ada", "a")
	t.mustAppend(claiming(addedTo(list("c"), 1, 10), "ada"))                                     // it has it, and keeps it
	t.wantTaken(t.append1(claiming(claiming(addedTo(list("c"), 2, 10), ""), "ada")), "ada", "a") // it cannot have it back
	t.mustAppend(claiming(addedTo(list("d"), 1, 11), "dan"))
	t.wantContested("c wants ada of a")
	t.mustAppend(claiming(addedTo(list("a"), 1, 14), "ada")) // it stays the first
	t.wantContested("c wants ada of a")
	t.mustAppend(claiming(addedTo(list("a"), 2, 12), ""))
	t.wantContested()
	t.wantTaken(t.append1(claiming(addedTo(list("e"), 0, 13), "ada")), "ada", "c")
	if err := claims(5); err == nil {
		t.Error("what is there up to the head is restored again")
	}
}

// testClaimsOfARuleThatRests: a server that does not follow a rule appends.
func testClaimsOfARuleThatRests(t *storeTest) {
	t.declare(handles)
	t.mustAppend(claiming(addedTo(list("a"), 0, 1), "ada"))
	if at := t.declare(handles); at[0] != 1 {
		t.Errorf("a rule that is followed is there up to %d", at[0])
	}
	t.declare()
	t.mustAppend(addedTo(list("a"), 1, 2)) // would give it up
	if o := t.append1(claiming(addedTo(list("b"), 0, 3), "bob")); o.Err == nil {
		t.Error("a claim of a rule that rests was stored")
	}
	t.declare()
	if at := t.declare(handles); at[0] != 1 {
		t.Errorf("the rule is there up to %d, and the server that did not follow it began at 1", at[0])
	}
	if err := t.RestoreClaims(t.ctx, handles, 2, ironstar.Claimed{StreamID: "a", Position: 2}); err != nil {
		t.Fatal(err)
	}
	t.mustAppend(claiming(addedTo(list("b"), 0, 3), "ada"))

	// Another declaration makes all claims anew.
	changed := handles
	changed.Declaration = "2"
	if at := t.declare(changed); at[0] != 0 {
		t.Errorf("a rule with another declaration is there up to %d", at[0])
	}
	if err := t.RestoreClaims(t.ctx, changed, 3); err != nil {
		t.Fatal(err)
	}
	t.mustAppend(claiming(addedTo(list("c"), 0, 4), "ada"))
}
