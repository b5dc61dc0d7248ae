package scaffold

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// todoPackages are the npm packages of the reference application without its charts, which
// only the auction house has.
var todoPackages = []string{"axe-core", "lucide-static", "open-props", "typescript"}

// manifest is package.json.
type manifest struct {
	Name            string            `json:"name,omitempty"`
	Private         bool              `json:"private,omitempty"`
	Description     string            `json:"description,omitempty"`
	License         string            `json:"license,omitempty"`
	Type            string            `json:"type,omitempty"`
	Scripts         map[string]string `json:"scripts,omitempty"`
	DevDependencies map[string]string `json:"devDependencies,omitempty"`
}

// lockfile is package-lock.json. The key of a package is the folder that it is installed in;
// that of the project itself is "".
type lockfile struct {
	Name            string                     `json:"name"`
	LockfileVersion int                        `json:"lockfileVersion"`
	Requires        bool                       `json:"requires"`
	Packages        map[string]json.RawMessage `json:"packages"`
}

// needs are the packages that a package in a lock file asks for.
type needs struct {
	Dependencies         map[string]string `json:"dependencies"`
	DevDependencies      map[string]string `json:"devDependencies"`
	OptionalDependencies map[string]string `json:"optionalDependencies"`
	PeerDependencies     map[string]string `json:"peerDependencies"`
}

// withoutCharts takes the packages of the charts from a file of the library, if it is one
// that names packages.
func withoutCharts(name, text string) (string, error) {
	var kept any
	var err error
	switch name {
	case "package.json":
		m := &manifest{}
		err = json.Unmarshal([]byte(text), m)
		maps.DeleteFunc(m.DevDependencies, isOfCharts)
		kept = m
	case "package-lock.json":
		l := &lockfile{}
		if err = json.Unmarshal([]byte(text), l); err == nil {
			err = l.prune()
		}
		kept = l
	default:
		return text, nil
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return indented(kept), nil
}

func isOfCharts(name, _ string) bool { return !slices.Contains(todoPackages, name) }

// prune removes the packages of the charts, and those that only they need.
func (l *lockfile) prune() error {
	var root manifest
	if text, ok := l.Packages[""]; ok {
		if err := json.Unmarshal(text, &root); err != nil {
			return err
		}
		maps.DeleteFunc(root.DevDependencies, isOfCharts)
		l.Packages[""] = json.RawMessage(indented(root))
	}
	needed := map[string]bool{"": true}
	for waiting := []string{""}; len(waiting) > 0; waiting = waiting[1:] {
		var n needs
		if text, ok := l.Packages[waiting[0]]; !ok {
			continue
		} else if err := json.Unmarshal(text, &n); err != nil {
			return err
		}
		for _, names := range []map[string]string{n.Dependencies, n.DevDependencies, n.OptionalDependencies, n.PeerDependencies} {
			for name := range names {
				if found := l.installed(waiting[0], name); !needed[found] {
					needed[found] = true
					waiting = append(waiting, found)
				}
			}
		}
	}
	maps.DeleteFunc(l.Packages, func(folder string, _ json.RawMessage) bool { return !needed[folder] })
	return nil
}

// installed returns the folder of the package that a package in a folder gets by a name: its
// own copy, or that of a folder around it. It is "" if there is none: a package for another
// system, or one that is not necessary.
func (l *lockfile) installed(from, name string) string {
	for {
		folder := path.Join(from, "node_modules", name)
		if _, ok := l.Packages[folder]; ok || from == "" {
			return map[bool]string{true: folder}[ok]
		}
		from = strings.TrimSuffix(from[:max(0, strings.LastIndex(from, "node_modules/"))], "/")
	}
}

// indented is JSON as npm writes it.
func indented(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "\t")
	if err := e.Encode(v); err != nil {
		panic(err) // the values above can be encoded
	}
	return b.String()
}
