package ops

import (
	"bytes"
	"encoding/json"
	"slices"

	"ironstar.dev"
)

// withoutSecrets returns the content of an event, with a word where a field is secret
// in an event of its aggregate.
func (d developing) withoutSecrets(r *ironstar.Record) []byte {
	for _, a := range d.Engine.Aggregates() {
		if a.Kind == r.Stream.Kind && len(a.Secrets) > 0 {
			return masked(r.Payload, a.Secrets)
		}
	}
	return r.Payload
}

// masked replaces the values of fields with one of the names, at any depth. Text that
// is not JSON is not shown.
func masked(text []byte, names []string) []byte {
	d := json.NewDecoder(bytes.NewReader(text))
	first, err := d.Token()
	open, nests := first.(json.Delim)
	if err != nil {
		return []byte("(not JSON)")
	}
	if !nests {
		return text
	}
	out := []byte{byte(open)}
	for i := 0; d.More(); i++ {
		if i > 0 {
			out = append(out, ',')
		}
		secret := false
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				break
			}
			quoted, _ := json.Marshal(name) // cannot fail: it is a text
			out = append(append(out, quoted...), ':')
			secret = slices.Contains(names, name.(string))
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			break
		}
		if secret {
			value = []byte(`"(secret)"`)
		}
		out = append(out, masked(value, names)...)
	}
	return append(out, byte(open)+2) // '}' is '{'+2 and ']' is '['+2
}
