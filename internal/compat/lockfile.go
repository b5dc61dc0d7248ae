package compat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ironstar.dev/internal/shape"
)

// The lock's first and last line. The last one shows that the file is complete.
// It has no other content, so that merges do not conflict there.
const (
	lockFormat    = 2 // format 2 added addresses and final events
	processFormat = 3 // format 3 added processes. A lock without any has format 2, so that an older ironstar reads it
	queryFormat   = 4 // format 4 added queries. A lock without any has an older format
	lockHead      = "ironstar.lock "
	lockEnd       = "end"
)

const (
	maxLock = 64 << 20 // bytes
	maxLine = 4 << 20
)

// LockError is an error in a lock, an exemption file or a sample file.
type LockError struct {
	Rule    string // of Rules, such as lock-conflict
	File    string // LockName, or the other file
	Line    int    // from 1; 0 means the whole file
	Col     int    // from 1, in bytes
	Message string
	Hint    string
}

func (e *LockError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s (%s)", e.File, e.Line, e.Col, e.Message, e.Rule)
}

// Bytes returns the text of the lock: LF, sorted, one line for each entry. It
// sets each entry's Sum.
func (l *Lock) Bytes() []byte {
	l.sort()
	var b bytes.Buffer
	format := lockFormat
	if slices.ContainsFunc(l.Entries, func(e *Entry) bool { return e.What == Process }) {
		format = processFormat
	}
	if slices.ContainsFunc(l.Entries, func(e *Entry) bool { return e.What == Query }) {
		format = queryFormat
	}
	fmt.Fprintf(&b, "%s%d\n", lockHead, format)
	for _, e := range l.Entries {
		b.WriteString(e.sealed() + "\n")
	}
	b.WriteString(lockEnd + "\n")
	return b.Bytes()
}

// sealed returns the line of an entry. It sets the entry's Sum, which is the
// last field.
func (e *Entry) sealed() string {
	e.Sum = ""
	text := encode(e)
	e.Sum = shape.Sum("line", text)
	return strings.TrimSuffix(text, `"}`) + e.Sum + `"}`
}

// FileSum returns the checksum of a file's bytes. It ignores CRs before LFs,
// because git may add or remove them.
func FileSum(b []byte) string { return shape.Sum("file", string(lf(b))) }

func lf(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }

// ParseLock reads the text that Bytes writes. It accepts CRLF for LF, because a
// checkout may convert line ends. It accepts lines in any order, because merges
// change the order. It refuses everything else with a [*LockError].
func ParseLock(data []byte) (*Lock, error) {
	if len(data) > maxLock {
		return nil, broken(0, "the lock has %d bytes, and a lock may have at most %d", len(data), maxLock)
	}
	lines := strings.Split(string(lf(data)), "\n")
	if err := conflict(LockName, lines); err != nil {
		return nil, err
	}
	format, err := checkFrame(lines)
	if err != nil {
		return nil, err
	}
	l := &Lock{format: format}
	seen := map[entryKey]int{}
	for i, line := range lines[1 : len(lines)-2] {
		e, err := parseEntry(line, i+2)
		if err != nil {
			return nil, err
		}
		if first, ok := seen[e.key()]; ok {
			return nil, &LockError{Rule: "lock-duplicate", File: LockName, Line: e.line, Col: 1,
				Message: fmt.Sprintf("the lock has %s twice; the first is in line %d", e.Subject(), first),
				Hint:    "two branches released it: keep the line of the version that is deployed, make the other change the next version, and run ironstar release"}
		}
		seen[e.key()] = e.line
		l.Entries = append(l.Entries, e)
	}
	l.sort()
	return l, nil
}

// checkFrame checks the first and the last line and returns the format.
func checkFrame(lines []string) (int, error) {
	version, ok := strings.CutPrefix(lines[0], lockHead)
	n, err := strconv.Atoi(version)
	switch {
	case !ok || err != nil || n < 1 || version != strconv.Itoa(n):
		return 0, broken(1, "the lock does not begin with %q", lockHead+strconv.Itoa(lockFormat))
	case n > queryFormat:
		return 0, &LockError{Rule: "lock-newer", File: LockName, Line: 1, Col: len(lockHead) + 1,
			Message: fmt.Sprintf("the lock has format %d, and this ironstar reads formats up to %d: a newer ironstar wrote the lock", n, queryFormat),
			Hint:    "update ironstar in tools.mod or go.mod"}
	}
	if last := len(lines) - 2; last < 1 || lines[last] != lockEnd || lines[last+1] != "" {
		return 0, broken(len(lines), "the last line is not %q, so the file is not whole", lockEnd)
	}
	return n, nil
}

func broken(line int, format string, args ...any) *LockError {
	return &LockError{Rule: "lock-broken", File: LockName, Line: line, Col: min(1, line), Message: fmt.Sprintf(format, args...), Hint: restoreHint}
}

const restoreHint = "restore it from version control: git checkout -- " + LockName

// conflict returns an error if git has left marks of an unresolved merge.
func conflict(file string, lines []string) error {
	for i, line := range lines {
		for _, mark := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
			if strings.HasPrefix(line, mark) {
				return &LockError{Rule: "lock-conflict", File: file, Line: i + 1, Col: 1,
					Message: "git left a conflict here: two branches changed the same lines",
					Hint:    "if the sides have different events or versions, keep both; if they have the same version, keep the side that is deployed, and make the other change the next version; then run ironstar release"}
			}
		}
	}
	return nil
}

var (
	kindName  = regexp.MustCompile(`^[\pL_][\pL\pN_]*(\.[\pL_][\pL\pN_]*)?$`)
	entryName = regexp.MustCompile(`^[\pL_][\pL\pN_]*$`)
)

func parseEntry(line string, at int) (*Entry, error) {
	switch {
	case len(line) > maxLine:
		return nil, broken(at, "the line has %d bytes, and a line may have at most %d", len(line), maxLine)
	case !utf8.ValidString(line):
		return nil, broken(at, "the line is not UTF-8")
	case !strings.HasPrefix(line, "{"):
		return nil, broken(at, "the line is not an entry, which is a JSON object")
	}
	var e Entry
	d := json.NewDecoder(strings.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return nil, jsonTrouble(err, at)
	}
	e.line = at
	if e.sealed() != line {
		return nil, &LockError{Rule: "lock-edited", File: LockName, Line: at, Col: 1,
			Message: fmt.Sprintf("the line about %s was edited by hand: its checksum is wrong", e.Subject()), Hint: restoreHint}
	}
	return &e, e.check()
}

// jsonTrouble returns an error with the position at which the JSON is wrong.
func jsonTrouble(err error, at int) error {
	col := 1
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		col = int(syntax.Offset)
	case errors.As(err, &typ):
		col = int(typ.Offset)
	}
	e := broken(at, "the line is not an entry: %s", strings.TrimPrefix(err.Error(), "json: "))
	e.Col = max(1, col)
	return e
}

// check refuses entries with a correct checksum whose content makes no sense.
func (e *Entry) check() error {
	ok := kindName.MatchString(e.Of) && (entryName.MatchString(e.Name) || e.What == Sent && kindName.MatchString(e.Name))
	switch e.What {
	case Event:
		ok = ok && e.Version >= 1 && e.Shape != nil && e.Hash == e.Shape.Hash()
	case Command, Signals, IDs, Timer, Effect, Sent:
		ok = ok && e.Version == 0 && e.Shape != nil
	case Query:
		ok = ok && e.Version == 0 && e.Row != nil
	case Retired, View, Process:
		ok = ok && e.Version == 0
	default:
		ok = false
	}
	for _, f := range []*File{e.Samples, e.Outputs} {
		ok = ok && (f == nil || strings.HasPrefix(f.Path, SamplesDir+"/") && !strings.ContainsAny(f.Path[len(SamplesDir)+1:], `/\:`))
	}
	if !ok {
		return broken(e.line, "the line about %s contradicts itself", e.Subject())
	}
	return nil
}

// encode returns JSON in which < and & are not escaped.
func encode(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // entries and strings can be encoded
	}
	return strings.TrimSuffix(b.String(), "\n")
}
