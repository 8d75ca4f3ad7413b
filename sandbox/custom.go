package sandbox

import (
	"bytes"
	"time"
)

// trigger is what a resident did that lets the account write to them of its own accord.
type trigger string

const (
	byMessage trigger = "message"
	byMenu    trigger = "menu" // tapping an option of a menu message counts as this too
	byFollow  trigger = "follow"
	byScan    trigger = "scan"
)

// window is how long, and how often, the account may still write.
type window struct {
	until time.Time
	left  int
}

// open grants a window afresh: 48 hours and 5 messages after a message, one minute and 3 after the rest (发送客服消息).
func (r *resident) open(t trigger, now time.Time) {
	if t == byMessage {
		r.windows[t] = window{now.Add(48 * time.Hour), 5}
		return
	}
	r.windows[t] = window{now.Add(time.Minute), 3}
}

// take uses up one message of the window that ends first.
func (r *resident) take(now time.Time) *apiError {
	var best trigger
	isOpen := false
	for t, w := range r.windows {
		if !now.Before(w.until) {
			continue
		}
		isOpen = true
		if w.left > 0 && (best == "" || w.until.Before(r.windows[best].until)) {
			best = t
		}
	}
	switch {
	case !isOpen:
		return fail(45015)
	case best == "":
		return fail(45047)
	}
	w := r.windows[best]
	w.left--
	r.windows[best] = w
	return nil
}

// customSend is /message/custom/send for the two types that the rehearsal shows: text and msgmenu.
func (s *Sandbox) customSend(c call) (any, *apiError) {
	if escaped(c.body) {
		return nil, fail(40033)
	}
	var in struct {
		To   string `json:"touser"`
		Type string `json:"msgtype"`
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
		Menu struct {
			Head string   `json:"head_content"`
			List []Option `json:"list"`
			Tail string   `json:"tail_content"`
		} `json:"msgmenu"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	e := Entry{Resident: in.To, From: FromAccount, Kind: in.Type, Via: ByCustom}
	switch in.Type {
	case "text":
		e.Text = in.Text.Content
	case "msgmenu":
		e.Text, e.Options, e.Tail = in.Menu.Head, in.Menu.List, in.Menu.Tail
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.residents[in.To]
	switch size := e.size(); {
	case r == nil:
		return nil, fail(40003)
	case !r.follows:
		return nil, fail(43004)
	case in.Type != "text" && in.Type != "msgmenu":
		return nil, fail(40008)
	case size == 0:
		return nil, fail(44004)
	case size > maxText:
		return nil, fail(45002)
	}
	e.At = s.cfg.Now()
	if err := r.take(e.At); err != nil {
		return nil, err
	}
	s.record.add(e)
	s.record.change()
	return success(), nil
}

// size of what is shown, in bytes.
func (e Entry) size() int {
	n := len(e.Text) + len(e.Tail)
	for _, o := range e.Options {
		n += len(o.Content)
	}
	return n
}

// escaped says whether JSON spells a character as \uXXXX, which the platform refuses in texts.
func escaped(body []byte) bool {
	for {
		i := bytes.IndexByte(body, '\\')
		if i < 0 || i+1 == len(body) {
			return false
		}
		if body[i+1] == 'u' {
			return true
		}
		body = body[i+2:]
	}
}
