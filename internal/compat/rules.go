package compat

import "slices"

// Rule is one line of the table in docs/EVOLUTION.md.
type Rule struct {
	ID    string // stable
	Level Level
	What  string // what was found
	Why   string // why that matters
	Write string // what to do
}

// Rules lists the rules in the order of the table.
func Rules() []Rule {
	return slices.Concat(lockRules, identityRules, fieldRules, valueRules, upcastRules, clientRules, queryRules, processRules)
}

var byID = func() map[string]Rule {
	m := map[string]Rule{}
	for _, r := range Rules() {
		m[r.ID] = r
	}
	return m
}()

// FindRule returns the rule with an id.
func FindRule(id string) (Rule, bool) {
	r, ok := byID[id]
	return r, ok
}

func mustRule(id string) Rule {
	r, ok := FindRule(id)
	if !ok {
		panic("compat: no rule " + id)
	}
	return r
}

const (
	asReleased = "leave the released version as it was, and write the change as the next version"
	whyFrozen  = "a version says how its stored events are read, so it cannot change afterwards"
	whyNarrow  = "stored events may have values that the schema refuses now, and current code may rely on the new rule"
	whyWide    = "an older binary refuses such events, during a rolling deploy or after a rollback"
)

var lockRules = []Rule{
	{"lock-broken", Error, "the lock cannot be read", "only the lock says what was released", "restore the lock from version control"},
	{"lock-newer", Error, "the lock has a newer format", "a newer ironstar wrote it", "update ironstar"},
	{"lock-conflict", Error, "git left a conflict in the lock", "two branches changed the same lines", "keep both sides if they have different versions; otherwise keep the side that is deployed, and make the other the next version; then run ironstar release"},
	{"lock-duplicate", Error, "the lock has an entry twice", "two branches released the same version with different shapes", "keep the line of the version that is deployed, and make the other change the next version"},
	{"lock-edited", Error, "a line of the lock was edited by hand", "only the lock says what was released", "restore the lock from version control; to permit one change, write an exemption"},
	{"lock-gap", Error, "the lock has a version, but lacks an earlier one", "the lock has lost a line, which ironstar needs to check that events of that version can still be read", "restore the lock from version control"},
	{"samples-changed", Error, "a golden sample file changed after its release, or is gone", "samples represent the events in stores", "restore the file from version control"},
	{"samples-unknown", Error, "a golden sample file belongs to no release", "the lock has lost a line, or a release was interrupted and the schema changed after it", "restore the lock from version control; if the version was never released, delete the file"},
	{"exemption-broken", Error, "a line of ironstar.exempt cannot be read", "an exemption is a hash and a reason", "write: <hash> <reason>"},
	{"exemption-unused", Warning, "an exemption matches no change", "its change was released or undone, so the line misleads readers", "remove the line"},
}

var identityRules = []Rule{
	{"event-removed", Error, "a released event is gone", "no code could read stored events of that name", "move the event to `retired`, and say what it becomes; with becomes: [], reading skips it"},
	{"event-moved", Error, "a released event is in another aggregate", "its stored events stay in the streams of the old aggregate", "put the event back, in `retired` if it is no longer used, and give the other aggregate its own event"},
	{"retired-reused", Error, "the name of a retired event is used again", "stored events would be read as the new event", "choose another name"},
	{"version-removed", Error, "a released version of an event is gone", "no code could read stored events of that version", "put the version back as it was released"},
	{"version-gap", Error, "versions are not v1, v2, v3 …", "a step leads from each version to the next", "number them without a gap, each once"},
	{"aggregate-removed", Error, "an aggregate with released events is gone", "no code could read its streams; the store has their name", "put the aggregate back under its old name; its events can be retired"},
	{"final-added", Warning, "@final was added to a released event", "only new events end their stream; streams that already have the event stay open", "let Decide refuse commands after the event, by the state"},
	{"final-removed", Warning, "@final was removed from a released event", "the event has ended streams, and these stay closed: the store has recorded that with each event", "nothing, if these streams may stay closed"},
	{"id-narrowed", Error, "the ids of a released aggregate are narrower", "streams with other ids would have no address, and could take no commands", "restore the old rule; or write an exemption, if every existing id fits the new rule"},
	{"id-widened", Warning, "the ids of an aggregate are wider", "an older binary refuses such ids, during a rolling deploy or after a rollback", "deploy everywhere before the application uses such ids"},
	{"package-renamed", Error, "a package with released events has another name", "the name is part of the stored kind of its streams: todo.List", "give the package its old name back, but do not move its folder: addresses begin with it"},
}

var fieldRules = []Rule{
	{"field-removed", NewVersion, "a field was removed", whyFrozen, asReleased},
	{"field-renamed", NewVersion, "a field has another name", whyFrozen, asReleased},
	{"field-added", NewVersion, "a field was added", "stored events of this version do not have the field, and released binaries refuse it", asReleased},
	{"field-type", NewVersion, "a field has another type", whyFrozen, asReleased},
	{"encoding-changed", NewVersion, "a text is another kind of text: string, time, date, decimal, uuid", whyFrozen, asReleased},
	{"field-optional", NewVersion, "a required field became optional", "current code may rely on the field", asReleased},
	{"field-required", NewVersion, "an optional field became required", "stored events may lack it", asReleased},
	{"default-added", NewVersion, "a default was added", "stored events without the field would change their meaning", asReleased},
	{"default-removed", NewVersion, "a default was removed", "stored events without the field would lose their meaning", asReleased},
	{"default-changed", NewVersion, "a default changed", "stored events without the field would change their meaning", asReleased},
	{"constant-changed", NewVersion, "a constant field changed", whyFrozen, asReleased},
	{"tag-changed", NewVersion, "another field selects the case of a union", whyFrozen, asReleased},
	{"arm-added", NewVersion, "a union has a new case", "current code handles only the released cases of this version", "keep the old union for the released version, under another name, and use the new union in the next version"},
	{"arm-removed", NewVersion, "a union lost a case", "stored events may be that case", asReleased},
	{"shape-changed", NewVersion, "the shape changed in a way that no other rule describes", whyFrozen, asReleased},
	{"name-reused", Error, "a new field has the name of an earlier, removed field, but another type", "one name would have two meanings in the history of one event", "choose another name"},
	{"int-unsafe", Error, "an integer can exceed 2^53, and could not before", "JavaScript would read another number, without an error", "write schema.#Int; or write an exemption, if no browser reads it"},
}

var valueRules = []Rule{
	{"bound-narrowed", NewVersion, "a bound is narrower", whyNarrow, asReleased},
	{"bound-widened", Warning, "a bound is wider", whyWide, "deploy everywhere before the application writes such events"},
	{"length-narrowed", NewVersion, "the length of a text is narrower", whyNarrow, asReleased},
	{"length-widened", Warning, "the length of a text is wider", whyWide, "deploy everywhere before the application writes such events"},
	{"size-narrowed", NewVersion, "the size of a list or map is narrower", whyNarrow, asReleased},
	{"size-widened", Warning, "the size of a list or map is wider", whyWide, "deploy everywhere before the application writes such events"},
	{"digits-narrowed", NewVersion, "a decimal has fewer digits after the point", whyNarrow, asReleased},
	{"digits-widened", Warning, "a decimal has more digits after the point", whyWide, "deploy everywhere before the application writes such events"},
	{"unique-added", NewVersion, "the elements of a list must be unique now", whyNarrow, asReleased},
	{"unique-removed", Warning, "the elements of a list no longer have to be unique", whyWide, "deploy everywhere before the application writes such events"},
	{"enum-narrowed", NewVersion, "an enum lost a value", whyNarrow, asReleased},
	{"enum-widened", Warning, "an enum has a new value", whyWide, "deploy everywhere before the application writes such events"},
	{"pattern-changed", NewVersion, "a pattern changed or was added", "ironstar cannot prove that the new pattern allows all old texts", asReleased},
	{"pattern-removed", Warning, "a pattern was removed", whyWide, "deploy everywhere before the application writes such events"},
	{"excluded-added", NewVersion, "a value is excluded", whyNarrow, asReleased},
	{"excluded-removed", Warning, "a value is no longer excluded", whyWide, "deploy everywhere before the application writes such events"},
	{"multiple-narrowed", NewVersion, "numbers must be multiples of another number now", whyNarrow, asReleased},
	{"multiple-widened", Warning, "numbers no longer have to be such multiples", whyWide, "deploy everywhere before the application writes such events"},
	{"affix-narrowed", NewVersion, "a text must begin with, end with or contain another text now", whyNarrow, asReleased},
	{"affix-widened", Warning, "a text no longer has to begin with, end with or contain a text, or as long a one", whyWide, "deploy everywhere before the application writes such events"},
	{"format-changed", NewVersion, "the layout of a time changed", whyFrozen, asReleased},
	{"format-removed", Warning, "a text no longer has to be a time", whyWide, "deploy everywhere before the application writes such events"},
}

var upcastRules = []Rule{
	{"path-missing", Error, "a version has no step to the next version, or a retired event becomes an event or version that does not exist", "its stored events could not be converted to current events", "write the step to the next version, or name an event and version that exist"},
	{"path-twice", Error, "two steps start at a version or a retired event", "there must be only one way to read a stored event", "keep one of them"},
	{"becomes-cycle", Error, "a retired event becomes itself, directly or through others", "reading it would never end", "let it become a current event"},
	{"upcaster-changed", Error, "a released step has other results", "state and pages of old events would change, with no record of the change", "restore the step; or write an exemption with the reason"},
	{"upcaster-output", Error, "the result of a step for a sample does not have the shape of the next version", "such events could not be read", "correct the step, and record its outputs again"},
	{"outputs-missing", Error, "the results of a hand-written step for the samples are not recorded", "ironstar could not detect a later change of the step", "run the application's tests with -update, then ironstar release again"},
	{"upcast-narrowed", Warning, "a step may give old events values outside the new bounds", "reading old events checks no bounds, and current code may rely on them", "make Evolve and the pages work with such values; or make the values fit in the step, in Go if CUE cannot"},
	{"upcast-overflow", Error, "a step computes an integer that may exceed 64 bits", "such an old event could not be read", "give bounds to the fields in the computation, or write _ @go(func) for the field"},
	{"upcaster-impure", Error, "a hand-written step uses the clock, the environment, randomness, files or the network", "each reading of the same stored event could have another result", "use only the old payload"},
}

var clientRules = []Rule{
	{"command-removed", Warning, "a command of the last release is gone", "open browser tabs still send it, and get a 404", "keep it for some time, or tell people to reload"},
	{"command-narrowed", Warning, "a command accepts less than in the last release", "open browser tabs send the old form, and get a 422", "make new fields optional, or give them a default"},
	{"command-changed", Warning, "a field of a command was removed or renamed", "open browser tabs still send it, and get a 422", "keep it as an optional field for some time"},
	{"command-widened", Warning, "a command accepts more than in the last release", "during a rolling deploy, older servers refuse commands of new pages", "deploy everywhere before people use the new pages"},
	{"signals-changed", Warning, "the signals of a page changed since the last release", "open tabs keep the old signals until they reload", "keep names and types, or make sure that people reload"},
	{"view-removed", Warning, "a view of the last release is gone", "links to it and open tabs get a 404", "keep the view, or redirect its address"},
	{"address-changed", Warning, "the commands of an aggregate, the pages of a view or the answers of a query have another address, or none", "addresses begin with the package's folder and the name; open tabs, bookmarks and links from outside get a 404", "give the folder its old name back, or redirect the old addresses; take @internal away again; write public: true again"},
	{"view-changed", Warning, "the key or the parameters of a view changed since the last release", "links from outside and bookmarks have the old parameters", "keep names and values of parameters, and give new parameters a default"},
}

var queryRules = []Rule{
	{"query-removed", Warning, "a public query of the last release is gone", "charts, links and programs outside that read its answers get a 404", "keep the query for some time, or tell those who read its answers"},
	{"query-changed", Warning, "the parameters or the columns of a public query changed since the last release", "charts, links and programs outside have the old ones", "keep names, types and values; add columns and parameters with a default beside them"},
	{"query-reads", Warning, "a query reads another version of an event, or no longer an event that it read", "its answers follow from other columns, or from other events, also for the past", "read its SQL with the new columns in mind, and compare answers from before and after"},
	{"query-column-removed", Error, "the SQL of a query reads a column that its table has no longer", "the application would refuse to start", "read the columns that the table has now"},
	{"query-column-changed", Warning, "the SQL of a query reads a column that has another type now", "it may compare or count otherwise: a decimal with digits is a whole number of its last digit in SQLite", "read its SQL with the new type in mind"},
}

const (
	whyWaits          = "what waits for it in a database would be lost: timers, commands and effects"
	untilNothingWaits = "keep it until nothing waits for it in any database (app processes), then remove it and write an exemption"
	besideIt          = "give the new form another name, beside the old one; when nothing waits under the old one (app processes), remove that and write an exemption"
)

var processRules = []Rule{
	{"process-removed", Error, "a process of the last release is gone", whyWaits, `write was: ["Old"] into its successor; or ` + untilNothingWaits},
	{"process-key", Error, "the key of a process is another one", "what waits in a database belongs to the old keys, and the states of the new keys know nothing of it", besideIt},
	{"process-start", Warning, "a process starts at another point of the log", "where it has run already it goes on from where it is; only its first start in a database is another one", "nothing, if that is meant"},
	{"former-removed", Warning, "a process has lost a former name", "a database that was last opened under that name would lose what waits in it", "keep the name until every database was opened by a build with the new one"},
	{"waiting-removed", Error, "a process has lost a timer, an effect or a command", "one may still wait in a database, and no code would know it", "keep it declared and its code as it is, and make no new one; when none waits in any database (app processes), remove it and write an exemption"},
	{"waiting-narrowed", Error, "a timer, an effect or a command of a process accepts less than in the last release", "one may still wait in a database as it was, and there are no steps for it", besideIt},
	{"waiting-widened", Warning, "a timer, an effect or a command of a process accepts more than in the last release", "an older binary refuses what waits then, during a rolling deploy or after a rollback", "deploy everywhere before the application makes such values"},
}
