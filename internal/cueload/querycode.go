package cueload

const (
	codeQuery       = "IRN132"
	codeQueryView   = "IRN133"
	codeQueryRow    = "IRN134"
	codeQueryParam  = "IRN135"
	codeQueryWindow = "IRN136"
	codeQueryLimit  = "IRN137"
	codeShows       = "IRN138"
	codeSQLFile     = "IRN139"
)
