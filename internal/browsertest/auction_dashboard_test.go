//go:build browser

package browsertest

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// looking lets a page with several charts tell them apart: canvasOf and inkOf of
// [watching] take a selector. Charts are drawn once: begun counts their canvases.
const looking = watching + `
window.charts = () => [...document.querySelectorAll("echarts-chart, vega-chart")]
window.inks = () => charts().map((e) => { const c = e.shadowRoot?.querySelector("canvas"); if (!c?.width) return 0
	const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i] > 40) n++; return n })
window.tables = () => charts().map((e) => e.querySelector("tbody").innerText)`

// drawnFive says that five charts have a picture.
const drawnFive = `window.inks?.().filter(n => n > 300).length === 5`

// seasonServer serves a month of an auction house, which ended yesterday.
func seasonServer(t *testing.T) *server {
	t.Helper()
	s := unstarted(t, binary)
	yesterday := time.Now().Add(-24 * time.Hour).UTC().Format(time.RFC3339)
	if out, err := exec.Command(binary, "seed", "--db", s.DB, "--season", "400", "--days", "20", "--until", yesterday).CombinedOutput(); err != nil {
		t.Fatalf("app seed: %v\n%s", err, out)
	}
	s.Start()
	return s
}

// lookAt opens the dashboard of a time.
func lookAt(t *testing.T, s *server, query string) *tab {
	t.Helper()
	p := newTab(t, "about:blank")
	p.BeforeScripts(reported + ";" + looking)
	p.Scheme("light") // and little motion: each picture is drawn at once
	p.Go(s.URL("/auction/dashboard" + query))
	p.awaitLive()
	return p
}

// fine fails the test if something went wrong on the page, or came from elsewhere.
func (p *tab) fine(s *server) {
	p.t.Helper()
	p.violations()
	if wrong := eval[string](p, `wrong.join("\n")`); wrong != "" {
		p.t.Errorf("on the page: %s", wrong)
	}
	for _, name := range eval[[]string](p, `performance.getEntriesByType("resource").map(e => e.name)`) {
		if !strings.HasPrefix(name, s.URL("/")) {
			p.t.Errorf("the page loads %s", name)
		}
	}
}

// TestDashboard: five charts are drawn, they follow the time that a person chooses, and
// anybody can use them.
func TestDashboard(t *testing.T) {
	s := seasonServer(t)
	p := lookAt(t, s, "?span=PT720H")
	p.Await("five charts", drawnFive)
	p.run(`window.same = true; window.first = tables().join(); window.canvases = charts().map(e => e.shadowRoot.querySelector("canvas"))`)

	p.Click(`form.span nav a[href*="PT8760H"]`)
	p.Await("a year", `location.search.includes("span=PT8760H") && document.querySelector("form.span [aria-current]").textContent === "Year" && tables().join() !== first`)
	p.Back()
	p.Await("the month", `location.search.includes("span=PT720H") && document.querySelector("form.span [aria-current]").textContent === "Month" && tables().join() === first`)
	if !eval[bool](p, `window.same && charts().every((e, i) => e.shadowRoot.querySelector("canvas") === canvases[i])`) {
		t.Error("the page was loaded again, or a chart was built anew")
	}

	ago := time.Now().Add(-11 * 24 * time.Hour).UTC().Format("2006-01-02T15:04")
	p.run(fmt.Sprintf(`document.querySelector("[name=until]").value = %q`, ago))
	p.Click("form.span button")
	p.Await("an earlier time", `location.search.includes("until=") && document.querySelector("form.span").innerText.includes("The figures stand still") && tables().join() !== first`)
	p.Await("the time in the field", fmt.Sprintf(`document.querySelector("[name=until]").value.startsWith(%q)`, ago))
	p.Await("five charts", drawnFive)
	p.fine(s)
	p.Click("form.span > a")
	p.Await("now", `!location.search.includes("until=") && !document.querySelector("form.span").innerText.includes("stand still") && tables().join() === first`)
	p.fine(s)
}

// TestDashboardForEverybody: axe-core finds nothing, a keyboard opens a table, nothing is
// wider than a telephone, other programs get the rows, and without a script there are tables.
func TestDashboardForEverybody(t *testing.T) {
	s := seasonServer(t)
	p := lookAt(t, s, "?span=PT720H")
	p.Await("five charts", drawnFive)
	p.run(`document.querySelector("form.span button").focus()`)
	p.Type(kb.Tab)
	p.Await("the button of a chart has the focus", `document.activeElement.localName === "echarts-chart" && document.activeElement.shadowRoot.activeElement?.localName === "button"`)
	p.Type(" ")
	p.Await("its table", `document.activeElement.shadowRoot.activeElement.ariaExpanded === "true" && document.activeElement.querySelector("table").getBoundingClientRect().height > 100`)
	p.axe("the dashboard, with a table")
	for _, width := range []int64{320, 390, 1280} {
		p.Screen(width)
		if wide := eval[int](p, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
			t.Errorf("the page is %d pixels wider than a screen of %d", wide, width)
		}
	}
	p.fine(s)
	links := eval[[]string](p, `charts().flatMap(e => [...e.querySelectorAll(".chart-note a")].map(a => a.href))`)
	if len(links) != 10 {
		t.Errorf("the charts have the links %q, want 2 of each", links)
	}
	for _, link := range links {
		answers(t, link)
	}
	p.scripts(false)
	p.Go(s.URL("/auction/dashboard?span=PT720H"))
	if n := eval[int](p, `[...document.querySelectorAll("echarts-chart table, vega-chart table")].filter(e => e.checkVisibility() && e.caption.innerText && e.rows.length > 3).length`); n != 5 {
		t.Errorf("without a script %d tables are to be seen, want 5", n)
	}
}

// answers reads the rows at an address.
func answers(t *testing.T, link string) {
	t.Helper()
	resp, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	rows := 0
	if strings.Contains(link, ".csv") {
		all, wrong := csv.NewReader(resp.Body).ReadAll()
		rows, err = len(all)-1, wrong
	} else {
		var all struct{ Rows []map[string]any }
		err = json.NewDecoder(resp.Body).Decode(&all)
		rows = len(all.Rows)
	}
	if err != nil || resp.StatusCode != http.StatusOK || rows < 1 {
		t.Errorf("%s: %s, %d rows, %v", link, resp.Status, rows, err)
	}
}

// TestDashboardLive: an empty house has words. A bid is drawn by the chart that is there,
// also after the server was killed, and after another one took over.
func TestDashboardLive(t *testing.T) {
	s := newServer(t)
	p := lookAt(t, s, "")
	p.Await("words", `charts().filter(e => e.shadowRoot?.querySelector(".message")?.textContent === "There is nothing to show yet.").length >= 4`)
	ann, bob, cem := newPerson(t, s, "ann"), newPerson(t, s, "bob"), newPerson(t, s, "cem")
	ann.sell("chair", "A chair", time.Hour)
	bid := func(by *person, amount int) {
		t.Helper()
		by.send("/auction/lot/chair/bid", map[string]any{"amount": fmt.Sprint(amount)})
		p.Await(fmt.Sprintf("a bid of %d", amount), fmt.Sprintf(`document.querySelector("#live .figures").innerText.includes("%d.00") && tables()[0].includes("%d.00") && inks()[0] > 300`, amount, amount))
	}
	bid(bob, 20)
	p.Focus("[name=until]")
	p.Type("11302026" + kb.Tab + "0100PM")
	p.Await("a time that is not sent", `document.querySelector("[name=until]").value === "2026-11-30T13:00"`)
	p.run(`window.same = canvasOf("echarts-chart"); window.drawn = 0`)
	bid(cem, 30)
	p.Await("a picture of it", `drawn > 0`)
	if typed := eval[string](p, `document.activeElement.name + " " + document.querySelector("[name=until]").value`); typed != "until 2026-11-30T13:00" {
		t.Errorf("a patch changed what was typed: %s", typed)
	}
	p.fine(s)
	s.Kill()
	s.Start()
	bid(bob, 40)
	s.takeOver()
	bid(cem, 50)
	if !eval[bool](p, `same === canvasOf("echarts-chart")`) {
		t.Error("the page was loaded again, or the chart was built anew")
	}
	p.violations()
}

// takeOver starts another server while this one serves, which then ends.
func (s *server) takeOver() {
	s.t.Helper()
	before := s.done
	s.Start("--takeover")
	<-before
}

// TestDashboardScreenshots takes the picture of the dashboard, of a season that always is
// the same one.
func TestDashboardScreenshots(t *testing.T) {
	s := unstarted(t, binary)
	if out, err := exec.Command(binary, "seed", "--db", s.DB, "--season", "3000", "--days", "60", "--until", "2026-11-30T12:00:00Z").CombinedOutput(); err != nil {
		t.Fatalf("app seed: %v\n%s", err, out)
	}
	s.Start()
	p := lookAt(t, s, "?span=PT720H&until=2026-11-30T12:00:00Z")
	p.size(1280, 900)
	for _, scheme := range []string{"light", "dark"} {
		p.Scheme(scheme)
		p.Await("five charts", drawnFive)
		p.keepPicture("dashboard-" + scheme)
	}
}
