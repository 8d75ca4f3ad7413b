package soak

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"towncrier/broadcast"
)

// call asks the API, again while nothing serves.
func call(t testing.TB, base, bearer, method, path string, body, into any) {
	t.Helper()
	text := []byte(nil)
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		again, err := callOnce(t, base, bearer, method, path, text, into)
		if err == nil {
			return
		}
		if !again || time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

func callOnce(t testing.TB, base, bearer, method, path string, body []byte, into any) (again bool, err error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, base+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return true, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return true, err
	}
	if resp.StatusCode/100 != 2 {
		return resp.StatusCode >= 500, fmt.Errorf("%s %s: %s %s", method, path, resp.Status, answer)
	}
	if err := json.Unmarshal(answer, into); err != nil {
		t.Fatal(err)
	}
	return false, nil
}

// release lets the city's draft go to everybody, at once, by two people.
func release(t testing.TB, base string, keys bearers) (id string) {
	t.Helper()
	return propose(t, base, keys, keys.author, map[string]any{"window": "00:00-24:00"})
}

// propose lets the city's draft go with what a proposal says otherwise; scheduler lets it go.
func propose(t testing.TB, base string, keys bearers, scheduler string, proposal map[string]any) (id string) {
	t.Helper()
	var b struct {
		ID, Hash, Status string
		Size             int
		Accepted         []string
	}
	call(t, base, keys.author, http.MethodPost, "/broadcasts", map[string]any{"draft": draft, "proposal": proposal}, &b)
	call(t, base, keys.author, http.MethodPost, "/broadcasts/"+b.ID+"/submit", nil, &b)
	call(t, base, keys.approver, http.MethodPost, "/broadcasts/"+b.ID+"/approve", map[string]any{"hash": b.Hash}, &b)
	call(t, base, scheduler, http.MethodPost, "/broadcasts/"+b.ID+"/schedule", nil, &b)
	return b.ID
}

// reported is the API's report on a broadcast.
func reported(t testing.TB, base, bearer, id string) (counts []broadcast.Count) {
	t.Helper()
	var report struct{ Counts []broadcast.Count }
	call(t, base, bearer, http.MethodGet, "/broadcasts/"+id+"/report", nil, &report)
	return report.Counts
}
