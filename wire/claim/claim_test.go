package claim_test

import (
	"testing"

	"ironstar.dev/wire/claim"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		value func(...string) string
		parts []string
		want  string
	}{
		{claim.Username, []string{"ADA"}, "ada"},
		{claim.Username, []string{"ａｄａ"}, "ada"},
		{claim.Username, []string{"Ada Lovelace"}, "Ada Lovelace"}, // no user name: as it is
		{claim.Username, []string{"ADA", "Bern"}, `"ada","bern"`},
		{claim.Username, []string{""}, ""},
		{claim.Nickname, []string{"  Ada   Lovelace "}, "ada lovelace"},
		{claim.Nickname, []string{"\x00"}, "\x00"},
	} {
		if got := c.value(c.parts...); got != c.want {
			t.Errorf("%q is %q, want %q", c.parts, got, c.want)
		}
	}
	if claim.Declaration("h") == "h" {
		t.Error("the declaration does not depend on the version of Unicode")
	}
}
