package desk

import "net/http"

// cookie holds a secret of this browser: a session's token, or for a few minutes that of a sign-in. Browsers send it to no script, to no other
// site's form, and, but in a rehearsal, over https alone.
type cookie struct {
	plain  string // its name
	secure bool
}

func (c cookie) name() string {
	if c.secure {
		return "__Host-" + c.plain
	}
	return c.plain
}

func (c cookie) of(r *http.Request) string {
	if found, err := r.Cookie(c.name()); err == nil {
		return found.Value
	}
	return ""
}

// set keeps a token until the browser is closed; the server ends the session before.
func (c cookie) set(w http.ResponseWriter, token string) {
	http.SetCookie(w, &http.Cookie{Name: c.name(), Value: token, Path: "/", HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode})
}

func (c cookie) clear(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: c.name(), Path: "/", MaxAge: -1, HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode})
}
