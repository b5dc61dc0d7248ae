package modelling

import (
	"embed"

	"ironstar.dev"
	"ironstar.dev/internal/modelling/gen/club"
)

// Greeter writes to new members.
type Greeter struct{}

var _ club.Greeter = Greeter{}

// Source returns this folder's code.
func (Greeter) Source() embed.FS { return source }

// ReactMemberJoined greets the member.
func (Greeter) ReactMemberJoined(e club.MemberJoined, _ *ironstar.Record) []club.GreeterAction {
	return []club.GreeterAction{club.GreeterGreet{Handle: e.Handle, City: e.City}}
}
