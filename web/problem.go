package web

import (
	"net/http"
	"unicode"
	"unicode/utf8"

	"ironstar.dev/gen/todo"
	"ironstar.dev/live"
)

// inWords are refusals, by their codes, for people.
var inWords = map[string]string{ // nobody changes it
	todo.ListNoSuchItem{}.Code(): "Someone removed this line.",
	todo.ListListFull{}.Code():   "This list is full. Remove a line, or clear the completed ones.",
}

// headline says what did not happen.
func headline(p *live.Problem) string {
	switch {
	case correctable(p) && p.Sent("id") == "":
		return "That was not added"
	case len(p.Errors) > 0:
		return "That was not saved"
	case p.Status == http.StatusNotFound:
		return "Nothing here"
	case p.Status == http.StatusServiceUnavailable:
		return "Not right now"
	case p.Status == http.StatusInternalServerError:
		return "Something went wrong"
	}
	return p.Title
}

// correctable tells whether the page shows the text again, to be sent anew.
func correctable(p *live.Problem) bool {
	if p.Sent(todo.ListAddText.Name) != "" {
		return p.Code != todo.ListNoSuchItem{}.Code()
	}
	for _, e := range p.Errors {
		if e.Field == todo.ListAddText.Name {
			return true
		}
	}
	return false
}

// sentences are what a problem has to say.
func sentences(p *live.Problem) []string {
	if words := inWords[p.Code]; words != "" {
		return []string{words}
	}
	if len(p.Errors) == 0 {
		return []string{sentence(p.Detail)}
	}
	var all []string
	for _, e := range p.Errors {
		if e.Field != "" && e.Field != todo.ListAddText.Name {
			all = append(all, sentence(e.Field+": "+e.Message))
		} else {
			all = append(all, sentence(e.Message))
		}
	}
	return all
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	text = string(unicode.ToUpper(first)) + text[size:]
	if last := text[len(text)-1]; last != '.' && last != '!' && last != '?' {
		text += "."
	}
	return text
}
