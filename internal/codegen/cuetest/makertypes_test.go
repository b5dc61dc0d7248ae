package cuetest_test

import (
	"fmt"
	"strings"
)

type fieldKind int

const (
	plainField fieldKind = iota
	eventField
	commandField
	paramField
	signalField
)

var (
	fieldNames    = []string{"id", "name", "text", "amount", "count", "lines", "at", "kind", "parts", "level", "userId", "open", "note", "price"}
	oddFieldNames = []string{"func", "type", "range", "map", "string", "int", "error", "nil", "len", "append", "any", "v", "b", "d", "o", "c", "t", "x", "i", "k", "err", "ctx",
		"state", "json", "wire", "ironstar", "key", "event", "command", "userID", "iD", "url", "validate", "decode", "value", "field", "fields", "tag", "new", "default",
		"constructor", "then", "class", "index", "null", "true", "stream", "position", "e", "s", "n", "zz9", "a0", "isZero", "unit", "appendJSON", "check", "marshalJSON", "error", "streamID", "key"}
	oddLabels = []string{`"größe"`, `"a-b"`, `"1st"`, `"a b"`, `""`, `"日本"`, `"😀"`, `"\""`, `"_x"`, `_hidden`, `"__proto__"`, `Upper`, `"a\nb"`, `"$x"`, `a_b`, `"*/"`, "\"`\"", `"ID"`, `"<&>"`, `x`, `"\\"`}
)

func (m *maker) fieldName(in fieldKind) string {
	if in == plainField && m.oddly() && m.chance(2) {
		return m.pick(oddLabels...)
	}
	return m.name(fieldNames, oddFieldNames)
}

// fields returns up to most fields with distinct names.
func (m *maker) fields(in fieldKind, most int, taken ...string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, name := range taken {
		seen[name] = true
	}
	for range m.IntN(most + 1) {
		name := m.fieldName(in)
		if seen[name] && !m.oddly() {
			continue
		}
		seen[name] = true
		b.WriteString(m.doc("\t") + "\t" + m.field(name, in) + "\n")
	}
	return b.String()
}

func (m *maker) field(name string, in fieldKind) string {
	mark, typ := "", ""
	switch {
	case in == paramField:
		typ = m.param()
	case in == signalField && !m.oddly():
		typ = m.defaulted()
	case m.chance(4):
		mark, typ = "?", m.typ(0)
	case m.chance(5):
		typ = m.defaulted()
	case m.chance(12):
		mark, typ = "!", m.scalar()
	default:
		typ = m.typ(0)
	}
	if in == commandField && m.chance(6) {
		return m.commandField(name)
	}
	if typ == "schema.#Decimal" && m.chance(2) {
		typ += m.pick(` @decimal(min="0.01", max="999.99", digits=2)`, ` @decimal(max="10")`, ` @decimal(above="-1", below="1.5", digits=1)`, ` @decimal(digits=0)`, ` @decimal(min="-0.5", digits=3)`)
	}
	return name + mark + ": " + typ + m.fieldAttribute()
}

func (m *maker) commandField(name string) string {
	return name + ": " + m.pick("schema.#Time @inject(now)", "schema.#UUID @inject(uuid)", "string @inject(actor)", "string @inject(session)",
		"string @trim()", "strings.MaxRunes(9) @trim() @secret()", `*"" | string @trim()`)
}

func (m *maker) fieldAttribute() string {
	switch {
	case m.chance(20):
		return " @secret()"
	case m.oddly() && m.chance(3):
		return " " + m.pick("@go(name=Other)", "@go(name=Validate)", "@ts(name=other)", "@trim()", "@inject(now)", "@inject(uuid)", "@go(type=\"int64\")",
			"@ts(type=\"Array<string, x>\")", "@final()", "@internal()", "@nope()", "@go(name=\"a b\")", "@go(func)", "@go(name=ID)", "@go(name=Kind)", "@secret(x)", "@go(name=String)", "@go(name=T)")
	}
	return ""
}

// typ returns the text of a type.
func (m *maker) typ(depth int) string {
	switch n := m.IntN(10); {
	case n < 4 || depth > 2:
		return m.scalar()
	case n < 6:
		return m.reference()
	case n == 6:
		return "{\n" + m.fields(plainField, 3) + "}"
	case n == 7 && m.chance(4):
		return fmt.Sprintf("{is: %q, n: %s} | {is: %q, %s: %s}", "a", m.scalar(), "b", m.pick(fieldNames...), m.typ(depth+1))
	}
	return m.composite(depth)
}

func (m *maker) reference() string {
	if len(m.packages) > 0 && m.chance(3) {
		i := m.IntN(len(m.packages))
		if types := m.packages[i].types; len(types) > 0 {
			return fmt.Sprintf("p%d.%s", i, m.pick(types...))
		}
	}
	if len(m.types) == 0 {
		return m.scalar()
	}
	ref := m.pick(m.types...)
	if m.oddly() {
		ref += " & " + m.pick("{extra: 1}", `{kind: "a"}`, `{is: "a"}`, ">3", `"a"`, "#Money", `!=""`, "strings.MaxRunes(3)", "[...string]")
	}
	return ref
}

// composite returns a list or a map.
func (m *maker) composite(depth int) string {
	elem := m.typ(depth + 1)
	switch m.IntN(6) {
	case 0:
		return "{[" + m.mapKey() + "]: " + elem + "}"
	case 1:
		return "{[" + m.mapKey() + "]: " + elem + "}" + m.pick("", " & struct.MinFields(1)", " & struct.MaxFields(4)")
	case 2:
		return "[..." + elem + "] & " + m.pick("list.MaxItems(5)", "list.MinItems(1)", "list.UniqueItems()", "list.MinItems(2) & list.MaxItems(3) & list.UniqueItems()")
	}
	return "[..." + elem + "]"
}

func (m *maker) mapKey() string {
	if m.oddly() {
		return m.pick("schema.#UUID", "schema.#Date", "int", "schema.#Decimal", "1 | 2", `""|"a"`, "schema.#Time", "#Money")
	}
	if len(m.texts) > 0 && m.chance(2) {
		return m.pick(m.texts...)
	}
	return m.pick("string", "string", `=~"^[a-z]{2}$"`, `"on" | "off"`, "strings.MaxRunes(9)")
}

func (m *maker) scalar() string {
	switch m.IntN(8) {
	case 0:
		return m.text()
	case 1:
		return m.stringEnum()
	case 2:
		return m.intEnum()
	case 3:
		return m.integer()
	case 4:
		return m.pick("number", "number & >0", "number & >=-0.5 & <1000.5", "number & !=0", "number & math.MultipleOf(0.25)", ">0", "<=1e3", "float32", "float64", "number & >1e-300", "number & <1e308")
	case 5:
		return m.pick("schema.#Time", "schema.#Date", "schema.#Decimal", "schema.#UUID", "schema.#Int")
	case 6:
		return m.pick("string", "bool", "int", "string", `"fixed"`, "7")
	}
	if m.oddly() {
		return m.pick("float", "bytes", "null", "_", "_|_", "string | null", "[int, int]", "string | int", "duration", "time.Duration", "time.Time", "time.Format(\"\")", "{...}", "[...]",
			"schema.#Aggregate", "strings.MaxRunes(-1)", "strings.MinRunes(5) & strings.MaxRunes(3)", "int & >5 & <5", "=~\"(\"", "=~\"(?=x)\"", "1.5", "1.5 | 2.5", "true | false", "int & >1e400", "strings.Nope(1)", "list.MaxItems(3)", "\"a\" & \"b\"", "'bytes'",
			"strings.MaxRunes(1)|strings.MinRunes(3)", "(string)", "close({a: int})", "or([1, 2])", "and([string])", "if true {a: 1}", "\"\\(1)\"", "strings.MaxRunes(99999999999999999999)", "!=1 & int", "string & !=1", "len(\"abc\")", "len(_word)", "int & <=2*_max", "_word * 3", "_max / 3", "\"\\(_word)\\(_max)\"", "[1, 2][_max]", "div(_max, 0)", "_word", "strings.MaxRunes(_word)", "1 + 2", "int & >(1+2)", "-9223372036854775808 | 9223372036854775807", "9223372036854775808", "0x1F", "1_000", "5K", "-0 | 1", "#\"raw\"#", "\"\"\"\n\tmulti\n\t\"\"\"", "\"a\" | *\"b\"", "*\"a\" | *\"b\"", "*1 | *2 | int")
	}
	return "string"
}

func (m *maker) text() string {
	return m.pick("string", "strings.MinRunes(1) & strings.MaxRunes(280)", "strings.MaxRunes(9)", `=~"^[A-Z]{3}-[0-9]+$"`, `!~"\\s"`, `string & !="x"`, `=~"^\\p{L}+$" & strings.MaxRunes(3)`,
		`time.Format("2006-01")`, `time.Format("15:04")`, "strings.HasPrefix(\"a\\\"`\")", `strings.HasSuffix("\n")`, `strings.Contains("*/")`, `=~"[\"]*"`, "=~\"`\"", `=~#"^\d+$"#`, `strings.MinRunes(0)`, `string & !="\u2028"`, `strings.MaxRunes(_max - 1)`, `strings.HasPrefix(_word + "x")`, `strings.HasSuffix("\(_word)-")`, `!=_word`, `=~"\\*/"`)
}

func (m *maker) integer() string {
	return m.pick("int & >0 & <=100", "int & >=-5", "int & !=0", "int32", "uint8", "uint64", "int64", "int16", "uint32", "int8", "uint", "int & >=-9223372036854775808", "int & <9223372036854775807", "int & math.MultipleOf(3)", "uint8 & >5", "int & >0 & >1 & <10 & !=4 & !=5", "rune", "int & >0.5", "int & <=1e3", "int128", "int & >=3 & <=3", "int & <=(2*_max)", "int & >(-_max/2) & !=_max")
}

var (
	values    = []string{`"low"`, `"mid"`, `"high"`, `"dark blue"`, `"CHF"`, `"EUR"`}
	oddValues = []string{`""`, `"a"`, `"A"`, `"日"`, `"<="`, `"type"`, `"0"`, `"-1"`, `"*/"`, "\"`\"", `"\n"`, `"\\"`, `"é"`, `"\u0000"`, `"a-b"`, `"a_b"`, `"a b"`, `"👍🏽"`, `"\""`, `"$x"`, `"${1}"`, `"</script>"`, `"null"`, `"1st"`, `"Error"`, `"\ufeff"`, `"\u2028"`, `"AB"`, `"aB"`}
)

func (m *maker) stringEnum() string {
	var all []string
	for range 2 + m.IntN(4) {
		all = append(all, m.name(values, oddValues))
	}
	return strings.Join(all, " | ")
}

func (m *maker) intEnum() string {
	if m.oddly() {
		return m.pick("-1 | 0 | 1", "1 | 1", "0 | -0", "-9223372036854775808 | 9223372036854775807", "1 | \"a\"", "1", "0x10 | 16", "1 | 2 | 3 | 3", "1_000 | 5K", "1 | 1.0", "-1 | 1")
	}
	return m.pick("1 | 2 | 3", "0 | 10", "-1 | 0 | 1")
}

// defaulted returns a type with a default.
func (m *maker) defaulted() string {
	if m.oddly() {
		return m.pick("true", `*"" | strings.MinRunes(1)`, `*1 | string`, `*{} | {a: *1 | int}`, `*[1] | [...string]`, `*"x" | schema.#UUID`, `*null | string`, `*1.5 | int`,
			"*\"`*/\\n\" | string", `*9007199254740993 | int`, `*1e400 | number`, `*-0 | int`, `*"\u0000\u2028" | string`, `*[[]] | [...[...int]]`, `*{a: "x"} | [string]: string`, `*1e-7 | number`, `*100000000000000000000000 | number`, `*(1+1) | int`, `*"2020-13-01" | schema.#Date`, `*"2020-01-01T00:00:00Z" | schema.#Time`, `*"1.5" | schema.#Decimal`)
	}
	if len(m.types) > 0 && m.oddly() {
		return m.pick(`*"low" | `, `*1 | `, `*{} | `, `*[] | `) + m.pick(m.types...)
	}
	return m.pick(`*"" | string`, `*1 | int`, `*0.5 | number`, `*false | bool`, `*true | bool`, `*"view" | "edit"`, `*2 | 1 | 3`, `*["a", "b"] | [...string]`, `*[] | [...int]`, `*"2020-01-31" | schema.#Date`,
		`*1 | int & >0 & <10`, `*"" | strings.MaxRunes(280)`, `*{w: 1} | {w: int, h?: int}`)
}

func (m *maker) param() string {
	if m.oddly() {
		return m.typ(1)
	}
	return m.pick(`*"all" | "active" | "completed"`, `*1 | int & >=1 & <=100`, `*false | bool`, `*"" | strings.MaxRunes(40)`, `"up" | "down"`, `*2 | 1 | 3`, "int & >=0 & <5")
}
