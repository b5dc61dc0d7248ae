package cueload

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/sqltext"
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

// maxSQL is the size, in bytes, of the longest SQL of a query. It becomes a part of the
// program.
const maxSQL = 100_000

// sqlText returns the text of a file with SQL, with \n at the ends of lines. If it
// returns false it has reported why.
func (s *source) sqlText(name string) (string, bool) {
	data := s.changed[name]
	if data == nil {
		data = s.readFile(s.root, name)
	}
	if data == nil {
		return "", false
	}
	data = normalEnds(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	s.text[name] = string(data)
	if len(data) > maxSQL {
		s.problems.add(codeSQLText, model.Pos{File: name, Line: 1, Col: 1}, "ask two questions", "the SQL has %d bytes, and at most %d are possible", len(data), maxSQL)
		return "", false
	}
	if i := notText(data); i >= 0 {
		line, col := sqltext.Place(string(data), i)
		s.problems.add(codeEncoding, model.Pos{File: name, Line: line, Col: col}, "save the file as UTF-8", "this is not UTF-8")
		return "", false
	}
	return string(data), true
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
		r.sqlTaken[name] = true
		if text, ok := r.sqlText(name); ok {
			way.File, way.Pos, way.SQL = name, model.Pos{File: name, Line: 1, Col: 1}, text
		}
		return
	}
	r.lacking = append(r.lacking, lackingSQL{q, names[1]})
}

// lackingSQL is a query without SQL.
type lackingSQL struct {
	query *model.Query
	file  string
}

// lacksSQL reports queries without SQL. By now it is known which files nobody takes.
func (r *schemaReader) lacksSQL() {
	for _, l := range r.lacking {
		hint := nearest(l.file, r.leftSQL(), "is it %s? Then rename it. ") + "Write the file " + l.file + ": " + starter(l.query)
		r.problems.add(codeSQLFile, l.query.Pos, hint, "query %s has no SQL: there is no file %s", l.query.Name, l.file)
	}
}

// leftSQL lists the files that no query takes.
func (r *schemaReader) leftSQL() (names []string) {
	for _, name := range r.sqlFiles {
		if !r.sqlTaken[name] {
			names = append(names, name)
		}
	}
	return names
}

// unusedSQL reports files with SQL in the folder of a package that no query takes.
func (r *schemaReader) unusedSQL(p *model.Package) {
	for _, name := range r.leftSQL() {
		if path.Dir(name) == path.Clean(p.Dir) {
			r.problems.add(codeSQLFile, model.Pos{File: name}, unusedHint(p, name), "no query has this SQL")
		}
	}
}

// unusedHint returns what to do about a file that no query takes.
func unusedHint(p *model.Package, name string) string {
	var wanted []string
	for _, q := range p.Queries {
		for _, engine := range []string{"sqlite", "duckdb"} {
			files := naming.SQLFiles(q, engine)
			asks := slices.ContainsFunc(q.Ways, func(w *model.QueryWay) bool { return w.Engine == engine })
			switch {
			case asks && slices.Contains(files, name):
				return "take it away: each engine of query " + q.Name + " has a file of its own"
			case files[0] == name:
				return "query " + q.Name + " does not ask that engine: name it, such as engine: [\"duckdb\", \"sqlite\"], or take the file away"
			case asks:
				wanted = append(wanted, path.Base(files[1]))
			}
		}
	}
	return nearestOf(path.Base(name), wanted, "did you mean %s?", "name it after a query, bids_per_minute.sql for #BidsPerMinute, or take it away")
}
