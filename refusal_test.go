package ironstar_test

import (
	"errors"
	"testing"

	"ironstar.dev"
)

type full struct{}

func (full) Error() string              { return "the list is full" }
func (full) Code() string               { return "Full" }
func (full) AppendJSON(b []byte) []byte { return append(b, "{}"...) }

func TestAtField(t *testing.T) {
	err := ironstar.AtField("text", full{})
	var refusal ironstar.Refusal
	if !errors.As(err, &refusal) || refusal != (full{}) || err.Error() != "the list is full" {
		t.Errorf("the refusal is %v", refusal)
	}
	if at := (interface{ Field() string })(nil); !errors.As(err, &at) || at.Field() != "text" {
		t.Errorf("the error is at no field: %v", err)
	}
}
