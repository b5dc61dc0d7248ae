package cueload

import (
	"slices"
	"strings"
)

// The codes of errors. They are part of the interface: the meaning of a code
// never changes, and a number is never used again.
const (
	codeFile           = "IRN001"
	codeSyntax         = "IRN002"
	codeNoPackage      = "IRN003"
	codeTwoPackages    = "IRN004"
	codeNested         = "IRN005"
	codeModule         = "IRN006"
	CodeEmpty          = "IRN007" // exported: a new project has no package yet
	codeImport         = "IRN008"
	codeImportCycle    = "IRN009"
	codeName           = "IRN010"
	codeValue          = "IRN011"
	codeSection        = "IRN012"
	codePanic          = "IRN013"
	codeStaleCopy      = "IRN014"
	codeEncoding       = "IRN015"
	codeTooBig         = "IRN016"
	codeFileAttr       = "IRN017"
	codeTopField       = "IRN018"
	codeTopOther       = "IRN019"
	codeComputed       = "IRN020"
	codeBadName        = "IRN021"
	codeMissing        = "IRN022"
	codeUnused         = "IRN023"
	codeMark           = "IRN024"
	codeHidden         = "IRN025"
	codeHides          = "IRN026"
	codeValueForType   = "IRN027"
	codeAny            = "IRN030"
	codeKind           = "IRN031"
	codeNull           = "IRN032"
	codeMixed          = "IRN033"
	codeSum            = "IRN034"
	codeDefault        = "IRN035"
	codeNarrow         = "IRN036"
	codeOpenStruct     = "IRN037"
	codeMapAndFields   = "IRN038"
	codeMapKey         = "IRN039"
	codeFixedList      = "IRN040"
	codeBuiltin        = "IRN041"
	codeCheck          = "IRN042"
	codeRegexp         = "IRN043"
	codeBounds         = "IRN044"
	codeNotType        = "IRN045"
	codeRecursion      = "IRN046"
	codeFloatConst     = "IRN047"
	codeOptionalValue  = "IRN048"
	codeCaseFold       = "IRN049"
	codeFields         = "IRN051"
	codeUpcastForm     = "IRN060"
	codeBecomes        = "IRN061"
	codeVersionGap     = "IRN063"
	codeState          = "IRN064"
	codeViewSource     = "IRN065"
	codeViewAggregate  = "IRN066"
	codeViewEvent      = "IRN067"
	codeViewKey        = "IRN068"
	codeParam          = "IRN069"
	codeAttribute      = "IRN070"
	codeInject         = "IRN071"
	codeTrim           = "IRN072"
	codeScope          = "IRN073"
	codeGoType         = "IRN074"
	codeMessage        = "IRN077"
	codeReads          = "IRN078"
	codeGoCollision    = "IRN080"
	codeFieldCollision = "IRN081"
	codeGoName         = "IRN082"
	codeOutside        = "IRN083"
	codeUnique         = "IRN084"
	codeSends          = "IRN085"
	codeWait           = "IRN086"
	codeIdle           = "IRN087"
	codeFormer         = "IRN088"
	codeNobody         = "IRN089"
	codeUpcastName     = "IRN090"
	codeUpcastType     = "IRN091"
	codeUpcastNowhere  = "IRN092"
	codeUpcastAbsent   = "IRN093"
	codeList           = "IRN094"
	codeListPath       = "IRN095"
	codeListWhere      = "IRN096"
	codeListFilter     = "IRN097"
	codeListSort       = "IRN098"
	codeListPage       = "IRN099"
	codeIn             = "IRN125"
	codeTo             = "IRN126"
)

// Code is one kind of error with its explanation.
type Code struct {
	Code  string // "IRN012"
	Title string // a few words
	Text  string // a paragraph: the meaning, the reason, what to do
}

// Codes returns the table of all codes, in order. The caller owns the slice.
func Codes() []Code {
	all := slices.Concat(codesOfText(), codesOfGrammar(), codesOfTypes(), codesOfParts(), codesOfWords(), codesOfProcesses(), codesOfLists(), codesOfDecimals(), codesOfQueries())
	slices.SortFunc(all, func(a, b Code) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// codesOfText returns the codes for files, names and messages of CUE: IRN001 to
// IRN029.
func codesOfText() []Code {
	return []Code{
		{Code: codeFile, Title: "a file cannot be read", Text: "A .cue file below the schema's folder is there and cannot be read: no permission, a link that leads nowhere, " +
			"larger than 4 MB, or not a regular file. Or a folder with .cue files is a link: neither ironstar nor cue follows those."},
		{Code: codeSyntax, Title: "not CUE", Text: "The text does not follow CUE's grammar. `cue fmt` says the same. Until every file reads, nothing else can be " +
			"checked."},
		{Code: codeNoPackage, Title: "no package clause", Text: "Every file of a domain begins with `package name`. A file without it belongs to no package, and what it " +
			"declares would be lost."},
		{Code: codeTwoPackages, Title: "two packages in one directory", Text: "A directory is one package, which becomes one Go package. Move one of them into a directory of its own."},
		{Code: codeNested, Title: "a package inside a package of the same name", Text: "CUE takes the files of outer directories with the same package name into the inner package. To keep contexts " +
			"apart, give them different names."},
		{Code: codeModule, Title: "no module name", Text: "cue.mod/module.cue must say `module: \"example.com/app\"`. Import paths of the domain's packages begin with it. " +
			"Without the file Ironstar makes a name up; with the file it must be right."},
		{Code: CodeEmpty, Title: "no schema", Text: "There is no .cue file with a package clause below the folder. Files that begin with . or _ and those that end " +
			"in _test.cue or _tool.cue do not count."},
		{Code: codeImport, Title: "an import leads nowhere", Text: "A domain imports its own packages (module name, slash, directory), ironstar.dev/schema and CUE's builtin " +
			"packages. There is no registry and no network: other modules cannot be imported."},
		{Code: codeImportCycle, Title: "packages import each other", Text: "Package a needs b and b needs a. Put what both need into a third package."},
		{Code: codeName, Title: "an unknown name", Text: "Something is referred to that is not declared: a definition, a hidden field, an import, or a name in another " +
			"package. Values are checked only when every name is known, so there may be more errors after this one."},
		{Code: codeValue, Title: "values exclude each other", Text: "What is written about a value in several places, or in one, cannot all be true: string & int, >10 & <5, 1 & 2. " +
			"The places that take part are listed."},
		{Code: codeSection, Title: "no such section or field", Text: "Aggregates, views and events have fixed parts, and definitions are closed: a name that is not among them is " +
			"refused. Most often it is misspelt."},
		{Code: codePanic, Title: "CUE gave up", Text: "CUE failed in a way that it should not. No schema is known that leads to it: please report it together with the file."},
		{Code: codeStaleCopy, Title: "another version of the language in cue.mod", Text: "A warning: editors and `cue vet` read the copy of the meta-schema in cue.mod/pkg/ironstar.dev/schema, ironstar " +
			"uses its own. They differ, so the editor may accept what ironstar refuses, or the reverse. `ironstar init` " +
			"writes the copy anew."},
		{Code: codeEncoding, Title: "not UTF-8", Text: "Schema files are UTF-8, with or without a byte order mark, without zero bytes."},
		{Code: codeTooBig, Title: "too deep or too long", Text: "A number of more than 400 digits, a constant computed to more than 4000 characters, brackets nested more than 60 " +
			"deep, or one declaration of more than 20 000 tokens. Give parts of it names of their own."},
		{Code: codeFileAttr, Title: "an attribute at the top of a file", Text: "@if, @extern, @embed and @experiment change what a file is depending on flags or other files. A schema is the " +
			"same for everyone; only @ignore() is known."},
		{Code: codeTopField, Title: "a value at the top of a file", Text: "A schema declares definitions: `#Todo: schema.#Aggregate & {…}`. A regular field is a value, and `cue vet` " +
			"would ask for it to be complete. Hidden fields (`_name`) are fine as helpers."},
		{Code: codeTopOther, Title: "not a declaration", Text: "At the top of a file there are definitions, hidden fields, imports and lets. An embedded `schema.#Aggregate` " +
			"would close nothing, so that misspelt sections would pass; patterns, comprehensions and `...` have no meaning " +
			"there."},
		{Code: codeComputed, Title: "a computed type", Text: "Comprehensions, and interpolations, indexes and arithmetic on values are refused in types: the schema says what " +
			"there is, it does not compute it; upcasters do. Constants may be computed, of numbers and texts and of names of such, here " +
			"or in another package: `int & <=(2*_max)`, `strings.MaxRunes(limits.#Text)`. Mind the brackets: CUE reads `<=2*_max` " +
			"as `(<=2)*_max`."},
		{Code: codeBadName, Title: "a name that is not formed right", Text: "Names of aggregates, commands, events and refusals begin with a capital letter, field names with a small one; " +
			"both go on with letters and digits. They become Go names and keys in JSON."},
		{Code: codeMissing, Title: "a section is missing", Text: "An aggregate has command, event and state. If there are no commands yet, write `command: {}`."},
		{Code: codeUnused, Title: "an import is not used", Text: "CUE refuses imports that nothing refers to."},
	}
}

// codesOfGrammar returns the codes for text that CUE accepts and that would
// have no effect.
func codesOfGrammar() []Code {
	return []Code{
		{Code: codeMark, Title: "a ? or ! that says nothing", Text: "`note?: string` is a field of values that may be absent, `note!: string` one that must be given. Aggregates, sections, " +
			"commands, events, versions and steps are there or not: behind their names CUE would take a ? for \"perhaps\", and leave out what is written there."},
		{Code: codeHidden, Title: "a helper that nothing refers to", Text: "A name that begins with _, and a definition within another, is a helper: it is no part of a value, and is not stored or " +
			"sent. One that nothing refers to says nothing."},
		{Code: codeValueForType, Title: "a value where a type is meant", Text: "A warning: `count: 0` is a field that is 0 for ever, so it is no field in Go. Write `count: int`, which " +
			"begins with 0 in a state, or `count: *0 | int` where a command may leave it out."},
		{Code: codeHides, Title: "a field that hides an import or a type", Text: "CUE looks a name up from the inside out: beside or below a field `strings` the name strings is that field, and not " +
			"the import; beside a field `int` the name int is not the type. A field in quotes, `\"strings\": …`, is the same field and hides nothing. An " +
			"import can have another name: `import str \"strings\"`."},
	}
}

// codesOfTypes returns the codes for types and values: IRN030 to IRN059.
func codesOfTypes() []Code {
	return []Code{
		{Code: codeAny, Title: "anything goes", Text: "`_`, `[...]` and the like allow any value. The generator must know the type."},
		{Code: codeKind, Title: "a kind the language does not have", Text: "There are strings, ints, numbers and bools, and types made of these. Write schema.#Bytes for bytes; float refuses " +
			"the JSON number 1, so write number."},
		{Code: codeNull, Title: "null", Text: "What may be absent is written `name?: T` and left out of JSON when it is. A second way to say nothing would " +
			"have to be told apart everywhere."},
		{Code: codeMixed, Title: "a union of different things", Text: "A union is of constants of one kind (an enum), of structs with a constant field in common (a sum type), or a " +
			"default with its type (`*1 | int`)."},
		{Code: codeSum, Title: "nothing tells the cases apart", Text: "Every case of a union of structs has one field with a string constant, called the same in all and with another " +
			"value in each: `kind: \"card\"`. Cases are structs, of any package."},
		{Code: codeDefault, Title: "a default that does not fit", Text: "The default must be complete, and one of the values of the type behind it: in `*\"\" | #Text` it is not when " +
			"#Text must not be empty."},
		{Code: codeNarrow, Title: "a union is changed where it is used", Text: "`#Payment & {…}` would be a type between the union and its cases. It is fine where it leaves one of the cases, as " +
			"it is: `#Payment & {kind: \"card\"}` is #Card. Otherwise refer to a case, or declare another union. (Some values of " +
			"an enum are an enum: `#Currency & (\"CHF\" | \"EUR\")`.)"},
		{Code: codeOpenStruct, Title: "an open struct", Text: "With `...` a struct may have fields that nobody has declared. They would be lost in Go. Write a map for what " +
			"is not known beforehand."},
		{Code: codeMapAndFields, Title: "a map and a struct in one", Text: "`{[string]: int}` is a map and `{n: int}` a struct; together they are neither. Make the map a field of its " +
			"own. Payloads of commands, events and refusals are structs."},
		{Code: codeMapKey, Title: "the key of a map", Text: "Keys are strings in JSON: string, with a pattern if you like, or an enum of strings."},
		{Code: codeFixedList, Title: "a list with fixed slots", Text: "`[int, int]` is a tuple. Write a struct with names, or `[...int]`."},
		{Code: codeBuiltin, Title: "an unsupported builtin", Text: "Constraints become Go code and form attributes, so only those are known that can: bounds, patterns, " +
			"strings.MinRunes and MaxRunes and their like. The hint lists them."},
		{Code: codeCheck, Title: "a constraint that says nothing here", Text: "A constraint is used on a type that it does not apply to, or without what it compares with. UUIDs, times, " +
			"dates and lengths of time take no further constraints; the bounds of a decimal are in @decimal(…)."},
		{Code: codeRegexp, Title: "a pattern that does not compile", Text: "Patterns are RE2, as in Go's package regexp: no look-ahead, no back-references. CUE itself says nothing until " +
			"a value is matched."},
		{Code: codeBounds, Title: "out of range", Text: "An int is 64 bits in Go, a number is a float64. A bound or constant beyond that cannot hold."},
		{Code: codeNotType, Title: "not a type", Text: "Aggregates, views, signals and the parts of the language cannot be the type of a field. Give what you want to " +
			"share a #Name of its own."},
		{Code: codeRecursion, Title: "without an end", Text: "A value that must contain itself can never be written down. Contain it in a list, a map or an optional field. " +
			"What contains itself must be a definition, so that it has a name in Go."},
		{Code: codeFloatConst, Title: "a constant that cannot be one", Text: "Constants and enum values are strings or integers; a field that is always there may be a fixed bool. Fractions " +
			"have more than one spelling in JSON."},
		{Code: codeOptionalValue, Title: "optional and with a default", Text: "`?` says that absence means something, a default says that absence means the default, `!` says that there is " +
			"no absence. Say one of them."},
		{Code: codeCaseFold, Title: "names that differ in letter case only", Text: "Some JSON libraries and file systems take them for the same, and so do people."},
		{Code: codeFields, Title: "too many fields", Text: "A struct has at most 256 fields."},
	}
}

// codesOfParts returns the codes for aggregates, views and Go names: from
// IRN060 on.
func codesOfParts() []Code {
	return []Code{
		{Code: codeUpcastForm, Title: "an upcaster that cannot be turned into Go", Text: "Steps (toV2) and becomes are expressions in CUE that are compiled to Go: selections, literals, interpolation, " +
			"arithmetic, comparisons, tables, *x | y, if … {…}, [for x in list if … {…}] and a few functions. For anything else write `_ @go(func)`: " +
			"then the hand-written side has a method for it."},
		{Code: codeBecomes, Title: "what a retired event is read as", Text: "`becomes` is a list of events with their version, `{\"Opened.v1\": {…}}`; an empty one forgets the event. Each must exist, the versions " +
			"behind it are read on as usual, and no event may become itself by any way. A name is either retired or in use."},
		{Code: codeVersionGap, Title: "a version is missing", Text: "Versions are v1, v2, v3 … without a gap, and a step toV2 leads to a v2."},
		{Code: codeState, Title: "a state that is none", Text: "Aggregates and views that fold events have a state: a struct, or a union of structs."},
		{Code: codeViewSource, Title: "what a view is made of", Text: "A view is either `of` an aggregate, and then has its streams and its state, or `on` events, with a key and a " +
			"state of its own, or a `list` with a row for each stream of an aggregate."},
		{Code: codeViewAggregate, Title: "an unknown aggregate", Text: "Views and processes name aggregates of their own package."},
		{Code: codeViewEvent, Title: "an unknown event", Text: "A view or process names events of the aggregate, each once and at least one."},
		{Code: codeViewKey, Title: "the key of a view or process", Text: "\"stream\" (with exactly one aggregate), \"global\", or a field that every named event has, always and with the " +
			"same type: a string, a UUID or an enum of strings. A string has 1 to 256 characters, by its type: it stands in the addresses of the view's pages."},
		{Code: codeParam, Title: "a parameter that is not bounded", Text: "Each value of a parameter is a page of its own that is rendered and kept. So parameters are enums, bools, ints " +
			"with both bounds, or texts of at most 200 characters."},
		{Code: codeAttribute, Title: "an attribute that says nothing", Text: "The attributes are @inject, @trim, @final, @internal, @in, @to, @secret, @message, @decimal, @json, @reads, @go and @ts, each with its place."},
		{Code: codeInject, Title: "@inject", Text: "now fills a schema.#Time, uuid a schema.#UUID, actor and session a string, in a field of a command that is " +
			"neither optional nor has a default."},
		{Code: codeTrim, Title: "@trim", Text: "The boundary trims text fields of commands before it checks them. Events and states hold what came of it."},
		{Code: codeScope, Title: "the scope of a view", Text: "\"shared\": rendered once for everybody, from state and parameters alone. \"session\": rendered for each session."},
		{Code: codeGoType, Title: "a type that cannot be chosen", Text: "@go(type=…) and @ts(type=…) may say what a type becomes; they cannot change it. Generated code imports " +
			"nothing of the application, and checks, forms, stored events and TypeScript follow from the type that it knows. " +
			"Convert where you need another type."},
		{Code: codeReads, Title: "@reads", Text: "A field of a command with @reads(Bidder) is the id of a Bidder, an aggregate of the same package. Decide gets its state, " +
			"and the events are stored only if it is still as decide has seen it. The field is a text, is not optional and has no default."},
		{Code: codeIn, Title: "@in", Text: "A command with `@in(open, else=NotOpen)` is decided in that case of the aggregate's state only, and decide gets the case itself. " +
			"In another case the command is refused, by a refusal without fields. `@in(draft, open, else=Over)` names several cases. An event with `@in(open)` changes that " +
			"case only: evolve gets the case, decide must not return the event in another case, and a stored event that meets another case changes nothing. " +
			"`@reads(Bidder, in=registered, else=NotRegistered)` says the same of a state that a command reads."},
		{Code: codeTo, Title: "@to", Text: "An event with `@to(sold)` leads to that case of the state, and generated code does it. Each field of the case comes from the field of the event " +
			"with its name and type, or else from the state before, or else it is empty: optional, a list, a map, or its default. Where one has no value, or the state would share a list or a map " +
			"with the event, write the Evolve method by hand."},
		{Code: codeMessage, Title: "@message", Text: "What people read: on a refusal, with its fields as parameters (`ListFull: {max: int} @message(\"At most {max} lines\")`), and on a type " +
			"or field with a constraint, with {min} and {max} where there is such a bound. Parameters that are not there, or have no text, are found here and " +
			"not by people. Codes stay what they are, for translations. A brace itself is written twice: {{."},
		{Code: codeGoCollision, Title: "two things with one generated name", Text: "Commands, events and refusals carry their aggregate's name (ListAdd, ListAdded), states and parameters are " +
			"ListState and BoardParams, types written in place are named by their path, enum values by their type. Where " +
			"two come out the same, in Go, in TypeScript or as files, rename one or add @go(name=…), for the value of an enum " +
			"@go(value=\"a-b\", name=ADashB) behind the enum."},
		{Code: codeFieldCollision, Title: "a field's Go name is taken", Text: "Two fields of a struct come out the same in Go, or a field is called as a generated method. Add @go(name=…)."},
		{Code: codeGoName, Title: "not a Go name", Text: "Go names that others can see begin with a capital letter and have letters and digits only. Add @go(name=…)."},
		{Code: codeOutside, Title: "two things with one name outside", Text: "Streams and views are stored and logged by the name of their package (todo.List), and addresses begin with its " +
			"folder (/todo/list). So packages with aggregates or views have different names, whatever their folders, and none " +
			"lies below the address of something else."},
		{Code: codeUnique, Title: "a value that must be unique", Text: "`unique: Handle: {take: {Registered: \"handle\"}, give: [\"Left\"]}` names events of the aggregate and fields of their last version: texts, " +
			"UUIDs, dates, integers. `refusal: HandleTaken: {}` is what a command gets whose value another stream has; it may have one field, `value: string`."},
		{Code: codeUpcastName, Title: "an upcaster names what is not there", Text: "In toV3 the old payload is called v2, in becomes as its last version, and it has the fields of that version. CUE " +
			"itself says nothing about a misspelt one."},
		{Code: codeUpcastType, Title: "an upcaster's value does not fit", Text: "What a step makes must have the type of the field. Structs are taken over when all their fields fit, enums when each " +
			"value is one of the new one, unions when each case is one of the new one; otherwise say what becomes of it."},
		{Code: codeUpcastNowhere, Title: "a step gives no value to a field", Text: "Every field of the new version keeps its name and type, is optional, has a default, is a list or a map, or is given a " +
			"value in the step. There may be events stored already, and the field would have no value in them."},
		{Code: codeUpcastAbsent, Title: "an upcaster that may fail", Text: "Every stored event must decode. What may be absent needs something that stands for it, `*v1.memo | \"\"`, or a " +
			"condition around an optional field, `if v1.memo != _|_ {memo: v1.memo}`; a table has an entry for each value of the enum; and where " +
			"conditions choose between values, one of them holds for each old payload, or *x | _ says what the value is otherwise."},
	}
}
