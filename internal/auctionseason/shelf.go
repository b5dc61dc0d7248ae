package auctionseason

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// shelf is what is on sale in a category.
type shelf struct {
	category auction.Category
	share    float64 // of all lots
	median   float64 // of the prices
	spread   float64 // of the logarithms of the prices
	interest float64 // how many people bid, compared with others
	things   []string
}

var shelves = []shelf{
	{auction.CategoryArt, .14, 120, 1.25, 1.1, []string{"Etching", "Oil painting", "Bronze figure", "Poster", "Woodcut", "Enamel sign", "Stained glass", "Drawing in ink"}},
	{auction.CategoryBooks, .16, 28, .95, .7, []string{"Atlas", "Encyclopaedia", "Book of plants", "School map", "Stamp album", "First edition", "Cookery book", "Globe"}},
	{auction.CategoryFurniture, .15, 140, .85, .9, []string{"Armchair", "Writing desk", "Oak table", "Chest of drawers", "Mirror", "Bookcase", "Bench", "Library ladder"}},
	{auction.CategoryHousehold, .20, 34, .8, .8, []string{"Tea service", "Desk lamp", "Coffee mill", "Sewing machine", "Carpet", "Copper pan", "Toolbox", "Table loom"}},
	{auction.CategoryMusic, .10, 190, 1, 1.2, []string{"Violin", "Cello", "Accordion", "Gramophone", "Record player", "Trumpet", "Upright piano", "Box of records"}},
	{auction.CategoryScience, .10, 150, .9, 1.5, []string{"Microscope", "Telescope", "Barometer", "Station clock", "Sextant", "Slide rule", "Balance", "Pocket watch"}},
	{auction.CategoryTravel, .09, 85, .8, 1, []string{"Bicycle", "Trunk", "Canvas tent", "Rowing boat", "Pair of skis", "Field camera", "Rucksack", "Compass"}},
	{auction.CategoryOther, .06, 40, .9, .6, []string{"Chess set", "Weather vane", "Typewriter", "Puppet", "Box of buttons", "Model railway", "Tin toy", "Lantern"}},
}

var kinds = []string{"from a school", "about 1910", "restored", "in its case", "with a few scratches", "from the attic", "1950s", "in working order", "from an estate", "a little worn", "complete", "hardly used"}

// anyShelf draws a shelf.
func anyShelf(random *rand.Rand) shelf {
	n := random.Float64()
	for _, s := range shelves {
		if n -= s.share; n < 0 {
			return s
		}
	}
	return shelves[0]
}

// title draws what a lot is called.
func (s shelf) title(random *rand.Rand) string {
	return s.things[random.IntN(len(s.things))] + ", " + kinds[random.IntN(len(kinds))]
}

// value draws what a lot is worth: prices are distributed log-normally.
func (s shelf) value(random *rand.Rand) float64 {
	return min(s.median*math.Exp(s.spread*random.NormFloat64()), 90_000)
}

// slug is the beginning of the id of a lot.
func slug(title string) string {
	thing, _, _ := strings.Cut(title, ",")
	return strings.ToLower(strings.ReplaceAll(thing, " ", "-"))
}

// round rounds an amount down to one that people say: 0.50, 1, 2, 5, 10, 20, 50 and so on.
func round(amount float64) float64 {
	if amount < 1 {
		return .5
	}
	ten := math.Pow(10, math.Floor(math.Log10(amount)))
	switch n := amount / ten; {
	case n >= 5:
		return 5 * ten
	case n >= 2:
		return 2 * ten
	}
	return ten
}

func money(amount float64) ironstar.Decimal {
	return ironstar.MustDecimal(fmt.Sprintf("%.2f", max(amount, .01)))
}
