package wiretest

import (
	"bytes"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"ironstar.dev"
)

// States checks that random states are equal after a round trip through their
// bytes, including zero values and values that the schema refuses, and that the
// caller may change the result. arms has a value of each case of each union.
func States[S any](t *testing.T, codec ironstar.StateCodec[S], arms ...any) {
	t.Helper()
	f := filler{rand.New(rand.NewPCG(1, 2)), arms}
	for range 300 {
		var s S
		f.fill(reflect.ValueOf(&s).Elem(), 0)
		text := codec.Append(nil, s)
		got, err := codec.Decode(bytes.Clone(text))
		if err != nil {
			t.Fatalf("%+v is written as %s, and that is not read: %v", s, text, err)
		}
		if !sameState(reflect.ValueOf(&s).Elem(), reflect.ValueOf(&got).Elem()) {
			t.Fatalf("%+v is written as %s and read as %+v", s, text, got)
		}
		if again := codec.Append(nil, got); !bytes.Equal(again, text) {
			t.Fatalf("%s is written again as %s", text, again)
		}
		other, err := codec.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		scramble(reflect.ValueOf(&got).Elem())
		if !sameState(reflect.ValueOf(&s).Elem(), reflect.ValueOf(&other).Elem()) {
			t.Fatalf("%s is read twice; when one was changed, the other is %+v", text, other)
		}
	}
}

// filler makes random values.
type filler struct {
	*rand.Rand
	arms []any
}

var texts = []string{"", "x", "\"quoted\" \\ / \n\r\t\x00\x1f", "<&>\u2028", "ü€\U0001f600", "\ufffd", `\ufffd`, "null", " a long one: 0123456789 0123456789 "}

var numbers = []float64{0, math.Copysign(0, -1), 1, -1.5, 0.1, 1e-7, 1e21, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Pi}

// fill sets a random value and leaves one value in four zero.
func (f *filler) fill(v reflect.Value, depth int) {
	if f.IntN(4) == 0 || depth > 6 {
		return
	}
	switch p := v.Addr().Interface().(type) {
	case *time.Time:
		*p = time.UnixMicro(f.Int64N(4e15)).UTC()
		return
	case *ironstar.Date:
		*p = ironstar.DateOf(time.UnixMicro(f.Int64N(4e15)).UTC())
		return
	case *ironstar.Decimal:
		*p, _ = ironstar.ParseDecimal([]string{"0", "-12.50", "0.000", "123456789012345678901234567890.1"}[f.IntN(4)])
		return
	case *ironstar.UUID:
		*p = ironstar.NewUUID()
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(texts[f.IntN(len(texts))])
	case reflect.Int64:
		v.SetInt([]int64{1, -1, math.MaxInt64, math.MinInt64, f.Int64()}[f.IntN(5)])
	case reflect.Float64:
		v.SetFloat(numbers[f.IntN(len(numbers))])
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i), depth+1)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), f.IntN(4), 4))
		for i := range v.Len() {
			f.fill(v.Index(i), depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range f.IntN(4) {
			key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key, depth+1)
			f.fill(elem, depth+1)
			v.SetMapIndex(key, elem)
		}
	case reflect.Interface:
		f.arm(v, depth)
	}
}

func (f *filler) arm(v reflect.Value, depth int) {
	var fit []reflect.Type
	for _, arm := range f.arms {
		if t := reflect.TypeOf(arm); t.AssignableTo(v.Type()) {
			fit = append(fit, t)
		}
	}
	if len(fit) == 0 {
		return
	}
	arm := reflect.New(fit[f.IntN(len(fit))]).Elem()
	f.fill(arm, depth+1)
	v.Set(arm)
}

// sameState compares states. A nil list or map equals an empty one.
func sameState(a, b reflect.Value) bool {
	if at, ok := a.Interface().(time.Time); ok {
		return at.Equal(b.Interface().(time.Time))
	}
	switch a.Kind() {
	case reflect.Struct:
		if a.Type().PkgPath() == "ironstar.dev" {
			return a.Interface() == b.Interface() || text(a) == text(b)
		}
		for i := range a.NumField() {
			if !sameState(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Pointer, reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return a.Elem().Type() == b.Elem().Type() && sameState(a.Elem(), b.Elem())
	case reflect.Slice:
		for i := range min(a.Len(), b.Len()) {
			if !sameState(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return a.Len() == b.Len()
	case reflect.Map:
		for _, key := range a.MapKeys() {
			if other := b.MapIndex(key); !other.IsValid() || !sameState(a.MapIndex(key), other) {
				return false
			}
		}
		return a.Len() == b.Len()
	case reflect.Float64:
		return math.Float64bits(a.Float()) == math.Float64bits(b.Float())
	}
	return a.Interface() == b.Interface()
}

// text returns the text of a Date or Decimal.
func text(v reflect.Value) string {
	if s, ok := v.Interface().(interface{ String() string }); ok {
		return s.String()
	}
	return ""
}

// scramble changes everything that can be changed in place.
func scramble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				scramble(v.Field(i))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			scramble(v.Elem())
			v.Elem().SetZero()
		}
	case reflect.Slice:
		for i := range v.Len() {
			scramble(v.Index(i))
			v.Index(i).SetZero()
		}
	case reflect.Map:
		v.Clear() // v is not nil here
	}
}
