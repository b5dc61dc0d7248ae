// Package wiretest compares generated codecs and upcasters with CUE.
//
// ironstar generate writes test cases into testdata next to the generated code:
// JSON near the edges of what a schema allows, with CUE's verdict, and old
// events with what CUE converts them to. The generated test runs Go on the same
// JSON, so it does not need CUE.
package wiretest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

// CasesFile is the path of the cases.
const CasesFile = "testdata/cases.jsonl"

// Case is one line of the file.
type Case struct {
	Type string `json:"type"` // the path of the type in the schema: "#List.command.Add"
	Why  string `json:"why"`  // how a valid value was changed
	JSON string `json:"json"`
	OK   bool   `json:"ok"` // whether it must be accepted
}

// Cases runs the recorded cases. verdicts read and check JSON by type.
func Cases(t *testing.T, verdicts map[string]func([]byte) error) {
	text, err := os.ReadFile(CasesFile)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<24) // bytes in a line
	for lines.Scan() {
		var c Case
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatalf("%s: %v", CasesFile, err)
		}
		if c.Type == "" {
			continue // a heading, or a case of an upcaster
		}
		seen++
		verdict := verdicts[c.Type]
		if verdict == nil {
			t.Errorf("%s has a case of %s, which is not there: run go generate ./...", CasesFile, c.Type)
			continue
		}
		if err := verdict([]byte(c.JSON)); (err == nil) != c.OK {
			t.Errorf("%s (%s): %s\ngot %v, want it accepted: %v", c.Type, c.Why, c.JSON, err, c.OK)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("%s: %v", CasesFile, err)
	}
	if seen == 0 && len(verdicts) > 0 {
		t.Errorf("%s has no cases", CasesFile)
	}
}
