package ops

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

// ClaimReport describes a rule of uniqueness of the build, and the doubles that a server
// of this build would find.
type ClaimReport struct {
	RuleReport
	Unreadable int64          `json:"unreadable"` // events whose claim the server needs and cannot read: it would take no command
	Doubles    []DoubleReport `json:"doubles"`    // the first of them
}

// tally is the table of claims of a rule as a server would make it from the log. It is
// in memory. A rule that the file follows already needs none.
type tally struct {
	rule   engine.ClaimRuleInfo
	after  ironstar.Position // the file has the claims up to here
	report ClaimReport
	values map[string]claimedValue // by stream
}

type claimedValue struct {
	value string
	at    ironstar.Position
}

// beginClaims finds out which rules of the build the file does not follow yet.
func (in *inspection) beginClaims(ctx context.Context, log *sqlite.Reader, rules []engine.ClaimRuleInfo) error {
	all, err := rulesOf(ctx, log, rules, in.report.Head)
	if err != nil {
		return err
	}
	for _, one := range all {
		if one.State == RuleUnknown {
			continue
		}
		report := ClaimReport{RuleReport: one, Doubles: []DoubleReport{}}
		if one.State != RuleFollowed {
			i := slices.IndexFunc(rules, func(r engine.ClaimRuleInfo) bool { return r.Kind == one.Kind && r.Name == one.Rule })
			t := &tally{rule: rules[i], report: report, values: map[string]claimedValue{}}
			if one.State == RuleBehind {
				t.after = one.UpTo
			}
			in.tallies = append(in.tallies, t)
			continue
		}
		some, err := log.ContestedOf(ctx, one.Kind, one.Rule, in.first)
		if err != nil {
			return err
		}
		for _, c := range some {
			report.Doubles = append(report.Doubles, newDouble(c))
		}
		in.report.Claims = append(in.report.Claims, report)
	}
	return nil
}

// claim adds what a record claims.
func (in *inspection) claim(r *ironstar.Record) {
	for _, t := range in.tallies {
		if t.rule.Kind != r.Stream.Kind {
			continue
		}
		value, claims, err := t.rule.Of(r)
		switch {
		case err != nil:
			if r.Position > t.after {
				t.report.Unreadable++
			}
		case claims && value == "":
			delete(t.values, r.Stream.ID)
		case claims && t.values[r.Stream.ID].value != value:
			t.values[r.Stream.ID] = claimedValue{value, r.Position}
		}
	}
}

// finish counts values and finds those that several streams have.
func (t *tally) finish(first int) ClaimReport {
	type stream struct {
		id string
		claimedValue
	}
	all := make([]stream, 0, len(t.values))
	for id, v := range t.values {
		all = append(all, stream{id, v})
	}
	slices.SortFunc(all, func(a, b stream) int { return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.at, b.at)) })
	r := t.report
	r.Held, r.Contested, r.Waiting = 0, 0, 0
	var holder stream
	for i, s := range all {
		if i == 0 || s.value != holder.value {
			holder = s
			r.Held++
			continue
		}
		if all[i-1].id == holder.id {
			r.Contested++
		}
		if r.Waiting++; len(r.Doubles) < first {
			r.Doubles = append(r.Doubles, DoubleReport{r.Kind, r.Rule, s.value, holder.id, holder.at, s.id, s.at})
		}
	}
	return r
}

// finishClaims completes the report of rules.
func (in *inspection) finishClaims() {
	for _, t := range in.tallies {
		in.report.Claims = append(in.report.Claims, t.finish(in.first))
	}
	slices.SortFunc(in.report.Claims, func(a, b ClaimReport) int { return cmp.Compare(a.name(), b.name()) })
}

// newDoubles reports whether a server of this build would find doubles that the
// server before it does not know.
func newDoubles(c ClaimReport) bool { return c.State != RuleFollowed && c.Contested > 0 }

func (p *textPrinter) claims(r *Report) {
	if len(r.Claims) == 0 {
		return
	}
	rows := [][]string{{"UNIQUE", ">VALUES", ">CONTESTED", ">STREAMS", "THIS BUILD"}}
	for _, one := range r.Claims {
		rows = append(rows, []string{one.name(), fmt.Sprint(one.Held), fmt.Sprint(one.Contested), fmt.Sprint(one.Waiting), one.State.says()})
	}
	p.table(rows)
	for _, one := range r.Claims {
		if one.Waiting > 0 {
			fmt.Fprintln(p.out)
			printDoubles(p.out, one.Doubles, one.Waiting)
		}
	}
}

// claimProblems says what stands in the way of rules.
func (r *Report) claimProblems() (lines []string) {
	for _, c := range r.Claims {
		if c.Unreadable > 0 {
			lines = append(lines, fmt.Sprintf("A server of this build takes no command at all: it cannot make the values of %s, because %s cannot be read.\nMake the build read them, or leave the rule out.",
				c.name(), counted(c.Unreadable, "event")))
		}
		if c.Contested > 0 {
			lines = append(lines, fmt.Sprintf("%s of %s %s several streams. The server starts: the first stream holds the value, the others keep it until they take another one.\nDecide which stream keeps each, and give the others a command that changes their value; app claims lists them when the server has started.",
				counted(int64(c.Contested), "value"), c.name(), haveVerb(c.Contested)))
		}
	}
	return lines
}

func haveVerb(n int) string {
	if n == 1 {
		return "belongs to"
	}
	return "belong to"
}
