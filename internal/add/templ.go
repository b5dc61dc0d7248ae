package add

import (
	"bytes"
	"fmt"
	"go/format"

	"github.com/a-h/templ"
	"github.com/a-h/templ/generator"
	"github.com/a-h/templ/parser/v2"
)

// Templ formats a templ file as templ fmt does, and generates its Go as templ
// generate does. name is that of the file, without its folder.
func Templ(name, text string) (formatted, generated []byte, err error) {
	file, err := parser.ParseString(text)
	if err != nil {
		return nil, nil, fmt.Errorf("make %s: %w", name, err)
	}
	var source, code bytes.Buffer
	if err := file.Write(&source); err != nil {
		return nil, nil, fmt.Errorf("make %s: %w", name, err)
	}
	if file, err = parser.ParseString(source.String()); err != nil { // positions are part of the Go
		return nil, nil, fmt.Errorf("make %s: %w", name, err)
	}
	if _, err := generator.Generate(file, &code, generator.WithVersion(templ.Version()), generator.WithFileName(name)); err != nil {
		return nil, nil, fmt.Errorf("generate the Go of %s: %w", name, err)
	}
	generated, err = format.Source(code.Bytes())
	return source.Bytes(), generated, err
}
