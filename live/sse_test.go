package live_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ironstar.dev/live"
)

func TestEvents(t *testing.T) {
	for _, c := range []struct {
		name  string
		event interface{ Append([]byte) []byte }
		want  string
	}{
		{"elements", live.PatchElements{Elements: []byte("<p id=a>x</p>")},
			"event: datastar-patch-elements\ndata: elements <p id=a>x</p>\n\n"},
		{"the id is last", live.PatchElements{Event: live.Event{ID: "7.x", Retry: 2 * time.Second}, Elements: []byte("<p>")},
			"event: datastar-patch-elements\nretry: 2000\ndata: elements <p>\nid: 7.x\n\n"},
		{"all options", live.PatchElements{Elements: []byte("<p>"), Selector: "#a", Mode: live.Append, Namespace: "svg", ViewTransition: true},
			"event: datastar-patch-elements\ndata: selector #a\ndata: mode append\ndata: namespace svg\ndata: useViewTransition true\ndata: elements <p>\n\n"},
		{"defaults are left out", live.PatchElements{Event: live.Event{Retry: time.Second}, Elements: []byte("<p>"), Mode: live.Outer, Namespace: "html"},
			"event: datastar-patch-elements\ndata: elements <p>\n\n"},
		{"removal has no elements", live.PatchElements{Selector: "#a", Mode: live.Remove},
			"event: datastar-patch-elements\ndata: selector #a\ndata: mode remove\n\n"},
		{"lines", live.PatchElements{Elements: []byte("a\nb\r\nc\rd\n\ne\n")},
			"event: datastar-patch-elements\ndata: elements a\ndata: elements b\ndata: elements c\ndata: elements d\ndata: elements \ndata: elements e\ndata: elements \n\n"},
		{"signals", live.PatchSignals{Signals: []byte(`{"a":null}`)},
			"event: datastar-patch-signals\ndata: signals {\"a\":null}\n\n"},
		{"signals with everything", live.PatchSignals{Event: live.Event{ID: "1"}, Signals: []byte("{\n\"a\":1}"), OnlyIfMissing: true},
			"event: datastar-patch-signals\ndata: onlyIfMissing true\ndata: signals {\ndata: signals \"a\":1}\nid: 1\n\n"},
		{"script", live.ExecuteScript{Script: "a()\nb()"},
			"event: datastar-patch-elements\ndata: selector body\ndata: mode append\ndata: elements <script data-effect=\"el.remove()\">a()\ndata: elements b()</script>\n\n"},
		{"script that stays", live.ExecuteScript{Script: "a()", Keep: true, Attributes: []live.Attribute{{"type", "module"}, {`on"x=`, `"<&>`}}},
			"event: datastar-patch-elements\ndata: selector body\ndata: mode append\ndata: elements <script type=\"module\" onx=\"&quot;&lt;&amp;&gt;\">a()</script>\n\n"},
		{"nothing breaks out of an option", live.PatchElements{Event: live.Event{ID: "1\n\ndata: x\x00"}, Selector: "#a\r\n\r\nevent: y", Elements: []byte("data: x\n\nevent: z\n\n")},
			"event: datastar-patch-elements\ndata: selector #a    event: y\ndata: elements data: x\ndata: elements \ndata: elements event: z\ndata: elements \ndata: elements \nid: 1  data: x \n\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(c.event.Append([]byte("before"))); got != "before"+c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// received is an event as a client reads it.
type received struct {
	kind, id string
	data     []string
}

// read follows the rules of the HTML standard for event streams.
func read(stream []byte) []received {
	text := strings.ReplaceAll(strings.ReplaceAll(string(stream), "\r\n", "\n"), "\r", "\n")
	var all []received
	var e received
	id := ""
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			if e.data != nil {
				e.id = id
				all = append(all, e)
			}
			e = received{}
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "event":
			e.kind = value
		case "data":
			e.data = append(e.data, value)
		case "id":
			if !strings.Contains(value, "\x00") {
				id = value
			}
		}
	}
	return all
}

// content joins the data lines of one kind.
func (e received) content(name string) string {
	var lines []string
	for _, d := range e.data {
		if line, ok := strings.CutPrefix(d, name+" "); ok {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// FuzzEvents: a client reads any event as one event with the same content.
func FuzzEvents(f *testing.F) {
	f.Add("<p>a</p>", "#a", "1.x")
	f.Add("a\r\rdata: x\n\nevent: y\n\n", "a\n\nb", "\x00\nid: 2")
	f.Add("\u2028\u0085\ufeff", "", "")
	f.Fuzz(func(t *testing.T, elements, selector, id string) {
		p := live.PatchElements{Event: live.Event{ID: id}, Elements: []byte(elements), Selector: selector}
		again := live.PatchSignals{Signals: []byte(elements), Event: live.Event{ID: id}}
		got := read(again.Append(p.Append(nil)))
		if elements == "" && selector == "" {
			return
		}
		if len(got) != 2 {
			t.Fatalf("%d events: %q", len(got), got)
		}
		lines := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(elements)
		if got[0].kind != "datastar-patch-elements" || got[0].content("elements") != lines {
			t.Errorf("got %q, want elements %q", got[0], lines)
		}
		if got[1].kind != "datastar-patch-signals" || got[1].content("signals") != lines {
			t.Errorf("got %q, want signals %q", got[1], lines)
		}
		want := strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ").Replace(id)
		if got[0].id != want {
			t.Errorf("id %q, want %q", got[0].id, want)
		}
	})
}

// TestTheIDIsTheLastField: a client stores the id when it has read its line. An
// event that is cut off is either complete or without its id.
func TestTheIDIsTheLastField(t *testing.T) {
	whole := live.PatchElements{Event: live.Event{ID: "5.abc", Retry: time.Minute}, Elements: []byte("a\nb"), Selector: "#x"}.Append(nil)
	for cut := range whole {
		if i := bytes.Index(whole[:cut], []byte("id: 5.abc\n")); i >= 0 && !slices.Equal(whole[:i], whole[:len(whole)-len("id: 5.abc\n\n")]) {
			t.Errorf("after %d bytes the id is read but not all of the event: %q", cut, whole[:cut])
		}
	}
}

func ExamplePatchElements() {
	b := live.PatchElements{Elements: []byte(`<p id="a">hello</p>`), Event: live.Event{ID: "3.0f"}}.Append(nil)
	fmt.Print(string(b))
	// Output:
	// event: datastar-patch-elements
	// data: elements <p id="a">hello</p>
	// id: 3.0f
}
