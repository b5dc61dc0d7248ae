package templates

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/a-h/templ"
	"github.com/a-h/templ/generator"
	"github.com/a-h/templ/parser/v2"
)

// recordedName is the name of the templ file in generated code. It is relative to
// the folder with which templ generate was run.
var recordedName = regexp.MustCompile("FileName: `([^`]+)`")

// ShownName returns the name of a templ file that generated code shows in errors:
// the one that it has now, or else the path below the folder that is first in the
// project, such as web. name is the path from the project, with slashes.
func ShownName(name string, generated []byte) string {
	if m := recordedName.FindSubmatch(generated); m != nil && (name == string(m[1]) || strings.HasSuffix(name, "/"+string(m[1]))) {
		return string(m[1])
	}
	if _, below, found := strings.Cut(name, "/"); found {
		return below
	}
	return name
}

// Code returns the code that templ generate writes for a file: before it is formatted,
// if it is not Go. shown is the file's name in errors at run time.
func Code(file *parser.TemplateFile, shown string) ([]byte, *parser.SourceMap, error) {
	var b bytes.Buffer
	out, err := generator.Generate(file, &b, generator.WithVersion(templ.Version()), generator.WithFileName(shown))
	if err != nil {
		return nil, nil, err
	}
	code, err := format.Source(b.Bytes())
	return code, out.SourceMap, err
}

// stale reports generated code that is not what the template generates now. It does
// not compare code of another version of templ.
func (t *template) stale(tree *parser.TemplateFile) {
	target := strings.TrimSuffix(t.name, ".templ") + "_templ.go"
	have, err := os.ReadFile(filepath.Join(t.root, filepath.FromSlash(target)))
	if err != nil || !bytes.Contains(have, []byte("// templ: version: "+templ.Version()+"\n")) {
		return // without the file, Go says what is missing
	}
	code, _, err := Code(tree, ShownName(t.name, have))
	if err == nil && !bytes.Equal(code, have) {
		t.add(Stale, parser.Position{}, fmt.Sprintf("%s was generated from another text", target), "run go generate ./..., or make generate")
	}
}
