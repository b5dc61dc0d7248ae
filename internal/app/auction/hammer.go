package auction

import (
	"embed"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// Hammer closes a lot when its time is over. It remembers nothing.
type Hammer struct{}

var _ auction.Hammer = Hammer{}

// Source returns this folder's code.
func (Hammer) Source() embed.FS { return source }

// ReactLotOpened waits for the end.
func (Hammer) ReactLotOpened(e auction.LotOpened, _ *ironstar.Record) []auction.HammerAction {
	return []auction.HammerAction{auction.HammerSetClosing{At: e.Ends}}
}

// ReactLotExtended waits for the new end instead.
func (Hammer) ReactLotExtended(e auction.LotExtended, _ *ironstar.Record) []auction.HammerAction {
	return []auction.HammerAction{auction.HammerSetClosing{At: e.Ends}}
}

// ReactLotWithdrawn waits no more.
func (Hammer) ReactLotWithdrawn(auction.LotWithdrawn, *ironstar.Record) []auction.HammerAction {
	return []auction.HammerAction{auction.HammerCancelClosing{}}
}

// DueClosing lets the hammer fall.
func (Hammer) DueClosing(lot string, _ auction.HammerClosing) []auction.HammerAction {
	return []auction.HammerAction{auction.HammerSendLotClose{To: lot}}
}
