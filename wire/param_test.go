package wire_test

import (
	"testing"

	"ironstar.dev/wire"
)

func TestParamIsTheDefaultUntilChosen(t *testing.T) {
	var unknown wire.Param[bool] // as in code that is older than the parameter
	if !unknown.Or(true) {
		t.Error("the zero value is not the default")
	}
	if chosen := wire.Choose(false, true); chosen.Or(true) || chosen == unknown {
		t.Errorf("false, chosen, is %v", chosen.Or(true))
	}
	if wire.Choose(true, true) != unknown {
		t.Error("the default, chosen, is another value than the zero value")
	}
}
