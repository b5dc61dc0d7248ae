package application

import (
	"ironstar.dev/gen/auction/auctionhttp"
	"ironstar.dev/internal/app/auction"
	"ironstar.dev/internal/effects"
	"ironstar.dev/ops"
	"ironstar.dev/web"
)

// auctionHouse is the second context: a live auction house.
func auctionHouse() ops.Domain {
	return auctionhttp.Domain{
		Lot: auction.Lot{}, Bidder: auction.Bidder{}, Invoice: auction.Invoice{},
		RoomPage: web.Room, RoomTitle: web.RoomTitle, RoomDocument: web.RoomDocument,
		Catalogue:     auction.Catalogue{},
		CataloguePage: web.Catalogue, CatalogueTitle: web.CatalogueTitle, CatalogueDocument: web.CatalogueDocument,
		Mine:     auction.Mine{},
		MinePage: web.Mine, MineTitle: web.MineTitle, MineDocument: web.MineDocument,
		House:     auction.House{},
		HousePage: web.House, HouseTitle: web.HouseTitle, HouseDocument: web.HouseDocument,
		DashboardPage: web.Dashboard, DashboardTitle: web.DashboardTitle, DashboardDocument: web.DashboardDocument,
		Hammer: auction.Hammer{}, Clerk: auction.Clerk{},
		Cashier: auction.Cashier{}, CashierEffects: effects.FromEnvironment(),
	}
}
