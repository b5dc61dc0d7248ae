// Package deps pins modules until their users exist. It is deleted then.
package deps

import (
	_ "cuelang.org/go/cue/cuecontext"
	_ "cuelang.org/go/cue/load"
	_ "github.com/a-h/templ"
	_ "github.com/alecthomas/kong"
	_ "github.com/chromedp/chromedp"
	_ "github.com/dave/jennifer/jen"
	_ "github.com/evanw/esbuild/pkg/api"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/gzuidhof/tygo/tygo"
	_ "github.com/klauspost/compress/zstd"
	_ "github.com/maypok86/otter/v2"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/starfederation/datastar-go/datastar"
	_ "golang.org/x/mod/module"
	_ "golang.org/x/sys/unix"
	_ "modernc.org/sqlite"
	_ "pgregory.net/rapid"
	_ "zombiezen.com/go/sqlite"
	_ "zombiezen.com/go/sqlite/sqlitemigration"
	_ "zombiezen.com/go/sqlite/sqlitex"
)
