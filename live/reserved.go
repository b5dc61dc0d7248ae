package live

// Reserved names in addresses, forms and signals. They begin with an
// underscore, and names of schema fields do not (docs/decisions/024), so the
// two cannot collide.
const (
	fromParam  = "_from"  // in a feed's address: the id of what the page shows
	afterParam = "_after" // in a page's address: the position to wait for

	// versionParam holds the version of the page in a feed's address. Names of
	// schema fields have no dash. Pages from before the underscores use it too.
	versionParam = "page-version"

	// datastarParam is the parameter in which Datastar sends signals. It cannot
	// be renamed, so the generator refuses a parameter with that name.
	datastarParam = "datastar"

	// ReturnField is the field of a plain form that names the page to go to: a
	// path on this server, with its query. Without it the form goes to the page
	// that it was sent from, if the browser says which, or to "/".
	ReturnField = "_return"

	// formField is the field of a plain form that names the form, so that the
	// server can show it again if it is refused.
	formField = "_form"

	// stayParam is in the address of a command to NewID if the browser is to
	// stay where it is.
	stayParam = "_stay"

	// staleSignal tells an open page that the server has another version of it.
	// The signal stays in the browser.
	staleSignal = "_stale"

	errorSignal = "_errors" // holds what is wrong with a command, by field
	formErrors  = "_form"   // the name in it for errors that belong to no field
)

// protocol is part of the version of pages. Raise it when one of the names
// above changes, so that open pages that use the old names are loaded again.
const protocol = "2"
