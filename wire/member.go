package wire

import (
	"time"

	"ironstar.dev"
)

// Functions for the most frequent members of objects: they write name and value
// in one call and are not inlined. Generated code has one call for each field
// of the schema, and each call costs compile time.

// MemberString writes a field that is a string.
//
//go:noinline
func MemberString(b []byte, name, v string) []byte { return AppendString(Name(b, name), v) }

// MemberInt writes a field that is an integer.
//
//go:noinline
func MemberInt(b []byte, name string, v int64) []byte { return AppendInt(Name(b, name), v) }

// MemberNumber writes a field that is a float64.
//
//go:noinline
func MemberNumber(b []byte, name string, v float64) []byte { return AppendNumber(Name(b, name), v) }

// MemberBool writes a field that is a bool.
//
//go:noinline
func MemberBool(b []byte, name string, v bool) []byte { return AppendBool(Name(b, name), v) }

// MemberTime writes a field that is a time.
//
//go:noinline
func MemberTime(b []byte, name string, v time.Time) []byte { return AppendTime(Name(b, name), v) }

// MemberDate writes a field that is a day.
//
//go:noinline
func MemberDate(b []byte, name string, v ironstar.Date) []byte { return AppendDate(Name(b, name), v) }

// MemberDecimal writes a field that is a decimal.
//
//go:noinline
func MemberDecimal(b []byte, name string, v ironstar.Decimal) []byte {
	return AppendDecimal(Name(b, name), v)
}

// MemberUUID writes a field that is a UUID.
//
//go:noinline
func MemberUUID(b []byte, name string, v ironstar.UUID) []byte { return AppendUUID(Name(b, name), v) }
