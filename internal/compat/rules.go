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
	return slices.Concat(lockRules, identityRules, fieldRules, valueRules, upcastRules, outsideRules)
}

var byID = func() map[string]Rule {
	m := map[string]Rule{}
	for _, r := range Rules() {
		m[r.ID] = r
	}
	return m
}()

// FindRule is the rule with an id.
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
	asReleased = "leave the released version as it was and write what you want as the next one"
	whyFrozen  = "stored bytes are read by what their version says; it cannot be another thing afterwards"
	whyNarrow  = "stored events may hold what is refused now, and code of today may rely on it"
	whyWide    = "an older binary, during a rolling deploy or after going back, refuses such events"
)

var lockRules = []Rule{
	{"lock-broken", Error, "the lock cannot be read", "without it nobody knows what was released", "restore it from version control"},
	{"lock-newer", Error, "the lock has a newer format", "a newer ironstar wrote it", "update ironstar"},
	{"lock-conflict", Error, "git left a conflict in the lock", "two branches released something at the same place", "keep both sides when they are about different versions; otherwise keep the one that is deployed and make the other the next version; then ironstar release"},
	{"lock-duplicate", Error, "the lock has an entry twice", "two branches released the same version as different things", "keep the line that is deployed, make the other change the next version"},
	{"lock-edited", Error, "a line of the lock was edited by hand", "the lock is the only witness of what was released", "restore it from version control; to let one change pass write an exemption"},
	{"lock-gap", Error, "the lock lacks a version before one that it has", "a line was lost, and with it the proof that its events can still be read", "restore it from version control"},
	{"samples-changed", Error, "a golden sample file is not as it was released, or is gone", "it stands for bytes that lie in stores", "restore it from version control"},
	{"samples-unknown", Error, "a golden sample file that no release knows", "a line of the lock was lost, or a release was broken off and the schema changed after it", "restore the lock from version control; if the version was never released, delete the file"},
	{"exemption-broken", Error, "a line of ironstar.exempt cannot be read", "an exemption is a hash and a reason", "write: <hash> <reason>"},
	{"exemption-unused", Warning, "an exemption that exempts nothing", "its change was released or taken back; it would only mislead", "remove the line"},
}

var identityRules = []Rule{
	{"event-removed", Error, "a released event is gone", "stored events of that name could not be read any more", "move it to `retired` with what it becomes; becomes: [] forgets it"},
	{"event-moved", Error, "a released event is in another aggregate", "its stored events stay in the streams of the old one", "put it back, retired if need be; the other aggregate has an event of its own"},
	{"retired-reused", Error, "the name of a retired event is used again", "stored events of the old meaning would be taken for the new one", "choose another name"},
	{"version-removed", Error, "a released version of an event is gone", "events that were stored as it could not be read any more", "put it back as it was released"},
	{"version-gap", Error, "versions are not v1, v2, v3 …", "a step leads from each version to the next", "number them without a gap, each once"},
	{"aggregate-removed", Error, "an aggregate with released events is gone", "its streams would have no reader; the name is stored", "put it back under its name; its events can be retired"},
	{"package-renamed", Error, "a package with released events has another name", "the name is part of the stored kind of its streams: todo.List", "give the package its name back; its folder may be called as you like"},
}

var fieldRules = []Rule{
	{"field-removed", NewVersion, "a field is gone", whyFrozen, asReleased},
	{"field-renamed", NewVersion, "a field has another name", whyFrozen, asReleased},
	{"field-added", NewVersion, "a field was added", "stored events of this version do not have it, and binaries of the release refuse it", asReleased},
	{"field-type", NewVersion, "a field has another type", whyFrozen, asReleased},
	{"encoding-changed", NewVersion, "a text is another kind of text: string, time, date, decimal, uuid", whyFrozen, asReleased},
	{"field-optional", NewVersion, "a required field became optional", "code of today may rely on it", asReleased},
	{"field-required", NewVersion, "an optional field became required", "stored events may lack it", asReleased},
	{"default-added", NewVersion, "a default was added", "stored events without the field would change their meaning", asReleased},
	{"default-removed", NewVersion, "a default was taken away", "stored events without the field would lose their meaning", asReleased},
	{"default-changed", NewVersion, "a default is another", "stored events without the field would change their meaning", asReleased},
	{"constant-changed", NewVersion, "a constant field is another", whyFrozen, asReleased},
	{"tag-changed", NewVersion, "another field tells the cases of a union apart", whyFrozen, asReleased},
	{"arm-added", NewVersion, "a union has a case more", "code that knows all cases of this version would meet another one", "give the released version the old union under a name of its own, and use the new one in the next version"},
	{"arm-removed", NewVersion, "a union has a case less", "stored events may be that case", asReleased},
	{"shape-changed", NewVersion, "the shape is another in a way that no other rule names", whyFrozen, asReleased},
	{"name-reused", Error, "the name of a field that an earlier version had and a later one did not comes back with another type", "one key would have two meanings in the history of one event", "choose another name"},
	{"int-unsafe", Error, "an integer that browsers could hold can be beyond 2^53", "JavaScript would read another number without saying so", "write schema.#Int, or exempt it when no browser sees it"},
}

var valueRules = []Rule{
	{"bound-narrowed", NewVersion, "a bound is narrower", whyNarrow, asReleased},
	{"bound-widened", Warning, "a bound is wider", whyWide, "deploy everywhere before such events are written"},
	{"length-narrowed", NewVersion, "the length of a text is narrower", whyNarrow, asReleased},
	{"length-widened", Warning, "the length of a text is wider", whyWide, "deploy everywhere before such events are written"},
	{"size-narrowed", NewVersion, "the size of a list or map is narrower", whyNarrow, asReleased},
	{"size-widened", Warning, "the size of a list or map is wider", whyWide, "deploy everywhere before such events are written"},
	{"unique-added", NewVersion, "the elements of a list are unique now", whyNarrow, asReleased},
	{"unique-removed", Warning, "the elements of a list need not be unique any more", whyWide, "deploy everywhere before such events are written"},
	{"enum-narrowed", NewVersion, "an enum has a value less", whyNarrow, asReleased},
	{"enum-widened", Warning, "an enum has a value more", whyWide, "deploy everywhere before such events are written"},
	{"pattern-changed", NewVersion, "a pattern is another, or a new one", "only leaving a pattern out is provably wider", asReleased},
	{"pattern-removed", Warning, "a pattern is gone", whyWide, "deploy everywhere before such events are written"},
	{"excluded-added", NewVersion, "a value is excluded", whyNarrow, asReleased},
	{"excluded-removed", Warning, "a value is not excluded any more", whyWide, "deploy everywhere before such events are written"},
	{"multiple-narrowed", NewVersion, "numbers must be multiples of something else", whyNarrow, asReleased},
	{"multiple-widened", Warning, "numbers need not be such multiples any more", whyWide, "deploy everywhere before such events are written"},
	{"affix-narrowed", NewVersion, "a text must begin with, end with or contain something else", whyNarrow, asReleased},
	{"affix-widened", Warning, "a text need not begin with, end with or contain so much any more", whyWide, "deploy everywhere before such events are written"},
	{"format-changed", NewVersion, "the layout of a time is another", whyFrozen, asReleased},
	{"format-removed", Warning, "a text need not be a time any more", whyWide, "deploy everywhere before such events are written"},
}

var upcastRules = []Rule{
	{"path-missing", Error, "a version, or what a retired event becomes, leads nowhere", "its stored events could not be read as what is written today", "write the step to the next version, or name an event and version that exist"},
	{"path-twice", Error, "a step or a retired event says two things", "there must be one way to read a stored event", "say one of them"},
	{"becomes-cycle", Error, "a retired event becomes, in the end, itself", "reading it would never end", "let it become an event that is written"},
	{"upcaster-changed", Error, "a released step makes something else", "what was derived from stored events, and what people saw, would change without a trace", "put it back; or exempt it with the reason"},
	{"upcaster-output", Error, "what a step made of a sample does not have the next version's shape", "such events could not be read", "correct the step, and record its outputs anew"},
	{"outputs-missing", Error, "nobody has recorded what a hand-written step makes of the samples", "a later change of it could not be seen", "run the application's tests with -update, then ironstar release again"},
	{"upcast-narrowed", Warning, "a step makes of old events what may be beyond the new bounds", "history is fact: such events are read as they are, and code of today may rely on the bounds", "let evolve and the pages cope with it; or make it fit in the step, by hand if need be"},
	{"upcaster-impure", Error, "a hand-written step asks the clock, the environment, chance, files or the network", "the same stored event would be read differently tomorrow", "work with the old payload alone"},
}

var outsideRules = []Rule{
	{"command-removed", Warning, "a command of the last release is gone", "browser tabs that are open still send it and are answered 404", "keep it for a while, or tell people to reload"},
	{"command-narrowed", Warning, "a command accepts less than in the last release", "browser tabs that are open send the old form and are answered 422", "make what is new optional or give it a default"},
	{"command-changed", Warning, "a field of a command is gone or renamed", "browser tabs that are open still send it and are answered 422", "keep it optional for a while"},
	{"command-widened", Warning, "a command accepts more than in the last release", "during a rolling deploy older servers refuse what the new pages send", "deploy everywhere first"},
	{"signals-changed", Warning, "a page keeps other things in the browser than in the last release", "tabs that are open keep the old ones until they are loaded again", "keep names and types, or count on reloads"},
	{"view-removed", Warning, "a view of the last release is gone", "links to it and open tabs are answered 404", "keep it, or redirect"},
	{"view-changed", Warning, "the address or parameters of a view are others than in the last release", "links from outside and bookmarks say what the old ones meant", "keep names and values of parameters, with defaults for new ones"},
}
