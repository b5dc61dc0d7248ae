package wire_test

import (
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/wire"
)

func TestClaimValue(t *testing.T) {
	for _, c := range []struct {
		parts []string
		want  string
	}{
		{[]string{"Ada "}, "Ada "},
		{[]string{""}, ""},
		{[]string{"", ""}, ""},
		{[]string{"a", ""}, `"a",""`},
		{[]string{"a", `b",""`}, `"a","b\",\"\""`},
	} {
		if got := wire.ClaimValue(c.parts...); got != c.want {
			t.Errorf("%q is %q, want %q", c.parts, got, c.want)
		}
	}
	long := strings.Repeat("x", ironstar.MaxClaimValue)
	if got := wire.ClaimValue(long); got != long {
		t.Error("a value of the greatest length is changed")
	}
	a, b := wire.ClaimValue(long+"a"), wire.ClaimValue(long+"b")
	if a == b || len(a) > ironstar.MaxClaimValue || !strings.HasPrefix(a, "sha256:") {
		t.Errorf("values that are too long become %q and %q", a, b)
	}
}
