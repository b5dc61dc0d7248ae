package historytest_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/a-h/templ"
	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/internal/historytest"
	"ironstar.dev/internal/historytest/gen/vault"
	"ironstar.dev/internal/historytest/gen/vault/vaulthttp"
	"ironstar.dev/live"
	"ironstar.dev/sqlite"
)

// bank serves vaults, and writes down what their views get.
type bank struct {
	t     *testing.T
	eng   *engine.Engine
	parts vaulthttp.Parts
	site  *httptest.Server
	close func()

	mu   sync.Mutex
	seen []string // JSON
}

func openBank(t *testing.T, file string) *bank {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	check(err)
	b := &bank{t: t, eng: engine.New(store, engine.Options{})}
	routes, err := vaulthttp.Domain{
		Vault: historytest.Vault{}, Guard: historytest.Guard{Sees: b.sees}, Own: historytest.Own{Sees: b.sees}, Hall: historytest.Hall{Sees: b.sees},
		DoorPage:  func(s vault.VaultState, _ vaulthttp.DoorAt) templ.Component { return b.page(s) },
		GuardPage: func(s vault.GuardState, _ vaulthttp.GuardAt) templ.Component { return b.page(s) },
		OwnPage:   func(s vault.OwnState, _ vaulthttp.OwnAt) templ.Component { return b.page(s) },
		HallPage:  func(s vaulthttp.HallPage, _ vaulthttp.HallAt) templ.Component { return b.page(s.Rows) },
	}.Register(b.eng)
	check(err)
	check(b.eng.Start(t.Context()))
	server, err := live.New(live.Options{Engine: b.eng, LogID: store.LogID(), Build: "1", Insecure: true})
	check(err)
	routes(server)
	b.site = httptest.NewServer(server)
	b.parts, err = vaulthttp.PartsOf(b.eng)
	check(err)
	b.close = func() {
		server.CloseFeeds()
		b.site.Close()
		b.eng.Close()
		check(store.Close())
	}
	return b
}

// sees writes values down as JSON, which leaves nothing out.
func (b *bank) sees(values ...any) {
	text := fmt.Sprintf("%T: %s", values[0], asJSON(values))
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen = append(b.seen, text)
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// page shows everything that it gets.
func (b *bank) page(state any) templ.Component {
	b.sees(state)
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "<p>"+templ.EscapeString(asJSON(state))+"</p>")
		return err
	})
}

func (b *bank) do(id string, c vault.VaultCommand) error {
	r, err := b.parts.Vault.Do(b.t.Context(), id, c)
	if err == nil {
		err = b.eng.Wait(b.t.Context(), r.Last)
	}
	return err
}

const secretSum = "98765432.10987" // a decimal has no room for a word

// checkSeen fails if a secret is in what views got since the last call.
func (b *bank) checkSeen(fatal func(string, ...any)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.seen) == 0 {
		fatal("views got nothing")
	}
	for _, text := range b.seen {
		if strings.Contains(text, "SECRET") || strings.Contains(text, secretSum) || strings.Contains(text, photo64) {
			fatal("a view got %s", text)
		}
	}
	b.seen = nil
}

// photo64 is the base64 of the photo.
const photo64 = "U0VDUkVU"

// vaultContents draws contents whose secrets, and nothing else, say SECRET.
func vaultContents() *rapid.Generator[vault.Content] {
	return rapid.Custom(func(r *rapid.T) vault.Content {
		n := 0
		few := func() int { n++; return rapid.IntRange(0, 3).Draw(r, fmt.Sprint("n", n)) }
		box := func() vault.Box {
			n++
			return vault.Box{Label: fmt.Sprint("box ", n), Key: fmt.Sprint("SECRET key ", n)}
		}
		open := func() vault.Open { n++; return vault.Open{Name: fmt.Sprint("open ", n), Tags: make([]string, few())} }
		code := new("SECRET code")
		some := func() vault.Case {
			switch few() {
			case 0:
				return vault.CaseLocked{Box: box(), Open: open()}
			case 1:
				return vault.CaseBare{Name: "bare"}
			}
			return vault.CaseCoded{Code: code, Name: "coded"}
		}
		boxes := func() (all []vault.Box) {
			for range few() {
				all = append(all, box())
			}
			return all
		}
		var tree func(depth int) vault.Tree
		tree = func(depth int) vault.Tree {
			t := vault.Tree{Name: "tree", Key: fmt.Sprint("SECRET tree ", depth)}
			for range few() {
				if depth < 3 {
					t.Kids = append(t.Kids, tree(depth+1))
				}
			}
			if few() > 1 && depth < 3 {
				next := tree(depth + 1)
				t.Next = &next
			}
			return t
		}
		c := vault.Content{
			Pin: "SECRET pin", Code: code, Sum: ironstar.MustDecimal(secretSum), Codes: []string{"SECRET a", "SECRET b"},
			Table: map[string]string{"SECRET k": "SECRET v"}, Owner: vault.Open{Name: "SECRET owner"}, Kind: vault.CaseBare{Name: "SECRET kind"}, Photo: []byte("SECRET"),
			Box: box(), Boxes: boxes(), Named: map[string]vault.Box{}, Case: some(), Tree: tree(0), Open: open(),
		}
		for i := range few() {
			c.Named[fmt.Sprint("box ", i)] = box()
			c.Deep = append(c.Deep, map[string][]vault.Box{"a": boxes(), "b": boxes()})
			c.Cases = append(c.Cases, some())
			c.Plain = append(c.Plain, open())
			maybe := box()
			c.Maybe, c.Other = &maybe, some()
		}
		return c
	})
}

// TestG14_ViewsGetNoSecret: whatever a value is like, no secret of it is in the events,
// records, states and rows that views get, and the aggregate still knows them.
func TestG14_ViewsGetNoSecret(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	b := openBank(t, file)
	id := 0
	rapid.Check(t, func(r *rapid.T) {
		content := vaultContents().Draw(r, "content")
		id++
		key := fmt.Sprint("v", id)
		if before := asJSON(content); !strings.Contains(before, "SECRET") {
			r.Fatal("the content has no secrets")
		}
		if err := b.do(key, vault.VaultFill{Content: content}); err != nil {
			r.Fatal(err)
		}
		if err := b.do(key, vault.VaultTry{Pin: "SECRET pin"}); err != nil {
			r.Fatalf("the aggregate does not know its pin: %v", err)
		}
		err := b.parts.Door.Read(key, func(s vault.VaultState, _, _ ironstar.Position) error {
			b.sees(s)
			full := s.(vault.VaultStateFull)
			if got, want := full.Content.Open, content.Open; asJSON(got) != asJSON(want) || len(full.Content.Boxes) != len(content.Boxes) || len(full.Content.Named) != len(content.Named) {
				return fmt.Errorf("the door shows %+v", full)
			}
			return nil
		})
		if err != nil {
			r.Fatal(err)
		}
		b.checkSeen(r.Fatalf)
	})
	if err := b.parts.Guard.Read(ironstar.GlobalKey, func(s vault.GuardState, _, _ ironstar.Position) error {
		if s.Own != "" || s.Opened != int64(id*len("SECRET of the guard")) || len(s.Seen) != id {
			return fmt.Errorf("own %q, opened %d", s.Own, s.Opened)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	b.close()
	b = openBank(t, file) // from snapshots
	defer b.close()
	if err := b.do("v1", vault.VaultTry{Pin: "SECRET pin"}); err != nil {
		t.Errorf("after a start the aggregate does not know its pin: %v", err)
	}
	b.checkSeen(t.Fatalf)
}

// TestG14_PagesShowNoSecret: no document and no feed has a secret, although the pages
// show all that they get.
func TestG14_PagesShowNoSecret(t *testing.T) {
	b := openBank(t, filepath.Join(t.TempDir(), "log.db"))
	defer b.close()
	content := vaultContents().Example(7)
	if err := b.do("v1", vault.VaultFill{Content: content}); err != nil {
		t.Fatal(err)
	}
	for _, address := range [][2]string{
		{vaulthttp.DoorURL("v1"), vaulthttp.DoorFeedURL("v1")}, {vaulthttp.GuardURL(), vaulthttp.GuardFeedURL()},
		{vaulthttp.OwnURL("v1"), vaulthttp.OwnFeedURL("v1")}, {vaulthttp.HallURL(vault.HallParams{}), vaulthttp.HallFeedURL(vault.HallParams{})},
	} {
		texts := []string{b.get(address[0]), b.get(address[1])}
		if err := b.do("v1", vault.VaultFill{Content: vaultContents().Example(8)}); err != nil {
			t.Fatal(err)
		}
		for _, text := range append(texts, b.get(address[1])) {
			if !strings.Contains(text, "<p>") {
				t.Fatalf("%s has no live part: %s", address[0], text)
			}
			if strings.Contains(text, "SECRET") || strings.Contains(text, secretSum) || strings.Contains(text, photo64) {
				t.Errorf("%s shows a secret: %s", address[0], text)
			}
		}
	}
	b.checkSeen(t.Fatalf)
}

// get returns a document, or a feed up to its first patch.
func (b *bank) get(address string) string {
	b.t.Helper()
	resp, err := http.Get(b.site.URL + address)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	var text strings.Builder
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		text.WriteString(lines.Text() + "\n")
		if strings.HasSuffix(address, "/feed") && lines.Text() == "" && strings.Contains(text.String(), "<p>") {
			break
		}
	}
	return text.String()
}

// TestWhatHasNoSecretIsShared: what views get has its own memory where a secret is, and
// shares the rest; the state keeps its secrets.
func TestWhatHasNoSecretIsShared(t *testing.T) {
	content := vaultContents().Filter(func(c vault.Content) bool { return len(c.Plain) > 0 && len(c.Boxes) > 0 }).Example(1)
	before := asJSON(content)
	shown := vault.NewDoor(historytest.Vault{}).Shown(vault.VaultStateFull{Content: content, Pin: "SECRET"}).(vault.VaultStateFull)
	same := func(a, b any) bool { return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer() }
	if !same(shown.Content.Plain, content.Plain) {
		t.Error("a list without secrets was copied")
	}
	if same(shown.Content.Boxes, content.Boxes) || same(shown.Content.Named, content.Named) {
		t.Error("a list with secrets is shared")
	}
	if after := asJSON(content); after != before {
		t.Errorf("the state was changed from %s to %s", before, after)
	}
	if _, ok := vault.NewDoor(historytest.Vault{}).Shown(vault.VaultStateEmpty{}).(vault.VaultStateEmpty); !ok {
		t.Error("an empty vault is not empty")
	}
}

// BenchmarkShown makes what a page gets of a state with 1000 bids: with a secret leader
// beside bids that have no secrets, and with a secret in each bid.
func BenchmarkShown(b *testing.B) {
	var plain, secret vault.Content
	for i := range 1000 {
		plain.Plain = append(plain.Plain, vault.Open{Name: fmt.Sprint("bid ", i)})
		secret.Boxes = append(secret.Boxes, vault.Box{Label: fmt.Sprint("bid ", i), Key: "SECRET"})
	}
	for name, content := range map[string]vault.Content{"leader": plain, "each": secret} {
		content.Box, content.Maybe = vault.Box{Label: "leader", Key: "SECRET"}, &vault.Box{Key: "SECRET"}
		b.Run(name, func(b *testing.B) {
			shown := vault.NewDoor(historytest.Vault{}).Shown
			state := vault.VaultState(vault.VaultStateFull{Content: content, Pin: "SECRET"})
			b.ReportAllocs()
			for b.Loop() {
				shown(state)
			}
		})
	}
}
