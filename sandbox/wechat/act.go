package wechat

import (
	"errors"
	"strconv"
	"time"

	"towncrier/sandbox/platform"
)

// Errors of an action that WeChat's own client would not let happen.
var (
	ErrNotFollowing = errors.New("resident does not follow the account")
	ErrFollowing    = errors.New("resident follows the account already")
)

const (
	// failureNotice is what WeChat shows when the account's server gives no valid answer.
	failureNotice = "该公众号暂时无法提供服务，请稍后再试"
	// transferNote stands for the conversation's opening on a person's desk, of which the phone shows nothing.
	transferNote = "会话已转给人工客服"
)

// actions carries what residents do to the webhook, and its reply to them.
type actions struct {
	base      *platform.Base
	users     *users
	templates templates
	composer  composer
	webhook   *webhook
}

// start records the action and pushes it in the background. The channel gives its outcome, once.
func (s *actions) start(openid string, a platform.Action) (platform.Entry, <-chan platform.Outcome, error) {
	s.users.mu.Lock()
	defer s.users.mu.Unlock()
	u := s.users.byOpenID[openid]
	subscribes := a.Kind == platform.Consent || a.Kind == platform.Refuse
	switch {
	case s.base.Err() != nil:
		return platform.Entry{}, nil, s.base.Err()
	case u == nil:
		return platform.Entry{}, nil, platform.ErrUnknownResident
	case a.Kind == platform.Follow && u.follows:
		return platform.Entry{}, nil, ErrFollowing
	case a.Kind != platform.Follow && a.Kind != platform.Scan && !subscribes && !u.follows:
		return platform.Entry{}, nil, ErrNotFollowing
	}
	if subscribes {
		if err := s.templates.checkConsents(a); err != nil {
			return platform.Entry{}, nil, err
		}
	}
	now := s.base.Now()
	m := s.composer.compose(openid, u.follows, a, now)
	u.apply(a, now)
	e := *s.base.Record.Add(entryOf(a, openid, m.MsgID, now))
	s.base.Record.Changed() // follows, windows

	done := make(chan platform.Outcome, 1)
	s.base.Go(func() { done <- s.deliver(m, e) })
	return e, done, nil
}

// entryOf is how the phone shows the action.
func entryOf(a platform.Action, openid string, msgID int64, now time.Time) platform.Entry {
	e := platform.Entry{
		Resident: openid, At: now, From: platform.FromResident, Kind: string(a.Kind), Text: a.Text, Key: a.Key, State: platform.Sending, Consents: a.Consents,
	}
	if msgID != 0 {
		e.MsgID = strconv.FormatInt(msgID, 10) // beyond what JavaScript's numbers hold exactly
	}
	return e
}

// deliver pushes a message until the webhook answers, and shows the resident what it said.
func (s *actions) deliver(m message, sent platform.Entry) platform.Outcome {
	out := platform.Outcome{}
	reply, attempts, err := s.webhook.pushAll(m)
	if err != nil {
		out.Sent = s.base.Record.Settle(sent.ID, platform.Failed, attempts, err.Error())
		if s.base.Err() != nil {
			return out
		}
		s.base.Log.Warn("sandbox push failed", "type", m.MsgType.Text, "attempts", attempts, "err", err)
		if !m.silent() {
			out.Reply = s.show(sent, platform.Entry{From: platform.FromPlatform, Kind: "notice", Text: failureNotice})
		}
		return out
	}
	out.Sent = s.base.Record.Settle(sent.ID, platform.Delivered, attempts, "")
	switch reply.MsgType {
	case "text":
		out.Reply = s.show(sent, platform.Entry{From: platform.FromAccount, Kind: "text", Text: reply.Content, Via: platform.ByReply})
	case "transfer_customer_service":
		out.Reply = s.show(sent, platform.Entry{From: platform.FromPlatform, Kind: "transfer", Text: transferNote, Via: platform.ByReply})
	}
	return out
}

// show records what reaches the resident who sent something, unless they left meanwhile.
func (s *actions) show(sent, e platform.Entry) *platform.Entry {
	s.users.mu.Lock()
	defer s.users.mu.Unlock()
	if !s.users.byOpenID[sent.Resident].follows {
		return nil
	}
	e.Resident, e.AnswerTo, e.At = sent.Resident, sent.ID, s.base.Now()
	return s.base.Record.Add(e)
}
