package scaffold

import (
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
)

//go:embed params.cue
var paramsSchema string

// Param is one of the things in which projects differ, as params.cue describes it.
type Param struct {
	Name    string
	Help    string   // of its flag
	Ask     string   // the question on a terminal; "" if nobody is asked
	Default string   // as it is typed; "" if it depends on others
	Choices []string // all values, as they are typed; nil for a text
	Want    string   // what a text must be
	Switch  bool     // the value is true or false; it is typed as yes or no

	value cue.Value
}

// Schema describes all parameters. It belongs to one goroutine.
type Schema struct {
	Params []*Param
	whole  cue.Value
}

// NewSchema reads params.cue.
func NewSchema() *Schema {
	file := cuecontext.New().CompileString(paramsSchema, cue.Filename("params.cue"))
	s := &Schema{whole: file.LookupPath(cue.ParsePath("#Params"))}
	fields, err := s.whole.Fields(cue.All())
	if err != nil {
		panic(err) // the file above is wrong
	}
	for fields.Next() {
		s.Params = append(s.Params, newParam(fields.Selector().Unquoted(), fields.Value()))
	}
	return s
}

func newParam(name string, v cue.Value) *Param {
	p := &Param{Name: name, value: v, Switch: v.IncompleteKind() == cue.BoolKind}
	ask, want := v.Attribute("ask"), v.Attribute("want")
	p.Ask, _ = ask.String(0)   // "" if there is none
	p.Want, _ = want.String(0) // "" if there is none
	for _, doc := range v.Doc() {
		p.Help = strings.Join(strings.Fields(doc.Text()), " ")
	}
	if d, ok := v.Default(); ok {
		p.Default = typed(d)
	}
	if p.Switch {
		p.Choices = []string{"yes", "no"}
	} else if op, values := v.Expr(); op == cue.OrOp {
		for _, c := range values {
			p.Choices = append(p.Choices, typed(c))
		}
	}
	return p
}

// typed is a value as somebody types it.
func typed(v cue.Value) string {
	if yes, err := v.Bool(); err == nil {
		return map[bool]string{true: "yes", false: "no"}[yes]
	}
	text, _ := v.String() // no other kind has a default
	return text
}

// Param returns the one with a name, or an error that names all.
func (s *Schema) Param(name string) (*Param, error) {
	var names []string
	for _, p := range s.Params {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return nil, fmt.Errorf("there is no parameter %q: there are %s", short(name), strings.Join(names, ", "))
}

// Parse returns the value of what somebody typed.
func (p *Param) Parse(text string) (any, error) {
	if !p.Switch {
		return text, p.Check(text)
	}
	switch strings.ToLower(text) {
	case "yes", "y":
		return true, nil
	case "no", "n":
		return false, nil
	}
	return nil, errors.New("answer yes or no")
}

// Check returns an error unless a value is allowed.
func (p *Param) Check(value any) error {
	if p.value.Unify(cuecontext.New().Encode(value)).Validate(cue.Concrete(true)) == nil {
		return nil
	}
	shown := fmt.Sprint(value)
	if text, ok := value.(string); ok {
		shown = strconv.Quote(short(text))
	}
	return p.wrong(shown)
}

// wrong is the error for a value.
func (p *Param) wrong(shown string) error {
	want := p.Want
	switch {
	case p.Switch:
		want = "true or false"
	case p.Choices != nil:
		want = "one of " + strings.Join(p.Choices, ", ")
	}
	return fmt.Errorf("%s is %s, and must be %s", p.Name, shown, want)
}

// short is a text for an error.
func short(text string) string {
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return text
}

// Values are parameters by name: strings, and bools.
type Values map[string]any

// Params are the parameters of a project.
type Params struct {
	Module  string `json:"module"` // path of the Go module
	Name    string `json:"name"`   // of the project, for people
	Example string `json:"example"`
	CI      string `json:"ci"`
	Docker  bool   `json:"docker"`
	Nix     bool   `json:"nix"`
}

// Decode checks all values, and fills in defaults.
func (s *Schema) Decode(values Values) (Params, error) {
	for _, p := range s.Params {
		if value, ok := values[p.Name]; ok {
			if err := p.Check(value); err != nil {
				return Params{}, err
			}
		}
	}
	var params Params
	err := s.whole.Unify(cuecontext.New().Encode(map[string]any(values))).Decode(&params)
	if err != nil {
		return Params{}, fmt.Errorf("parameters of a project: %w", err)
	}
	return params, nil
}
