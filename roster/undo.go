package roster

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/problem"
)

// Through what a stop came, when not by SMS: a reply has its callback key's id.
const (
	ViaChat  = "chat"
	ViaStaff = "staff"
)

// Stop is that somebody asked to stop texts to a number.
type Stop struct {
	Row    int64 // the store's
	Number phone.Number
	Via    string
	At     time.Time
	Made   bool // it was not stopped before
}

// StopsSeen counts the replies that stopped texts under one callback key.
type StopsSeen struct {
	Key         string // the key's id, as in the log at start
	First, Last time.Time
	Stops       int
	Undone      int
}

// Undo is a request to undo the stops that came by SMS under one callback key within a time span.
type Undo struct {
	ID           string
	Key          string
	Since, Until time.Time
	Why          string
	AskedBy      audit.Actor
	AskedAt      time.Time
	ConfirmedBy  audit.Actor // "" until a second admin confirmed it
	ConfirmedAt  time.Time
	Undone       int // so far
	Left         int // still to be undone
}

// StopStore keeps stops, for as long as they can be undone, and requests to undo them. Edit writes stops down.
type StopStore interface {
	// StopsSince counts replies that stopped texts, by callback key.
	StopsSince(ctx context.Context, since time.Time) ([]StopsSeen, error)
	// AddUndo and ConfirmUndo refuse an actor who is no admin by then as a change of staff does.
	AddUndo(ctx context.Context, u Undo, act audit.Act) error
	// Undo is a request; ErrNoUndo.
	Undo(ctx context.Context, id string) (Undo, error)
	// UndosFor lists requests since then that somebody other than actor made and nobody confirmed, the oldest first.
	UndosFor(ctx context.Context, actor audit.Actor, since time.Time) ([]Undo, error)
	// ConfirmUndo records the person who confirmed, unless somebody did. ErrNoUndo when the person who asked may not act any more.
	ConfirmUndo(ctx context.Context, id string, act audit.Act) error
	// ToUndo are stops that a request is about and that are not looked at yet: those that were made by a reply under its key
	// within its span, of numbers that did not ask again after it or through anything else.
	ToUndo(ctx context.Context, u Undo, limit int) ([]Stop, error)
}

// KeepStops is how long stops can be undone.
const KeepStops = 30 * 24 * time.Hour

// What a caller can tell apart with errors.Is.
var (
	ErrNoUndo  = problem.NotFound("没有这个撤销申请：请核对编号")
	ErrOwnUndo = errors.New("这是您自己的申请：须由另一位管理员确认")
)

// StopsSince counts the replies that stopped texts since then, by callback key, the most first.
func (r *Roster) StopsSince(ctx context.Context, since time.Time) ([]StopsSeen, error) {
	return r.store.StopsSince(ctx, since)
}

// AskUndo asks to undo stops that came by SMS under a callback key's id, from since to until, both included, when a leaked key
// was used to forge them. Nothing is undone before another admin confirms it. An *problem.Invalid names what is wrong.
func (r *Roster) AskUndo(ctx context.Context, actor audit.Actor, u Undo) (Undo, error) {
	now := r.instant()
	u.Why = strings.TrimSpace(u.Why)
	switch {
	case u.Key == "" || u.Key == ViaChat || u.Key == ViaStaff:
		return Undo{}, &problem.Invalid{Field: "key", Reason: "应写回调密钥的编号，见退订列表"}
	case u.Since.IsZero() || !u.Until.After(u.Since):
		return Undo{}, &problem.Invalid{Field: "until", Reason: "应在开始时间之后"}
	case u.Until.After(now):
		return Undo{}, &problem.Invalid{Field: "until", Reason: "还没有到：以后的退订不能提前撤销"}
	case now.Sub(u.Since) > KeepStops:
		return Undo{}, &problem.Invalid{Field: "since", Reason: "超过30天：这么早的退订不能成批撤销"}
	case u.Why == "":
		return Undo{}, &problem.Invalid{Field: "why", Reason: "没有填写，请说明原因，会记入审计日志"}
	}
	if err := cmp.Or(checkText("key", u.Key), checkText("why", u.Why)); err != nil { // both are in the audit log
		return Undo{}, err
	}
	u.ID, u.AskedBy, u.AskedAt = strings.ToLower(rand.Text()[:10]), actor, now
	detail := fmt.Sprintf("undo=%s since=%s until=%s", u.ID, u.Since.UTC().Format(time.RFC3339), u.Until.UTC().Format(time.RFC3339))
	if err := r.store.AddUndo(ctx, u, r.act(actor, "stops.ask", u.Key, detail)); err != nil {
		return Undo{}, fmt.Errorf("ask to undo stops: %w", err)
	}
	return r.Undo(ctx, u.ID)
}

// Undo shows a request; ErrNoUndo.
func (r *Roster) Undo(ctx context.Context, id string) (Undo, error) {
	u, err := r.store.Undo(ctx, id)
	if err != nil {
		return Undo{}, fmt.Errorf("show a request to undo stops: %w", err)
	}
	return u, nil
}

// UndosFor lists the requests to undo stops that wait for actor's confirmation, the oldest first.
func (r *Roster) UndosFor(ctx context.Context, actor audit.Actor) ([]Undo, error) {
	all, err := r.store.UndosFor(ctx, actor, r.instant().Add(-KeepStops))
	if err != nil {
		return nil, fmt.Errorf("list requests to undo stops: %w", err)
	}
	return all, nil
}

const (
	undoSlice = 50
	undoFor   = 4 * time.Second
)

// ConfirmUndo undoes what another asked for: each number may be texted again as before the stop, unless it asked again since,
// through whatever, or its owner was erased. It ends after seconds; Left says whether to call again, which goes on. ErrNoUndo,
// ErrOwnUndo.
func (r *Roster) ConfirmUndo(ctx context.Context, actor audit.Actor, id string) (Undo, error) {
	u, err := r.Undo(ctx, id)
	if err != nil {
		return Undo{}, err
	}
	if u.AskedBy == actor {
		return Undo{}, ErrOwnUndo
	}
	if u.ConfirmedBy == "" {
		if err := r.store.ConfirmUndo(ctx, id, r.act(actor, "stops.undo", u.Key, "undo="+id)); err != nil {
			return Undo{}, fmt.Errorf("confirm to undo stops: %w", err)
		}
	}
	for end := time.Now().Add(undoFor); time.Now().Before(end); {
		stops, err := r.store.ToUndo(ctx, u, undoSlice)
		if err != nil {
			return Undo{}, fmt.Errorf("undo stops: %w", err)
		}
		if len(stops) == 0 {
			break
		}
		for _, stop := range stops {
			if err := r.undo(ctx, actor, id, stop); err != nil {
				return Undo{}, fmt.Errorf("undo stops: %w", err)
			}
		}
	}
	return r.Undo(ctx, id)
}

// undo takes one stop back. It is marked as looked at in any case.
func (r *Roster) undo(ctx context.Context, actor audit.Actor, undo string, stop Stop) error {
	return r.store.Edit(ctx, []Key{{Phone: stop.Number}}, func(found []Found) (Edit, error) {
		edit := Edit{Undone: &Undone{Stop: stop.Row, Request: undo, At: r.instant()}}
		who := found[0].Resident
		kept := Preference{Channel: SMS}
		i := slices.IndexFunc(who.Preferences, func(p Preference) bool { return p.Topic == "" && p.Channel == SMS })
		if i >= 0 {
			kept = who.Preferences[i]
		}
		if found[0].Suppressed != Stopped || i >= 0 && (kept.Wants || !kept.At.Equal(stop.At)) {
			return edit, nil // erased, or decided otherwise
		}
		if i >= 0 {
			who.Preferences = slices.Delete(slices.Clone(who.Preferences), i, i+1)
			who.UpdatedAt = edit.Undone.At
			edit.Save = []Resident{who}
		}
		edit.Undone.Lifted = true
		edit.Suppress = map[phone.Number]Suppression{stop.Number: ""}
		edit.Acts = []audit.Act{r.act(actor, "resident.resume", who.ID, "undo="+undo)}
		return edit, nil
	})
}
