package sandbox

import (
	"errors"
	"slices"

	"towncrier/sandbox/platform"
	"towncrier/sandbox/sms"
	"towncrier/sandbox/wechat"
)

// ErrNoSMS is the error of a reply by SMS in a sandbox without SMS.
var ErrNoSMS = errors.New("the sandbox has no SMS side")

// Look is how the account looks on the phone.
type Look struct {
	AccountName string  // "" means 市政服务号
	Welcome     string  // one line below the account's name before a resident follows
	Suggestion  string  // one question to try
	Scenes      []Scene // QR codes on posters that a resident may scan
}

// Scene is a QR code on a poster.
type Scene struct {
	Label string `json:"label"`
	Scene string `json:"scene"` // as EventKey carries it, without qrscene_
}

// phone is where residents act, on WeChat or by SMS, and what they see.
type phone struct {
	base   *platform.Base
	wechat *wechat.Server
	sms    *sms.Server // nil for none
	look   Look
}

// act records an action and pushes it in the background. The channel gives its outcome, once. The error says why the action
// is impossible.
func (p *phone) act(openid string, a platform.Action) (platform.Entry, <-chan platform.Outcome, error) {
	if err := a.Check(); err != nil {
		return platform.Entry{}, nil, err
	}
	switch {
	case p.base.Err() != nil:
		return platform.Entry{}, nil, p.base.Err()
	case a.Kind != platform.ReplySMS:
		return p.wechat.Act(openid, a)
	case p.sms == nil:
		return platform.Entry{}, nil, ErrNoSMS
	}
	return p.sms.Reply(openid, a.Phone, a.Text)
}

// pageState is all that the page shows beside the record.
type pageState struct {
	wechat.State
	Account    string           `json:"account"`
	Welcome    string           `json:"welcome"`
	Suggestion string           `json:"suggestion"`
	Scenes     []Scene          `json:"scenes"`
	SMS        bool             `json:"sms"` // whether the phone has an SMS inbox
	APIs       []string         `json:"apis"`
	Faults     []platform.Fault `json:"faults"`
}

// state is what the page shows now.
func (p *phone) state() pageState {
	st := pageState{
		State: p.wechat.State(), Account: p.look.AccountName, Welcome: p.look.Welcome, Suggestion: p.look.Suggestion,
		Scenes: append([]Scene{}, p.look.Scenes...), SMS: p.sms != nil, APIs: p.base.Faults.APIs(), Faults: p.base.Faults.List(),
	}
	for _, scene := range st.State.Scenes {
		if !slices.ContainsFunc(st.Scenes, func(s Scene) bool { return s.Scene == scene }) {
			st.Scenes = append(st.Scenes, Scene{Label: scene, Scene: scene})
		}
	}
	return st
}
