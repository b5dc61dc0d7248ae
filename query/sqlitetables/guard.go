package sqlitetables

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	zs "zombiezen.com/go/sqlite"
)

// guard is the authorizer of a connection: SQLite asks it while it prepares a
// statement.
type guard struct {
	known   []string // tables and virtual tables of the database, in lower case
	allowed []string // tables of the question that is prepared; nil: everything is allowed
	because string   // why the question was refused
}

// begin restricts the connection to a question.
func (g *guard) begin(reads []string) {
	g.allowed, g.because = append([]string{}, reads...), ""
}

// tableFunctions are the only virtual tables that a question may read. They depend on
// their arguments alone.
var tableFunctions = []string{"json_each", "json_tree"}

// Authorize implements [zs.Authorizer].
func (g *guard) Authorize(a zs.Action) zs.AuthResult {
	if g.allowed == nil {
		return zs.AuthResultOK
	}
	switch a.Type() {
	case zs.OpSelect, zs.OpRecursive:
		return zs.AuthResultOK
	case zs.OpRead:
		return g.read(a)
	case zs.OpFunction:
		if name := functionOf(a); !slices.Contains(functions, name) {
			return g.deny(fmt.Sprintf("function %s cannot be used: an answer must depend on the tables and the parameters only", name))
		}
		return zs.AuthResultOK
	}
	return g.deny(fmt.Sprintf("%v cannot be used: write one SELECT", a.Type()))
}

func (g *guard) read(a zs.Action) zs.AuthResult {
	table := a.Table()
	lower := strings.ToLower(table)
	isOurs := slices.ContainsFunc(g.allowed, func(name string) bool { return strings.EqualFold(name, table) })
	isHidden := strings.HasPrefix(lower, "sqlite_") || strings.HasPrefix(lower, "pragma_") || slices.Contains(g.known, lower)
	switch {
	case isOurs, slices.Contains(tableFunctions, lower):
		return zs.AuthResultOK
	case a.Column() == "" && a.Database() == "" && !isHidden:
		return zs.AuthResultOK // the name of a WITH from which no column is read
	}
	return g.deny(fmt.Sprintf("table %s cannot be read: add its event to the query's on", table))
}

func (g *guard) deny(because string) zs.AuthResult {
	if g.because == "" {
		g.because = because
	}
	return zs.AuthResultDeny
}

// functionOf returns the name of a function. The library has no method for it. If the
// field goes, no function has a name that is allowed.
func functionOf(a zs.Action) string {
	return strings.ToLower(reflect.ValueOf(a).FieldByName("arg2").String())
}

// functions are those of SQLite whose result depends on their arguments alone.
var functions = strings.Fields(`
	avg count group_concat max median min percentile percentile_cont percentile_disc string_agg sum total
	cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
	abs ceil ceiling char coalesce concat concat_ws format floor glob hex if ifnull iif instr length like
	likelihood likely lower ltrim nullif octet_length printf quote replace round rtrim sign substr substring
	trim trunc typeof unhex unicode unlikely upper
	acos acosh asin asinh atan atan2 atanh cos cosh degrees exp ln log log10 log2 mod pi pow power radians sin
	sinh sqrt tan tanh
	date datetime julianday strftime time timediff unixepoch
	-> ->> json json_array json_array_length json_error_position json_extract json_group_array
	json_group_object json_insert json_object json_patch json_pretty json_quote json_remove json_replace
	json_set json_type json_valid`)
