package page

import (
	"strings"
	"time"
)

// Zone is that of all of mainland China.
var Zone = time.FixedZone("CST", 8*60*60)

// When is a time as people read it: 2026-11-30 10:02. "" for none.
func When(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Zone).Format("2006-01-02 15:04")
}

// groups writes a hash in eight groups, for people to compare.
func groups(hash string) string {
	size := max(len(hash)/8, 1)
	var out []string
	for len(hash) > size {
		out, hash = append(out, hash[:size]), hash[size:]
	}
	return strings.Join(append(out, hash), " ")
}
