package ironstar

import (
	"crypto/rand"
	"encoding/binary"
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
	if s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return u, fmt.Errorf("a UUID has dashes at 8, 13, 18 and 23")
	}
	v0, w0 := fromHex(four(s, 0)<<32 | four(s, 4))
	v1, w1 := fromHex(four(s, 9)<<32 | four(s, 14))
	v2, w2 := fromHex(four(s, 19)<<32 | four(s, 24))
	v3, w3 := fromHex(four(s, 28)<<32 | four(s, 32))
	if w0|w1|w2|w3 != 0 {
		return UUID{}, fmt.Errorf("a UUID has lower-case hexadecimal digits only")
	}
	big := binary.BigEndian
	big.PutUint32(u[0:], v0)
	big.PutUint32(u[4:], v1)
	big.PutUint32(u[8:], v2)
	big.PutUint32(u[12:], v3)
	return u, nil
}

// String returns the lower-case form with dashes.
func (u UUID) String() string { return string(u.Append(make([]byte, 0, 36))) }

// Append adds the text of u to b.
func (u UUID) Append(b []byte) []byte {
	var text [36]byte
	big := binary.BigEndian
	big.PutUint64(text[0:], hexDigits(big.Uint32(u[0:])))
	for i, at := range [...]int{8, 18} {
		digits := hexDigits(big.Uint32(u[4+4*i:]))
		text[at], text[at+5] = '-', '-'
		big.PutUint32(text[at+1:], uint32(digits>>32))
		big.PutUint32(text[at+6:], uint32(digits))
	}
	big.PutUint64(text[28:], hexDigits(big.Uint32(u[12:])))
	return append(b, text[:]...)
}

// Nearly every event and command has an id, so conversion has to be fast. Eight
// digits at a time are converted as one integer, with arithmetic that acts on
// each of its bytes. ones*b has b in every byte.
const ones = 0x0101010101010101

// four returns four bytes of s, the first one in the highest byte. The compiler
// makes one load of it.
func four[T ~string | ~[]byte](s T, at int) uint64 {
	_ = s[at+3]
	return uint64(s[at])<<24 | uint64(s[at+1])<<16 | uint64(s[at+2])<<8 | uint64(s[at+3])
}

// hexDigits returns the eight digits of v, the first one in the highest byte.
func hexDigits(v uint32) uint64 {
	d := uint64(v)
	d = (d | d<<16) & 0x0000ffff0000ffff
	d = (d | d<<8) & 0x00ff00ff00ff00ff
	d = (d | d<<4) & 0x0f0f0f0f0f0f0f0f
	return hexCharacters(d)
}

// hexCharacters returns the characters of eight numbers below 16.
func hexCharacters(d uint64) uint64 {
	letters := (d + 6*ones) >> 4 & ones // 1 for each number above 9
	return d + '0'*ones + ('a'-'0'-10)*letters
}

// fromHex returns the value of eight digits. wrong is 0 if all characters are
// digits: if converting the value back gives the same characters.
func fromHex(characters uint64) (v uint32, wrong uint64) {
	letters := characters >> 6 & ones // 1 for each of a to f, 0 for 0 to 9
	d := characters&(0x0f*ones) + 9*letters
	wrong = hexCharacters(d) ^ characters | d&(0xf0*ones)
	d = (d | d>>4) & 0x00ff00ff00ff00ff
	d = (d | d>>8) & 0x0000ffff0000ffff
	return uint32(d | d>>16), wrong
}

// MarshalText implements encoding.TextMarshaler.
func (u UUID) MarshalText() ([]byte, error) { return u.Append(nil), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (u *UUID) UnmarshalText(b []byte) (err error) {
	*u, err = ParseUUID(b)
	return err
}
