package live

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"ironstar.dev"
)

// value is what a field has: texts, or the JSON of a field with several controls.
type value struct {
	texts []string
	json  json.RawMessage
}

// valueIn returns the value that JSON is. A control that holds JSON shows it as it
// is.
func valueIn(of *ironstar.FormField, raw json.RawMessage) value {
	if len(raw) == 0 || string(raw) == "null" {
		return value{}
	}
	if of.Fields != nil || len(of.Cases) > 0 {
		return value{json: raw}
	}
	if of.Many {
		var v value
		for _, item := range itemsIn(raw) {
			v.texts = append(v.texts, textIn(of, item))
		}
		return v
	}
	text := textIn(of, raw)
	if empty := text == "[]" || text == "{}"; empty && of.Type == "json" && !of.Required {
		return value{} // the field is then as blank as that of any other list
	}
	return value{texts: []string{text}}
}

func textIn(of *ironstar.FormField, raw json.RawMessage) string {
	var text string
	if of.Type == "json" || json.Unmarshal(raw, &text) != nil {
		return string(raw)
	}
	return text
}

// members returns the fields of a struct or union.
func (v value) members() map[string]json.RawMessage {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(v.json, &members) // a generated function wrote it
	return members
}

func itemsIn(raw json.RawMessage) []json.RawMessage {
	var items []json.RawMessage
	_ = json.Unmarshal(raw, &items) // a generated function wrote it
	return items
}

// valueOf returns the value that a template gives a field.
func valueOf(f *ironstar.FormField, values []any) (value, error) {
	var all value
	if f.Encode != nil {
		if len(values) != 1 {
			return all, fmt.Errorf("it has %d values; write one", len(values))
		}
		raw, err := f.Encode(values[0])
		if err != nil {
			return all, err
		}
		return valueIn(f, raw), nil
	}
	for _, v := range values {
		texts, err := textsOf(v)
		if err != nil {
			return all, err
		}
		all.texts = append(all.texts, texts...)
	}
	return all, nil
}

// textsOf returns a value as forms have it. nil and the zero time are no value.
func textsOf(v any) ([]string, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case time.Time:
		if v.IsZero() {
			return nil, nil
		}
		return []string{v.UTC().Format(time.RFC3339Nano)}, nil
	case time.Duration:
		return []string{ironstar.FormatDuration(v)}, nil
	case []byte:
		if v == nil {
			return nil, nil
		}
		return []string{base64.StdEncoding.EncodeToString(v)}, nil
	}
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer {
		if r.IsNil() {
			return nil, nil
		}
		return textsOf(r.Elem().Interface())
	}
	if text, ok := v.(fmt.Stringer); ok {
		return []string{text.String()}, nil
	}
	switch r.Kind() {
	case reflect.Slice, reflect.Array:
		var all []string
		for i := range r.Len() {
			texts, err := textsOf(r.Index(i).Interface())
			if err != nil {
				return nil, err
			}
			all = append(all, texts...)
		}
		return all, nil
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		return []string{fmt.Sprint(v)}, nil
	}
	return nil, fmt.Errorf("a %T is no text, number or bool; write it as a string", v)
}
