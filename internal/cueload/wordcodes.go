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

// codesOfProcesses returns the codes for processes: IRN085 to IRN089.
func codesOfProcesses() []Code {
	return []Code{
		{Code: codeSends, Title: "a command or refusal that a process names", Text: "`sends: Lot: [\"Close\"]` names commands of aggregates of the package, each once. `refused: [\"Lot.Close\"]` " +
			"names commands of `sends`, and `ignore: [\"Lot.AlreadyClosed\"]` refusals of aggregates to which the process, or an effect of it, sends a command."},
		{Code: codeWait, Title: "a timer or an effect", Text: "A process has at most 32 timers and 32 effects, and no two of them have one name. An effect has `data`, which its handler is told. " +
			"`done` and `failed` name two commands, so that the aggregate knows what came of it. `within` is longer than PT0S and at most PT8760H, a year."},
		{Code: codeIdle, Title: "a process that does nothing", Text: "A process sends commands, sets timers or has effects. What only remembers is a view."},
		{Code: codeFormer, Title: "a former name of a process", Text: "`was: [\"Old\"]` says that the process was called Old, so that it carries on what waits under that name. No process is called so now, " +
			"and no other process was."},
		{Code: codeNobody, Title: "a command that needs somebody who sends it", Text: "A process has no session and is nobody, so it sends no command with a field @inject(actor) or @inject(session). Give the aggregate a " +
			"command of its own for what happens by itself. @inject(now) and @inject(uuid) are fine."},
	}
}
