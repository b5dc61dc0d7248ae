package wire_test

import (
	"errors"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/wire"
)

// node is a recursive type.
type node struct {
	Text string
	Kids []node
}

var nodeFields = []wire.Field{{Name: "text"}, {Name: "kids"}}

func decodeNode(d *wire.Decoder) (v node) {
	for o := d.Struct(nodeFields); o.Next(); {
		switch o.Index {
		case 0:
			v.Text = d.String()
		case 1:
			v.Kids = wire.List(d, decodeNode)
		}
	}
	return v
}

func appendNode(b []byte, v node) []byte {
	b = wire.MemberString(wire.BeginObject(b), "text", v.Text)
	return wire.EndObject(wire.AppendList(wire.Name(b, "kids"), v.Kids, appendNode))
}

// deep returns nested nodes, each with an object and a list.
func deep(nodes int) node {
	v := node{Text: `"]}\`}
	for range nodes - 1 {
		v = node{Text: `"[{\`, Kids: []node{v}}
	}
	return v
}

// TestWhatIsWrittenCanBeRead: an event that nests too deep to be read is
// refused when it is proposed. Everything that is proposed can be read.
func TestWhatIsWrittenCanBeRead(t *testing.T) {
	shape := &ironstar.Shape{Kind: "p.A", Type: "Grown", SchemaVersion: 1}
	for nodes := 1; nodes < 80; nodes++ {
		c := wire.NewChecker()
		p, err := wire.ProposeNested(shape, c, appendNode(c.Buffer(), deep(nodes)))
		if err != nil {
			var invalid ironstar.Invalid
			if nodes <= wire.MaxDepth/2 || !errors.As(err, &invalid) || invalid[0].Code != "depth" {
				t.Fatalf("%d nodes: %v", nodes, err)
			}
			continue
		}
		if _, err := wire.Decode(p.Payload, decodeNode); err != nil {
			t.Fatalf("%d nodes were proposed and cannot be read: %v", nodes, err)
		}
	}
}

// TestStatesGrowDeeperThanEvents: each of many events may add a level to a
// state.
func TestStatesGrowDeeperThanEvents(t *testing.T) {
	json := appendNode(nil, deep(2000))
	if _, err := wire.Decode(json, decodeNode); err == nil || !strings.Contains(err.Error(), "nested deeper than 100") {
		t.Errorf("from outside: %v", err)
	}
	d := wire.NewStateDecoder(json)
	v := decodeNode(d)
	if err := wire.FinishState(d); err != nil {
		t.Fatal(err)
	}
	if got := string(appendNode(nil, v)); got != string(json) {
		t.Error("the state is another")
	}
}
