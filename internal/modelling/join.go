package modelling

import (
	"context"
	"strings"
	"time"

	"ironstar.dev"
	"ironstar.dev/internal/modelling/gen/club"
	"ironstar.dev/internal/modelling/gen/club/clubhttp"
)

// NormalHandle returns the one spelling of a name: what is equal for people has one id.
func NormalHandle(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }

// Join makes a member with a name that nobody else has. Nothing is lost if it ends
// between two steps: calling it again with the same member goes on where it ended. If
// nobody does, the name is free again later. Refusals are answers for the person.
// The command has been checked: Do does not check bounds, ParseMemberCommand does.
func Join(ctx context.Context, p clubhttp.Parts, member ironstar.UUID, c club.MemberJoin, now time.Time) error {
	c.Handle = NormalHandle(c.Handle)
	if club.HandleIDs.Check(c.Handle) != nil {
		return club.HandleNoName{}
	}
	if _, err := p.Handle.Do(ctx, c.Handle, club.HandleReserve{Member: member, At: now}); err != nil {
		return err
	}
	if _, err := p.Member.Do(ctx, member.String(), c); err != nil {
		return err
	}
	_, err := p.Handle.Do(ctx, c.Handle, club.HandleConfirm{Member: member})
	return err
}
