package wire

// message is a text of the schema for the errors of a value. depth is the
// value's depth in the path.
type message struct {
	depth int
	text  string
}

// Message replaces the messages of the constraints on the current value. Their
// codes stay. Only the first of several errors is reported. The message of a
// field has precedence over that of its type. It returns c.
//
//go:noinline
func (c *Checker) Message(text string) *Checker {
	if c.message() == "" {
		c.messages = append(c.messages, message{c.path.count, text})
	}
	return c
}

// message returns the message for the current value, or "".
func (c *Checker) message() string {
	c.endMessages(c.path.count + 1)
	if last := len(c.messages) - 1; last >= 0 && c.messages[last].depth == c.path.count {
		return c.messages[last].text
	}
	return ""
}

// endMessages removes the messages for values at a depth and below.
func (c *Checker) endMessages(depth int) {
	for len(c.messages) > 0 && c.messages[len(c.messages)-1].depth >= depth {
		c.messages = c.messages[:len(c.messages)-1]
	}
}
