package api

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// tagged gives an answer with an ETag, or 304 without a body when the client has this very answer already. The operation has run by then: what
// it had to record in the audit log is recorded either way. The answer may be kept by the client alone, and is asked for each time.
func (r *recorder) tagged(w http.ResponseWriter, req *http.Request) {
	if r.status != http.StatusOK {
		r.copyTo(w)
		return
	}
	sum := sha256.Sum256(r.body.Bytes())
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Authorization")
	h.Set("ETag", tag)
	if namesTag(req.Header.Values("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	r.copyTo(w)
}

// namesTag says whether an If-None-Match header names a tag, by the weak comparison that RFC 9110 wants of it.
func namesTag(header []string, tag string) bool {
	rest := strings.TrimSpace(strings.Join(header, ","))
	if rest == "*" {
		return true
	}
	for {
		rest = strings.TrimPrefix(strings.TrimLeft(rest, ", \t"), "W/")
		if !strings.HasPrefix(rest, `"`) {
			return false
		}
		end := strings.IndexByte(rest[1:], '"')
		if end < 0 {
			return false
		}
		if rest[:end+2] == tag {
			return true
		}
		rest = rest[end+2:]
	}
}
