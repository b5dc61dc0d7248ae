// Package claim compares names that must be unique, for generated code.
package claim

import (
	"golang.org/x/text/secure/precis"

	"ironstar.dev/wire"
)

// Username returns the value of a rule that compares user names (RFC 8265,
// UsernameCaseMapped).
func Username(parts ...string) string { return value(precis.UsernameCaseMapped, parts) }

// Nickname returns the value of a rule that compares nicknames (RFC 8266).
func Nickname(parts ...string) string { return value(precis.Nickname, parts) }

// Declaration returns the declaration of such a rule: what is the same name also
// depends on the tables of Unicode in this build.
func Declaration(hash string) string { return hash + "-" + precis.UnicodeVersion }

// value compares each part. A text that cannot be such a name is compared as it is.
func value(profile *precis.Profile, parts []string) string {
	same := make([]string, len(parts))
	for i, part := range parts {
		key, err := profile.CompareKey(part)
		if err != nil {
			key = part
		}
		same[i] = key
	}
	return wire.ClaimValue(same...)
}
