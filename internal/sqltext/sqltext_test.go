package sqltext_test

import (
	"strings"
	"testing"

	"ironstar.dev/internal/sqltext"
)

func read(t *testing.T, sql string, d sqltext.Dialect) *sqltext.Statement {
	t.Helper()
	s, err := sqltext.Read(sql, d)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return s
}

// TestTokens: words in texts, names and comments are none, in each dialect.
func TestTokens(t *testing.T) {
	for _, c := range []struct {
		sql     string
		dialect sqltext.Dialect
		want    string // the tokens, between bars
	}{
		{"SELECT 'it''s; -- /* $x', \"a\"\"b\" -- $y ?\n, 1.5e-3/**/+0x1F", sqltext.SQLite, `SELECT|'it''s; -- /* $x'|,|"a""b"|,|1.5e-3|+|0x1F`},
		{"a /* b /* c */ d", sqltext.SQLite, "a|d"},
		{"a /* b /* c */ d */ e", sqltext.DuckDB, "a|e"},
		{"[a b].`c`", sqltext.SQLite, "[a b]|.|`c`"},
		{"x[1:n]::int, {'a': b}", sqltext.DuckDB, "x|[|1|:|n|]|::|int|,|{|'a'|:|b|}"},
		{`E'it\'s' || e`, sqltext.DuckDB, `E'it\'s'|||||e`},
		{"$a ?1 :b @c $2 ?", sqltext.SQLite, "$a|?1|:b|@c|$2|?"},
		{"é$x ü", sqltext.SQLite, "é$x|ü"},
		{"", sqltext.SQLite, ""},
		{" \t\r\n -- nothing", sqltext.DuckDB, ""},
	} {
		tokens, err := sqltext.Tokens(c.sql, c.dialect)
		if err != nil {
			t.Errorf("%q: %v", c.sql, err)
			continue
		}
		var got []string
		for _, token := range tokens {
			got = append(got, token.Text)
			if c.sql[token.Offset:token.Offset+len(token.Text)] != token.Text {
				t.Errorf("%q: %q is not at %d", c.sql, token.Text, token.Offset)
			}
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%q: got %s, want %s", c.sql, strings.Join(got, "|"), c.want)
		}
	}
}

func TestUnreadable(t *testing.T) {
	for sql, offset := range map[string]int{"SELECT 'a": 7, "SELECT \"a": 7, "SELECT /* a": 7, "SELECT [a": 7, "SELECT $$a$$": 7, "SELECT $q$a$q$": 7, "SELECT $ 1": 7} {
		if _, err := sqltext.Read(sql, sqltext.SQLite); err == nil || err.Offset != offset || err.Error() == "" {
			t.Errorf("%q: got %v", sql, err)
		}
	}
	if line, col := sqltext.Place("a\nbc\nd", 3); line != 2 || col != 2 {
		t.Errorf("got %d:%d", line, col)
	}
	if line, col := sqltext.Place("a\n", 99); line != 2 || col != 1 {
		t.Errorf("got %d:%d", line, col)
	}
}

// TestTables: what FROM and JOIN name, and nothing else.
func TestTables(t *testing.T) {
	for _, c := range []struct {
		sql     string
		dialect sqltext.Dialect
		want    string
	}{
		{"SELECT 1", sqltext.SQLite, ""},
		{"SELECT * FROM a, b AS x, c y JOIN d ON x.e = (SELECT max(f) FROM g), h WHERE a IN (1, 2)", sqltext.SQLite, "a b c d g h"},
		{"SELECT extract(year FROM x), trim(both ' ' from y), a IS DISTINCT FROM b FROM t", sqltext.DuckDB, "t"},
		{"SELECT substring((SELECT z FROM q) FROM 2) FROM t", sqltext.DuckDB, "q t"},
		{"WITH a AS (SELECT * FROM b), c(x, y) AS NOT MATERIALIZED (SELECT 1, 2) SELECT * FROM a JOIN c JOIN d", sqltext.SQLite, "b d"},
		{"WITH RECURSIVE r(a, b) USING KEY (a) AS (SELECT 1, 2 UNION SELECT a, b FROM r) FROM r", sqltext.DuckDB, ""},
		{"FROM a SELECT b, c UNION ALL FROM d", sqltext.DuckDB, "a d"},
		{"SELECT * FROM (a JOIN (b CROSS JOIN c)) x, ((SELECT 1 FROM d) UNION (SELECT 2 FROM e))", sqltext.SQLite, "a b c d e"},
		{"SELECT * FROM main.a, \"B\", 'c.csv', other.db.d", sqltext.DuckDB, "main.a B 'c.csv' other.db.d"},
		{"SELECT * FROM generate_series(1, 2) s, unnest([1, 2]) u(v), LATERAL (SELECT a.x) l, a", sqltext.DuckDB, "a"},
		{"SELECT * FROM b: a JOIN LATERAL c ON true", sqltext.DuckDB, "a c"},
		{"SELECT x.from, y AS from, z AS join FROM a ORDER BY b, c", sqltext.DuckDB, "a"},
		{"SELECT sum(a) OVER (PARTITION BY b ORDER BY c), {'from': d} FROM t WINDOW w AS (ORDER BY e, f)", sqltext.DuckDB, "t"},
		{"SELECT 'FROM x' -- FROM y\n/* JOIN z */ FROM t", sqltext.SQLite, "t"},
		{"SELECT * FROM (VALUES (1), (2)) v(a), (PIVOT t ON u USING sum(w))", sqltext.DuckDB, ""},
		{"SELECT * FROM a JOIN b USING (c, d) LEFT OUTER JOIN e ON f BETWEEN g AND h LIMIT 1, 2", sqltext.SQLite, "a b e"},
		{"FROM", sqltext.SQLite, ""}, {"SELECT * FROM", sqltext.SQLite, ""}, {"SELECT * FROM )((", sqltext.SQLite, ""}, {"SELECT FROM JOIN JOIN", sqltext.SQLite, "JOIN"},
	} {
		var got []string
		for _, table := range read(t, c.sql, c.dialect).Tables {
			name := table.Token.Value
			if table.Token.Kind == sqltext.Text {
				name = table.Token.Text
			}
			if table.Schema != "" {
				name = table.Schema + "." + name
			}
			got = append(got, name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %q, want %q", c.sql, strings.Join(got, " "), c.want)
		}
	}
}

func TestVerbs(t *testing.T) {
	for sql, want := range map[string]string{
		"SELECT 1": "SELECT", "((SELECT 1)) LIMIT 1": "SELECT", "insert into a values (1)": "insert", "": "", "-- nothing": "",
		"WITH a AS (SELECT 1), b(c) AS (SELECT 2) DELETE FROM a": "DELETE", "WITH RECURSIVE a AS (SELECT 1) (SELECT 2)": "SELECT",
		"WITH a AS MATERIALIZED (SELECT (1), (2)) SELECT (3)": "SELECT", "WITH": "", "WITH a AS (": "",
	} {
		if got := read(t, sql, sqltext.SQLite).Verb.Text; got != want {
			t.Errorf("%s: got %q, want %q", sql, got, want)
		}
	}
}

func TestSeveralStatements(t *testing.T) {
	for sql, want := range map[string]string{
		"SELECT 1": "", "SELECT 1;": "", "SELECT 1;; -- the end;": "", "SELECT 1; SELECT 2": "SELECT", "SELECT ';'; ;x": "x", ";": "", "; SELECT 1": "SELECT",
	} {
		s := read(t, sql, sqltext.SQLite)
		got := ""
		if s.Second != nil {
			got = s.Second.Text
		}
		if got != want {
			t.Errorf("%s: the second statement begins with %q, want %q", sql, got, want)
		}
	}
	if sql := "SELECT 1 ; -- end"; sql[:read(t, sql, sqltext.SQLite).End()] != "SELECT 1" {
		t.Error("the statement ends elsewhere")
	}
}

func TestCalls(t *testing.T) {
	s := read(t, "WITH now(a) AS (SELECT 1) SELECT date('now', f(1, 2)), count(*) AS random(x) FROM t uuid(b), read_csv('x') WHERE x.y (3) AND 'now()' = \"q\" ( )", sqltext.DuckDB)
	var got []string
	for _, c := range s.Calls {
		text := c.Name
		if c.Table {
			text = "FROM " + text
		}
		for _, a := range c.Args {
			text += "|" + a[0].Text
		}
		got = append(got, text)
	}
	want := "date|'now'|f, f|1|2, count|*, FROM read_csv|'x', y|3, q"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %s\nwant %s", strings.Join(got, ", "), want)
	}
}

// TestUses: a name that the statement may give to something itself is never taken for
// that of a field.
func TestUses(t *testing.T) {
	for sql, want := range map[string]bool{
		"SELECT email FROM t": true, "SELECT t.email FROM t": true, `SELECT max("Email") FROM t`: true, "SELECT a FROM t WHERE email = 1 AND b": true,
		"SELECT a FROM t JOIN u USING (email)": true, "SELECT a, email FROM t": true, "SELECT x + email FROM t": true,
		"SELECT 'email' FROM t": false, "SELECT 1 -- email": false, "SELECT a AS email FROM t ORDER BY email": false, "SELECT count(*) email FROM t ORDER BY email": false,
		"WITH c(email) AS (SELECT a FROM t) SELECT email FROM c": false, "SELECT email FROM (SELECT 1) c(a, email)": false, "SELECT email('x')": false,
		"SELECT {email: 1}": false, "SELECT b FROM t email": false, "SELECT $email": false, "SELECT email '2020'": false, "SELECT x::email": false,
		"SELECT extract(email FROM x) FROM t": false, "SELECT a email, email FROM t": false, "SELECT list_transform(l, email -> email + 1)": false,
	} {
		d := sqltext.DuckDB
		if at, got := read(t, sql, d).Uses("other", "email"); got != want || got && !strings.EqualFold(at.Value, "email") {
			t.Errorf("%s: got %v at %v", sql, got, at)
		}
	}
	s := read(t, "SELECT t.current_date, a AS current_time, current_user FROM t LIMIT 1", sqltext.SQLite)
	if at, ok := s.Bare("CURRENT_DATE", "CURRENT_TIME", "CURRENT_USER"); !ok || at.Text != "current_user" {
		t.Errorf("got %v", at)
	}
	if s.Mentions("b") || !s.Mentions("CURRENT_DATE") {
		t.Error("mentions")
	}
	if _, ok := read(t, "SELECT 1 LIMIT 2", sqltext.SQLite).Uses("limit"); ok {
		t.Error("a keyword is no field")
	}
}
