package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/starfederation/datastar-go/datastar"

	"ironstar.dev/live"
)

// event is one element of the list that the suite sends.
type event struct {
	Type  string `json:"type"`
	ID    string `json:"eventId"`
	Retry int64  `json:"retryDuration"` // milliseconds

	Elements       string `json:"elements"`
	Selector       string `json:"selector"`
	Mode           string `json:"mode"`
	Namespace      string `json:"namespace"`
	ViewTransition bool   `json:"useViewTransition"`

	Signals       json.RawMessage `json:"signals"`
	SignalsRaw    string          `json:"signals-raw"`
	OnlyIfMissing bool            `json:"onlyIfMissing"`

	Script     string          `json:"script"`
	AutoRemove *bool           `json:"autoRemove"`
	Attributes json.RawMessage `json:"attributes"`
}

const maxBody = 1 << 20 // bytes

func handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/test", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		var signals struct {
			Events []event `json:"events"`
		}
		if err := datastar.ReadSignals(r, &signals); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		var b []byte
		for i, e := range signals.Events {
			var err error
			if b, err = e.append(b); err != nil {
				http.Error(w, fmt.Sprintf("event %d: %v", i, err), http.StatusBadRequest)
				return
			}
		}
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(b) // an error means that the suite left
	})
	return mux
}

func (e event) append(b []byte) ([]byte, error) {
	common := live.Event{ID: e.ID, Retry: time.Duration(e.Retry) * time.Millisecond}
	switch e.Type {
	case "patchElements":
		return live.PatchElements{
			Event: common, Elements: []byte(e.Elements), Selector: e.Selector, Mode: live.Mode(e.Mode),
			Namespace: e.Namespace, ViewTransition: e.ViewTransition,
		}.Append(b), nil
	case "patchSignals":
		signals, err := e.signals()
		return live.PatchSignals{Event: common, Signals: signals, OnlyIfMissing: e.OnlyIfMissing}.Append(b), err
	case "executeScript":
		attributes, err := e.attributes()
		return live.ExecuteScript{
			Event: common, Script: e.Script, Keep: e.AutoRemove != nil && !*e.AutoRemove, Attributes: attributes,
		}.Append(b), err
	}
	return nil, fmt.Errorf("unknown type %q", e.Type)
}

// signals returns signals that are text unchanged, and signals that are JSON
// without white space.
func (e event) signals() ([]byte, error) {
	if e.SignalsRaw != "" {
		return []byte(e.SignalsRaw), nil
	}
	var b bytes.Buffer
	err := json.Compact(&b, e.Signals)
	return b.Bytes(), err
}

// attributes returns the attributes in the order of the object.
func (e event) attributes() ([]live.Attribute, error) {
	if len(e.Attributes) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(e.Attributes))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("attributes are an object, not %s", e.Attributes)
	}
	var list []live.Attribute
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		list = append(list, live.Attribute{Name: fmt.Sprint(name), Value: fmt.Sprint(value)})
	}
	if _, err := d.Token(); err != nil && err != io.EOF {
		return nil, err
	}
	return list, nil
}
