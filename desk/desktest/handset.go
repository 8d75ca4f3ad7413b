package desktest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/sandbox/platform"
)

// Handset is a phone with WeChat, of somebody whom the city's account knows.
type Handset struct {
	t      testing.TB
	d      *Desk
	OpenID string
}

// Handset is a resident's, who follows the account from now on.
func (d *Desk) Handset(t testing.TB, nth int) *Handset {
	t.Helper()
	var state struct {
		Residents []struct {
			OpenID  string `json:"openid"`
			Follows bool   `json:"follows"`
		} `json:"residents"`
	}
	d.sandbox(t, http.MethodGet, "state", nil, &state)
	h := &Handset{t, d, state.Residents[nth].OpenID}
	if !state.Residents[nth].Follows {
		h.Do(platform.Action{Kind: platform.Follow})
	}
	return h
}

// Fault makes a platform fail from now on.
func (d *Desk) Fault(t testing.TB, f platform.Fault) {
	t.Helper()
	d.sandbox(t, http.MethodPost, "faults", f, new([]platform.Fault))
}

// NewestScene is what the newest code of the account says that is good.
func (d *Desk) NewestScene(t testing.TB) string {
	t.Helper()
	var state struct {
		Scenes []struct{ Scene string } `json:"scenes"`
	}
	d.sandbox(t, http.MethodGet, "state", nil, &state)
	return state.Scenes[len(state.Scenes)-1].Scene
}

// Scan scans a code, and returns what the account says to it.
func (h *Handset) Scan(scene string) string {
	h.t.Helper()
	return h.Do(platform.Action{Kind: platform.Scan, Key: scene})
}

// Say writes a message, and returns what the account says to it.
func (h *Handset) Say(text string) string {
	h.t.Helper()
	return h.Do(platform.Action{Kind: platform.SendText, Text: text})
}

// Do does something, and returns what the account says to it, "" for nothing.
func (h *Handset) Do(a platform.Action) string {
	h.t.Helper()
	var sent platform.Entry
	h.d.sandbox(h.t, http.MethodPost, "actions", struct {
		Resident string `json:"resident"`
		platform.Action
	}{h.OpenID, a}, &sent)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		all := h.Record()
		if i := slices.IndexFunc(all, func(e platform.Entry) bool { return e.ID == sent.ID }); all[i].State == platform.Sending {
			continue
		}
		for _, e := range all {
			if e.AnswerTo == sent.ID {
				return e.Text
			}
		}
		return ""
	}
	h.t.Fatalf("nobody took %v", a)
	return ""
}

// Record is all that the phone sent and showed.
func (h *Handset) Record() (all []platform.Entry) {
	h.t.Helper()
	h.d.sandbox(h.t, http.MethodGet, "record?resident="+url.QueryEscape(h.OpenID), nil, &all)
	return all
}

func (d *Desk) sandbox(t testing.TB, method, path string, in, out any) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, d.URL+"/sandbox/"+path, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode > 299 {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		t.Fatal(err)
	}
}
