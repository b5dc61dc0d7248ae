package templates

// CheckText checks a template that stands alone.
func CheckText(text string) []Finding {
	c := newChecker("nowhere")
	c.text("a.templ", "nowhere", text)
	return c.findings
}
