package main

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"ironstar.dev/internal/add"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// addPageCmd is `ironstar add page`.
type addPageCmd struct {
	Name     string   `arg:"" help:"The view that the page shows, such as Cookbook, or kitchen.Cookbook."`
	Commands []string `arg:"" optional:"" help:"The commands that it has forms for, such as Recipe.Note. By default, all of the aggregate if each stream has a page, and otherwise the first of each aggregate that the view reads."`
	addFlags
}

// Help is shown by ironstar add page --help.
func (addPageCmd) Help() string {
	return `Writes web/NAME.templ: the live part, which shows the state, a document around it with a form for each command, and the
title. A command without fields is a button. Then it runs templ on the file, and puts the page into cmd/app/main.go. If
the application has no first page yet, this is it.

Examples:

    ironstar add page Cookbook
    ironstar add page Card Recipe.Note Recipe.Publish`
}

// Run adds it.
func (c *addPageCmd) Run(ctx context.Context, s *session) error {
	a, err := s.startAdding(ctx, c.addFlags)
	if err != nil {
		return err
	}
	if err := a.page(c); err != nil {
		return err
	}
	return a.finish()
}

// webFolder is where pages are, from the module.
const webFolder = "web"

func (a *addition) page(c *addPageCmd) error {
	v, err := a.findView(c.Name)
	if err != nil {
		return err
	}
	commands, err := a.commandsOf(v, c.Commands)
	if err != nil {
		return err
	}
	if err := a.load(); err != nil {
		return err
	}
	web, err := a.readWeb()
	if err != nil {
		return err
	}
	p := add.Page{View: v, Commands: commands, Package: web.pkg, Layout: web.layout, HTTP: a.httpImport(v.Package),
		Import: func(p *model.Package) string {
			return path.Join(a.project.modPath, a.project.options().Gen, naming.Folder(p))
		}}
	if p.Name, err = web.free(v); err != nil {
		return err
	}
	base := strings.TrimSuffix(naming.HandWrittenFile(p.Name), ".go")
	file := path.Join(webFolder, base+".templ")
	for _, name := range []string{file, path.Join(webFolder, base+"_templ.go")} {
		if exists(filepath.Join(a.project.module, name)) {
			return &trouble{code: codeThere, file: a.rel(filepath.Join(a.project.module, name)), message: "the file exists already: nothing was written", hint: "the page is there: change it, or move it away; " + formsByHand(p), exit: exitNo}
		}
	}
	source, code, err := add.Templ(base+".templ", p.Text())
	if err != nil {
		return err
	}
	if err := a.wirePage(p); err != nil {
		return err
	}
	a.once[file], a.also[path.Join(webFolder, base+"_templ.go")] = source, code
	a.place(file, "func "+naming.Heading.Of(p.Name)+"(", "the title")
	a.place(file, "templ "+p.Name+"(", "what the page shows")
	if p.Layout == "" {
		a.say("web/ has no component Layout(title string), so the forms are in the live part; docs/PAGES.md says what a document around it is for")
	}
	return nil
}

// formsByHand says how a page that is there gets the forms of commands.
func formsByHand(p add.Page) string {
	if forms := p.Forms(); forms != "" {
		return "to give it the forms, put this into its document:\n" + strings.TrimSuffix(forms, "\n")
	}
	return "buttons of commands without fields are @live.Button(…) in its live part"
}

// findView finds a view by its name, or its context and name.
func (a *addition) findView(name string) (*model.View, error) {
	var all []*entry
	for _, e := range index(a.before) {
		if e.view != nil {
			all = append(all, e)
		}
	}
	found := find(all, name)
	switch {
	case len(found) == 1:
		return found[0].view, nil
	case len(found) > 1:
		return nil, &trouble{code: codeNoName, message: fmt.Sprintf("several views are called %s", name), hint: "write one of " + list(paths(found), "or")}
	case len(all) == 0:
		return nil, &trouble{code: codeNoName, message: "a page shows a view, and the schema has none yet", hint: "ironstar add view Cookbook --of Recipe adds one"}
	}
	return nil, &trouble{code: codeNoName, message: fmt.Sprintf("the schema has no view %q", name), hint: suggestion(name, paths(all)) + "; ironstar add view adds one"}
}

// commandsOf finds the commands that a page has forms for.
func (a *addition) commandsOf(v *model.View, names []string) ([]add.PageCommand, error) {
	var all []add.PageCommand
	for _, name := range names {
		of, command, err := a.aggregateOf(name, "Recipe.Note")
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(of.Commands, func(c *model.Command) bool { return c.Name == command })
		if i < 0 {
			return nil, &trouble{code: codeNoName, message: fmt.Sprintf("%s has no command %s", of.Name, command), hint: suggestion(command, commandNames(of))}
		}
		if of.Commands[i].Internal {
			return nil, &trouble{code: codeUsage, message: name + " is internal: only processes and Go code give it", hint: "name a command without @internal()"}
		}
		if of.Package != v.Package {
			return nil, &trouble{code: codeUsage, message: fmt.Sprintf("%s is of another context than the view %s", name, v.Name), hint: "write its form by hand"}
		}
		all = append(all, add.PageCommand{Aggregate: of, Command: of.Commands[i]})
	}
	if len(names) > 0 {
		return all, nil
	}
	for _, of := range read(v) {
		for i, c := range of.Commands {
			if (i == 0 && of.ID == nil || isByStream(v)) && !c.Internal {
				all = append(all, add.PageCommand{Aggregate: of, Command: c})
			}
		}
	}
	return all, nil
}

func commandNames(of *model.Aggregate) []string {
	var names []string
	for _, c := range of.Commands {
		names = append(names, c.Name)
	}
	return names
}

// read lists the aggregates that a view reads.
func read(v *model.View) []*model.Aggregate {
	if v.Of != nil {
		return []*model.Aggregate{v.Of}
	}
	var all []*model.Aggregate
	for _, on := range v.On {
		all = append(all, on.Aggregate)
	}
	return all
}

func isByStream(v *model.View) bool { return v.Key == "stream" }

// web is what the folder of pages has.
type web struct {
	pkg    string
	layout string // name of the component that pages have in common; ""
	names  map[string]bool
	code   []*add.GoFile
}

// has reports whether something has a name.
func (w *web) has(name string) bool {
	return w.names[name] || slices.ContainsFunc(w.code, func(f *add.GoFile) bool { return f.Declares(name) })
}

var (
	webName   = regexp.MustCompile(`(?m)^(?:templ|func|type|var|const) (\w+)\b`)
	webLayout = regexp.MustCompile(`(?m)^templ ([Ll]ayout)\(\w+ string\) \{`)
	webClause = regexp.MustCompile(`(?m)^package (\w+)`)
)

func (a *addition) readWeb() (*web, error) {
	w := &web{pkg: webFolder, names: map[string]bool{}}
	for _, pattern := range []string{"*.templ", "*.go"} {
		found, err := a.glob(path.Join(webFolder, pattern))
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := a.read(name)
			if err != nil {
				return nil, err
			}
			if f, err := add.ReadGo(text); err == nil {
				w.code = append(w.code, f)
			}
			for _, m := range webName.FindAllSubmatch(text, -1) {
				w.names[string(m[1])] = true
			}
			if m := webLayout.FindSubmatch(text); m != nil && strings.HasSuffix(name, ".templ") {
				w.layout = string(m[1])
			}
			if m := webClause.FindSubmatch(text); m != nil {
				w.pkg = string(m[1])
			}
		}
	}
	return w, nil
}

// free returns a name for the page of a view that nothing else has: that of the
// view, also with its context before it.
func (w *web) free(v *model.View) (string, error) {
	for _, name := range []string{v.Name, naming.Exported(v.Package.Name) + v.Name} {
		if !w.has(name) && !w.has(naming.Heading.Of(name)) && !w.has(naming.PageDocument.Of(name)) {
			return name, nil
		}
	}
	return "", &trouble{code: codeThere, message: fmt.Sprintf("web/ has a component %s already: nothing was written", v.Name), hint: "the page is there: change it, or give it another name", exit: exitNo}
}

// wirePage puts a page into the main file.
func (a *addition) wirePage(p add.Page) error {
	values := []entryOf{{naming.Page.Of(p.View.Name), "", "", "", p.Name}, {naming.Heading.Of(p.View.Name), "", "", "", naming.Heading.Of(p.Name)}}
	if p.Layout != "" {
		values = append(values, entryOf{naming.PageDocument.Of(p.View.Name), "", "", "", naming.PageDocument.Of(p.Name)})
	}
	for i := range values {
		values[i].importPath, values[i].pkg, values[i].end = path.Join(a.project.modPath, webFolder), p.Package, "."+values[i].end
	}
	name, err := a.mainFile(p.View.Package)
	if err != nil {
		return err
	}
	if name == "" {
		a.byHand = append(a.byHand, manual{"the ops.App of the application", domainByHand(p.View.Package, values)})
		return nil
	}
	f, err := a.goFile(name)
	if err == nil {
		err = a.wirePageInto(f, p, values)
	}
	if errors.Is(err, add.ErrByHand) {
		delete(a.code, name)
		a.byHand = append(a.byHand, manual{name, domainByHand(p.View.Package, values)})
		return nil
	}
	return err
}

func (a *addition) wirePageInto(f *add.GoFile, p add.Page, values []entryOf) error {
	http, err := f.Import(p.HTTP, naming.HTTPPackage(p.View.Package), "gen")
	if err != nil {
		return err
	}
	if f.Sets(http, values[0].field) {
		return &trouble{code: codeThere, message: fmt.Sprintf("%s is set already, so the view %s has a page: nothing was written", values[0].field, p.View.Name), hint: formsByHand(p), exit: exitNo}
	}
	// The schema may have been written by hand: then the code is not there yet either.
	if err := a.wireInto(f, p.View.Package, a.codeEntries(p.View.Package, func(string) bool { return true })); err != nil {
		return err
	}
	web, err := f.Import(values[0].importPath, p.Package, "pages")
	if err != nil {
		return err
	}
	var all []string
	for _, v := range values {
		all = append(all, v.field+": "+web+v.end)
	}
	line := strings.Join(all, ", ")
	live := f.Imported(livePackage)
	done, err := f.Replace(http, naming.PageOptions.Of(p.View.Name), live+".ViewOptions{NoPage: true}", line)
	if err == nil && !done {
		err = f.Wire(http, []string{line + ","})
	}
	if err == nil {
		err = a.wireHome(f, http, p.View)
	}
	if err == nil {
		err = f.DropImport(livePackage)
	}
	return err
}

// wireHome makes a page the first one of an application that has none.
func (a *addition) wireHome(f *add.GoFile, http string, v *model.View) error {
	if f.SetsInApp("Home") || f.SetsInApp("Routes") || hasRequired(v.Param) || v.MustExist || !isByStream(v) && v.Key != "global" || isByStream(v) && read(v)[0].ID != nil {
		return nil
	}
	live, err := f.Import(livePackage, "live", "gen")
	if err != nil {
		return err
	}
	address := http + "." + naming.ViewURL.Of(v.Name)
	if isByStream(v) {
		return f.WireApp(fmt.Sprintf("Home: func(s %s.Session) string { return %s(s.Address(%q)) }, // one of their own", live, address, naming.Kebab(read(v)[0].Name)))
	}
	address += "()"
	if v.Param != nil {
		address = http + "." + naming.PageAt.Of(v.Name) + "{}.URL()"
	}
	return f.WireApp(fmt.Sprintf("Home: func(%s.Session) string { return %s },", live, address))
}

// hasRequired reports whether an address must have a parameter.
func hasRequired(params *model.Named) bool {
	return params != nil && slices.ContainsFunc(params.Type.Fields, (*model.Field).Required)
}
