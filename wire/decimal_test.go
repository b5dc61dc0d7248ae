package wire_test

import (
	"testing"

	"ironstar.dev"
	"ironstar.dev/wire"
)

// TestDigitsOfRequests: decimals of a request get the digits of the schema, also in a
// default; those that are stored are read as they are.
func TestDigitsOfRequests(t *testing.T) {
	read := func(d *wire.Decoder) []ironstar.Decimal {
		one := func(d *wire.Decoder) ironstar.Decimal { return d.Scaled(2) }
		return append(wire.List(d, one), wire.DefaultIn(d, `"7"`, one))
	}
	const text = `["5","5.5","5.500","5.555","-0"]`
	for _, test := range []struct {
		d    *wire.Decoder
		want []string
	}{
		{wire.NewRequestDecoder([]byte(text)), []string{"5.00", "5.50", "5.50", "5.555", "-0.00", "7.00"}},
		{wire.NewDecoder([]byte(text)), []string{"5", "5.5", "5.500", "5.555", "-0", "7"}},
	} {
		got := read(test.d)
		if err := wire.FinishRequest(test.d, wire.NewChecker()); err != nil {
			t.Fatal(err)
		}
		for i, d := range got {
			if d.String() != test.want[i] {
				t.Errorf("got %v, want %v", got, test.want)
				break
			}
		}
	}
}
