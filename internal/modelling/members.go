package modelling

import (
	"cmp"
	"embed"
	"maps"
	"slices"
	"strings"

	"ironstar.dev"
	"ironstar.dev/internal/modelling/gen/club"
)

// Members is the list of all members.
type Members struct{}

var _ club.Members = Members{}

// Source returns this folder's code.
func (Members) Source() embed.FS { return source }

// Initial has no members.
func (Members) Initial(string) club.MembersState {
	return club.MembersState{Rows: map[string]club.MembersStateRows{}}
}

// EvolveMemberJoined adds a row, under the id of the stream.
func (Members) EvolveMemberJoined(s club.MembersState, e club.MemberJoined, r *ironstar.Record) club.MembersState {
	s.Rows[r.Stream.ID] = club.MembersStateRows(e)
	return s
}

// EvolveMemberMoved changes a row. The state knows the handle, which the event does not say.
func (Members) EvolveMemberMoved(s club.MembersState, e club.MemberMoved, r *ironstar.Record) club.MembersState {
	s.Rows[r.Stream.ID] = club.MembersStateRows{Handle: s.Rows[r.Stream.ID].Handle, City: e.City}
	return s
}

// EvolveMemberLeft removes a row.
func (Members) EvolveMemberLeft(s club.MembersState, _ club.MemberLeft, r *ironstar.Record) club.MembersState {
	delete(s.Rows, r.Stream.ID)
	return s
}

// PageSize is how many rows a page of the list shows.
const PageSize = 50

// MembersPage returns the rows that a page shows. The page's component calls it.
func MembersPage(s club.MembersState, p club.MembersParams) []club.MembersStateRows {
	var rows []club.MembersStateRows
	for row := range maps.Values(s.Rows) {
		if strings.Contains(row.Handle, strings.ToLower(p.Find())) {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b club.MembersStateRows) int {
		if p.Sort() == club.MembersParamsSortCity && a.City != b.City {
			return cmp.Compare(a.City, b.City)
		}
		return cmp.Compare(a.Handle, b.Handle) // no two members have the same
	})
	first := min(int(p.Page()-1)*PageSize, len(rows))
	return rows[first:min(first+PageSize, len(rows))]
}
