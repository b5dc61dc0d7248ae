package wire

import (
	"fmt"

	"ironstar.dev"
)

// maxStateDepth is the greatest depth of a state. It is larger than MaxDepth
// because each event may add a level. States do not come from outside.
const maxStateDepth = 10_000

// maxDepth returns how deep the value may be nested.
func (d *Decoder) maxDepth() int {
	if d.isState {
		return maxStateDepth
	}
	return MaxDepth
}

// ProposeNested is [Propose] for recursive event types. It refuses an event
// that is nested deeper than [MaxDepth], because it could not be read again.
func ProposeNested(s *ironstar.Shape, c *Checker, payload []byte) (ironstar.Proposed, error) {
	if depthOf(payload) > MaxDepth {
		c.report(problem("depth", params{"max": MaxDepth}, "This is nested too deep.", fmt.Sprintf("nested deeper than %d", MaxDepth)))
	}
	return Propose(s, c, payload)
}

// depthOf returns the depth of nested objects and lists in JSON.
func depthOf(json []byte) int {
	depth, deepest, quoted := 0, 0, false
	for i := 0; i < len(json); i++ {
		switch c := json[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}
