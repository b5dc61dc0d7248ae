package sqlitetables

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"

	"ironstar.dev"
)

// appendJSON adds a value inside a list as JSON. Scalars are what they are in columns,
// bytes are base64.
func appendJSON(b []byte, t *ironstar.ColumnType, v any) ([]byte, error) {
	if v == nil {
		return append(b, "null"...), nil
	}
	switch t.Kind {
	case ironstar.ListColumn, ironstar.StructColumn:
		return appendNested(b, t, v)
	case ironstar.JSONColumn:
		text, ok := v.(string)
		if !ok || !json.Valid([]byte(text)) {
			return b, fmt.Errorf("%v is not JSON", v)
		}
		return append(b, text...), nil
	case ironstar.BoolColumn:
		if v, ok := v.(bool); ok {
			return strconv.AppendBool(b, v), nil
		}
	}
	stored, err := toSQL(t, v)
	if err != nil {
		return b, err
	}
	switch v := stored.(type) {
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case []byte:
		return append(base64.StdEncoding.AppendEncode(append(b, '"'), v), '"'), nil
	}
	text, err := json.Marshal(stored)
	return append(b, text...), err
}

// appendNested adds a list, or a struct as an object.
func appendNested(b []byte, t *ironstar.ColumnType, v any) ([]byte, error) {
	values, ok := v.([]any)
	isList := t.Kind == ironstar.ListColumn
	if !ok || !isList && len(values) != len(t.Fields) {
		return b, fmt.Errorf("%v is a %T, which is no value of this column", v, v)
	}
	opening, closing := byte('{'), byte('}')
	if isList {
		opening, closing = '[', ']'
	}
	b = append(b, opening)
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		of := t.Elem
		if !isList {
			name, err := json.Marshal(t.Fields[i].Name)
			if err != nil {
				return b, err
			}
			b = append(append(b, name...), ':')
			of = &t.Fields[i].Type
		}
		var err error
		if b, err = appendJSON(b, of, v); err != nil {
			return b, err
		}
	}
	return append(b, closing), nil
}
