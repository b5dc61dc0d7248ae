package live

import "ironstar.dev/wire"

// Pages from before names began with an underscore send the signal "errors",
// with "form" in it. Such a page takes an answer without errors there for
// success and would drop a text that was refused. It loads itself again as soon
// as it has an answer (docs/decisions/024), so this file can be removed in the
// version after the next.
const (
	oldErrorSignal = "errors"
	oldFormErrors  = "form"
)

// oldErrorFields returns the errors that such a page shows, by their new names.
// It returns nil for other pages.
func oldErrorFields(signals []byte, inputs []wire.Input) map[string]bool {
	for _, in := range inputs {
		if in.Name == oldErrorSignal {
			return nil
		}
	}
	places := errorFields(signals, oldErrorSignal)
	shown, ok := places[oldFormErrors]
	if !ok {
		return nil
	}
	delete(places, oldFormErrors)
	places[formErrors] = shown
	return places
}

// toOldNames moves the error that belongs to no field to its old name.
func toOldNames(messages map[string]string) {
	if text, ok := messages[formErrors]; ok {
		delete(messages, formErrors)
		messages[oldFormErrors] = text
	}
}
