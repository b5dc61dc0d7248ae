package wiretest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"

	"ironstar.dev/wire"
)

// StepCase is a line of the file about an upcaster.
type StepCase struct {
	Step string `json:"step"` // "List.Added.v1": the aggregate, and the version that it converts
	JSON string `json:"json"` // an old payload
	Made string `json:"made"` // CUE's result: a list of payloads of the next version, or of parts
}

// Steps runs the recorded cases of upcasters. steps are those of each aggregate
// of the package. Upcasters with hand-written parts have no cases.
func Steps(t *testing.T, steps map[string][]wire.Step) {
	text, err := os.ReadFile(CasesFile)
	if err != nil {
		t.Fatal(err)
	}
	ups, compared := map[string]func([]byte) ([][]byte, error){}, map[string]int{}
	for aggregate, all := range steps {
		for _, s := range all {
			if name := fmt.Sprintf("%s.%s.v%d", aggregate, s.Event, s.Version); !s.Hand {
				ups[name] = s.Up
				compared[name] = 0
			}
		}
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<24) // bytes in a line
	for lines.Scan() {
		var c StepCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatalf("%s: %v", CasesFile, err)
		}
		if c.Step == "" {
			continue
		}
		up := ups[c.Step]
		if up == nil {
			t.Errorf("%s has a case of %s, which is not there: run go generate ./...", CasesFile, c.Step)
			continue
		}
		made, err := up([]byte(c.JSON))
		if errors.Is(err, wire.ErrOverflow) {
			continue // numbers in CUE have no bounds
		}
		compared[c.Step]++
		if err != nil || !Same([]byte(c.Made), List(made)) {
			t.Errorf("%s: %s\nCUE makes %s\n Go makes %s, %v", c.Step, c.JSON, c.Made, List(made), err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("%s: %v", CasesFile, err)
	}
	for name, n := range compared {
		if n == 0 {
			t.Errorf("%s has no case of %s: run go generate ./...", CasesFile, name)
		}
	}
}

// List joins JSON values to one JSON list.
func List(values [][]byte) []byte {
	return append(append([]byte("["), bytes.Join(values, []byte(","))...), ']')
}
