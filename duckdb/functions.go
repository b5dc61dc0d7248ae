package duckdb

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"ironstar.dev/query"
)

// impure are functions that DuckDB calls consistent although their result depends on
// more than their arguments, or that read or run SQL.
var impure = map[string]string{
	"current_setting": "it depends on settings", "getvariable": "it depends on settings", "version": "it depends on the build",
	"current_localtime": "it depends on a clock", "current_localtimestamp": "it depends on a clock",
	"reservoir_quantile":  "it depends on chance",
	"json_serialize_plan": "it reads more than the tables", "json_serialize_sql": "it reads SQL", "json_deserialize_sql": "it reads SQL",
}

// refusal says why a function may not be called; "" if it may. DuckDB says so itself of
// each of its functions; what a macro is made of is looked at too. within names the
// macros in which the function is called.
func (t *Tables) refusal(ctx context.Context, conn *sql.Conn, name string, within []string) (string, error) {
	name = strings.ToLower(name)
	if slices.Contains(within, name) {
		return "it stands for itself", nil
	}
	t.mu.Lock()
	reason, known := t.allowed[name]
	t.mu.Unlock()
	if known {
		return reason, nil
	}
	reason, err := t.lookUp(ctx, conn, name, within)
	if err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.allowed[name] = reason
	return reason, nil
}

func (t *Tables) lookUp(ctx context.Context, conn *sql.Conn, name string, within []string) (reason string, err error) {
	if reason := impure[name]; reason != "" || name == "unnest" { // which is no function in DuckDB's list
		return reason, nil
	}
	if strings.HasPrefix(name, "__") {
		return "it is DuckDB's own", nil
	}
	rows, err := conn.QueryContext(ctx, `SELECT function_type, coalesce(stability, ''), coalesce(macro_definition, '') FROM duckdb_functions() WHERE lower(function_name) = $1 AND function_type IN ('scalar', 'aggregate', 'macro')`, name)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	reason = "DuckDB has no such function"
	var macros []string
	for rows.Next() {
		var kind, stability, definition string
		if err := rows.Scan(&kind, &stability, &definition); err != nil {
			return "", err
		}
		if kind == "macro" {
			macros = append(macros, definition)
		} else if stability != "CONSISTENT" {
			return "its result does not depend on its arguments alone. Use a parameter", nil
		}
		reason = ""
	}
	if err := rows.Err(); err != nil || reason != "" {
		return reason, err
	}
	rows.Close()
	for _, definition := range macros {
		if reason, err := t.macroRefusal(ctx, conn, definition, append(within[:len(within):len(within)], name)); err != nil || reason != "" {
			return reason, err
		}
	}
	return "", nil
}

// macroRefusal looks at the expression that a macro stands for.
func (t *Tables) macroRefusal(ctx context.Context, conn *sql.Conn, definition string, within []string) (string, error) {
	tree, err := parse(ctx, conn, "SELECT "+definition)
	if err == nil {
		r := &reading{ctx: ctx, conn: conn, tables: t, question: new(query.Question), within: within}
		err = r.all(tree)
	}
	if err != nil && ctx.Err() == nil {
		return "it stands for more than its arguments", nil
	}
	return "", err
}
