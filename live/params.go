package live

import (
	"net/http"
	"net/url"

	"ironstar.dev/wire"
)

// paramsOf reads the parameters of a view or query from the query string of an address.
// It ignores names that are not parameters: links are often passed on with
// additions.
func paramsOf[P Params](s *Server, r *http.Request, query url.Values, parse func([]byte) (P, error), inputs []wire.Input) (p P, err error) {
	if parse == nil {
		return p, nil
	}
	for _, ours := range []string{fromParam, afterParam, datastarParam, versionParam} {
		query.Del(ours)
	}
	body, err := wire.Values(query, s.opts.Zone, inputs)
	if err == nil {
		p, err = parse(body)
	}
	if err == nil {
		return p, nil
	}
	problem := s.requestProblem(r, err)
	if problem.Code == codeInvalid {
		problem.Status = http.StatusBadRequest
	}
	return p, problem
}
