package scaffold

import (
	gojson "encoding/json"
	"fmt"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/cuecontext"
	cueerrors "cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/token"
	"cuelang.org/go/encoding/json"
)

// maxParamsFile is the greatest size of a params file, in bytes.
const maxParamsFile = 64 << 10

// Mistake is something wrong in a params file. Line and Column begin with 1; they
// are 0 if it has no place.
type Mistake struct {
	Line, Column int
	Message      string
}

// Read reads a params file, and returns its values, or all mistakes in it.
func (s *Schema) Read(text []byte) (Values, []Mistake) {
	if len(text) > maxParamsFile {
		return nil, []Mistake{{Message: fmt.Sprintf("the file has %d bytes, and a params file at most %d", len(text), maxParamsFile)}}
	}
	expr, err := json.Extract("", text)
	if err != nil {
		return nil, []Mistake{syntaxError(err, text)}
	}
	object, ok := expr.(*ast.StructLit)
	if !ok {
		return nil, []Mistake{{Line: 1, Column: 1, Message: `a params file is a JSON object, such as {"module": "example.com/guests"}`}}
	}
	values, seen := Values{}, map[string]bool{}
	var mistakes []Mistake
	for _, decl := range object.Elts {
		field, ok := decl.(*ast.Field)
		if !ok {
			continue // JSON has only fields
		}
		name, _, err := ast.LabelName(field.Label)
		if err == nil && seen[name] {
			err = fmt.Errorf("%q is there twice", short(name))
		}
		if err == nil {
			err = s.readField(values, name, field.Value)
		}
		if seen[name] = true; err != nil {
			m := at(field.Label.Pos(), err.Error())
			if _, ok := field.Label.(*ast.Ident); ok {
				m.Column-- // CUE removed the quote
			}
			mistakes = append(mistakes, m)
		}
	}
	return values, mistakes
}

func (s *Schema) readField(values Values, name string, x ast.Expr) error {
	p, err := s.Param(name)
	if err != nil {
		return err
	}
	v := cuecontext.New().BuildExpr(x)
	if yes, err := v.Bool(); err == nil {
		values[name] = yes
	} else if text, err := v.String(); err == nil {
		values[name] = text
	} else {
		shown, _ := format.Node(x) // JSON can be formatted
		return p.wrong(short(string(shown)))
	}
	return p.Check(values[name])
}

// syntaxError takes the place from CUE, which does not say what is wrong.
func syntaxError(err error, text []byte) Mistake {
	reason := ""
	if json := gojson.Unmarshal(text, new(any)); json != nil {
		reason = ": " + json.Error()
	}
	return at(cueerrors.Errors(err)[0].Position(), "the file is not JSON"+reason)
}

func at(pos token.Pos, message string) Mistake {
	return Mistake{Line: pos.Line(), Column: pos.Column(), Message: message}
}
