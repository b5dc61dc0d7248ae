package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"ironstar.dev"
)

// ClaimValue returns the value that fields of an event claim ([ironstar.Claim]). It
// is empty if all of them are. A value that is too long is a hash.
func ClaimValue(parts ...string) string {
	if !slices.ContainsFunc(parts, func(part string) bool { return part != "" }) {
		return ""
	}
	value := parts[0]
	if len(parts) > 1 {
		var quoted []string
		for _, part := range parts {
			quoted = append(quoted, strconv.Quote(part))
		}
		value = strings.Join(quoted, ",")
	}
	if len(value) > ironstar.MaxClaimValue {
		sum := sha256.Sum256([]byte(value))
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	return value
}
