package naming

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// initialisms are words that Go writes in capitals.
var initialisms = map[string]bool{
	"api": true, "ascii": true, "cpu": true, "css": true, "dns": true, "eof": true, "html": true, "http": true,
	"https": true, "id": true, "ip": true, "json": true, "qps": true, "ram": true, "rpc": true, "sql": true,
	"ssh": true, "tcp": true, "tls": true, "ttl": true, "udp": true, "ui": true, "uri": true, "url": true,
	"utf8": true, "uuid": true, "vm": true, "xml": true,
}

// Exported converts a CUE name to a Go name: unitPrice to UnitPrice, userId to
// UserID, sku to Sku.
func Exported(name string) string {
	var b strings.Builder
	for _, w := range Words(name) {
		if initialisms[strings.ToLower(w)] {
			b.WriteString(strings.ToUpper(w))
		} else {
			b.WriteString(Title(w))
		}
	}
	return b.String()
}

// Title returns a name with its first letter in upper case. The name may be
// empty or in any script.
func Title(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + name[n:]
}

// Words splits a name at characters that are not letters or digits. It also
// splits before a capital that follows a small letter or digit, and before the
// last of several capitals if a small letter follows: HTTPServer is HTTP, Server.
func Words(name string) []string {
	var out []string
	runes := []rune(name)
	start := 0
	flush := func(end int) {
		if end > start {
			out = append(out, string(runes[start:end]))
		}
	}
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush(i)
			start = i + 1
		case i > start && unicode.IsUpper(r) && (!unicode.IsUpper(runes[i-1]) ||
			i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			flush(i)
			start = i
		}
	}
	flush(len(runes))
	return out
}

// Kebab returns a name as it is in addresses: CompleteAll becomes complete-all.
func Kebab(name string) string { return strings.ToLower(strings.Join(Words(name), "-")) }

// fileBase returns the beginning of a file name for a thing. The go command, cue and
// ironstar give some last words after an underscore a meaning. Such a word is
// joined to the word before it.
func fileBase(name string) string {
	all := strings.Split(Kebab(name), "-")
	last := len(all) - 1
	if last > 0 && slices.Contains(fileSuffixes, all[last]) {
		return strings.Join(all[:last], "_") + all[last]
	}
	return strings.Join(all, "_")
}

// fileSuffixes are operating systems and architectures of all Go versions,
// test, tool (for cue), and the endings of generated files.
var fileSuffixes = strings.Fields(`test tool gen aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd
	plan9 solaris wasip1 windows zos 386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32
	mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm unix`)
