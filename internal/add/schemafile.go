package add

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// SchemaFile is a file of a schema that gets more. Each method puts text between
// what is there. After an error the file is as it was.
type SchemaFile struct {
	text  []byte
	file  *ast.File
	clean bool // it was formatted as cue fmt does
}

// ReadSchema reads a file.
func ReadSchema(text []byte) (*SchemaFile, error) {
	f := &SchemaFile{clean: isFormatted(text)}
	return f, f.set(text)
}

// Text returns the file as it is now.
func (f *SchemaFile) Text() []byte { return f.text }

func (f *SchemaFile) set(text []byte) error {
	file, err := parser.ParseFile("", text, parser.ParseComments)
	if err != nil {
		return err
	}
	f.text, f.file = text, file
	return nil
}

func isFormatted(text []byte) bool {
	same, err := format.Source(text)
	return err == nil && bytes.Equal(same, text)
}

// put tries insertions one after the other, and keeps the first with which a
// formatted file is still formatted, otherwise the first that is valid.
func (f *SchemaFile) put(variants ...insertion) error {
	var first []byte
	for _, v := range variants {
		text := insert(f.text, v)
		if _, err := parser.ParseFile("", text); err != nil {
			continue
		}
		if same, err := format.Source(text); !f.clean || err == nil && isInserted(f.text, same, v.at) {
			if f.clean {
				text = same
			}
			return f.set(text)
		}
		if first == nil {
			first = text
		}
	}
	if first == nil {
		return ErrByHand
	}
	return f.set(first)
}

// Has reports whether the file has something of the definition.
func (f *SchemaFile) Has(definition string) bool { return len(f.structsOf(definition)) > 0 }

// Append puts a definition, with its comment, at the end of the file.
func (f *SchemaFile) Append(text string) error {
	end := len(bytes.TrimRight(f.text, " \t\r\n"))
	return f.put(insertion{end, "\n\n" + text}, insertion{end, "\n\n" + text + "\n"})
}

// Add puts a declaration into a section of a definition: a command into "command"
// of #Recipe. An empty section means the definition itself.
func (f *SchemaFile) Add(definition, section, text string) error {
	all := f.structsOf(definition)
	if section == "" {
		return f.intoAny(all, text)
	}
	chained := section + ": " + text
	var last *ast.Field
	for _, s := range all {
		for _, d := range s.Elts {
			field, ok := d.(*ast.Field)
			if !ok || labelOf(field) != section {
				continue
			}
			last = field
			if !s.Lbrace.IsValid() {
				chained = "#" + definition + ": " + section + ": " + text
			}
			if sub := asStruct(field.Value); sub != nil && sub.Lbrace.IsValid() {
				return f.into(sub, text)
			}
		}
	}
	if last != nil {
		return f.after(last, chained)
	}
	return f.intoAny(all, chained)
}

// intoAny puts text into the first struct with braces.
func (f *SchemaFile) intoAny(all []*ast.StructLit, text string) error {
	for _, s := range slices.Backward(all) {
		if s.Lbrace.IsValid() {
			return f.into(s, text)
		}
	}
	return ErrByHand
}

// into puts text at the end of a struct with braces.
func (f *SchemaFile) into(s *ast.StructLit, text string) error {
	open, end := s.Lbrace.Offset(), s.Rbrace.Offset()
	if !bytes.Contains(f.text[open:end], []byte("\n")) {
		return f.inline(s, text)
	}
	start := lineStart(f.text, end)
	indent := indentAt(f.text, end)
	if strings.TrimSpace(string(f.text[start:end])) != "" { // the brace is behind something
		indent = indentAt(f.text, open)
		return f.put(insertion{end, "\n" + indented(text, indent+"\t") + "\n" + indent})
	}
	if len(s.Elts) > 0 {
		first := s.Elts[0].Pos().Offset()
		if lineStart(f.text, first) > open {
			indent = indentAt(f.text, first)
		} else {
			indent += "\t"
		}
	} else {
		indent += "\t"
	}
	block := indented(text, indent) + "\n"
	return f.put(insertion{start, block}, insertion{start, indented(flat(text), indent) + "\n"}, insertion{start, "\n" + block})
}

// inline puts text into a struct on one line.
func (f *SchemaFile) inline(s *ast.StructLit, text string) error {
	end := s.Rbrace.Offset()
	at := s.Lbrace.Offset() + 1 + len(bytes.TrimRight(f.text[s.Lbrace.Offset()+1:end], " \t,"))
	if len(s.Elts) == 0 {
		indent := indentAt(f.text, end)
		return f.put(insertion{end, flat(text)}, insertion{end, "\n" + indented(text, indent+"\t") + "\n" + indent})
	}
	return f.put(insertion{at, ", " + flat(text)})
}

// after puts a declaration behind a field that has no braces.
func (f *SchemaFile) after(field *ast.Field, text string) error {
	end := field.End().Offset()
	line := lineEnd(f.text, end)
	rest := strings.TrimSpace(string(f.text[end:line]))
	if rest != "" && !strings.HasPrefix(rest, "//") {
		return f.put(insertion{end, ", " + flat(text)})
	}
	indent := indentAt(f.text, field.Pos().Offset())
	block := "\n" + indented(text, indent)
	return f.put(insertion{line, block}, insertion{line, "\n" + indented(flat(text), indent)}, insertion{line, "\n" + block})
}

// flat returns a declaration on one line.
func flat(text string) string {
	var b strings.Builder
	open := true
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if !open && !strings.HasPrefix(line, "}") {
			b.WriteString(", ")
		}
		b.WriteString(line)
		open = strings.HasSuffix(line, "{")
	}
	return b.String()
}

// structsOf returns the struct literals of a definition: one for each place that
// says something of it.
func (f *SchemaFile) structsOf(definition string) []*ast.StructLit {
	var all []*ast.StructLit
	for _, d := range f.file.Decls {
		if field, ok := d.(*ast.Field); ok && labelOf(field) == "#"+definition {
			all = append(all, literals(field.Value)...)
		}
	}
	return all
}

// literals returns the struct literals of a conjunction.
func literals(x ast.Expr) []*ast.StructLit {
	switch x := x.(type) {
	case *ast.StructLit:
		return []*ast.StructLit{x}
	case *ast.ParenExpr:
		return literals(x.X)
	case *ast.BinaryExpr:
		if x.Op == token.AND {
			return append(literals(x.X), literals(x.Y)...)
		}
	}
	return nil
}

func asStruct(x ast.Expr) *ast.StructLit {
	s, _ := x.(*ast.StructLit)
	return s
}

func labelOf(field *ast.Field) string {
	name, _, err := ast.LabelName(field.Label)
	if err != nil {
		return ""
	}
	return name
}

// imported returns the name under which the file imports a package, or "".
func (f *SchemaFile) imported(path string) string {
	for spec := range f.file.ImportSpecs() {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil && p == path {
			if spec.Name != nil {
				return spec.Name.Name
			}
			return ownName(path)
		}
	}
	return ""
}

// ownName is the name of an imported package, unless the file gives it another one.
func ownName(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// Import adds an import, unless it is there.
func (f *SchemaFile) Import(path string) error {
	if f.imported(path) != "" {
		return nil
	}
	line := strconv.Quote(path)
	var clause *ast.Package
	var last *ast.ImportDecl
	for _, d := range f.file.Decls {
		switch d := d.(type) {
		case *ast.Package:
			clause = d
		case *ast.ImportDecl:
			last = d
		}
	}
	switch {
	case last == nil && clause == nil:
		return ErrByHand
	case last == nil:
		end := lineEnd(f.text, clause.End().Offset())
		return f.put(insertion{end, "\n\nimport " + line}, insertion{end, "\n\nimport " + line + "\n"})
	case !last.Lparen.IsValid():
		return f.put(insertion{last.Pos().Offset(), "import " + line + "\n"}, insertion{lineEnd(f.text, last.End().Offset()), "\nimport " + line})
	}
	return f.importInto(last, path)
}

// importInto adds a line to a list of imports. Packages of CUE come first.
func (f *SchemaFile) importInto(d *ast.ImportDecl, path string) error {
	line := strconv.Quote(path)
	builtin := !strings.Contains(path, ".")
	for _, spec := range d.Specs {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil || !builtin || !strings.Contains(p, ".") && p < path {
			continue
		}
		start := lineStart(f.text, spec.Pos().Offset())
		indent := indentAt(f.text, spec.Pos().Offset())
		group := indent + line + "\n"
		if strings.Contains(p, ".") {
			return f.put(insertion{start, group + "\n"}, insertion{start, group})
		}
		return f.put(insertion{start, group})
	}
	end := d.Rparen.Offset()
	if strings.TrimSpace(string(f.text[lineStart(f.text, end):end])) != "" {
		return f.put(insertion{end, "; " + line})
	}
	start := lineStart(f.text, end)
	return f.put(insertion{start, "\t" + line + "\n"}, insertion{start, "\n\t" + line + "\n"})
}

// Formatted returns a declaration as cue fmt writes it. A text that does not parse
// stays as it is; the check of the schema says what is wrong.
func Formatted(text string) string {
	out, err := format.Source([]byte(text))
	if err != nil {
		return text
	}
	return strings.TrimRight(string(out), "\n")
}
