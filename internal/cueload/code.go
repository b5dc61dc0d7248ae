package cueload

// The codes of errors. They are part of the interface: a code keeps its meaning
// for ever, and a number is never used twice.
const (
	codeFile        = "IRN001"
	codeSyntax      = "IRN002"
	codeNoPackage   = "IRN003"
	codeTwoPackages = "IRN004"
	codeNested      = "IRN005"
	codeModule      = "IRN006"
	codeEmpty       = "IRN007"
	codeImport      = "IRN008"
	codeImportCycle = "IRN009"
	codeName        = "IRN010"
	codeValue       = "IRN011"
	codeSection     = "IRN012"
	codePanic       = "IRN013"
	codeStaleCopy   = "IRN014"
	codeEncoding    = "IRN015"
	codeTooBig      = "IRN016"
	codeFileAttr    = "IRN017"
	codeTopField    = "IRN018"
	codeTopOther    = "IRN019"
	codeComputed    = "IRN020"
	codeBadName     = "IRN021"
	codeMissing     = "IRN022"
	codeUnused      = "IRN023"

	codeAny           = "IRN030"
	codeKind          = "IRN031"
	codeNull          = "IRN032"
	codeMixed         = "IRN033"
	codeSum           = "IRN034"
	codeDefault       = "IRN035"
	codeNarrow        = "IRN036"
	codeOpenStruct    = "IRN037"
	codeMapAndFields  = "IRN038"
	codeMapKey        = "IRN039"
	codeFixedList     = "IRN040"
	codeBuiltin       = "IRN041"
	codeCheck         = "IRN042"
	codeRegexp        = "IRN043"
	codeBounds        = "IRN044"
	codeNotType       = "IRN045"
	codeRecursion     = "IRN046"
	codeFloatConst    = "IRN047"
	codeOptionalValue = "IRN048"
	codeCaseFold      = "IRN049"
	codeFields        = "IRN051"

	codeVersions      = "IRN060"
	codeRetired       = "IRN061"
	codeProcess       = "IRN062"
	codeVersionGap    = "IRN063"
	codeState         = "IRN064"
	codeViewSource    = "IRN065"
	codeViewAggregate = "IRN066"
	codeViewEvent     = "IRN067"
	codeViewKey       = "IRN068"
	codeParam         = "IRN069"
	codeAttribute     = "IRN070"
	codeInject        = "IRN071"
	codeTrim          = "IRN072"
	codeScope         = "IRN073"
	codeGoType        = "IRN074"

	codeGoCollision    = "IRN080"
	codeFieldCollision = "IRN081"
	codeGoName         = "IRN082"
)

// Code is one kind of error, explained.
type Code struct {
	Code, Title, Text string
	Unprovoked        bool // no schema is known to lead to it
}

// Codes is the table of all codes.
func Codes() []Code { return nil }
