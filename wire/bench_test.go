package wire_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"ironstar.dev/wire"
)

// oneLine is an event of about 200 bytes.
const oneLine = `{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","sku":"ABC-12345","qty":7,` +
	`"price":{"amount":"1250.50","currency":"CHF"},"tags":["fragile","cold"],"note":"leave it with the neighbours, the bell is broken"}`

func BenchmarkDecode(b *testing.B) {
	b.SetBytes(int64(len(oneLine)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.Decode([]byte(oneLine), decodeLine); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecodeStandard decodes with the strictest settings of encoding/json,
// which still accept null, other cases, duplicates and lone surrogates.
func BenchmarkDecodeStandard(b *testing.B) {
	b.SetBytes(int64(len(oneLine)))
	b.ReportAllocs()
	for b.Loop() {
		d := json.NewDecoder(bytes.NewReader([]byte(oneLine)))
		d.DisallowUnknownFields()
		var v line
		if err := d.Decode(&v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	v, err := wire.Decode([]byte(oneLine), decodeLine)
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, 1024)
	b.SetBytes(int64(len(oneLine)))
	b.ReportAllocs()
	for b.Loop() {
		buf = appendLine(buf[:0], v)
	}
}

func BenchmarkAppendStandard(b *testing.B) {
	v, err := wire.Decode([]byte(oneLine), decodeLine)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(oneLine)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := json.Marshal(v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	v, err := wire.Decode([]byte(oneLine), decodeLine)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := wire.Check(v, checkLine); err != nil {
			b.Fatal(err)
		}
	}
}
