package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
)

const bizsend = "message/subscribe/bizsend"

// ConsentTo is a resident's answer about one long-term subscription.
type ConsentTo struct {
	Template string `json:"template"`
	Accept   bool   `json:"accept"`
}

// maxAsked is how many notices one request may name (订阅通知组件: 最多5个).
const maxAsked = 5

// checkConsents refuses what no client would show. s.mu is held.
func (s *Sandbox) checkConsents(a Action) error {
	asked := a.Consents
	if a.Kind == Refuse {
		asked = []ConsentTo{{Template: a.Key}}
	}
	if len(asked) == 0 || len(asked) > maxAsked {
		return fmt.Errorf("%s needs 1 to %d consents", a.Kind, maxAsked)
	}
	seen := map[string]bool{}
	for _, c := range asked {
		if t := s.notices.templates[c.Template]; t == nil || t.Kind != Subscription || seen[c.Template] {
			return errors.New("template is not that of a subscription notification, or named twice")
		}
		seen[c.Template] = true
	}
	return nil
}

// consent keeps what a resident answered.
func (r *resident) consent(a Action) {
	for _, c := range a.Consents {
		r.agreed[c.Template] = c.Accept
	}
	if a.Kind == Refuse {
		r.agreed[a.Key] = false
	}
}

// agreedTo lists the templates that a resident takes, in order. s.mu is held.
func (r *resident) agreedTo() []string {
	list := []string{}
	for _, id := range slices.Sorted(maps.Keys(r.agreed)) {
		if r.agreed[id] {
			list = append(list, id)
		}
	}
	return list
}

// subscribeSend is /message/subscribe/bizsend: to anybody who agreed, whether they follow or not.
func (s *Sandbox) subscribeSend(c call) (any, *apiError) {
	in, t, items, failed := s.readNotice(c, Subscription)
	if failed != nil {
		return nil, failed
	}
	s.mu.Lock()
	r := s.residents[in.To]
	switch {
	case r == nil:
		failed = fail(40003)
	case !r.agreed[t.ID]:
		failed = fail(43101)
	}
	s.mu.Unlock()
	if failed != nil {
		return nil, failed
	}
	s.notices.mu.Lock()
	l := s.letterTo(in, t, items, r.Resident, s.cfg.Now())
	s.notices.mu.Unlock()
	s.tell(l)
	return noticeAnswer{Text: errorText(0), MsgID: l.msgID}, nil
}

// serially lets one call for a resident through at a time; another one meanwhile is refused with 43108.
func (s *Sandbox) serially(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCall))
		if err != nil {
			http.Error(w, "body is too large or broke off", http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		var in struct {
			To string `json:"touser"`
		}
		json.Unmarshal(body, &in) // the endpoint itself refuses what is no JSON
		n := s.notices
		n.mu.Lock()
		busy := in.To != "" && n.busy[in.To]
		if !busy {
			n.busy[in.To] = true
		}
		n.mu.Unlock()
		if busy {
			answer(w, fail(43108))
			return
		}
		defer func() {
			n.mu.Lock()
			defer n.mu.Unlock()
			delete(n.busy, in.To)
		}()
		next(w, r)
	}
}
