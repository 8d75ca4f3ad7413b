package desktest

import (
	"net/http"
	"testing"
)

// TestDesk: a desk of one's own and the shared one serve a city, and a colleague's key opens its API.
func TestDesk(t *testing.T) {
	for _, d := range []*Desk{OpenDesk(t), SharedDesk(t), SharedDesk(t)} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.URL+"/api/v1/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+d.Key(t, "author"))
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if resp.Body.Close(); resp.StatusCode != http.StatusOK {
			t.Errorf("status %d", resp.StatusCode)
		}
	}
}
