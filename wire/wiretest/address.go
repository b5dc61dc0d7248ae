package wiretest

import (
	"fmt"
	"net/url"
	"reflect"
	"time"

	"ironstar.dev/wire"
)

// Address returns a verdict on parameters of a view: parse reads their JSON,
// and accepted parameters must be equal after a round trip through their query
// string. Pages are identified by it.
func Address[P interface{ Query() string }](parse func([]byte) (P, error), inputs []wire.Input) func([]byte) error {
	return func(json []byte) error {
		p, err := parse(json)
		if err != nil {
			return err
		}
		back, err := throughAddress(p.Query(), parse, inputs)
		if err != nil || !reflect.DeepEqual(back, p) {
			return fmt.Errorf("from the address ?%s comes %+v (%v), and not %+v", p.Query(), back, err, p)
		}
		return nil
	}
}

func throughAddress[P any](query string, parse func([]byte) (P, error), inputs []wire.Input) (p P, err error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return p, err
	}
	json, err := wire.Values(values, time.UTC, inputs)
	if err != nil {
		return p, err
	}
	return parse(json)
}
