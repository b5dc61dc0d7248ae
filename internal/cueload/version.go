package cueload

import (
	"strconv"
	"strings"
)

// versionOf reads v2 and toV2. It returns the number and whether it is a step.
func versionOf(part string) (n int, step bool) {
	digits, step := strings.CutPrefix(part, "toV")
	if !step {
		digits, _ = strings.CutPrefix(part, "v")
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0, step
	}
	return n, step
}

func versionName(n int) string { return "v" + strconv.Itoa(n) }
