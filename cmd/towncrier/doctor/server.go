package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Readiness is what /readyz answers: the state of each part and of what it rests on, and of each check.
type Readiness struct {
	Parts  map[string]string
	Checks map[string]State
}

// MarshalJSON puts the parts beside the checks.
func (r Readiness) MarshalJSON() ([]byte, error) {
	all := map[string]any{"checks": r.Checks}
	for name, state := range r.Parts {
		all[name] = state
	}
	return json.Marshal(all)
}

// UnmarshalJSON reverses MarshalJSON.
func (r *Readiness) UnmarshalJSON(text []byte) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	r.Parts = map[string]string{}
	for name, value := range all {
		var err error
		if name == "checks" {
			err = json.Unmarshal(value, &r.Checks)
		} else {
			var state string
			err = json.Unmarshal(value, &state)
			r.Parts[name] = state
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// Server asks the server on this machine, where one listens, how its parts stand.
func Server(addr string) Check {
	return Check{"server", "the server on this machine", one(func(ctx context.Context) Finding {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/readyz", nil)
		if err != nil {
			return unchecked("", err.Error(), "set TOWNCRIER_LISTEN to an address of this machine, such as 127.0.0.1:8080")
		}
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy: the server is on this machine
		resp, err := client.Do(req)
		if err != nil {
			return ok("", "no server answers on "+addr)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
		var ready Readiness
		if err != nil || json.Unmarshal(text, &ready) != nil || ready.Parts["answers"] == "" {
			return fault("", fmt.Sprintf("what answers on %s is no towncrier: HTTP %d", addr, resp.StatusCode), "stop it, or set TOWNCRIER_LISTEN to another port")
		}
		var lame []string
		for _, name := range slices.Sorted(maps.Keys(ready.Parts)) {
			if state := ready.Parts[name]; state != "ok" {
				lame = append(lame, name+" is "+state)
			}
		}
		if len(lame) > 0 {
			return fault("", fmt.Sprintf("a server runs on %s, and of it %s", addr, strings.Join(lame, ", ")), "see the checks below and its log")
		}
		return ok("", "a server runs on "+addr+", and all of its parts can do their work")
	})}
}
