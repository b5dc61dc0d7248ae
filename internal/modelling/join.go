package modelling

import (
	"context"
	"errors"
	"strings"
	"time"

	"ironstar.dev"
	"ironstar.dev/internal/modelling/gen/club"
	"ironstar.dev/internal/modelling/gen/club/clubhttp"
)

// NormalHandle returns the one spelling of a name: what is equal for people has one id.
func NormalHandle(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }

// Join makes a member with a name that nobody else has. It may end between two steps:
// calling it again with the same member goes on where it ended, and until then the name
// waits for that member. Refusals are answers for the person. c has been checked: Do does
// not check bounds, ParseMemberCommand does.
func Join(ctx context.Context, p clubhttp.Parts, member ironstar.UUID, c club.MemberJoin, now time.Time) error {
	c.Handle = NormalHandle(c.Handle)
	if club.HandleIDs.Check(c.Handle) != nil {
		return club.HandleNoName{}
	}
	if _, err := p.Handle.Do(ctx, c.Handle, club.HandleReserve{Member: member, At: now}); err != nil {
		return err
	}
	if _, err := p.Handle.Do(ctx, c.Handle, club.HandleConfirm{Member: member}); err != nil {
		return err
	}
	_, err := p.Member.Do(ctx, member.String(), c)
	if errors.As(err, new(ironstar.Refusal)) { // the name is not needed
		_, released := p.Handle.Do(ctx, c.Handle, club.HandleRelease{Member: member})
		return errors.Join(err, released)
	}
	return err
}
