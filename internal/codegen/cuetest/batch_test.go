package cuetest_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/testcases"
	"ironstar.dev/wire/wiretest"
)

var pairCount = flag.Int("pairs", 25, "how many mutations TestG16_GeneratedCodeReads compiles")

// compared is the number of payloads of a version that the test compares with CUE.
// It is small, because CUE is slow.
const compared = 8

// readers is a program with the generated code of many schemas that reads
// stored events.
type readers struct {
	dir            string
	imports, cases strings.Builder
	count          int
}

func (r *readers) add(t *testing.T, p *pair) {
	t.Helper()
	s := schema{name: p.name, Schema: p.now.Schema}
	files := map[string][]byte{}
	for name, text := range generate(t, s).Files {
		if filepath.Ext(name) == ".go" && !strings.Contains(name, "http/") && !strings.HasSuffix(name, "_test.go") {
			files[name] = text
		}
	}
	for _, pkg := range s.Packages {
		dir := filepath.Dir(filepath.Dir(codegen.CasesPath(pkg, s.options())))
		for i, a := range pkg.Aggregates {
			if len(a.Events) == 0 {
				continue
			}
			r.count++
			fmt.Fprintf(&r.imports, "\tp%d %q\n", r.count, "golden.test/"+s.name+"/"+dir)
			by := ""
			if len(a.Hands()) > 0 {
				hand := fmt.Sprintf("hands%d%s", i, pkg.Name)
				files[hand+"/hands.go"] = hands(sideOf(codegen.Sides(pkg, s.options()), a.Name), a)
				fmt.Fprintf(&r.imports, "\th%d %q\n", r.count, "golden.test/"+s.name+"/"+hand)
				by = fmt.Sprintf("h%d.%s{}, ", r.count, a.Name)
			}
			fmt.Fprintf(&r.cases, "\tcase %q:\n\t\tevents, err := p%d.Decode%sEvent(%sr)\n\t\treturn encoded(events, err, p%d.Encode%sEvent)\n",
				p.name+pkg.Path+a.Name, r.count, a.Name, by, r.count, a.Name)
		}
	}
	write(t, filepath.Join(r.dir, s.name), files)
}

const readerSource = `package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"

	"ironstar.dev"

%s)

// encoded returns the event in its current stored form, or "beyond" if it is outside
// the current bounds. Stored events may be outside them.
func encoded[E any](events []E, err error, encode func(E) (ironstar.Proposed, error)) string {
	if err != nil {
		return "no " + strings.ReplaceAll(err.Error(), "\n", " ")
	}
	var all []string
	for _, e := range events {
		p, err := encode(e)
		if err != nil {
			return "beyond " + strings.ReplaceAll(err.Error(), "\n", " ")
		}
		all = append(all, string(p.Payload))
	}
	return "[" + strings.Join(all, ",") + "]"
}

func read(of string, r *ironstar.Record) string {
	switch of {
%s	}
	return "no reader of " + of
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		f := strings.Split(in.Text(), "\t")
		version, err := strconv.Atoi(f[2])
		if err != nil {
			panic(err)
		}
		json, err := base64.StdEncoding.DecodeString(f[3])
		if err != nil {
			panic(err)
		}
		fmt.Fprintln(out, read(f[0], &ironstar.Record{Type: f[1], SchemaVersion: version, Payload: json}))
	}
}
`

// TestG16_GeneratedCodeReads compiles mutated schemas that the check accepts. Their
// code must read the events that were stored before.
func TestG16_GeneratedCodeReads(t *testing.T) {
	pairs := theMutations().fine
	r := &readers{dir: module(t, "golden.test")}
	for _, p := range pairs {
		r.add(t, p)
	}
	write(t, r.dir, map[string][]byte{"main.go": fmt.Appendf(nil, readerSource, r.imports.String(), r.cases.String())})
	program := filepath.Join(r.dir, "readers")
	run(t, r.dir, "go", "build", "-gcflags=all=-N -l", "-o", program, ".")
	samples, same, lifted, beyond := 0, 0, 0, 0
	for _, p := range pairs {
		for _, v := range p.past.versions {
			is := p.now.events[v.key]
			old := jsonOf(v)
			for i, answer := range readBy(t, program, p, is, old) {
				samples++
				switch {
				case strings.Contains(answer, "computed by an upcaster is out of range") && p.past.overflows(v, v.samples[i]):
					beyond++
				case strings.HasPrefix(answer, "no ") || is.last && strings.HasPrefix(answer, "beyond"):
					t.Errorf("%s\n%s is read as %s: %s", p, v.key, answer, old[i])
				case is.last && i < compared:
					same++
					if diff := p.means(is, p.past.wholeOf(v, v.samples[i]), answer); diff != "" {
						t.Errorf("%s\n%s of %s: %s", p, v.key, old[i], diff)
					}
				case !is.last:
					lifted++
				}
			}
		}
	}
	t.Logf("%d mutations, %d old payloads read: %d compared with CUE, %d lifted, %d too large for a step as before", len(pairs), samples, same, lifted, beyond)
	if lifted == 0 || same == 0 {
		t.Error("too few payloads were read")
	}
}

func jsonOf(v *pastVersion) [][]byte {
	var all [][]byte
	for _, s := range v.samples {
		all = append(all, s.json)
	}
	return all
}

// overflows reports whether the released step also overflowed for this sample.
// Such a release is refused, which another test checks.
func (p *past) overflows(v *pastVersion, s *pastSample) bool {
	return p.lift(v.key, s, p.wholeOf(v, s), true).broken != ""
}

// means compares an event that was read and written again with CUE's view of
// the old payload, and returns the difference.
func (p *pair) means(is *presentVersion, was []byte, answer string) string {
	again, err := p.now.values.Completes(is.of.Package, is.path, testcases.ForCUE([]byte(answer[1:len(answer)-1])))
	if err != nil {
		return "CUE refuses " + answer + ": " + err.Error()
	}
	if in, err := testcases.WithDefaults(is.Payload, was); err == nil { // Go stores times in UTC
		was = in
	}
	if !wiretest.Same(was, again) {
		return fmt.Sprintf("it meant %s, and means %s", was, again)
	}
	return ""
}

func readBy(t *testing.T, program string, p *pair, v *presentVersion, old [][]byte) []string {
	t.Helper()
	name := strings.Split(v.path, ".")[2]
	var in bytes.Buffer
	for _, json := range old {
		fmt.Fprintf(&in, "%s\t%s\t%d\t%s\n", p.name+v.of.Package.Path+v.of.Name, name, v.Version, base64.StdEncoding.EncodeToString(json))
	}
	cmd := exec.Command(program)
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	var answers []string
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		answers = append(answers, lines.Text())
	}
	if len(answers) != len(old) {
		t.Fatalf("%s: %d answers to %d payloads", p.name, len(answers), len(old))
	}
	return answers
}
