package duckdb

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"ironstar.dev"
)

// parse returns what DuckDB reads in a text: one SELECT, as json_serialize_sql writes it.
func parse(ctx context.Context, conn *sql.Conn, text string) (map[string]any, error) {
	var read string
	if err := conn.QueryRowContext(ctx, "SELECT CAST(json_serialize_sql(CAST($1 AS VARCHAR)) AS VARCHAR)", text).Scan(&read); err != nil {
		return nil, err
	}
	var result struct {
		Error        bool
		ErrorMessage string `json:"error_message"`
		Statements   []map[string]any
	}
	d := json.NewDecoder(strings.NewReader(read))
	d.UseNumber()
	switch err := d.Decode(&result); {
	case err != nil:
		return nil, unusable("DuckDB cannot say what it read: %s", err)
	case result.Error:
		return nil, unusable("%s", result.ErrorMessage)
	case len(result.Statements) != 1:
		return nil, unusable("it has %d statements: write one SELECT", len(result.Statements))
	}
	node, ok := result.Statements[0]["node"].(map[string]any)
	if !ok {
		return nil, unusable("it is no SELECT")
	}
	return node, nil
}

// sameTree compares without places in the text.
func sameTree(a, b any) bool { return reflect.DeepEqual(placeless(a), placeless(b)) }

func placeless(tree any) any {
	switch v := tree.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for name, child := range v {
			if name != "query_location" && name != "named_param_map" {
				m[name] = placeless(child)
			}
		}
		return m
	case []any:
		all := make([]any, len(v))
		for i, child := range v {
			all[i] = placeless(child)
		}
		return all
	}
	return tree
}

// typed returns the tree with each parameter cast to its type.
func (r *reading) typed(tree any) any {
	switch v := tree.(type) {
	case map[string]any:
		m := maps.Clone(v)
		for name, child := range v {
			m[name] = r.typed(child)
		}
		if v["class"] == "PARAMETER" {
			return r.cast(m)
		}
		return m
	case []any:
		all := slices.Clone(v)
		for i, child := range v {
			all[i] = r.typed(child)
		}
		return all
	}
	return tree
}

// cast is the tree of a parameter with a cast around it, as DuckDB itself writes it.
func (r *reading) cast(parameter map[string]any) any {
	name, _ := parameter["identifier"].(string)
	node, err := parse(r.ctx, r.conn, "SELECT "+castTo(name, r.params[name]))
	if err != nil {
		return nil
	}
	list, _ := node["select_list"].([]any)
	if len(list) != 1 {
		return nil
	}
	if c, ok := list[0].(map[string]any); ok {
		c["alias"] = parameter["alias"]
	}
	return list[0]
}

func castTo(name string, t ironstar.ColumnType) string {
	return "CAST($" + name + " AS " + sqlType(t) + ")"
}

// typedSQL is a text with casts around its parameters and without semicolons. It knows
// only what texts, quoted names and comments are.
func typedSQL(text string, params []ironstar.Column) string {
	types := map[string]ironstar.ColumnType{}
	for _, p := range params {
		types[p.Name] = p.Type
	}
	var out bytes.Buffer
	for rest := text; rest != ""; {
		n := tokenLength(rest)
		token := rest[:n]
		rest = rest[n:]
		name, isParam := strings.CutPrefix(token, "$")
		if t, known := types[name]; isParam && known {
			token = "(" + castTo(name, t) + ")"
		} else if token == ";" {
			token = " "
		}
		out.WriteString(token)
	}
	return out.String()
}

// tokenLength is the length of what a text of SQL begins with: a text, a quoted name, a
// comment, a parameter, or one byte of anything else.
func tokenLength(s string) int {
	until := func(start int, end string) int {
		if i := strings.Index(s[start:], end); i >= 0 {
			return start + i + len(end)
		}
		return len(s)
	}
	switch {
	case s[0] == '\'' || s[0] == '"':
		return until(1, s[:1]) // two quotes are two texts beside each other
	case strings.HasPrefix(s, "--"):
		return until(2, "\n")
	case strings.HasPrefix(s, "/*"):
		return until(2, "*/")
	case strings.HasPrefix(s, "$$"):
		return until(2, "$$")
	case s[0] == '$':
		n := 1
		for n < len(s) && nameByte(s[n]) {
			n++
		}
		return n
	case nameByte(s[0]):
		n := 1
		for n < len(s) && (nameByte(s[n]) || s[n] == '$') { // a name may have a $ in it
			n++
		}
		return n
	}
	return 1
}

func nameByte(b byte) bool {
	return b == '_' || b >= 0x80 || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}
