package modelling_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/internal/modelling"
	"ironstar.dev/internal/modelling/gen/club"
	"ironstar.dev/internal/modelling/gen/club/clubhttp"
	"ironstar.dev/live"
	"ironstar.dev/ops"
)

// clubApp is the whole application.
func clubApp() ops.App {
	return ops.App{
		Name: "club", About: "A club.",
		Domains: []ops.Domain{clubhttp.Domain{
			Handle: modelling.Handle{}, Member: modelling.Member{}, Evening: modelling.Evening{}, Locker: modelling.Locker{},
			Members: modelling.Members{}, MembersPage: membersPage,
			Arrivals: modelling.Arrivals{}, ArrivalsOptions: live.ViewOptions{NoPage: true},
			Clerk: modelling.Clerk{}, Greeter: modelling.Greeter{}, GreeterEffects: modelling.Letters{Folder: os.TempDir()},
		}},
		Home:   func(live.Session) string { return clubhttp.MembersURL(club.MembersParams{}) },
		Routes: addJoin,
	}
}

// addJoin adds the address of a form: Join gives several commands.
func addJoin(r ops.Running) error {
	parts, err := clubhttp.PartsOf(r.Engine)
	if err != nil {
		return err
	}
	r.Server.Handle("POST /join/{member}", http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		member, err := ironstar.ParseUUID(req.PathValue("member"))
		if err != nil {
			http.Error(w, "the address needs the id of a member", http.StatusNotFound)
			return
		}
		body, err := json.Marshal(map[string]string{"handle": req.FormValue("handle"), "city": req.FormValue("city")})
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		c, err := club.ParseMemberCommand("join", body, ironstar.Origin{})
		if err == nil {
			err = modelling.Join(req.Context(), parts, member, c.(club.MemberJoin), time.Now())
		}
		if err == nil {
			err = r.Engine.CatchUp(req.Context()) // so that the page has the new member
		}
		var refusal ironstar.Refusal
		switch {
		case err == nil:
			http.Redirect(w, req, clubhttp.MembersURL(club.MembersParams{}), http.StatusSeeOther)
		case errors.As(err, &refusal):
			http.Error(w, refusal.Error(), http.StatusConflict)
		case errors.As(err, new(ironstar.Invalid)):
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		default:
			http.Error(w, "please try again", http.StatusServiceUnavailable)
		}
	}))
	return nil
}

// membersPage is the live part. In an application it is a templ component.
func membersPage(s club.MembersState, at clubhttp.MembersAt) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		for _, row := range modelling.MembersPage(s, at.Params) {
			if _, err := fmt.Fprintf(w, "<li>%s, %s</li>", templ.EscapeString(row.Handle), templ.EscapeString(row.City)); err != nil {
				return err
			}
		}
		return nil
	})
}
