package sqlite

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"strings"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// A row of events, commands or shapes has a checksum of all its other columns:
// CRC-32C, for which processors have an instruction. It always detects a change
// of up to three bits, and any other change with a probability of 1 - 2^-32. It
// does not protect from somebody who can write the file, because they can
// compute checksums.

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// noChecksum stands for NULL in queries.
const noChecksum = -1

// rowSum computes checksums with a reused buffer.
type rowSum struct{ b []byte }

// maxSumBuffer is the capacity of the largest buffer that is reused, in bytes.
const maxSumBuffer = 64 << 10

// sum ends the computation for a row.
func (s *rowSum) sum() int64 {
	sum := crc32.Checksum(s.b, castagnoli)
	if s.b = s.b[:0]; cap(s.b) > maxSumBuffer {
		s.b = nil
	}
	return int64(sum)
}

// eventRow is a row of events, without payload and metadata.
type eventRow struct {
	position      ironstar.Position
	stream        ironstar.Stream
	sequence      ironstar.Version
	eventType     string
	schemaVersion int
	recordedAt    int64 // microseconds since 1970
	final         bool
}

// eventSum is the checksum of a row of events.
func eventSum[text string | []byte](s *rowSum, e *eventRow, payload, metadata text) int64 {
	final := int64(0)
	if e.final {
		final = 1
	}
	b := texts(numbers(s.b, int64(e.position)), e.stream.Kind, e.stream.ID)
	b = texts(numbers(b, int64(e.sequence)), e.eventType)
	b = numbers(b, int64(e.schemaVersion), int64(len(payload)))
	b = append(b, payload...)
	b = numbers(b, int64(len(metadata)))
	b = append(b, metadata...)
	s.b = numbers(b, e.recordedAt, final)
	return s.sum()
}

// commandSum is the checksum of a row of commands.
func commandSum(s *rowSum, stream ironstar.Stream, id string, request []byte, r ironstar.Receipt) int64 {
	b := texts(s.b, stream.Kind, stream.ID, id)
	b = append(b, request...)
	s.b = numbers(b, int64(r.First), int64(r.Last), int64(r.Version))
	return s.sum()
}

// shapeSum is the checksum of a row of shapes.
func shapeSum(s *rowSum, v version, hash string, first ironstar.Position) int64 {
	b := texts(s.b, v.kind, v.event)
	b = texts(numbers(b, int64(v.number)), hash)
	s.b = numbers(b, int64(first))
	return s.sum()
}

// claimSum is the checksum of a row of claims.
func claimSum(s *rowSum, stream ironstar.Stream, claim ironstar.Claim, at ironstar.Position) int64 {
	s.b = numbers(texts(s.b, stream.Kind, claim.Rule, stream.ID, claim.Value), int64(at))
	return s.sum()
}

// texts appends each text after its length in bytes.
func texts(b []byte, all ...string) []byte {
	for _, text := range all {
		b = append(numbers(b, int64(len(text))), text...)
	}
	return b
}

// numbers appends each number as 8 bytes, the highest first.
func numbers(b []byte, all ...int64) []byte {
	for _, n := range all {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return b
}

// checkSum compares the checksum of a row (noChecksum if it has none) with the
// right one. It returns what is wrong, or "". A row that belongs to a position
// up to unchecked need not have one.
func checkSum(stored, want int64, at, unchecked ironstar.Position) (problem string) {
	switch {
	case stored == want, stored == noChecksum && at <= unchecked:
		return ""
	case stored == noChecksum:
		return "its checksum is missing"
	}
	return "its checksum is wrong"
}

// checksumLayout is the layout of files, their number of migrations, that brought
// checksums.
const checksumLayout = 3

// allUnchecked is the position up to which a file of an older layout may have
// rows without a checksum.
const allUnchecked ironstar.Position = math.MaxInt64

// readUnchecked returns the position up to which rows may have no checksum.
func readUnchecked(c *zs.Conn) (ironstar.Position, error) {
	var layout int
	var unchecked ironstar.Position
	if err := scanText(c, "PRAGMA user_version", &layout); err != nil {
		return 0, err
	}
	if layout < checksumLayout {
		return allUnchecked, nil
	}
	err := scanText(c, "SELECT unchecked FROM log WHERE id = 1", &unchecked)
	return unchecked, err
}

// scanText reads the number that a query returns.
func scanText(c *zs.Conn, query string, into any) error {
	text, err := queryText(c, query)
	if err != nil {
		return err
	}
	_, err = fmt.Sscan(text, into)
	return err
}

// withChecksums adapts a query to a file with an older layout, in which rows
// have no checksums.
func withChecksums(query string, unchecked ironstar.Position) string {
	if unchecked == allUnchecked {
		return strings.ReplaceAll(query, "coalesce(checksum, -1)", "-1")
	}
	return query
}
