package auctiondemo

import (
	_ "embed"
	"fmt"
	"strings"

	"ironstar.dev"
)

//go:embed lots.txt
var lotsText string

// lot is a thing on sale, and how it ends.
type lot struct {
	fate        string // "draft", "open", "sold", "unsold" or "withdrawn"
	id          string
	title       string
	start, step ironstar.Decimal
	reserve     *ironstar.Decimal
	description string
}

// lots reads lots.txt.
func lots() ([]lot, error) {
	var all []lot
	for line := range strings.Lines(lotsText) {
		part := strings.Split(strings.TrimSpace(line), " | ")
		if len(part) != 7 {
			return nil, fmt.Errorf("lots.txt: %q has %d parts, want 7", line, len(part))
		}
		l := lot{fate: part[0], id: part[1], title: part[2], description: part[6]}
		for i, to := range []*ironstar.Decimal{&l.start, &l.step} {
			d, err := ironstar.ParseDecimal(part[3+i])
			if err != nil {
				return nil, fmt.Errorf("lots.txt: %q: %w", line, err)
			}
			*to = d
		}
		if part[5] != "-" {
			d, err := ironstar.ParseDecimal(part[5])
			if err != nil {
				return nil, fmt.Errorf("lots.txt: %q: %w", line, err)
			}
			l.reserve = &d
		}
		all = append(all, l)
	}
	return all, nil
}
