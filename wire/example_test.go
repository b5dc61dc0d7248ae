package wire_test

import (
	"fmt"

	"ironstar.dev/wire"
)

// All errors in a command are reported together, with their paths.
func ExampleDecode() {
	_, err := wire.Decode([]byte(`{"id":"1","qty":"2","colour":null}`), decodeLine)
	fmt.Println(err)
	// Output:
	// id: a lower-case UUID is expected, not "1"; qty: an integer is expected, not "2"; colour: unknown field; sku: is required; price: is required
}

// Check checks constraints of a value that was already read.
func ExampleCheck() {
	v := line{Sku: "AAA-1", Qty: 101, Price: money{Currency: "CHF"}}
	fmt.Println(wire.Check(v, checkLine))
	// Output:
	// qty: at most 100 (is 101)
}

func ExampleAddress() {
	var q wire.Query
	q.AddUnless("show", "active", "all")
	fmt.Println(wire.Address(q.String(), "/todo/board", "my list"))
	// Output:
	// /todo/board/my%20list?show=active
}
