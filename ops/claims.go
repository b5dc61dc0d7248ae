package ops

import (
	"errors"
	"fmt"
	"strings"

	"ironstar.dev"
	"ironstar.dev/sqlite"
	"ironstar.dev/wire/claim"
)

// claimsCommand is the command claims.
type claimsCommand struct {
	database
	Rule  string `arg:"" optional:"" help:"Only this rule: auction.Bidder.Handle, or Bidder.Handle if that is clear."`
	Value string `arg:"" optional:"" help:"Say which streams have this value. It is compared as the rule compares it."`
	JSON  bool   `name:"json" help:"Print one JSON object (docs/OPERATING.md has its schema)."`
	First int    `default:"20" help:"Print at most this many streams whose value another one holds. The counts include all of them."`
}

// Help is what kong prints below the sentence of the table of commands.
func (*claimsCommand) Help() string {
	return `A rule of uniqueness (unique in the schema) can be newer than the events. Then several
streams may have one value. The one that took it first is its holder. No other stream can take the
value; one that has it too keeps it until it takes another one.

Decide which stream keeps a contested value. Give the others a command whose event takes another
value, or gives the value up. When one is left, the value is no longer contested.

The exit code is 0. With a value that no stream has, it is 1.`
}

func (c *claimsCommand) Run(e *environment) error {
	if c.First < 0 {
		return fmt.Errorf("--first %d: 0 or more", c.First)
	}
	parts, err := e.app.parts()
	if err != nil {
		return err
	}
	reader, err := sqlite.OpenReader(e.ctx, c.DB)
	if err != nil {
		return err
	}
	defer reader.Close()
	report := claimsReport{Database: c.DB, Doubles: []DoubleReport{}}
	if report.Head, err = reader.Head(e.ctx); err != nil {
		return err
	}
	if report.Rules, err = rulesOf(e.ctx, reader, parts.ClaimRules(), report.Head); err != nil {
		return err
	}
	kind, rule := "", ""
	if c.Rule != "" {
		one, err := ruleNamed(report.Rules, c.Rule)
		if err != nil {
			return err
		}
		report.Rules, kind, rule = []RuleReport{one}, one.Kind, one.Rule
	}
	if c.Value != "" {
		return c.holders(e, reader, report.Rules[0])
	}
	all, err := reader.ContestedOf(e.ctx, kind, rule, c.First)
	if err != nil {
		return err
	}
	for _, one := range all {
		report.Doubles = append(report.Doubles, newDouble(one))
	}
	if c.JSON {
		_, err := e.stdout.Write(append(encoded(report), '\n'))
		return err
	}
	report.print(e)
	return nil
}

// ruleNamed returns the rule with a name, which may lack that of its package.
func ruleNamed(all []RuleReport, name string) (RuleReport, error) {
	var found, known []string
	var one RuleReport
	for _, r := range all {
		known = append(known, r.name())
		if r.name() == name {
			return r, nil
		}
		if strings.HasSuffix(r.name(), "."+name) {
			found, one = append(found, r.name()), r
		}
	}
	switch {
	case len(found) == 1:
		return one, nil
	case len(found) > 1:
		return one, fmt.Errorf("%s may be one of %s: write the whole name", name, strings.Join(found, ", "))
	case len(known) == 0:
		return one, errors.New("there is no rule of uniqueness: neither this build nor the database has one")
	}
	return one, fmt.Errorf("there is no rule %s; there is %s", name, strings.Join(known, ", "))
}

// holders prints which streams have a value.
func (c *claimsCommand) holders(e *environment, reader *sqlite.Reader, rule RuleReport) error {
	var found []ironstar.Claimed
	value := c.Value
	for _, value = range []string{c.Value, claim.Username(c.Value), claim.Nickname(c.Value)} {
		var err error
		if found, err = reader.ClaimsOf(e.ctx, rule.Kind, rule.Rule, value, c.First+1); err != nil {
			return err
		}
		if len(found) > 0 {
			break
		}
	}
	if c.JSON {
		streams := []map[string]any{}
		for _, f := range found {
			streams = append(streams, map[string]any{"id": f.StreamID, "position": f.Position})
		}
		if _, err := e.stdout.Write(append(encoded(map[string]any{"kind": rule.Kind, "rule": rule.Rule, "value": value, "streams": streams}), '\n')); err != nil {
			return err
		}
	}
	if len(found) == 0 {
		if !c.JSON {
			fmt.Fprintf(e.stdout, "no stream has %s %q; the rule is %s\n", rule.name(), c.Value, rule.State.says())
		}
		return errNo
	}
	if !c.JSON {
		for i, f := range found {
			what := "holds it"
			if value != c.Value {
				what = fmt.Sprintf("holds %q", value)
			}
			if i > 0 {
				what = "has it too"
			}
			fmt.Fprintf(e.stdout, "%s/%s %s, since position %d\n", rule.Kind, oneLine(f.StreamID), what, f.Position)
		}
	}
	return nil
}
