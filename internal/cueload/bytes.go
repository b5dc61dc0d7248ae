package cueload

import "ironstar.dev/internal/model"

// maxByteText is the greatest number of characters of base64 for a field of
// bytes: 48 KiB of data, a fifth of the largest command. Larger data should be
// stored elsewhere, and its name in events.
const maxByteText = 64 << 10

// byteChecks checks the constraints on bytes. They bound the length of the
// base64, and an upper bound is required.
func (r *reader) byteChecks(t *model.Type, l leaf, at site) {
	bounded, least := false, int64(0)
	for _, c := range t.Checks {
		switch {
		case c.Op == model.MinRunes:
		case c.Op != model.MaxRunes:
			r.problems.add(codeCheck, c.Pos, "take the check away, or use string", "schema.#Bytes takes strings.MinRunes and strings.MaxRunes only")
			return
		default:
			bounded = bounded || c.Count <= maxByteText
			least = c.Count
		}
	}
	switch {
	case bounded:
	case least > 0:
		r.problems.add(codeBytes, l.pos, "keep large things elsewhere, and their names in events", "%s may have %d characters of base64, and at most %d are possible", at.what, least, maxByteText)
	default:
		r.problems.add(codeBytes, l.pos, "write schema.#Bytes & strings.MaxRunes(1368) for up to 1026 bytes: base64 has 4 characters for every 3 bytes",
			"%s has no bound", at.what)
	}
}
