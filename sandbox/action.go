package sandbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// ActionKind is what a resident does.
type ActionKind string

const (
	SendText     ActionKind = "text"      // Text
	SendVoice    ActionKind = "voice"     // Text is the platform's recognition, "" for none
	SendImage    ActionKind = "image"     //
	SendVideo    ActionKind = "video"     //
	SendLocation ActionKind = "location"  // Latitude, Longitude, Text is the label
	SendLink     ActionKind = "link"      // Text is the title, Key the address
	Follow       ActionKind = "follow"    //
	Unfollow     ActionKind = "unfollow"  //
	Scan         ActionKind = "scan"      // Key is the scene; who does not follow yet follows by it
	Click        ActionKind = "click"     // Key of a menu button
	View         ActionKind = "view"      // Key is the address of a menu button
	Report       ActionKind = "report"    // Latitude, Longitude: the event that reports where the resident is
	Choose       ActionKind = "choose"    // Text and Key are an option's of a menu message
	ReplySMS     ActionKind = "sms-reply" // Text, by SMS. Who does not follow may
	Consent      ActionKind = "consent"   // Consents: the answer to a request for long-term subscriptions. Who does not follow may
	Refuse       ActionKind = "refuse"    // Key of a subscription template, in WeChat's settings. Who does not follow may
)

// Action is one thing that a resident does.
type Action struct {
	Kind      ActionKind `json:"kind"`
	Text      string     `json:"text"`
	Key       string     `json:"key"`
	Latitude  float64    `json:"latitude"`
	Longitude float64    `json:"longitude"`
	Phone     string     `json:"phone"` // of a reply by SMS: from whose number; "" for the resident's own

	Consents []ConsentTo `json:"consents"`
}

// Errors of an action that WeChat's own client would not let happen.
var (
	ErrUnknownResident = errors.New("no such resident")
	ErrNotFollowing    = errors.New("resident does not follow the account")
	ErrFollowing       = errors.New("resident follows the account already")
)

// maxTyped is more than WeChat's input box takes, in characters.
const maxTyped = 20_000

// Act does what a resident does on the phone and waits until the platform is done with it: answered, or given up after
// its retries. The error says why the action is impossible; that the webhook failed is in the Delivery.
func (s *Sandbox) Act(ctx context.Context, openid string, a Action) (Delivery, error) {
	_, done, err := s.start(openid, a)
	if err != nil {
		return Delivery{}, err
	}
	select {
	case d := <-done:
		return d, nil
	case <-ctx.Done():
		return Delivery{}, ctx.Err()
	}
}

// start records the action and pushes it in the background. The channel gives what became of it, once.
func (s *Sandbox) start(openid string, a Action) (Entry, <-chan Delivery, error) {
	if err := a.check(); err != nil {
		return Entry{}, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.Kind == ReplySMS && s.ctx.Err() == nil {
		return s.startReply(openid, a)
	}
	r := s.residents[openid]
	now := s.cfg.Now()
	switch {
	case s.ctx.Err() != nil:
		return Entry{}, nil, s.ctx.Err()
	case r == nil:
		return Entry{}, nil, ErrUnknownResident
	case a.Kind == Follow && r.follows:
		return Entry{}, nil, ErrFollowing
	case a.Kind != Follow && a.Kind != Scan && a.Kind != Consent && a.Kind != Refuse && !r.follows:
		return Entry{}, nil, ErrNotFollowing
	}
	if a.Kind == Consent || a.Kind == Refuse {
		if err := s.checkConsents(a); err != nil {
			return Entry{}, nil, err
		}
	}
	m := s.compose(r, a, now)
	r.apply(a, now)
	e := *s.record.add(a.entry(openid, m.MsgID, now))
	s.record.change() // follows, windows

	done := make(chan Delivery, 1)
	s.tasks.Go(func() { done <- s.deliver(m, e) })
	return e, done, nil
}

// check refuses what no client could send.
func (a Action) check() error {
	need := func(ok bool, what string) error {
		if ok {
			return nil
		}
		return fmt.Errorf("%s needs %s", a.Kind, what)
	}
	if !utf8.ValidString(a.Text) || !utf8.ValidString(a.Key) {
		return errors.New("text is not UTF-8")
	}
	if n := utf8.RuneCountInString(a.Text); n > maxTyped {
		return fmt.Errorf("text has %d characters: at most %d can be sent", n, maxTyped)
	}
	switch a.Kind {
	case SendText, ReplySMS:
		return need(a.Text != "", "text")
	case SendVoice, SendImage, SendVideo, Follow, Unfollow, Consent, Refuse:
		return nil
	case SendLink:
		return need(a.Text != "" && a.Key != "", "text (the title) and key (the address)")
	case Scan, Click, View:
		return need(a.Key != "", "key")
	case Choose:
		return need(a.Text != "" && a.Key != "", "text and key of the option")
	case SendLocation, Report:
		return need(a.Latitude >= -90 && a.Latitude <= 90 && a.Longitude >= -180 && a.Longitude <= 180,
			"a latitude of -90 to 90 and a longitude of -180 to 180 degrees")
	}
	return fmt.Errorf("kind %q is unknown", a.Kind)
}

// apply changes what the platform knows of the resident.
func (r *resident) apply(a Action, now time.Time) {
	switch a.Kind {
	case Follow, Scan:
		if !r.follows {
			r.follows, r.followedAt, r.scene = true, now, a.Key
			r.open(byFollow, now)
			return
		}
		r.open(byScan, now)
	case Unfollow:
		r.follows, r.scene = false, ""
		clear(r.windows)
	case Consent, Refuse:
		r.consent(a)
	case Click, Choose:
		r.open(byMenu, now)
	case View, Report: // open no window
	default:
		r.open(byMessage, now)
	}
}

// entry is how the phone shows the action.
func (a Action) entry(openid string, msgID int64, now time.Time) Entry {
	e := Entry{Resident: openid, At: now, From: FromResident, Kind: string(a.Kind), Text: a.Text, Key: a.Key, State: Sending, Consents: a.Consents}
	if msgID != 0 {
		e.MsgID = strconv.FormatInt(msgID, 10) // beyond what JavaScript's numbers hold exactly
	}
	return e
}
