package roster

import (
	"strings"
	"time"

	"towncrier/phone"
)

// ImportRows holds rows in about 48 bytes each, so that a million residents fit into memory at once: what their texts
// say, which many of them have in common, is kept once. The zero value is empty. It is not safe for concurrent use while
// rows are added.
type ImportRows struct {
	rows  [][]packedRow // all but the last hold rowsAtOnce: a slice that grows would be copied, and the copies take as much again
	n     int
	texts interned[string]
	tags  interned[[]string]
}

const rowsAtOnce = 1 << 14

type packedRow struct {
	phone                     uint64
	at                        int64 // milliseconds since 1970
	committee, community, how uint32
	tags                      uint32 // 0 for nil
	what, basis               uint32
}

// interned keeps values that are alike once.
type interned[T any] struct {
	values []T
	at     map[string]uint32
}

func (n *interned[T]) place(key string, value func() T) uint32 {
	i, known := n.at[key]
	if !known {
		if n.at == nil {
			n.at = make(map[string]uint32)
		}
		i = uint32(len(n.values))
		n.values = append(n.values, value())
		n.at[strings.Clone(key)] = i
	}
	return i
}

func (r *ImportRows) text(s string) uint32 {
	return r.texts.place(s, func() string { return strings.Clone(s) }) // not the line that s was cut from
}

// NewImportRows packs rows.
func NewImportRows(rows ...ImportRow) *ImportRows {
	var r ImportRows
	for _, row := range rows {
		r.Add(row)
	}
	return &r
}

// Add appends a row. It keeps nothing of it.
func (r *ImportRows) Add(row ImportRow) {
	p := packedRow{
		phone: digits(string(row.Phone)), at: row.Consent.At.UnixMilli(),
		committee: r.text(row.Committee), community: r.text(row.Community), how: r.text(row.Consent.How),
		what: r.text(row.Consent.What), basis: r.text(string(row.Consent.Basis)),
	}
	if row.Tags != nil {
		p.tags = 1 + r.tags.place(strings.Join(row.Tags, "\x00"), func() []string {
			tags := make([]string, len(row.Tags))
			for i, tag := range row.Tags {
				tags[i] = strings.Clone(tag)
			}
			return tags
		})
	}
	if r.n%rowsAtOnce == 0 {
		r.rows = append(r.rows, make([]packedRow, 0, rowsAtOnce))
	}
	last := &r.rows[len(r.rows)-1]
	*last = append(*last, p)
	r.n++
}

// Len is how many rows there are.
func (r *ImportRows) Len() int { return r.n }

// At is the ith row. Its tags are shared with other rows: they must not be changed.
func (r *ImportRows) At(i int) ImportRow {
	p := r.rows[i/rowsAtOnce][i%rowsAtOnce]
	row := ImportRow{
		Phone: r.Phone(i), Committee: r.texts.values[p.committee], Community: r.texts.values[p.community],
		Consent: Consent{
			What: r.texts.values[p.what], At: time.UnixMilli(p.at).UTC(),
			How: r.texts.values[p.how], Basis: Basis(r.texts.values[p.basis]),
		},
	}
	if p.tags > 0 {
		row.Tags = r.tags.values[p.tags-1]
	}
	return row
}

// Phone is the number of the ith row.
func (r *ImportRows) Phone(i int) phone.Number {
	var text [11]byte
	n := r.rows[i/rowsAtOnce][i%rowsAtOnce].phone
	for i := range text {
		text[len(text)-1-i] = byte('0' + n%10)
		n /= 10
	}
	return phone.Number(text[:])
}

// digits is a number as an integer.
func digits(text string) (n uint64) {
	for i := range len(text) {
		n = 10*n + uint64(text[i]-'0')
	}
	return n
}
