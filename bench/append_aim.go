package main

import "fmt"

// ratioAtLeast is an aim for ours divided by the floor.
func ratioAtLeast(bound float64) aim {
	return aim{fmt.Sprintf("ratio ≥ %.2f", bound), func(_, ratio float64) bool { return ratio >= bound }}
}
