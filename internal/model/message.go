package model

// Message is a text for people from @message.
type Message struct {
	Pos   Pos
	Parts []MessagePart
}

// MessagePart is text or, if Field is set, the value of that field of a refusal.
type MessagePart struct {
	Text  string
	Field *Field
}

// InSchema returns a message as the schema has it, with fields in braces, or "".
func (m *Message) InSchema() string {
	if m == nil {
		return ""
	}
	text := ""
	for _, p := range m.Parts {
		text += p.Text
		if p.Field != nil {
			text += "{" + p.Field.Name + "}"
		}
	}
	return text
}

// Text returns a message without fields, or "".
func (m *Message) Text() string {
	if m == nil {
		return ""
	}
	text := ""
	for _, p := range m.Parts {
		text += p.Text
	}
	return text
}
