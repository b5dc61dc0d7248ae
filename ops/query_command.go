package ops

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strings"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/query"
	"ironstar.dev/wire"
	"ironstar.dev/wire/cell"
)

// queryCommand is the command query.
type queryCommand struct {
	DB     string   `name:"db" default:"app.db" help:"The file of the database. A server may use it at the same time."`
	Name   string   `arg:"" optional:"" help:"The query: auction.BidsPerMinute, or BidsPerMinute if that is clear. Without it, all queries are listed."`
	Params []string `arg:"" optional:"" name:"param" help:"Parameters, as span=PT24H. What is left out has its default."`
	Format string   `enum:"table,csv,json,parquet" default:"table" help:"What is printed: table, csv, json or parquet. Parquet needs a build with DuckDB, and --out."`
	Out    string   `placeholder:"FILE" help:"Write to this file, which must not exist, and not to standard output."`
}

// Help is what kong prints below the sentence of the table of commands.
func (*queryCommand) Help() string {
	return `The answer includes everything that was stored before. While a server runs on the
database, it answers; otherwise this command brings the tables of the queries up to
date itself, beside the database, in the folder FILE.queries. It stores no events.

  app query                                   what can be asked
  app query BidsPerMinute span=PT24H          a table
  app query BidsPerMinute --format csv --out bids.csv

The exit code is 2 if the question cannot be answered.`
}

// asking is a question as it goes to the server that owns a database.
type asking struct {
	Query  string
	Params url.Values
	Format string
}

func (c *queryCommand) Run(e *environment) (err error) {
	parts, err := e.app.parts()
	if err != nil {
		return err
	}
	if c.Name == "" {
		return listQueries(e, parts)
	}
	q, err := findQuery(parts, c.Name)
	if err != nil {
		return err
	}
	params, err := parseParams(c.Params)
	if err != nil {
		return err
	}
	if c.Format == formatParquet && c.Out == "" {
		return errors.New("a Parquet file goes to a file: name it with --out")
	}
	out, done, err := c.output(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done(err == nil)) }()
	return e.app.answer(e, c.DB, asking{q.QueryName(), params, c.Format}, out)
}

// output returns where the answer goes. A file of an answer that failed is removed.
func (c *queryCommand) output(e *environment) (out io.Writer, done func(ok bool) error, err error) {
	if c.Out == "" {
		return e.stdout, func(bool) error { return nil }, nil
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("--out %s: there is such a file; remove it, or name another one", c.Out)
	}
	if err != nil {
		return nil, nil, err
	}
	return f, func(ok bool) error {
		err := f.Close()
		if !ok {
			err = errors.Join(err, os.Remove(c.Out))
		}
		return err
	}, nil
}

// listQueries prints what can be asked.
func listQueries(e *environment, parts *engine.Engine) error {
	rows := [][]string{{"QUERY", "ENGINE", "PARAMETERS", "COLUMNS"}}
	for _, q := range parts.Queries() {
		about := q.(query.Untyped).About()
		var engines, columns []string
		for _, w := range about.Ways {
			engines = append(engines, w.Engine)
		}
		for _, c := range about.Columns {
			columns = append(columns, c.Name)
		}
		rows = append(rows, []string{about.Name, strings.Join(engines, ", "), cmp.Or(strings.Join(about.Params, ", "), "none"), strings.Join(columns, ", ")})
	}
	if len(rows) == 1 {
		fmt.Fprintln(e.stdout, "the application has no queries: docs/LANGUAGE.md says how to declare one")
		return nil
	}
	printTable(e.stdout, rows)
	return nil
}

// findQuery returns the query with a name, which may lack its context.
func findQuery(eng *engine.Engine, name string) (query.Untyped, error) {
	var found []query.Untyped
	var all []string
	for _, q := range eng.Queries() {
		full := q.QueryName()
		all = append(all, full)
		if full == name || strings.HasSuffix(full, "."+name) {
			found = append(found, q.(query.Untyped))
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return nil, fmt.Errorf("there are several queries %s; write one of: %s", name, strings.Join(all, ", "))
	case len(all) == 0:
		return nil, fmt.Errorf("there is no query %s: the application has none", name)
	}
	slices.Sort(all)
	return nil, fmt.Errorf("there is no query %s; there are: %s", name, strings.Join(all, ", "))
}

// parseParams reads name=value.
func parseParams(texts []string) (url.Values, error) {
	params := url.Values{}
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("%q is no parameter: write name=value", text)
		}
		params.Add(name, value)
	}
	return params, nil
}

const formatParquet = "parquet"

// writeAnswer asks a query and writes its answer.
func writeAnswer(ctx context.Context, q query.Untyped, a asking, at ironstar.Position, out io.Writer) error {
	if a.Format == formatParquet {
		return q.ExportValues(ctx, a.Params, at, out)
	}
	answer, err := q.AskValues(ctx, a.Params, at)
	if err != nil {
		return err
	}
	columns := q.About().Columns
	switch a.Format {
	case "csv":
		return cell.WriteCSV(out, columns, answer.Rows)
	case "json":
		_, err = out.Write(answerJSON(columns, answer))
		return err
	}
	return writeAnswerTable(out, columns, answer)
}

// answerJSON is an answer as an object with its position and its rows.
func answerJSON(columns []ironstar.Column, a ironstar.Answer[[]any]) []byte {
	b := wire.MemberInt(wire.BeginObject(nil), "position", int64(a.Position))
	b = wire.MemberBool(b, "more", a.More)
	b = append(wire.Name(b, "rows"), '[')
	for i, row := range a.Rows {
		if i > 0 {
			b = append(b, ',', '\n')
		}
		b = wire.BeginObject(b)
		for j, v := range row {
			if v != nil {
				b = cell.AppendJSON(wire.Name(b, columns[j].Name), v)
			}
		}
		b = wire.EndObject(b)
	}
	return append(wire.EndObject(append(b, ']')), '\n')
}

// writeAnswerTable writes an answer for people.
func writeAnswerTable(out io.Writer, columns []ironstar.Column, a ironstar.Answer[[]any]) error {
	rows := [][]string{nil}
	for _, c := range columns {
		name := strings.ToUpper(c.Name)
		switch c.Type.Kind {
		case ironstar.IntColumn, ironstar.NumberColumn, ironstar.DecimalColumn:
			name = ">" + name
		}
		rows[0] = append(rows[0], name)
	}
	for _, row := range a.Rows {
		var line []string
		for _, v := range row {
			line = append(line, cell.String(v))
		}
		rows = append(rows, line)
	}
	printTable(out, rows)
	more := ""
	if a.More {
		more = ", and there are more"
	}
	_, err := fmt.Fprintf(out, "\n%s, up to event %d%s\n", counted(int64(len(a.Rows)), "row"), a.Position, more)
	return err
}
