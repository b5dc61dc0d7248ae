package auctiondemo

import (
	_ "embed"
	"fmt"
	"strings"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

//go:embed lots.txt
var lotsText string

// lot is a thing on sale, and how it ends.
type lot struct {
	fate        string // "draft", "open", "sold", "unsold" or "withdrawn"
	id          string
	title       string
	category    auction.Category
	start, step ironstar.Decimal
	reserve     *ironstar.Decimal
	description string
}

// lots reads lots.txt.
func lots() ([]lot, error) {
	var all []lot
	for line := range strings.Lines(lotsText) {
		part := strings.Split(strings.TrimSpace(line), " | ")
		if len(part) != 8 {
			return nil, fmt.Errorf("lots.txt: %q has %d parts, want 8", line, len(part))
		}
		l := lot{fate: part[0], id: part[1], title: part[2], category: auction.Category(part[3]), description: part[7]}
		for i, to := range []*ironstar.Decimal{&l.start, &l.step} {
			d, err := ironstar.ParseDecimal(part[4+i])
			if err != nil {
				return nil, fmt.Errorf("lots.txt: %q: %w", line, err)
			}
			*to = d
		}
		if part[6] != "-" {
			d, err := ironstar.ParseDecimal(part[6])
			if err != nil {
				return nil, fmt.Errorf("lots.txt: %q: %w", line, err)
			}
			l.reserve = &d
		}
		all = append(all, l)
	}
	return all, nil
}
