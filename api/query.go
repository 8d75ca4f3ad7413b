package api

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// readQuery refuses a path or a query that is not text: broken escapes and UTF-8, which would be dropped or replaced in silence, and NUL,
// which PostgreSQL cannot keep.
func readQuery(r *http.Request) error {
	refused := func(location, reason string) error {
		return refuse(http.StatusBadRequest, "malformed", "the address cannot be taken as it is", faultAt(plainLocation(location), reason))
	}
	if reason := notText(r.URL.Path); reason != "" {
		return refused("path", reason)
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return refused("query", "is not proper URL encoding")
	}
	for name, values := range query {
		if reason := notText(name); reason != "" {
			return refused("query", "has a parameter whose name "+reason)
		}
		for _, value := range values {
			if reason := notText(value); reason != "" {
				return refused("query."+name, reason)
			}
		}
	}
	return nil
}

// notText is why a text cannot be kept or compared, "" when it can.
func notText(s string) string {
	switch {
	case !utf8.ValidString(s):
		return "is not valid UTF-8"
	case strings.ContainsRune(s, 0):
		return "holds the character NUL"
	}
	return ""
}
