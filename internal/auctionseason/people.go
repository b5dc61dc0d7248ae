package auctionseason

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"ironstar.dev/gen/auction"
)

var names = []string{"ada", "bruno", "carla", "dario", "elif", "farid", "greta", "henri", "ines", "jonas", "kaya", "luca", "mara", "nico", "olga", "piet", "rosa", "sven", "tilda", "umut", "vera", "wim", "yara", "zoe"}

// people bid and sell. A few of them do that very often, and most do it now and then.
type people struct {
	all    []person
	weight []float64 // of each one and those before
}

// person is somebody with a session, who registers before the first lot or bid.
type person struct {
	session, handle string
	registered      bool
}

// steepness says how much more often the busiest people bid.
const steepness = .85

func newPeople(seed uint64, n int) *people {
	p := &people{}
	sum := 0.0
	for i := range n {
		p.all = append(p.all, person{
			session: digest("season", fmt.Sprint(seed), fmt.Sprint(i)),
			handle:  fmt.Sprintf("%s-%d", names[i%len(names)], i/len(names)+1),
		})
		sum += math.Pow(float64(i+12), -steepness)
		p.weight = append(p.weight, sum)
	}
	return p
}

// somebody draws a person.
func (p *people) somebody(random *rand.Rand) *person {
	i, _ := slices.BinarySearch(p.weight, random.Float64()*p.weight[len(p.weight)-1])
	return &p.all[min(i, len(p.all)-1)]
}

// known registers a person who has not done that yet.
func (p *person) known(w *world) error {
	if p.registered {
		return nil
	}
	p.registered = true
	return w.do(auction.BidderKind, p.session, auction.BidderRegister{Handle: p.handle})
}
