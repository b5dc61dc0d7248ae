package modelling

import (
	"embed"

	"ironstar.dev"
	"ironstar.dev/internal/modelling/gen/club"
)

// Clerk gives a name back whose member did not join in time.
type Clerk struct{}

var _ club.Clerk = Clerk{}

// Source returns this folder's code.
func (Clerk) Source() embed.FS { return source }

// ReactHandleReserved waits for the end of the reservation.
func (Clerk) ReactHandleReserved(e club.HandleReserved, _ *ironstar.Record) []club.ClerkAction {
	return []club.ClerkAction{club.ClerkSetExpiry{At: e.Until}}
}

// ReactHandleConfirmed waits no longer.
func (Clerk) ReactHandleConfirmed(club.HandleConfirmed, *ironstar.Record) []club.ClerkAction {
	return []club.ClerkAction{club.ClerkCancelExpiry{}}
}

// ReactHandleReleased waits no longer.
func (Clerk) ReactHandleReleased(club.HandleReleased, *ironstar.Record) []club.ClerkAction {
	return []club.ClerkAction{club.ClerkCancelExpiry{}}
}

// DueExpiry gives the name back. Its key is the id of the stream.
func (Clerk) DueExpiry(key string, _ club.ClerkExpiry) []club.ClerkAction {
	return []club.ClerkAction{club.ClerkSendHandleExpire{To: key}}
}
