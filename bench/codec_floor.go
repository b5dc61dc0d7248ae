package main

import (
	"encoding/json"

	"ironstar.dev/gen/todo"
)

// The floor of the codec is encoding/json on the same struct. It is not strict:
// it accepts unknown, duplicate and wrong-case fields, null and invalid UTF-8,
// and checks no bounds.

func jsonDecode(payload []byte) func() error {
	return func() error {
		var e todo.ListAdded
		return json.Unmarshal(payload, &e)
	}
}

func jsonEncode(e todo.ListEvent) func() error {
	return func() error {
		_, err := json.Marshal(e)
		return err
	}
}
