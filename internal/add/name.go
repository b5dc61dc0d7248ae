package add

import (
	"fmt"
	"go/token"
	"regexp"
	"strings"

	cuetoken "cuelang.org/go/cue/token"

	"ironstar.dev/internal/naming"
)

var (
	thingName   = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)
	contextName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)
)

// CheckName returns an error unless something new can have a name. what is its
// kind, with an article.
func CheckName(what, name string) error {
	switch {
	case len(name) > longestName:
		return fmt.Errorf("the name %q… has more than %d characters", name[:20], longestName)
	case thingName.MatchString(name):
		return nil
	}
	meant := naming.Exported(strings.TrimLeft(name, "#_0123456789"))
	if !thingName.MatchString(meant) {
		return fmt.Errorf("%q cannot be the name of %s: it begins with a capital letter, and letters and digits follow", name, what)
	}
	return fmt.Errorf("%q cannot be the name of %s: write %s", name, what, meant)
}

// CheckContext returns an error unless a new context can have a name.
func CheckContext(name string) error {
	switch {
	case len(name) > longestName:
		return fmt.Errorf("the name of the context %q… has more than %d characters", name[:20], longestName)
	case cuetoken.Lookup(name).IsKeyword():
		return fmt.Errorf("a context cannot be called %s, because no CUE package can: take another word", name)
	case contextName.MatchString(name) && !token.IsKeyword(name):
		return nil
	case token.IsKeyword(name):
		return fmt.Errorf("a context cannot be called %s, because no Go package can: take another word", name)
	case contextName.MatchString(strings.ToLower(name)):
		return fmt.Errorf("a context cannot be called %q: write %s", name, strings.ToLower(name))
	}
	return fmt.Errorf("a context cannot be called %q: write one word of small letters", name)
}

// irregular are past tenses that do not end in -ed.
var irregular = map[string]string{
	"begin": "Begun", "bring": "Brought", "buy": "Bought", "build": "Built", "choose": "Chosen", "cut": "WasCut", "draw": "Drawn", "eat": "Eaten", "find": "Found",
	"forget": "Forgotten", "give": "Given", "grow": "Grown", "hide": "Hidden", "hold": "Held", "keep": "Kept", "leave": "Left", "lend": "Lent", "lose": "Lost", "make": "Made",
	"pay": "Paid", "put": "WasPut", "read": "WasRead", "redo": "Redone", "reset": "WasReset", "sell": "Sold", "send": "Sent", "set": "WasSet", "shut": "WasShut", "spend": "Spent",
	"split": "WasSplit", "take": "Taken", "tell": "Told", "throw": "Thrown", "undo": "Undone", "win": "Won", "withdraw": "Withdrawn", "write": "Written",
}

// Past returns the event that a command leads to: Publish becomes Published. Only
// the first word is changed: AddLine becomes LineAdded.
func Past(command string) string {
	words := naming.Words(command)
	if len(words) == 0 {
		return command
	}
	return strings.Join(words[1:], "") + pastOf(words[0])
}

func pastOf(verb string) string {
	low := strings.ToLower(verb)
	last := low[len(low)-1]
	switch {
	case irregular[low] != "":
		return irregular[low]
	case last == 'e':
		return verb + "d"
	case last == 'y' && len(low) > 1 && !isVowel(low[len(low)-2]):
		return verb[:len(verb)-1] + "ied"
	case doubles[low]:
		return verb + verb[len(verb)-1:] + "ed"
	}
	return verb + "ed"
}

// doubles are verbs that double their last letter.
var doubles = map[string]bool{
	"ban": true, "cancel": true, "commit": true, "drop": true, "plan": true, "pin": true, "ship": true, "skip": true, "stop": true, "submit": true, "swap": true, "tag": true,
	"transfer": true, "trim": true, "refer": true, "permit": true, "admit": true, "unpin": true, "pot": true, "scan": true, "grab": true, "unban": true,
}

func isVowel(b byte) bool { return strings.IndexByte("aeiou", b) >= 0 }
