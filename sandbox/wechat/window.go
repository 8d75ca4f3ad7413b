package wechat

import "time"

// trigger is what a resident did that lets the account write to them of its own accord.
type trigger string

const (
	byMessage trigger = "message"
	byMenu    trigger = "menu" // tapping an option of a menu message counts as this too
	byFollow  trigger = "follow"
	byScan    trigger = "scan"
)

// windows are those of one resident.
type windows map[trigger]window

// window is how long, and how often, the account may still write.
type window struct {
	until time.Time
	left  int
}

// open grants a window afresh: 48 hours and 5 messages after a message, one minute and 3 after the rest (发送客服消息).
func (ws windows) open(t trigger, now time.Time) {
	if t == byMessage {
		ws[t] = window{now.Add(48 * time.Hour), 5}
		return
	}
	ws[t] = window{now.Add(time.Minute), 3}
}

// take uses up one message of the window that ends first.
func (ws windows) take(now time.Time) *apiError {
	var best trigger
	isOpen := false
	for t, w := range ws {
		if !now.Before(w.until) {
			continue
		}
		isOpen = true
		if w.left > 0 && (best == "" || w.until.Before(ws[best].until)) {
			best = t
		}
	}
	switch {
	case !isOpen:
		return fail(45015)
	case best == "":
		return fail(45047)
	}
	w := ws[best]
	w.left--
	ws[best] = w
	return nil
}
