package cueload

import (
	"fmt"
	"regexp/syntax"
	"strings"

	"ironstar.dev/internal/model"
)

// builtinPackages are the packages of CUE's standard library.
var builtinPackages = map[string]bool{
	"crypto/ed25519": true, "crypto/hmac": true, "crypto/md5": true, "crypto/sha1": true, "crypto/sha256": true, "crypto/sha512": true,
	"encoding/base64": true, "encoding/csv": true, "encoding/hex": true, "encoding/json": true, "encoding/openapi": true,
	"encoding/toml": true, "encoding/yaml": true, "html": true, "list": true, "math": true, "math/bits": true, "net": true, "path": true,
	"regexp": true, "strconv": true, "strings": true, "struct": true, "text/tabwriter": true, "text/template": true, "time": true,
	"tool": true, "tool/cli": true, "tool/exec": true, "tool/file": true, "tool/http": true, "tool/os": true, "uuid": true,
}

// maxPattern is the longest regular expression, in bytes.
const maxPattern = 2000

// compiles reports a regular expression that does not compile. CUE reports it
// only when there is a value to match.
func (r *reader) compiles(text string, at model.Pos) bool {
	wrong, hint := patternError(text)
	if wrong != "" {
		r.problems.add(codeRegexp, at, hint, "%s", wrong)
	}
	return wrong == ""
}

// patternError returns the error in a regular expression, or "".
func patternError(text string) (wrong, hint string) {
	if len(text) > maxPattern {
		return fmt.Sprintf("a pattern of more than %d bytes", maxPattern), ""
	}
	re, err := syntax.Parse(text, syntax.Perl)
	if err == nil {
		_, err = syntax.Compile(re.Simplify())
	}
	if err != nil {
		return "the pattern does not compile: " + strings.TrimPrefix(err.Error(), "error parsing regexp: "), "patterns are written as for Go's package regexp"
	}
	return "", ""
}
