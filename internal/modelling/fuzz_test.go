package modelling_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/internal/modelling"
	"ironstar.dev/internal/modelling/gen/club"
	"ironstar.dev/wire"
)

// FuzzMember sends any JSON as any command to a stream in each of its states. What is
// accepted leads to events that can be stored, or to a refusal. Its seeds are the cases
// that ironstar generate has written.
func FuzzMember(f *testing.F) {
	const prefix = "#Member.command."
	for _, c := range generatedCases(f, "gen/club/testdata/cases.jsonl") {
		if name, ok := strings.CutPrefix(c.Type, prefix); ok {
			f.Add(strings.ToLower(name), []byte(c.JSON))
		}
	}
	member := club.NewMember(modelling.Member{})
	joined := member.Evolve(member.Initial(), club.MemberJoined{Handle: "ada", City: "Bern"})
	states := []club.MemberState{member.Initial(), joined, member.Evolve(joined, club.MemberLeft{})}
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		c, err := club.ParseMemberCommand(name, body, ironstar.Origin{})
		if err != nil {
			if !errors.Is(err, ironstar.ErrUnknownCommand) && !errors.As(err, new(ironstar.Invalid)) && !errors.As(err, new(*wire.SyntaxError)) {
				t.Errorf("%s %q: %v", name, body, err)
			}
			return
		}
		for _, s := range states {
			events, err := member.Decide(s, c, nil)
			if err != nil && !errors.As(err, new(ironstar.Refusal)) {
				t.Errorf("%+v after %+v: %v", c, s, err)
			}
			for _, e := range events {
				if _, err := member.Codec.Encode(e); err != nil {
					t.Errorf("%+v after %+v makes %+v: %v", c, s, e, err)
				}
				s = member.Evolve(s, e)
			}
		}
	})
}

// generatedCase is a line of the file: JSON, and whether the schema accepts it.
type generatedCase struct{ Type, JSON string }

func generatedCases(f *testing.F, name string) (all []generatedCase) {
	f.Helper()
	file, err := os.Open(name)
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var c generatedCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			f.Fatal(err)
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		f.Fatalf("%s has no cases", name)
	}
	return all
}
