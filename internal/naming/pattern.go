package naming

import (
	"strconv"
	"strings"
	"unicode"

	"ironstar.dev/internal/model"
)

// Pattern makes a generated name from the name of a thing in the schema: *
// stands for that name.
type Pattern struct {
	text string
	what string // what is generated: "the constructor of"; "" for the thing itself
}

// Of returns the name for a thing.
func (p Pattern) Of(name string) string { return strings.Replace(p.text, "*", name, 1) }

// Names of the Go package that belong to an aggregate.
var (
	Aggregate            = Pattern{"*", "the interface of the hand-written side of"}
	AggregateConstructor = Pattern{"New*", "the constructor of"}
	Kind                 = Pattern{"*Kind", "the kind of streams of"}
	AggregateFingerprint = Pattern{"*Fingerprint", "the fingerprint of"}
	CommandSum           = Pattern{"*Command", "the interface of all commands of"}
	EventSum             = Pattern{"*Event", "the interface of all events of"}
	RefusalSum           = Pattern{"*Refusal", "the interface of all refusals of"}
	CommandInputs        = Pattern{"*Inputs", "the inputs of commands of"}
	Shapes               = Pattern{"*Shapes", "the shapes of events of"}
	Steps                = Pattern{"*Steps", "the steps between versions of events of"}
	ParseCommand         = Pattern{"Parse*Command", "the function that reads a command of"}
	EncodeEvent          = Pattern{"Encode*Event", "the function that writes an event of"}
	DecodeEvent          = Pattern{"Decode*Event", "the function that reads an event of"}
	Upcasts              = Pattern{"*Upcasts", "the interface of hand-written steps of"} // if there are any
	CheckID              = Pattern{"Check*ID", "the check of ids of"}                    // if there is a rule for ids
	IDs                  = Pattern{"*IDs", "the ids of"}                                 // if there is a rule for ids
)

var ofAggregate = []Pattern{Aggregate, AggregateConstructor, Kind, AggregateFingerprint, CommandSum, EventSum, RefusalSum, CommandInputs,
	Shapes, Steps, ParseCommand, EncodeEvent, DecodeEvent}

// Names of the Go package that belong to a view.
var (
	View            = Pattern{"*", "the interface of the hand-written side of"} // not if it is an aggregate's own state
	ViewConstructor = Pattern{"New*", "the constructor of"}
	ViewName        = Pattern{"*Name", "the name of"}
	ViewFingerprint = Pattern{"*Fingerprint", "the fingerprint of"}
	FoldRecord      = Pattern{"evolve*", "the function that folds a record into"}
	ViewKeys        = Pattern{"keysOf*", "the function that lists keys of"}
	ParamInputs     = Pattern{"*Inputs", "the inputs of parameters of"}
)

var ofView = []Pattern{ViewConstructor, ViewName, ViewFingerprint, FoldRecord, ViewKeys}

// Names of the Go package that belong to a type, by its Go name.
var (
	Decode  = Pattern{"decode*", "the function that reads"}
	Append  = Pattern{"append*", "the function that writes"}
	Check   = Pattern{"check*", "the function that checks"}
	Hide    = Pattern{"hide*", "the function that leaves the secrets out of"}
	Fields  = Pattern{"fields*", "the fields of"}
	pattern = Pattern{"pattern*", "a pattern of"}

	// Functions that other packages of the schema call.
	DecodeForOthers = Pattern{"Decode*", "the function for other packages that reads"}
	AppendForOthers = Pattern{"Append*", "the function for other packages that writes"}
	CheckForOthers  = Pattern{"Check*", "the function for other packages that checks"}
	HideForOthers   = Pattern{"Hide*", "the function for other packages that leaves the secrets out of"}

	// Of an enum.
	Values    = Pattern{"*Values", "the function that lists the values of"}
	ValueList = Pattern{"known*", "the values of"}

	// Of a command.
	Form = Pattern{"*Form", "the form fields of"}

	// Of the parameters of a view.
	ParseParams = Pattern{"Parse*", "the function that reads"}

	// Of signals.
	ReadSignals    = Pattern{"Read*", "the function that reads"}
	SignalNames    = Pattern{"*Signals", "the names of"}
	SignalsVersion = Pattern{"*Version", "the version of"}

	// Of an older version of an event.
	Lift = Pattern{"lift*", "the function that converts an older version of"}
	Step = Pattern{"up*", "the step from"}
)

// PatternOf returns the name of the variable for the nth regular expression of a
// type. n begins at 0.
func PatternOf(goName string, n int) string {
	if n == 0 {
		return pattern.Of(goName)
	}
	return "pattern" + strconv.Itoa(n+1) + "Of" + goName
}

// Part returns the name of the function that makes the nth event from a retired
// one. n begins at 0.
func Part(from *model.Named, n int) string { return "part" + strconv.Itoa(n+1) + "Of" + from.GoName }

// TableOf returns the name of the variable for the nth table of a step. n begins
// at 0.
func TableOf(step string, n int) string { return "table" + strconv.Itoa(n+1) + "Of" + Title(step) }

// Seal returns the name of the method that makes a type a case of a union.
func Seal(union string) string { return "is" + union }

// Names of the HTTP package.
var (
	CommandURL = Pattern{"*URL", "the address of"}
	ViewURL    = Pattern{"*URL", "the address of"}
	FeedURL    = Pattern{"*FeedURL", "the address of the feed of"}

	PageAt       = Pattern{"*At", "what says which page is shown of"}
	PageDocument = Pattern{"*Document", "the document around the page of"} // also a field of the domain
)

// Fields and the method of what says which page is shown.
const (
	PageID      = "ID"
	PageKey     = "Key"
	PageParams  = "Params"
	PageSession = "Session"
	PageURL     = "URL"
)

// HTTPDomain is the struct of what an application gives for a package;
// HTTPRegister is its method. HTTPParts is the struct of what runs then, which
// the function HTTPPartsOf returns.
const (
	HTTPDomain   = "Domain"
	HTTPRegister = "Register"
	HTTPParts    = "Parts"
	HTTPPartsOf  = "PartsOf"
)

// Fields of the domain. An aggregate and a view that is folded by hand-written
// code have a field for that code, with their own name.
var (
	Code        = Pattern{"*", "the hand-written code of"}
	Page        = Pattern{"*Page", "the page of"}
	Heading     = Pattern{"*Title", "the title of"}
	PageOptions = Pattern{"*Options", "the options of the page of"}
	EffectCode  = Pattern{"*Effects", "the hand-written effects of"} // if there are any
)

// Fields of the parts.
var (
	Handler = Pattern{"*", "the handler of"}
	Reader  = Pattern{"*", "the reader of"}
	Runner  = Pattern{"*", "what runs"}
)

// HTTPPackage returns the name of the HTTP package, and of its folder below
// that of the package.
func HTTPPackage(p *model.Package) string { return p.Name + "http" }

// Methods of hand-written code.
const (
	SourceMethod  = "Source"
	InitialMethod = "Initial"
)

var (
	Decide = Pattern{"Decide*", "the method that decides"}
	Evolve = Pattern{"Evolve*", "the method that folds"}
)

// ViewEvolve returns the name of the method with which a view folds an event.
func ViewEvolve(a *model.Aggregate, e *model.Event) string { return Evolve.Of(a.Name + e.Name) }

// Methods of generated structs.
const (
	ParamQuery   = "Query"
	RefusalCode  = "Code"
	RefusalError = "Error"
	RefusalJSON  = "AppendJSON"
	RefusalField = "Field"
)

// Parameters of a view that have a default have methods instead of a field.
var (
	ParamGet  = Pattern{"*", "the method that reads"}
	ParamWith = Pattern{"With*", "the method that chooses"}
)

// Names of the generated test of a package.
const (
	CasesTest = "TestCases"
	StepsTest = "TestSteps"
	Verdicts  = "verdicts"
	Verdict   = "verdict"
)

// HistoryTest is the test of an aggregate's released events.
var HistoryTest = Pattern{"Test*History", "the test of the history of"}

// Names that every folder of hand-written code declares.
const (
	SourceVariable = "source"
	UpdateFlag     = "update"
)

// KindName returns an aggregate's name in stored streams.
func KindName(a *model.Aggregate) string { return a.Package.Name + "." + a.Name }

// ViewID returns a view's name in snapshots and logs.
func ViewID(v *model.View) string { return v.Package.Name + "." + v.Name }

// SealOf returns the method of a declared union, which is an interface with
// only that method. Only its cases have it, so a type switch over them is
// complete. The method is unexported if all cases belong to the union's package.
// A type of another package cannot have an unexported method of this one. Then
// the method is exported, and its name contains the union's folder, so that it
// is unique.
func SealOf(union *model.Named) string {
	if !hasForeignCases(union) {
		return Seal(union.GoName)
	}
	var folder strings.Builder
	for _, part := range strings.FieldsFunc(Folder(union.Package), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		folder.WriteString(Exported(part))
	}
	return "Is" + folder.String() + union.GoName
}

// hasForeignCases reports whether a union has cases of other packages.
func hasForeignCases(union *model.Named) bool {
	for _, arm := range union.Type.Arms {
		if arm.Package != union.Package {
			return true
		}
	}
	return false
}

// SharedField is the function for a field that several cases of a state have: TermsOfLot.
func SharedField(a *model.Aggregate, f *model.Field) string {
	return f.GoName + "Of" + Aggregate.Of(a.Name)
}
