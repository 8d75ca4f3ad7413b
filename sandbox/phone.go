package sandbox

import (
	"errors"

	"towncrier/sandbox/platform"
	"towncrier/sandbox/sms"
	"towncrier/sandbox/wechat"
)

// ErrNoSMS is the error of a reply by SMS in a sandbox without SMS.
var ErrNoSMS = errors.New("the sandbox has no SMS side")

// phone is where residents act: on WeChat or by SMS.
type phone struct {
	base   *platform.Base
	wechat *wechat.Server
	sms    *sms.Server // nil for none
}

// act records an action and pushes it in the background. The channel gives what became of it, once. The error says why the action
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
