package wire_test

import (
	"reflect"
	"testing"

	"ironstar.dev"
	"ironstar.dev/wire"
)

type part struct {
	name string
	tags []string
	by   map[string]string
}

func checkName(c *wire.Checker, v string) {
	c.Message("a name, please")
	c.MinRunes(v, 1)
	c.HasPrefix(v, "a")
}

func checkPart(c *wire.Checker, v part) {
	c.Object()
	checkName(c.At("name").Message("the part has a name"), v.name)
	c.At("tags").Message("few tags")
	wire.Each(c, v.tags, checkName)
	c.MaxItems(len(v.tags), 1)
	c.At("by")
	wire.Entries(c, v.by, checkName, func(c *wire.Checker, v string) { c.MinRunes(v, 3) })
	c.At("tags").MaxItems(len(v.tags), 1)
	c.End()
}

// TestMessagesStandForConstraints: a message replaces those of the constraints
// on the value itself, not on values in it. The message of a field has
// precedence over that of its type. Codes stay. Several errors of one value are
// reported once.
func TestMessagesStandForConstraints(t *testing.T) {
	err := wire.Check(part{tags: []string{"b", "a"}, by: map[string]string{"": "x"}}, checkPart)
	got, _ := err.(ironstar.Invalid)
	want := ironstar.Invalid{
		{Path: "name", Code: "min_runes", Message: "the part has a name"},
		{Path: "tags[0]", Code: "prefix", Message: "a name, please"},
		{Path: "tags", Code: "max_items", Message: "few tags"},
		{Path: "by", Code: "min_runes", Message: "a name, please"},
		{Path: "by", Code: "min_runes", Message: "At least 3 characters (there is 1)."},
		{Path: "tags", Code: "max_items", Message: "At most 1 item (there are 2)."},
	}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i, p := range want {
		got[i].Params, got[i].Detail = nil, ""
		if !reflect.DeepEqual(got[i], p) {
			t.Errorf("problem %d: got %+v, want %+v", i, got[i], p)
		}
	}
	if err := wire.Check(part{name: ""}, func(c *wire.Checker, v part) { c.Object(); c.At("name").MinRunes(v.name, 1); c.End() }); err.Error() != "name: must not be empty" {
		t.Errorf("a message was left behind: %v", err)
	}
}
