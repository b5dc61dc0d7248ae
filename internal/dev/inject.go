package dev

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"path"
	"regexp"
	"strings"

	nethtml "golang.org/x/net/html"
)

// staticPrefix is where pages find what ironstar assets builds.
const staticPrefix = "/static/"

// document is an HTML document with the script of this package in it.
type document struct {
	html   []byte
	layout string // identifies the document without its live part
}

// rewriter copies a document token by token.
type rewriter struct {
	out     bytes.Buffer
	layout  bytes.Buffer
	tag     func(layout string) string // returns the element of the script
	assets  map[string]string          // addresses by name
	place   int                        // where the script goes; -1 if no place was found yet
	live    string                     // the tag of the live part, while inside of it
	depth   int                        // of elements with that tag
	inTitle bool
}

// inject adds a script to a document, and has it load the newest style sheets and
// scripts. assets has their addresses by name. tag returns the element of the
// script.
func inject(text []byte, assets map[string]string, tag func(layout string) string) document {
	w := rewriter{tag: tag, assets: assets, place: -1}
	tokens := nethtml.NewTokenizer(bytes.NewReader(text))
	for {
		kind := tokens.Next()
		if kind == nethtml.ErrorToken {
			if tokens.Err() != io.EOF {
				return document{html: text}
			}
			break
		}
		w.copy(kind, tokens)
	}
	sum := sha256.Sum256(w.layout.Bytes())
	d := document{layout: hex.EncodeToString(sum[:8])}
	at := max(w.place, 0)
	d.html = append(append(append(d.html, w.out.Bytes()[:at]...), tag(d.layout)...), w.out.Bytes()[at:]...)
	return d
}

// copy copies one token, and what belongs to the layout of it.
func (w *rewriter) copy(kind nethtml.TokenType, tokens *nethtml.Tokenizer) {
	raw := bytes.Clone(tokens.Raw()) // Token changes it
	token := tokens.Token()
	opens := kind == nethtml.StartTagToken || kind == nethtml.SelfClosingTagToken
	if opens && (token.Data == "link" || token.Data == "script") {
		raw = newest(raw, w.assets)
	}
	if w.place < 0 && opens && token.Data != "html" && token.Data != "head" {
		w.place = w.out.Len() // a document without a head element
	}
	w.out.Write(raw)
	if w.place < 0 && opens && token.Data == "head" {
		w.place = w.out.Len()
	}
	if token.Data == "title" {
		w.inTitle = opens // the title follows the feed
	}
	switch {
	case w.live != "":
		if token.Data == w.live && kind == nethtml.StartTagToken {
			w.depth++
		} else if token.Data == w.live && kind == nethtml.EndTagToken {
			if w.depth--; w.depth == 0 {
				w.live = ""
			}
		}
	case opens:
		w.open(token, kind == nethtml.StartTagToken)
	case kind != nethtml.TextToken || !w.inTitle:
		w.layout.Write(raw)
	}
}

// open adds an element to the layout, without what is different each time.
func (w *rewriter) open(token nethtml.Token, hasContent bool) {
	fmt.Fprintf(&w.layout, "<%s", token.Data)
	hidden := false
	for _, a := range token.Attr {
		hidden = hidden || a.Key == "type" && a.Val == "hidden"
	}
	for _, a := range token.Attr {
		switch {
		case a.Key == "data-live-feed" && hasContent:
			w.live, w.depth = token.Data, 1
		case a.Key == "nonce" || a.Key == "data-live-feed" || a.Key == "data-init" || a.Key == "value" && hidden:
		default:
			// The script of this package swaps assets by itself.
			fmt.Fprintf(&w.layout, " %s=%q", a.Key, built.ReplaceAllString(a.Val, "/static/$1$2"))
		}
	}
	w.layout.WriteByte('>')
}

// built is the address of a built asset, which has a hash in its name.
var built = regexp.MustCompile(`/static/([A-Za-z0-9_.-]+)-[0-9A-Z]{8}(\.(?:js|css))`)

// newest replaces addresses of assets by those of the newest files.
func newest(tag []byte, assets map[string]string) []byte {
	return built.ReplaceAllFunc(tag, func(old []byte) []byte {
		m := built.FindSubmatch(old)
		if address, ok := assets[string(m[1])+string(m[2])]; ok {
			return []byte(address)
		}
		return old
	})
}

// scriptTag is the element that loads the script of this package. Its attributes
// say what the page was made of.
func (s state) scriptTag(layout string) string {
	return fmt.Sprintf(`<script async src="%s" data-change="%d" data-server="%d" data-scripts="%s" data-layout="%s"></script>`,
		scriptPath, s.Change, s.Server, html.EscapeString(s.Scripts), layout)
}

// assetsOf returns the addresses of built assets by name, and what identifies the
// scripts among them.
func assetsOf(manifest map[string]string) (all map[string]string, styles map[string]string, scripts string) {
	all, styles = map[string]string{}, map[string]string{}
	var names []string
	for name, file := range manifest {
		all[name] = staticPrefix + file
		switch path.Ext(name) {
		case ".css":
			styles[name] = staticPrefix + file
		case ".js":
			names = append(names, file)
		}
	}
	return all, styles, strings.Join(sorted(names), " ")
}
