package audit

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Message is what an entry's hash is taken over, together with the hash before it. No two different pairs give the same
// message: numbers are fixed in size, and every text follows its length.
func Message(prev []byte, e Entry) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(e.Seq))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixMilli()))
	for _, s := range []string{string(prev), string(e.Actor), e.Action, e.Subject, e.Detail} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	if e.Origin != "" { // entries from before there were origins hash as they did
		b = binary.BigEndian.AppendUint32(b, uint32(len(e.Origin)))
		b = append(b, e.Origin...)
	}
	return string(b)
}

// Mark is an end of the chain: an entry's place and hash.
type Mark struct {
	Seq  int64 // 0 before the first entry
	Hash []byte
}

// String is SEQ:HASH, as ParseMark reads it.
func (m Mark) String() string { return fmt.Sprintf("%d:%x", m.Seq, m.Hash) }

// ParseMark reads a mark that was noted as SEQ:HASH.
func ParseMark(text string) (Mark, error) {
	number, digits, ok := strings.Cut(text, ":")
	seq, err := strconv.ParseInt(number, 10, 64)
	hash, bad := hex.DecodeString(digits)
	if !ok || err != nil || bad != nil || seq < 1 || len(hash) != hashSize {
		return Mark{}, fmt.Errorf("want SEQ:HASH, the number of an entry and the %d hexadecimal digits of its hash, as serve logs them", 2*hashSize)
	}
	return Mark{seq, hash}, nil
}

const hashSize = 32 // HMAC-SHA-256

// Message is what a mark's own hash is taken over.
func (m Mark) Message() string {
	return string(append(binary.BigEndian.AppendUint64(nil, uint64(m.Seq)), m.Hash...))
}

// Damage is what is wrong at a place in the chain.
type Damage string

const (
	Changed Damage = "changed"      // the entry is not as it was written, or another stands in its place
	Missing Damage = "missing"      // the entry was taken out
	Added   Damage = "put in"       // the entry was never written by towncrier
	Cut     Damage = "tail cut"     // the entry and all after it were taken out
	Moved   Damage = "mark changed" // the mark of where the log begins or ends was changed or taken out
	Other   Damage = "not as noted" // the entry that was noted elsewhere is not there: an older log was put back, or its tail cut
)

// Broken is the error of a chain that does not hold.
type Broken struct {
	Seq  int64 // the first bad place
	What Damage
}

func (b *Broken) Error() string {
	switch b.What {
	case Missing:
		return fmt.Sprintf("the audit log is broken at entry %d: it was taken out", b.Seq)
	case Added:
		return fmt.Sprintf("the audit log is broken at entry %d: it was put in by hand", b.Seq)
	case Cut:
		return fmt.Sprintf("the audit log is broken at entry %d: it and all entries after it were taken out", b.Seq)
	case Other:
		return fmt.Sprintf("the audit log does not hold entry %d as it was noted: an older log was put back, or its end was cut off and written anew", b.Seq)
	case Moved:
		return fmt.Sprintf("the audit log is broken at entry %d: the mark of where the log begins or ends was changed by hand or is gone", b.Seq)
	}
	return fmt.Sprintf("the audit log is broken at entry %d: it was changed, or entries before it were taken out or replaced", b.Seq)
}
