package main

import (
	"encoding/json"

	"ironstar.dev/gen/todo"
)

// The floor of the codec is encoding/json on the same struct, which is not
// strict: it lets unknown, duplicate and wrong-case fields, null and invalid
// UTF-8 pass, and checks no bounds.

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
