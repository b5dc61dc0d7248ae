package cueload

import (
	"path"
	"slices"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// IsSQLFile reports whether a file may have the SQL of a query, by its name.
func IsSQLFile(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, ".sql") && !strings.HasPrefix(base, ".") && !strings.HasPrefix(base, "_")
}

// addSQL notes a file with SQL beside the CUE files. name is its path.
func (s *source) addSQL(name string) {
	if !slices.Contains(s.sqlFiles, name) {
		s.sqlFiles = append(s.sqlFiles, name)
	}
}

// sqlText returns the text of a file with SQL, with \n at the ends of lines.
func (s *source) sqlText(name string) (string, bool) {
	data := s.changed[name]
	if data == nil {
		data = s.readFile(s.root, name)
	}
	if data == nil {
		return "", false
	}
	text := string(normalEnds(data))
	s.text[name] = text
	return text, true
}

// sql finds and reads the SQL of a query for one engine.
func (r *reader) sql(q *model.Query, way *model.QueryWay) {
	if way.Engine == viewEngine {
		return
	}
	names := naming.SQLFiles(q, way.Engine)
	for _, name := range names {
		if !slices.Contains(r.sqlFiles, name) {
			continue
		}
		way.File, way.Pos = name, model.Pos{File: name, Line: 1, Col: 1}
		way.SQL, _ = r.sqlText(name)
		return
	}
	r.problems.add(codeSQLFile, q.Pos, "write the file "+names[1], "query %s has no SQL", q.Name)
}
