package page

import (
	"net/http"
)

// policy lets a page load what this server serves, and nothing else. Scripts make no HTML of text but through the policy "desk" of live.js.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types desk"

// guard sets the headers of every answer, and refuses what another site's page posts. A browser says where a form comes from; what does not
// say it is no browser of ours.
func guard(next http.Handler, refused http.HandlerFunc) http.Handler {
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(refused)
	protected := sameOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Strict-Transport-Security", "max-age=31536000")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		unsafe := r.Method != http.MethodGet && r.Method != http.MethodHead
		if unsafe && r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" || r.Header.Get("Authorization") != "" {
			refused(w, r)
			return
		}
		protected.ServeHTTP(w, r)
	})
}
