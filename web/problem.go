package web

import (
	"net/http"
	"unicode"
	"unicode/utf8"

	"ironstar.dev/gen/todo"
	"ironstar.dev/live"
)

// asksForText reports whether the pencil of a line was pressed without a script:
// it sends no text, and the answer asks for it.
func asksForText(p *live.Problem) bool {
	return p.Sent("id") != "" && p.Sent(todo.ListRenameForm.Text.Name) == "" && aboutText(p)
}

// noSuchFilter reports whether an address had a wrong filter.
func noSuchFilter(p *live.Problem) bool {
	return len(p.Errors) > 0 && p.Errors[0].Field == "show"
}

// headline says what was not done.
func headline(p *live.Problem) string {
	switch {
	case asksForText(p):
		return "Rename a line"
	case noSuchFilter(p):
		return "No such filter"
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

func aboutText(p *live.Problem) bool {
	for _, e := range p.Errors {
		if e.Field == todo.ListAddForm.Text.Name {
			return true
		}
	}
	return false
}

// correctable reports whether the page shows the text again for correction.
func correctable(p *live.Problem) bool {
	if p.Sent(todo.ListAddForm.Text.Name) != "" {
		return p.Code != todo.ListNoSuchItem{}.Code()
	}
	return aboutText(p)
}

// sentences are the messages of a problem.
func sentences(p *live.Problem) []string {
	switch {
	case asksForText(p):
		return nil
	case noSuchFilter(p):
		return []string{"A list shows all its lines, the active ones, or the completed ones."}
	case len(p.Errors) == 0:
		return []string{sentence(p.Detail)}
	}
	var all []string
	for _, e := range p.Errors {
		if e.Field != "" && e.Field != todo.ListAddForm.Text.Name {
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
