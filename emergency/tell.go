package emergency

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"towncrier/audit"
	"towncrier/content"
	"towncrier/sms"
	"towncrier/staff"
)

// Texts sends texts, each at most once by its OutID.
type Texts interface {
	Send(ctx context.Context, kind sms.Kind, t sms.Text) (sms.State, error)
}

// TellState is what became of one text.
type TellState string

const (
	TellSent     TellState = "sent"      // the provider took it, or may have
	TellNoNumber TellState = "no-number" // they registered none
	TellRefused  TellState = "refused"   // by the provider
	TellLater    TellState = "later"     // it is tried again
	TellOff      TellState = "off"       // nobody can be told by text
)

// Label is what officials read.
func (t TellState) Label() string {
	return map[TellState]string{TellSent: "已发短信", TellNoNumber: "没有登记手机号，没有发短信", TellRefused: "短信没有发出", TellLater: "短信稍后再发", TellOff: "没有发短信"}[t]
}

const (
	// tellWithin is how long an act waits for its texts; they go on without it.
	tellWithin = 3 * time.Second
	// tellFor is how long a text that could not be given to the provider is tried.
	tellFor = 10 * time.Minute
)

// untold says why nobody can be told by text.
func (s *Service) untold() string {
	t := s.City().Library.Templates[content.StaffUrgent]
	switch {
	case s.Texts == nil:
		return "没有开通短信：请自己通知审批员"
	case t == nil || t.Channel != content.SMSChannel:
		return "templates.yaml 里没有短信模板 " + content.StaffUrgent + "：请自己通知审批员"
	case len(t.Check(s.words(Emergency{ID: newID(), Title: "停水"}, Waits))) > 0:
		return "短信模板 " + content.StaffUrgent + " 的变量应是 title、state 和 id：请自己通知审批员"
	}
	return ""
}

func (s *Service) words(e Emergency, event Event) map[string]string {
	state := map[Event]string{Waits: "待您审批", WentOut: "已批准发出，可以暂停"}[event]
	return map[string]string{"title": e.Title, "state": state, "id": e.ID}
}

// untold is what somebody has still to be told of e, "" for nothing.
func (e Emergency) untold(now time.Time) Event {
	event, since := Waits, e.DeclaredAt
	if e.Status != Submitted {
		event, since = WentOut, e.ApprovedAt
	}
	if now.Sub(since) > tellFor {
		return ""
	}
	told := slices.ContainsFunc(e.Told, func(t Told) bool { return t.Event == event })
	later := slices.ContainsFunc(e.Told, func(t Told) bool { return t.Event == event && t.State == TellLater })
	if told && !later {
		return ""
	}
	return event
}

// telling begins to tell, and says when it is done. What is cut off is told by the next Advance.
func (s *Service) telling(ctx context.Context, e Emergency, event Event) (done <-chan struct{}) {
	told := make(chan struct{})
	go func() {
		defer close(told)
		if _, err := s.tell(context.WithoutCancel(ctx), e, event); err != nil {
			s.Log.WarnContext(ctx, "approvers are not told of an emergency yet", "emergency", e.ID, "err", err)
		}
	}()
	return told
}

// whenTold is e as it stands once the texts were given to the provider, or have taken too long.
func (s *Service) whenTold(ctx context.Context, e Emergency, told <-chan struct{}) (Emergency, error) {
	select {
	case <-told:
	case <-time.After(tellWithin):
	}
	return s.Store.Get(ctx, e.ID)
}

// tell tells everybody who may act on e by text, all at once, and keeps what became of it.
func (s *Service) tell(ctx context.Context, e Emergency, event Event) (Emergency, error) {
	all, err := s.Staff.List(ctx)
	if err != nil {
		return e, err
	}
	all = slices.DeleteFunc(all, func(p staff.Person) bool {
		mayAct := p.Role.May(staff.PublishContent) && p.Role.May(staff.ApproveBroadcasts) && p.Role.May(staff.SendEmergency)
		return !mayAct || !p.DisabledAt.IsZero() || p.ID == e.Author || p.ID == e.Approver
	})
	told := make([]Told, len(all))
	var sending sync.WaitGroup
	for i, p := range all {
		told[i] = Told{Staff: p.ID, Event: event}
		sending.Go(func() { told[i].State = s.text(ctx, e, event, p) })
	}
	sending.Wait()
	kept, err := s.Store.Change(ctx, e.ID, func(now *Emergency) (audit.Act, error) {
		now.Told = slices.DeleteFunc(slices.Clone(now.Told), func(t Told) bool { return t.Event == event })
		now.Told = append(now.Told, told...)
		return audit.Act{}, nil
	})
	if err != nil {
		return e, err
	}
	return kept, nil
}

func (s *Service) text(ctx context.Context, e Emergency, event Event, p staff.Person) TellState {
	switch {
	case s.untold() != "":
		return TellOff
	case p.Phone == "":
		return TellNoNumber
	}
	t := s.City().Library.Templates[content.StaffUrgent]
	state, err := s.Texts.Send(ctx, sms.Urgent, sms.Text{To: p.Phone, Template: t.Code, Params: s.words(e, event), OutID: "U-" + e.ID + "-" + string(event) + "-" + p.ID})
	switch {
	case state == sms.Failed:
		s.Log.WarnContext(ctx, "an approver was not told of an emergency", "emergency", e.ID, "staff", p.ID, "err", err)
		return TellRefused
	case state == sms.Pending, state == "" && err != nil && !errors.Is(err, sms.ErrOff):
		return TellLater
	case state == "":
		return TellOff
	}
	return TellSent
}
