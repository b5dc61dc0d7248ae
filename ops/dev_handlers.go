package ops

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ironstar.dev"
	"ironstar.dev/live"
)

//go:generate go tool -modfile=../tools.mod templ generate -path . -log-level error

const (
	devEvents   = 50          // of the log that the page shows
	devKeys     = 10          // of a view
	devPayload  = 500         // bytes of an event's content
	devInterval = time.Second // between two looks at the number of feeds
)

//go:embed dev_page.js
var devScript []byte

// devView is what the page shows.
type devView struct {
	name     string
	pages    []live.PageInfo
	keys     map[string][]string // of the log's last events, by view
	without  []string            // views without a page
	commands []live.CommandInfo
	events   []devEvent
}

type devEvent struct {
	kind, name string
	versions   []string
}

// developing answers for the addresses below /dev.
type developing struct {
	app App
	Running
}

// Addresses of the page for development: the second one is for applications with
// a /dev of their own.
const (
	devPath      = "/dev"
	otherDevPath = "/_ironstar/dev"
)

// addDev adds the page for development. Only --dev does, which needs a loopback
// address.
func (app App) addDev(r Running, out io.Writer) {
	d := developing{app, r}
	at := devPath
	if pattern := ownDev(r.Server); pattern != "" {
		at = otherDevPath
		if !r.Flags.TakeOver { // once is enough
			fmt.Fprintf(out, "%s has the address %s of its own, so its page for development is at %s\n", app.Name, pattern, at)
		}
	}
	r.Server.Handle("GET "+at, http.HandlerFunc(d.servePage))
	r.Server.Handle("GET "+at+"/open", http.HandlerFunc(d.open))
	r.Server.Handle("GET "+at+"/events", http.HandlerFunc(d.follow))
	r.Server.Handle("GET "+at+"/page.js", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(devScript) // the client may have left
	}))
}

// ownDev returns a pattern of the application's own for one of the addresses, or
// "". Patterns for every address, such as /{page}, are none.
func ownDev(s *live.Server) string {
	for _, below := range []string{"", "/open", "/events", "/page.js"} {
		pattern := s.Pattern(devPath + below)
		if at := strings.IndexByte(pattern, '/'); at >= 0 && strings.HasPrefix(pattern[at:], devPath) {
			return pattern
		}
	}
	return ""
}

func (d developing) servePage(w http.ResponseWriter, r *http.Request) {
	keys, err := d.recentKeys(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	v := devView{name: d.app.Name, pages: d.Server.AllPages(), commands: d.Server.AllCommands(), keys: keys, events: eventsOf(d.Engine.Shapes())}
	for _, view := range d.Engine.Views() {
		if !slices.ContainsFunc(v.pages, func(p live.PageInfo) bool { return p.Name == view.Name }) {
			v.without = append(v.without, view.Name)
		}
	}
	var b bytes.Buffer
	if err := devPage(v).Render(r.Context(), &b); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b.Bytes()) // the client may have left
}

// eventsOf lists events with their versions.
func eventsOf(shapes []ironstar.Shape) (all []devEvent) {
	for _, s := range shapes {
		at := slices.IndexFunc(all, func(e devEvent) bool { return e.kind == s.Kind && e.name == s.Type })
		if at < 0 {
			at = len(all)
			all = append(all, devEvent{kind: s.Kind, name: s.Type})
		}
		version := "v" + strconv.Itoa(s.SchemaVersion)
		if s.Retired {
			version += " (retired)"
		}
		all[at].versions = append(all[at].versions, version)
	}
	return all
}

// last returns the position before the last events of the log.
func (d developing) last() ironstar.Position { return max(0, d.Engine.Head()-devEvents) }

// recentKeys returns, for each view by stream, the streams of the last events.
func (d developing) recentKeys(ctx context.Context) (map[string][]string, error) {
	ids := map[string][]string{} // by kind, the newest last
	for r, err := range d.Store.Log(ctx, d.last()) {
		if err != nil {
			return nil, fmt.Errorf("read the last events: %w", err)
		}
		kind := r.Stream.Kind
		ids[kind] = append(slices.DeleteFunc(ids[kind], func(id string) bool { return id == r.Stream.ID }), r.Stream.ID)
	}
	keys := map[string][]string{}
	for _, v := range d.Engine.Views() {
		if v.By == ironstar.ByStream && len(v.Kinds) == 1 {
			recent := slices.Clone(ids[v.Kinds[0]])
			slices.Reverse(recent)
			keys[v.Name] = recent[:min(len(recent), devKeys)]
		}
	}
	return keys, nil
}

// open leads to the page of a view.
func (d developing) open(w http.ResponseWriter, r *http.Request) {
	for _, p := range d.Server.AllPages() {
		if p.Name == r.FormValue("view") {
			http.Redirect(w, r, p.URL(r.FormValue("key")), http.StatusSeeOther)
			return
		}
	}
	http.Error(w, "no page has this view; /dev lists them", http.StatusNotFound)
}

// follow sends the last events of the log, those that follow, and the number of
// feeds, until the client leaves or the server ends.
func (d developing) follow(w http.ResponseWriter, r *http.Request) {
	ctx, stop := context.WithCancel(r.Context())
	records := make(chan *ironstar.Record) // no room: the log waits for the client
	defer func() {
		stop()
		for range records { // until the goroutine has ended
		}
	}()
	go func() {
		defer close(records)
		for r, err := range d.Store.Follow(ctx, d.last()) {
			if err != nil {
				return // the browser asks again
			}
			select {
			case records <- r:
			case <-ctx.Done():
				return
			}
		}
	}()
	c := http.NewResponseController(w)
	_ = c.SetWriteDeadline(time.Time{}) // a writer of a test may have none
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	look := time.NewTicker(devInterval)
	defer look.Stop()
	send := func(event, data string) bool {
		_, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, strings.ReplaceAll(data, "\n", "\ndata: "))
		return err == nil && c.Flush() == nil
	}
	last := ""
	for {
		if now := d.feeds(); now != last {
			if last = now; !send("feeds", now) {
				return
			}
		}
		select {
		case r, open := <-records:
			var row bytes.Buffer
			if !open || devRecord(r, d.withoutSecrets(r)).Render(ctx, &row) != nil || !send("record", row.String()) {
				return
			}
		case <-look.C:
		case <-d.Server.Closed():
			return
		case <-ctx.Done():
			return
		}
	}
}

// feeds returns the number of open feeds by view, as JSON.
func (d developing) feeds() string {
	counts := map[string]int64{}
	for _, p := range d.Server.AllPages() {
		counts[p.Name] = p.Feeds
	}
	text, _ := json.Marshal(counts) // a map of numbers has JSON
	return string(text)
}

// devContent returns the beginning of an event's content.
func devContent(payload []byte) string {
	if len(payload) <= devPayload {
		return string(payload)
	}
	cut := payload[:devPayload]
	for len(cut) > 0 && !utf8.Valid(cut) {
		cut = cut[:len(cut)-1]
	}
	return string(cut) + "…"
}
