package sqlite

import (
	"encoding/json"

	"ironstar.dev"
)

// encodeMetadata returns metadata as it is stored.
func encodeMetadata(m *ironstar.Metadata) (string, error) {
	if *m == (ironstar.Metadata{}) {
		return "{}", nil
	}
	text, err := json.Marshal(m)
	return string(text), err
}
