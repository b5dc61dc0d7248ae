package naming

import (
	"ironstar.dev/internal/model"
)

// folders adds the folders in which Go packages are generated.
func (t *table) folders(p *model.Package) {
	what := "the package in " + p.Dir
	if p.Dir == "." {
		what = "the package in the schema's folder"
	}
	t.addFile("the generated folders", Folder(p), what, p.Pos)
	if hasHTTP(p) {
		t.addFile("the generated folders", Folder(p)+"/"+HTTPPackage(p), "the HTTP package of "+what, p.Pos)
	}
}

func hasHTTP(p *model.Package) bool {
	return len(p.Aggregates)+len(p.Views)+len(p.Queries)+len(p.Signals) > 0
}

// member adds the name of a field or method.
func (t *table) member(scope, text, what string, pos model.Pos, hint string) {
	t.names = append(t.names, Name{Scope: scope, Text: text, What: what, Of: what, Pos: pos, Hint: hint, Member: true})
}

// http adds the names of the HTTP package.
func (t *table) http() {
	if !hasHTTP(t.pkg) {
		return
	}
	scope := "Go package " + inFolder(HTTPPackage(t.pkg), t.pkg)
	fields := HTTPDomain + " of package " + inFolder(HTTPPackage(t.pkg), t.pkg)
	parts := HTTPParts + " of package " + inFolder(HTTPPackage(t.pkg), t.pkg)
	pos := t.pkg.Pos
	t.add(scope, HTTPDomain, "what an application gives for the package", pos)
	t.add(scope, HTTPParts, "what runs of the package", pos)
	t.add(scope, HTTPPartsOf, "the function that finds what runs of the package", pos)
	t.add(fields, HTTPRegister, "the method that adds the package to an application", pos)
	for _, a := range t.pkg.Aggregates {
		what := "aggregate #" + a.Name
		t.of(fields, a.Name, what, a.Pos, "", Code)
		if len(a.Commands) > 0 {
			t.of(parts, a.Name, what, a.Pos, "", Handler)
		}
		for _, c := range a.Commands {
			if c.Internal {
				continue
			}
			t.of(scope, c.Payload.GoName, "command "+c.Name, c.Pos, renameType, CommandURL)
		}
	}
	for _, v := range t.pkg.Views {
		what := "view #" + v.Name
		if v.HasCode() {
			t.of(fields, v.Name, what, v.Pos, "", Code)
		}
		t.of(fields, v.Name, what, v.Pos, "", Page, Heading, PageDocument, PageOptions)
		if v.Shows == nil {
			t.of(parts, v.Name, what, v.Pos, "", Reader)
		}
		t.of(scope, v.Name, what, v.Pos, "", ViewURL, FeedURL, PageAt, PageDocument)
		if v.List != nil {
			t.of(scope, v.Name, what, v.Pos, "", ListPage)
		}
	}
	for _, q := range t.pkg.Queries {
		what := "query #" + q.Name
		if q.View != nil {
			t.of(fields, q.Name, what, q.Pos, "", Code)
		}
		t.of(parts, q.Name, what, q.Pos, "", Reader)
		t.of(scope, q.Name, what, q.Pos, "", QueryJSONURL, QueryCSVURL, QueryParquetURL)
	}
	for _, p := range t.pkg.Processes {
		what := "process #" + p.Name
		t.of(fields, p.Name, what, p.Pos, "", Code)
		t.of(parts, p.Name, what, p.Pos, "", Runner)
		if len(p.Effects) > 0 {
			t.of(fields, p.Name, what, p.Pos, "", EffectCode)
		}
	}
}

// handWritten adds the names in the folder of hand-written code, as stubs
// declare them.
func (t *table) handWritten() {
	scope := "hand-written package " + inFolder(t.pkg.Name, t.pkg)
	for _, a := range t.pkg.Aggregates {
		what := "aggregate #" + a.Name
		t.addOf(scope, Aggregate.Of(a.Name), "the hand-written side of "+what, what, a.Pos, "")
		t.of(scope, a.Name, what, a.Pos, "", HistoryTest)
	}
	for _, v := range t.pkg.Views {
		if v.HasCode() {
			what := "view #" + v.Name
			t.addOf(scope, View.Of(v.Name), "the hand-written side of "+what, what, v.Pos, "")
		}
	}
	for _, q := range t.pkg.Queries {
		if q.View != nil {
			what := "query #" + q.Name
			t.addOf(scope, Query.Of(q.Name), "the hand-written side of "+what, what, q.Pos, "")
		}
	}
	for _, p := range t.pkg.Processes {
		what := "process #" + p.Name
		t.addOf(scope, Process.Of(p.Name), "the hand-written side of "+what, what, p.Pos, "")
		if len(p.Effects) > 0 {
			t.addOf(scope, ProcessEffects.Of(p.Name), "the hand-written effects of "+what, what, p.Pos, "")
		}
	}
}

// aggregateMethods adds the methods of an aggregate's hand-written code.
func (t *table) aggregateMethods(a *model.Aggregate) {
	scope := "the methods of " + a.Name + " of package " + inFolder(t.pkg.Name, t.pkg)
	what := "aggregate #" + a.Name
	t.add(scope, SourceMethod, "the method that gives the code of "+what, a.Pos)
	t.add(scope, InitialMethod, "the first state of "+what, a.Pos)
	for _, c := range a.Commands {
		t.of(scope, c.Name, "command "+c.Name, c.Pos, "", Decide)
	}
	for _, e := range a.Events {
		t.of(scope, e.Name, "event "+e.Name, e.Pos, "", Evolve)
	}
	for _, h := range a.Hands() {
		t.addOf(scope, h.Name, "the method of a hand-written step", "the step", h.Pos, renameType)
	}
}

func (t *table) viewMethods(v *model.View) {
	scope := "the methods of " + v.Name + " of package " + inFolder(t.pkg.Name, t.pkg)
	what := "view #" + v.Name
	t.add(scope, SourceMethod, "the method that gives the code of "+what, v.Pos)
	t.add(scope, InitialMethod, "the first state of "+what, v.Pos)
	for _, on := range v.On {
		if on.Aggregate == nil { // the schema has errors
			continue
		}
		for _, e := range on.Events {
			t.add(scope, ViewEvolve(on.Aggregate, e), "the method that folds event "+e.Name+" of #"+on.Aggregate.Name, e.Pos)
		}
	}
}

func (t *table) paramMembers(params *model.Named) {
	scope := "the fields and methods of " + params.GoName + " of package " + inFolder(t.pkg.Name, t.pkg)
	t.member(scope, ParamQuery, "the method that writes the query string", params.Pos, "")
	for _, name := range vetted {
		t.member(scope, name, "a method whose signature go vet knows", params.Pos, "")
	}
	for _, f := range params.Type.Fields {
		if f.Const == nil {
			t.member(scope, f.GoName, "parameter "+f.Name, f.Pos, renameType)
		}
		if HasParamMethods(f) {
			t.member(scope, ParamWith.Of(f.GoName), "the method that chooses parameter "+f.Name, f.Pos, renameType)
		}
	}
}

// vetted are methods for which go vet expects another signature.
var vetted = []string{"GobDecode", "GobEncode", "MarshalXML", "ReadByte", "ReadRune", "UnmarshalXML", "UnreadByte", "UnreadRune", "WriteByte"}

// HasParamMethods reports whether a parameter has methods instead of a field:
// one with a default.
func HasParamMethods(f *model.Field) bool {
	return f.Const == nil && f.Default != nil && !f.Optional
}

func unionsOf(types []Type) (unions []Type) {
	for _, n := range types {
		if n.Type.Kind == model.Sum {
			unions = append(unions, n)
		}
	}
	return unions
}

// caseMembers adds the methods that make structs cases of unions, and the fields
// of these structs. A struct and its union may be in different packages.
func (t *table) caseMembers() {
	added := map[string]bool{}
	for _, u := range t.unions {
		sealed := map[string]bool{} // two cases have the same name if no field distinguishes them
		for _, arm := range u.Type.Arms {
			scope := "the fields and methods of " + arm.GoName + " of package " + inFolder(arm.Package.Name, arm.Package)
			if sealed[scope] {
				continue
			}
			sealed[scope] = true
			if !added[scope] {
				added[scope] = true
				for _, f := range arm.Type.Fields {
					if f.Const == nil {
						t.member(scope, f.GoName, "field "+f.Name, f.Pos, renameType)
					}
				}
			}
			union := u.What + " of package " + inFolder(u.Package.Name, u.Package)
			t.names = append(t.names, Name{Scope: scope, Text: SealOf(u.Named), What: "the method that makes it a case of " + union, Of: union, Pos: u.Pos, Hint: u.renaming(), Member: true})
		}
	}
}

func (t *table) refusalMembers(r *model.Refusal) {
	scope := "the fields and methods of " + r.Payload.GoName + " of package " + inFolder(t.pkg.Name, t.pkg)
	t.member(scope, RefusalCode, "the method that gives the code of refusal "+r.Name, r.Pos, "")
	t.member(scope, RefusalError, "the method that says refusal "+r.Name, r.Pos, "")
	t.member(scope, RefusalJSON, "the method that writes refusal "+r.Name, r.Pos, "")
	for _, f := range r.Payload.Type.Fields {
		if f.Const == nil {
			t.member(scope, f.GoName, "field "+f.Name, f.Pos, renameType)
		}
	}
}

// files adds the files of the package.
func (t *table) files() {
	pos := t.pkg.Pos
	scope := "the generated files of " + Folder(t.pkg)
	for _, name := range []string{TypesFile, SignalsFile, HooksFile, TablesFile, CasesFile} {
		t.addFile(scope, name, "a file of package "+t.pkg.Name, pos)
	}
	for _, a := range t.pkg.Aggregates {
		for _, what := range aggregateFiles {
			t.addFile(scope, AggregateFile(a, what), "a file of aggregate #"+a.Name, a.Pos)
		}
	}
	for _, v := range t.pkg.Views {
		t.addFile(scope, ViewFile(v), "the file of view #"+v.Name, v.Pos)
	}
	for _, q := range t.pkg.Queries {
		t.addFile(scope, QueryFile(q), "the file of query #"+q.Name, q.Pos)
	}
	for _, p := range t.pkg.Processes {
		t.addFile(scope, ProcessFile(p), "the file of process #"+p.Name, p.Pos)
	}
	scope = "the hand-written files of " + Folder(t.pkg)
	t.addFile(scope, SourceFile, "the file that embeds the code", pos)
	t.addFile(scope, HistoryFile, "the test of what was released", pos)
	for _, a := range t.pkg.Aggregates {
		t.addFile(scope, HandWrittenFile(a.Name), "the file of aggregate #"+a.Name, a.Pos)
	}
	for _, v := range t.pkg.Views {
		if v.HasCode() {
			t.addFile(scope, HandWrittenFile(v.Name), "the file of view #"+v.Name, v.Pos)
		}
	}
	for _, q := range t.pkg.Queries {
		if q.View != nil {
			t.addFile(scope, HandWrittenFile(q.Name), "the file of query #"+q.Name, q.Pos)
		}
	}
	for _, p := range t.pkg.Processes {
		t.addFile(scope, HandWrittenFile(p.Name), "the file of process #"+p.Name, p.Pos)
	}
}

// typeScript adds the types of the package's TypeScript module.
func (t *table) typeScript() {
	for _, n := range t.types {
		if hasGoType(n.Named) {
			t.addOf("TypeScript module "+TypeScriptFile(t.pkg), n.TSName, n.generated(), n.What, n.Pos, "@ts(name=…)")
		}
	}
}

// typeScriptReserved are names that a TypeScript type cannot have.
var typeScriptReserved = map[string]bool{
	"any": true, "unknown": true, "never": true, "number": true, "bigint": true, "boolean": true, "string": true, "symbol": true,
	"void": true, "object": true, "undefined": true, "null": true, "true": true, "false": true, "this": true,
	"break": true, "case": true, "catch": true, "class": true, "const": true, "continue": true, "debugger": true, "default": true,
	"delete": true, "do": true, "else": true, "enum": true, "export": true, "extends": true, "finally": true, "for": true,
	"function": true, "if": true, "import": true, "in": true, "instanceof": true, "new": true, "return": true, "super": true,
	"switch": true, "throw": true, "try": true, "typeof": true, "var": true, "while": true, "with": true,
	"implements": true, "interface": true, "let": true, "package": true, "private": true, "protected": true, "public": true,
	"static": true, "yield": true, "await": true, "type": true, "func": true, "chan": true, "defer": true, "fallthrough": true,
	"go": true, "goto": true, "map": true, "range": true, "select": true, "struct": true, "_": true,
}

// IsTypeScriptName reports whether a type can have a name in TypeScript. Names
// that are reserved in Go are refused as well, because the text is written
// through Go.
func IsTypeScriptName(name string) bool { return !typeScriptReserved[name] }
