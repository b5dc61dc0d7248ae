package ops_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
)

// doubleNotes leaves a file in which the notes a, b and c have the text "ada", and b has
// taken "bob" since.
func doubleNotes(t *testing.T) echo {
	t.Helper()
	e := echo{t: t, file: filepath.Join(t.TempDir(), "app.db"), name: "test.Echo"}
	e.serving(func(note func(string, string), _ func(string) string) {
		for _, id := range []string{"a", "b", "c", "d"} {
			note(id, "ada")
		}
		note("b", "bob")
	})
	return e
}

// TestClaims lists values of a rule that is newer than its events, beside a server and
// without one, before the server has read them and afterwards.
func TestClaims(t *testing.T) {
	e := doubleNotes(t)
	e.do(0, []string{"there is no rule of uniqueness"}, "claims")
	e.unique = "1"
	e.do(0, []string{"test.Note.Text", "new: its values are read"}, "claims")
	e.do(1, []string{`no stream has test.Note.Text "ada"; the rule is new`}, "claims", "Note.Text", "ada")
	e.serving(func(note func(string, string), _ func(string) string) {
		e.do(0, []string{
			"RULE            VALUES  CONTESTED  STREAMS  UP TO  STATE\n",
			"test.Note.Text       2          1        2      5  ok\n",
			"test.Note.Text \"ada\" is held by a since 1\n  c has it too since 3\n  d has it too since 4\n",
			"give the others a command",
		}, "claims")
		note("d", "eve")
		note("a", "free")
		e.do(0, []string{"3          0        0      7  ok\n"}, "claims", "Note.Text")
		e.do(0, []string{"test.Note/c holds it, since position 3\n"}, "claims", "test.Note.Text", "ada")
		note("f", "zoe")
	})
	e.do(0, []string{"test.Note/f holds \"zoe\", since position 8\n"}, "claims", "Note.Text", "ZOE") // as a rule of names compares
	e.do(1, []string{`no stream has test.Note.Text "mia"; the rule is ok`}, "claims", "Note.Text", "mia")
	e.do(2, []string{"there is no rule Note.Txt; there is test.Note.Text"}, "claims", "Note.Txt")
	e.unique = "2"
	e.do(0, []string{"changed: its values are read again"}, "claims")
	e.unique = ""
	e.do(0, []string{"not in this build"}, "claims")
	e.serving(func(note func(string, string), _ func(string) string) { note("a", "more") })
	e.unique = "1"
	e.do(0, []string{"8  behind: the next start"}, "claims")
}

// TestClaimsAsJSON: the counts include what --first leaves out.
func TestClaimsAsJSON(t *testing.T) {
	e := doubleNotes(t)
	e.unique = "1"
	e.serving(func(func(string, string), func(string) string) {})
	var got struct {
		Head      int
		Rules     []struct{ Held, Contested, Waiting int }
		Contested []struct{ Kind, Rule, Value, Holder, ID string }
	}
	if err := json.Unmarshal([]byte(e.do(0, nil, "claims", "--json", "--first", "1")), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Rules) != 1 || got.Rules[0].Held != 2 || got.Rules[0].Contested != 1 || got.Rules[0].Waiting != 2 || got.Head != 5 ||
		len(got.Contested) != 1 || got.Contested[0].ID != "c" || got.Contested[0].Holder != "a" || got.Contested[0].Value != "ada" {
		t.Errorf("it prints %+v", got)
	}
	e.do(0, []string{"and 1 more streams"}, "claims", "--first", "1")
	e.do(0, []string{`"streams":[{"id":"a","position":1},{"id":"c","position":3}]`}, "claims", "Note.Text", "ada", "--json", "--first", "1")
}

// TestPreflightOfClaims: a build with a new rule, or a changed one, says which doubles are
// in the log before it is deployed, and that it would take no command if it cannot read an
// event. Doubles that the server before it has too are no reason not to deploy.
func TestPreflightOfClaims(t *testing.T) {
	e := doubleNotes(t)
	e.do(0, []string{"can start and read all events"}, "preflight")
	e.unique = "1"
	doubles := "test.Note.Text \"ada\" is held by a since 1\n  c has it too since 3\n"
	e.do(1, []string{
		"test.Note.Text       2          1        2  new: its values are read", doubles + "  d has it too since 4\n",
		"1 value of test.Note.Text belongs to several streams",
	}, "preflight")
	e.do(1, []string{doubles + "and 1 more streams"}, "preflight", "--first", "1")
	e.do(1, []string{`"unfit"`, `"state":"new","unreadable":0,"doubles":[{"kind":"test.Note","rule":"Text","value":"ada","holder":"a","held_since":1,"id":"c","position":3}]`},
		"preflight", "--format", "json", "--first", "1")
	e.serving(func(func(string, string), func(string) string) {
		e.do(0, []string{doubles, "STREAMS  THIS BUILD\ntest.Note.Text       2          1        2  ok"}, "preflight")
	})
	e.unique = "2"
	e.do(1, []string{doubles, "changed: its values are read again"}, "preflight")
	e.unique = ""
	e.serving(func(note func(string, string), _ func(string) string) {
		note("c", "free")
		note("d", "free")
		note("e", "bob")
	})
	e.unique = "1"
	e.do(1, []string{`"bob" is held by b since 5` + "\n  e has it too since 8\n", "behind: the next start"}, "preflight")
	add(t, e.file, noteKind, event("Written", 3, `{"text":7}`))
	e.do(1, []string{"takes no command at all: it cannot make the values of test.Note.Text, because 1 event cannot be read"}, "preflight")
}
