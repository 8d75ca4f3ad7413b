package desk

import "net/http"

// cookie is the one cookie of the desk: a session's token. Browsers send it to no script, to no other site's form, and, but in a rehearsal,
// over https alone.
type cookie struct{ secure bool }

func (c cookie) name() string {
	if c.secure {
		return "__Host-desk"
	}
	return "desk"
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
