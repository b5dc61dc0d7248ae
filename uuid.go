package ironstar

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// UUID is a universally unique identifier (RFC 9562). Its text is always
// lower-case with dashes, 36 bytes long. The zero value is the nil UUID.
type UUID [16]byte

// NewUUID returns a random UUID (version 4). Deciders never call it: ids are
// injected at the boundary.
func NewUUID() UUID {
	var u UUID
	rand.Read(u[:]) // never fails since Go 1.24
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return u
}

// ParseUUID reads the lower-case form with dashes and nothing else: two
// spellings of one id would be two stream ids.
func ParseUUID[T ~string | ~[]byte](s T) (UUID, error) {
	var u UUID
	if len(s) != 36 {
		return u, fmt.Errorf("a UUID has 36 characters, not %d", len(s))
	}
	for i, j := 0, 0; i < 36; {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if s[i] != '-' {
				return UUID{}, fmt.Errorf("a UUID has a dash at %d", i)
			}
			i++
			continue
		}
		high, low := unhex(s[i]), unhex(s[i+1])
		if high > 15 || low > 15 {
			return UUID{}, fmt.Errorf("a UUID has lower-case hexadecimal digits only")
		}
		u[j] = high<<4 | low
		i, j = i+2, j+1
	}
	return u, nil
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}

// String returns the lower-case form with dashes.
func (u UUID) String() string { return string(u.Append(make([]byte, 0, 36))) }

// Append adds the text of u to b.
func (u UUID) Append(b []byte) []byte {
	b = hex.AppendEncode(b, u[:4])
	for _, part := range [][]byte{u[4:6], u[6:8], u[8:10], u[10:]} {
		b = hex.AppendEncode(append(b, '-'), part)
	}
	return b
}

// MarshalText implements encoding.TextMarshaler.
func (u UUID) MarshalText() ([]byte, error) { return u.Append(nil), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (u *UUID) UnmarshalText(b []byte) (err error) {
	*u, err = ParseUUID(b)
	return err
}
