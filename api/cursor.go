package api

import (
	"encoding/base32"
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"towncrier/problem"
)

// Following is the input of a list of several pages. The gate has taken the mark from After, so that lists read their own places.
type Following struct {
	After string `query:"after" maxLength:"200" doc:"next of the page before, as it is"`
}

// cursors writes the places from which a list goes on, and reads them again. A place carries a mark, which nobody makes by chance: what this
// list never gave is refused, where it might pass for some other place, or for the start, and a program would go round for ever.
type cursors string // the operation's id

// write makes the next of a page, "" at the end.
func (list cursors) write(place string) string {
	if place == "" {
		return ""
	}
	return place + "." + list.mark(place)
}

// read returns the place that a cursor leads to.
func (list cursors) read(cursor string) (place string, err error) {
	i := strings.LastIndexByte(cursor, '.')
	if i < 1 || cursor[i+1:] != list.mark(cursor[:i]) {
		return "", problem.ErrCursor
	}
	return cursor[:i], nil
}

var markLetters = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

func (list cursors) mark(place string) string {
	sum := crc32.ChecksumIEEE([]byte(string(list) + " " + place))
	return markLetters.EncodeToString(binary.BigEndian.AppendUint32(nil, sum))[:6]
}

// readCursor puts a place where a request has the cursor that leads to it. A list that has one page gave no cursor.
func readCursor(r *http.Request, op operation, params []*huma.Param) error {
	query := r.URL.Query()
	cursor := query.Get("after")
	if cursor == "" || op.changes() {
		return nil
	}
	if !hasPages(params) {
		return problem.ErrCursor
	}
	place, err := cursors(op.id).read(cursor)
	if err != nil {
		return err
	}
	query.Set("after", place)
	r.URL.RawQuery = query.Encode()
	return nil
}

// hasPages says whether an operation's list is given in several pages.
func hasPages(params []*huma.Param) bool {
	for _, p := range params {
		if p.In == "query" && p.Name == "after" {
			return true
		}
	}
	return false
}
