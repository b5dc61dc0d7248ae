package dev

import (
	_ "embed"
	"fmt"

	"github.com/evanw/esbuild/pkg/api"
)

//go:embed client/dev.ts
var scriptSource string

// script returns the script of pages as JavaScript.
func script() ([]byte, error) {
	r := api.Transform(scriptSource, api.TransformOptions{Loader: api.LoaderTS, Format: api.FormatIIFE, Target: api.ES2022, Charset: api.CharsetUTF8})
	if len(r.Errors) > 0 {
		return nil, fmt.Errorf("convert the script of pages: %s", r.Errors[0].Text)
	}
	return r.Code, nil
}
