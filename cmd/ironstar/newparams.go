package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"golang.org/x/mod/module"

	"ironstar.dev/internal/scaffold"
)

// newVars has the help of the flags of ironstar new, which is that of the
// parameters of a project.
func newVars() kong.Vars {
	vars := kong.Vars{}
	for _, p := range scaffold.NewSchema().Params {
		vars["new_"+p.Name] = p.Help
	}
	return vars
}

// paramReader collects the parameters of a project: those of flags, else those
// of a file, else answers, else defaults.
type paramReader struct {
	*session
	schema *scaffold.Schema
	values scaffold.Values
}

// params returns the parameters of a project in dir. It asks for what is missing
// if somebody is there and no file is given.
func (c *newCmd) params(s *session, dir string, lib library) (scaffold.Params, error) {
	r := &paramReader{session: s, schema: scaffold.NewSchema(), values: scaffold.Values{}}
	if err := r.file(c.Params); err != nil {
		return scaffold.Params{}, err
	}
	if err := r.flags(c); err != nil {
		return scaffold.Params{}, err
	}
	suggestion := "example.com/" + moduleName(filepath.Base(dir))
	if c.Params == "" && s.format == "text" && isTerminal(os.Stdin) && isTerminal(os.Stderr) {
		if err := r.ask(bufio.NewReader(os.Stdin), suggestion, lib.dir == ""); err != nil {
			return scaffold.Params{}, err
		}
	}
	if r.values["module"] == nil {
		r.values["module"] = suggestion
	}
	return r.complete(lib)
}

// file reads a params file. All its mistakes are printed.
func (r *paramReader) file(name string) error {
	if name == "" {
		return nil
	}
	text, err := os.ReadFile(absolute(r.dir, name))
	if err != nil {
		return &trouble{code: codeUsage, message: fmt.Sprintf("the params file cannot be read: %v", err)}
	}
	values, mistakes := r.schema.Read(text)
	r.values = values
	for i, m := range mistakes {
		t := &trouble{code: codeUsage, file: r.rel(absolute(r.dir, name)), line: m.Line, col: m.Column, message: m.Message}
		if i == len(mistakes)-1 {
			return t
		}
		r.problem("error", t)
	}
	return nil
}

// flags takes the flags that were given.
func (r *paramReader) flags(c *newCmd) error {
	for name, text := range map[string]*string{"module": c.Module, "name": c.Name, "example": c.Example, "ci": c.CI} {
		if text != nil {
			r.values[name] = *text
		}
	}
	for name, yes := range map[string]*bool{"docker": c.Docker, "nix": c.Nix} {
		if yes != nil {
			r.values[name] = *yes
		}
	}
	for _, p := range r.schema.Params {
		if value, ok := r.values[p.Name]; ok {
			if err := p.Check(value); err != nil {
				return &trouble{code: codeUsage, message: "--" + err.Error()}
			}
		}
	}
	return nil
}

// ask asks for what is missing. An empty answer means the default, and so does the
// end of the input. It asks again after a wrong answer. It leaves out files that a
// project from a checkout cannot have.
func (r *paramReader) ask(in *bufio.Reader, suggestion string, released bool) error {
	for _, p := range r.schema.Params {
		if _, given := r.values[p.Name]; given || p.Ask == "" || !released && needsRelease(p.Name) {
			continue
		}
		def := p.Default
		if p.Name == "module" {
			def = suggestion
		}
		for {
			text, err := question(in, r.stderr, p, def)
			if err != nil {
				return err
			}
			value, err := p.Parse(text)
			if err == nil && p.Name == "module" {
				err = checkModule(text)
			}
			if err == nil {
				r.values[p.Name] = value
				break
			}
			r.say("%v", err)
		}
	}
	return nil
}

// question returns an answer, or the default.
func question(in *bufio.Reader, out io.Writer, p *scaffold.Param, def string) (string, error) {
	choices := ""
	if p.Choices != nil {
		choices = " (" + strings.Join(p.Choices, ", ") + ")"
	}
	fmt.Fprintf(out, "%s%s [%s]: ", p.Ask, choices, def)
	line, err := in.ReadString('\n')
	if errors.Is(err, io.EOF) {
		fmt.Fprintln(out)
	} else if err != nil {
		return "", fmt.Errorf("read an answer: %w", err)
	}
	if line = strings.TrimSpace(line); line == "" {
		return def, nil
	}
	return line, nil
}

// complete checks all values together, and adds what follows from others.
func (r *paramReader) complete(lib library) (scaffold.Params, error) {
	modPath, _ := r.values["module"].(string) // flags and file are checked
	if err := checkModule(modPath); err != nil {
		return scaffold.Params{}, &trouble{code: codeUsage, message: err.Error(), hint: "a module path begins with a domain of your own, such as example.com/guests"}
	}
	if r.values["name"] == nil {
		r.values["name"] = path.Base(modPath)
	}
	params, err := r.schema.Decode(r.values)
	if err != nil {
		return params, &trouble{code: codeUsage, message: err.Error(), hint: "--name sets it"}
	}
	if lib.dir != "" {
		for _, p := range r.schema.Params {
			if value, ok := r.values[p.Name]; ok && needsRelease(p.Name) && value != false && value != scaffold.None {
				return params, &trouble{code: codeUsage,
					message: fmt.Sprintf("--%s: the project would use the checkout %s, which is on this machine only", p.Name, lib.dir),
					hint:    "leave it out, or use a release: go run ironstar.dev/cmd/ironstar@latest new"}
			}
		}
	}
	return params, nil
}

// needsRelease reports whether a file works only where the library can be
// downloaded.
func needsRelease(param string) bool { return param == "ci" || param == "docker" }

// checkModule returns an error unless a project can have the module path.
func checkModule(name string) error {
	if err := module.CheckPath(name); err != nil {
		return err
	}
	if slices.Contains(strings.Split(name, "/"), "vendor") {
		return fmt.Errorf("no Go package of %s could be imported, because a part of its path is vendor", name)
	}
	if name == libraryModule || strings.HasPrefix(name, libraryModule+"/") {
		return fmt.Errorf("%s belongs to the library", name)
	}
	return nil
}
