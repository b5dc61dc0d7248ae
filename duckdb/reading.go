package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ironstar.dev"
	"ironstar.dev/query"
)

// reading goes through what DuckDB read in a question. What it does not know is refused.
type reading struct {
	ctx      context.Context
	conn     *sql.Conn
	tables   *Tables
	question *query.Question
	within   []string // names of macros, if this is what one stands for

	params map[string]ironstar.ColumnType
	named  map[string]bool // names of WITH
	used   map[string]bool // parameters
	remote bool            // it reads files of other hosts
}

// all refuses a tree that is no good question.
func (r *reading) all(tree map[string]any) error {
	r.params, r.named, r.used = map[string]ironstar.ColumnType{}, map[string]bool{}, map[string]bool{}
	for _, p := range r.question.Params {
		r.params[p.Name] = p.Type
	}
	if err := r.names(tree); err != nil {
		return err
	}
	if err := r.node(tree); err != nil {
		return err
	}
	for _, p := range r.question.Params {
		if !r.used[p.Name] {
			return unusable("it does not use the parameter $%s", p.Name)
		}
	}
	return nil
}

// names collects what WITH names. None may be the name of something that is there: then
// each name means one thing wherever it is.
func (r *reading) names(tree any) error {
	switch v := tree.(type) {
	case []any:
		for _, child := range v {
			if err := r.names(child); err != nil {
				return err
			}
		}
	case map[string]any:
		if with, ok := v["cte_map"].(map[string]any); ok {
			entries, _ := with["map"].([]any)
			for _, e := range entries {
				entry, _ := e.(map[string]any)
				name, _ := entry["key"].(string)
				var taken bool
				err := r.conn.QueryRowContext(r.ctx, `SELECT count(*) > 0 FROM (SELECT table_name AS name FROM duckdb_tables() UNION ALL SELECT view_name FROM duckdb_views()) WHERE lower(name) = lower($1)`, name).Scan(&taken)
				if err != nil {
					return err
				} else if taken {
					return unusable("WITH %s has the name of a table: call it something else", name)
				}
				r.named[strings.ToLower(name)] = true
			}
		}
		for _, child := range v {
			if err := r.names(child); err != nil {
				return err
			}
		}
	}
	return nil
}

// node refuses what is not known to be harmless in a part of the tree, and in all parts
// of it.
func (r *reading) node(tree any) error {
	switch v := tree.(type) {
	case []any:
		for _, child := range v {
			if err := r.node(child); err != nil {
				return err
			}
		}
	case map[string]any:
		kind, _ := v["type"].(string)
		class, isExpression := v["class"].(string)
		var err error
		if isExpression {
			err = r.expression(class, kind, v)
		} else if kind != "" {
			err = r.relation(kind, v)
		}
		if err != nil || class == "CONSTANT" {
			return err
		}
		if v["sample"] != nil {
			return unusable("SAMPLE chooses by chance: use ORDER BY and LIMIT")
		}
		for name, child := range v {
			if kind == "TABLE_FUNCTION" && name == "function" {
				continue // looked at by relation
			}
			if err := r.node(child); err != nil {
				return err
			}
		}
	}
	return nil
}

// relations are harmless parts of a SELECT.
var relations = []string{
	"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE",
	"SUBQUERY", "JOIN", "EXPRESSION_LIST", "EMPTY", "EMPTY_FROM", "PIVOT",
	"ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER",
	"ASCENDING", "DESCENDING", "ORDER_DEFAULT",
	"DECIMAL_TYPE_INFO", "LIST_TYPE_INFO", "STRUCT_TYPE_INFO", "ARRAY_TYPE_INFO", "STRING_TYPE_INFO", "UNBOUND_TYPE_INFO",
}

func (r *reading) relation(kind string, v map[string]any) error {
	switch {
	case kind == "BASE_TABLE":
		return r.table(v)
	case kind == "TABLE_FUNCTION":
		return r.tableFunction(v)
	case !slices.Contains(relations, kind):
		return unusable("it has a %s: use SELECT with tables, joins and WITH", words(kind))
	}
	return nil
}

// table refuses tables that are not declared.
func (r *reading) table(v map[string]any) error {
	text := func(name string) string { s, _ := v[name].(string); return s }
	name := text("table_name")
	if schema := text("catalog_name") + text("schema_name"); schema != "" {
		return unusable("it reads %s.%s: write the table's name alone", schema, name)
	}
	is := func(other string) bool { return strings.EqualFold(other, name) }
	if r.named[strings.ToLower(name)] || slices.ContainsFunc(r.question.Reads, is) {
		return nil
	}
	return unusable("it reads %s: add its event to on, or read one of %s", name, strings.Join(r.question.Reads, ", "))
}

// classes are kinds of expressions of which all are harmless, if their parts are.
var classes = []string{
	"CONSTANT", "CAST", "CASE", "BETWEEN", "CONJUNCTION", "COMPARISON", "OPERATOR", "LAMBDA", "SUBQUERY", "STAR",
	"COLLATE", "POSITIONAL_REFERENCE", "DEFAULT", "TYPE",
}

func (r *reading) expression(class, kind string, v map[string]any) error {
	switch class {
	case "PARAMETER":
		name, _ := v["identifier"].(string)
		if _, ok := r.params[name]; !ok {
			return unusable("it has a parameter $%s that is not declared: name it in param", name)
		}
		r.used[name] = true
		return nil
	case "COLUMN_REF":
		return r.column(v)
	case "FUNCTION", "WINDOW":
		return r.function(v)
	}
	if !slices.Contains(classes, class) {
		return unusable("it has a %s, which is not known to depend on the tables alone", words(kind))
	}
	return nil
}

// clocks are functions that are written like columns.
var clocks = []string{
	"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp",
	"current_catalog", "current_schema", "current_role", "current_user", "session_user", "user",
}

func (r *reading) column(v map[string]any) error {
	names, _ := v["column_names"].([]any)
	if len(names) != 1 {
		return nil
	}
	name, _ := names[0].(string)
	if slices.Contains(clocks, strings.ToLower(name)) {
		return unusable("%s is not in the tables: use a parameter. If it is a column, write its table before it", name)
	}
	return nil
}

func words(kind string) string { return strings.ToLower(strings.ReplaceAll(kind, "_", " ")) }

func (r *reading) function(v map[string]any) error {
	name, _ := v["function_name"].(string)
	schema, _ := v["schema"].(string)
	catalog, _ := v["catalog"].(string)
	if catalog != "" && catalog != "system" || schema != "" && schema != "main" {
		return unusable("it calls %s.%s: write the function's name alone", schema, name)
	}
	if children, _ := v["children"].([]any); strings.EqualFold(name, "age") && len(children) == 1 {
		return unusable("age with one time depends on a clock: give it two")
	}
	reason, err := r.tables.refusal(r.ctx, r.conn, name, r.within)
	if err != nil {
		return err
	} else if reason != "" {
		return unusable("it calls %s: %s", name, reason)
	}
	return nil
}

// tableFunction refuses all but those that make rows from their arguments, and Parquet
// files of hosts that are allowed.
func (r *reading) tableFunction(v map[string]any) error {
	f, _ := v["function"].(map[string]any)
	name, _ := f["function_name"].(string)
	children, _ := f["children"].([]any)
	switch strings.ToLower(name) {
	case "unnest", "range", "generate_series":
		return r.node(children)
	case "read_parquet", "parquet_scan":
		return r.remoteFile(children)
	}
	return unusable("it reads from %s(…), which is outside of its tables", name)
}

func (r *reading) remoteFile(arguments []any) error {
	if len(arguments) != 1 {
		return unusable("read_parquet has %d arguments: give it one address", len(arguments))
	}
	constant, _ := arguments[0].(map[string]any)
	value, _ := constant["value"].(map[string]any)
	address, ok := value["value"].(string)
	if !ok || constant["class"] != "CONSTANT" {
		return unusable("read_parquet needs an address that is written there, like 'https://data.example.com/prices.parquet'")
	}
	if err := allowedAddress(address, r.tables.opts.Hosts); err != nil {
		return fmt.Errorf("%w: read_parquet: %w", query.ErrSQL, err)
	}
	r.remote = true
	return nil
}
