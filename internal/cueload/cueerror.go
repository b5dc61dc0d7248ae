package cueload

import (
	"cuelang.org/go/cue/errors"

	"ironstar.dev/internal/model"
)

func (p *problems) cue(err error, code string) {
	for _, e := range errors.Errors(errors.Sanitize(errors.Promote(err, ""))) {
		var at []model.Pos
		for _, q := range errors.Positions(e) {
			if q.Filename() != metaFile {
				at = append(at, posOf(q))
			}
		}
		x := &Error{Code: code, Message: oneLine(e.Error()), Raw: e.Error()}
		if len(at) > 0 {
			x.Pos, x.Also = at[0], at[1:]
		}
		p.put(x)
	}
}
