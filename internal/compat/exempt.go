package compat

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"ironstar.dev/internal/model"
)

// ExemptName is the file of exemptions in the schema's folder. People write it.
// It is separate from the lock because only ironstar release writes the lock.
const ExemptName = "ironstar.exempt"

// Exemption permits one change.
type Exemption struct {
	Hash   string // of the finding
	Reason string
	Line   int
}

var exemptHash = regexp.MustCompile(`^[0-9a-f]{16}$`)

// ParseExemptions reads ironstar.exempt. Each line has a finding's hash and the
// reason; lines that begin with # are comments. The error is a [*LockError].
func ParseExemptions(data []byte) ([]Exemption, error) {
	lines := strings.Split(string(lf(bytes.TrimSuffix(data, []byte("\n")))), "\n")
	if err := conflict(ExemptName, lines); err != nil {
		return nil, err
	}
	var all []Exemption
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		hash, reason, _ := strings.Cut(line, " ")
		reason = strings.TrimSpace(reason)
		message := ""
		switch {
		case !utf8.ValidString(line):
			message = "the line is not UTF-8"
		case !exemptHash.MatchString(hash):
			message = fmt.Sprintf("%.40q is not the hash of a finding", hash)
		case reason == "":
			message = "the exemption has no reason"
		case slices.ContainsFunc(all, func(e Exemption) bool { return e.Hash == hash }):
			message = "another line exempts the same change"
		}
		if message != "" {
			return nil, &LockError{Rule: "exemption-broken", File: ExemptName, Line: i + 1, Col: 1, Message: message,
				Hint: "write the hash that ironstar check prints, a space, and the reason for the exemption"}
		}
		all = append(all, Exemption{hash, reason, i + 1})
	}
	return all, nil
}

// Exempt removes the findings that are exempted. It adds a finding for each
// exemption that matches none.
func Exempt(all []Finding, exemptions []Exemption) []Finding {
	used := map[string]bool{}
	var left []Finding
	for _, f := range all {
		if f.Hash != "" && slices.ContainsFunc(exemptions, func(e Exemption) bool { return e.Hash == f.Hash }) {
			used[f.Hash] = true
			continue
		}
		left = append(left, f)
	}
	for _, e := range exemptions {
		if !used[e.Hash] {
			left = append(left, found("exemption-unused", e.Hash, "", model.Pos{File: ExemptName, Line: e.Line, Col: 1}, nil,
				"this exemption matches no change (%s)", e.Reason))
		}
	}
	return sorted(left)
}
