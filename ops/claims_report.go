package ops

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

// claimsReport is what the command prints.
type claimsReport struct {
	Database string            `json:"database"`
	Head     ironstar.Position `json:"head"`
	Rules    []RuleReport      `json:"rules"`
	Doubles  []DoubleReport    `json:"contested"`
}

// RuleReport describes a rule of the file, or of the build, or of both.
type RuleReport struct {
	Kind      string            `json:"kind"`
	Rule      string            `json:"rule"`
	UpTo      ironstar.Position `json:"up_to"`
	Held      int               `json:"held"`
	Contested int               `json:"contested"`
	Waiting   int               `json:"waiting"`
	State     RuleState         `json:"state"`
}

// DoubleReport describes a stream that has a value that another one holds.
type DoubleReport struct {
	Kind     string            `json:"kind"`
	Rule     string            `json:"rule"`
	Value    string            `json:"value"`
	Holder   string            `json:"holder"`
	Held     ironstar.Position `json:"held_since"`
	ID       string            `json:"id"`
	Position ironstar.Position `json:"position"`
}

func newDouble(c ironstar.ContestedClaim) DoubleReport {
	return DoubleReport{c.Stream.Kind, c.Rule, c.Value, c.Holder.ID, c.Held, c.Stream.ID, c.Position}
}

func (r RuleReport) name() string { return r.Kind + "." + r.Rule }

// RuleState says how the claims of a file are to a build.
type RuleState string

// The states of a rule.
const (
	RuleFollowed RuleState = "followed"
	RuleNew      RuleState = "new"
	RuleChanged  RuleState = "changed"
	RuleBehind   RuleState = "behind"
	RuleUnknown  RuleState = "unknown"
)

// says is the state for people.
func (s RuleState) says() string {
	switch s {
	case RuleNew:
		return "new: its values are read from the log at the next start of this build"
	case RuleChanged:
		return "changed: its values are read again at the next start of this build"
	case RuleBehind:
		return "behind: the next start of this build reads the rest"
	case RuleUnknown:
		return "not in this build"
	}
	return "ok"
}

// rulesOf returns the rules of the file and of the build, in the order of their names.
func rulesOf(ctx context.Context, reader *sqlite.Reader, build []engine.ClaimRuleInfo, head ironstar.Position) ([]RuleReport, error) {
	stored, err := reader.ClaimRules(ctx)
	all := []RuleReport{}
	for _, s := range stored {
		one := RuleReport{Kind: s.Kind, Rule: s.Name, UpTo: s.UpTo, Held: s.Held, Contested: s.Contested, Waiting: s.Waiting, State: RuleFollowed}
		i := slices.IndexFunc(build, func(b engine.ClaimRuleInfo) bool { return b.Kind == s.Kind && b.Name == s.Name })
		switch {
		case i < 0:
			one.State = RuleUnknown
		case build[i].Declaration != s.Declaration:
			one.State = RuleChanged
		case s.UpTo < head:
			one.State = RuleBehind
		}
		all = append(all, one)
	}
	for _, b := range build {
		if !slices.ContainsFunc(all, func(r RuleReport) bool { return r.Kind == b.Kind && r.Rule == b.Name }) {
			all = append(all, RuleReport{Kind: b.Kind, Rule: b.Name, State: RuleNew})
		}
	}
	slices.SortFunc(all, func(a, b RuleReport) int { return strings.Compare(a.name(), b.name()) })
	return all, err
}

// print prints the report for people.
func (r *claimsReport) print(e *environment) {
	rows := [][]string{{"RULE", ">VALUES", ">CONTESTED", ">STREAMS", ">UP TO", "STATE"}}
	waiting := 0
	for _, one := range r.Rules {
		waiting += one.Waiting
		rows = append(rows, []string{one.name(), fmt.Sprint(one.Held), fmt.Sprint(one.Contested), fmt.Sprint(one.Waiting), fmt.Sprint(one.UpTo), one.State.says()})
	}
	if len(r.Rules) == 0 {
		fmt.Fprintln(e.stdout, "there is no rule of uniqueness: neither this build nor the database has one")
		return
	}
	printTable(e.stdout, rows)
	if waiting == 0 {
		return
	}
	fmt.Fprintln(e.stdout)
	printDoubles(e.stdout, r.Doubles, waiting)
	fmt.Fprint(e.stdout, "\nDecide which stream keeps each value, and give the others a command whose event takes another\nvalue or gives it up. Until then nobody else can take it, and the others keep it too.\n")
}

// printDoubles prints streams that have a value of another one, grouped by value. all is
// how many there are.
func printDoubles(out io.Writer, some []DoubleReport, all int) {
	var last DoubleReport
	for _, d := range some {
		if d.Kind != last.Kind || d.Rule != last.Rule || d.Value != last.Value {
			fmt.Fprintf(out, "%s.%s %q is held by %s since %d\n", d.Kind, d.Rule, d.Value, oneLine(d.Holder), d.Held)
		}
		fmt.Fprintf(out, "  %s has it too since %d\n", oneLine(d.ID), d.Position)
		last = d
	}
	if more := all - len(some); more > 0 {
		fmt.Fprintf(out, "and %d more streams; --first prints more\n", more)
	}
}
