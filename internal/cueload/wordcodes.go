package cueload

// The codes of bytes, JSON names and ids.
const (
	codeBytes    = "IRN055"
	codeJSONName = "IRN056"
	codeID       = "IRN079"
)

func codesOfWords() []Code {
	return []Code{
		{Code: codeBytes, Title: "bytes without a bound", Text: "What is stored cannot be taken back, so a field of bytes says how long it may be: " +
			"`schema.#Bytes & strings.MaxRunes(1368)`. The bound is of the base64 text, which is what JSON and CUE have: 4 characters " +
			"for every 3 bytes, and at most 65536 characters (48 KiB). Keep files elsewhere and their names in events."},
		{Code: codeJSONName, Title: "@json(name=…)", Text: "`orderID: string @json(name=\"order_id\")` stores and sends the field under another name. In commands it is " +
			"letters, digits, _ and -, and begins with a letter, because forms and signals use it; elsewhere it is a text of at most 100 bytes without " +
			"control characters. No two fields of a struct have names that differ in letter case only. Signals and parameters keep their own names."},
		{Code: codeID, Title: "the ids of an aggregate", Text: "`id` says what the ids of an aggregate's streams look like: schema.#UUID, an enum of strings, or a text " +
			"with a pattern or a length, such as =~\"^[A-Z]{3}-[0-9]+$\". It is no field: events and states do not hold it."},
	}
}
