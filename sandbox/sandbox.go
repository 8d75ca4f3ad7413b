// Package sandbox is the rehearsal's pretend WeChat and pretend Alibaba Cloud SMS: platforms that speak the real wire both
// ways and fail on demand, and a phone page to chat and text with.
//
// Everything lies below /sandbox/: the page at /sandbox/, WeChat's API below /sandbox/wechat/, Alibaba Cloud's at
// /sandbox/aliyun/, faults at /sandbox/faults, the record of what reached each resident at /sandbox/record. Nothing is kept on disk
// but, when wanted, the record. It is for loopback only.
package sandbox

import (
	"cmp"
	"context"
	"net/http"
	"sync"

	"towncrier/sandbox/platform"
	"towncrier/sandbox/sms"
	"towncrier/sandbox/wechat"
)

// Config is what a Sandbox needs.
type Config struct {
	platform.Config

	WeChat wechat.Config
	SMS    *sms.Config // nil for no SMS
	Look   Look
	OnOpen func() // called once, when the phone page or its state is first asked for; it must not block. nil for none
}

// Sandbox is the pretend platforms behind one page. Safe for concurrent use.
type Sandbox struct {
	Record *platform.Record // of what residents did and what reached them
	Faults *platform.Faults // in force

	base  *platform.Base
	phone *phone
	page  *page
}

// New checks cfg. The caller closes the Sandbox.
func New(cfg Config) (*Sandbox, error) {
	base, err := platform.New(cfg.Config)
	if err != nil {
		return nil, err
	}
	p := &phone{base: base, look: cfg.Look}
	if p.wechat, err = wechat.New(cfg.WeChat, base); err == nil && cfg.SMS != nil {
		p.sms, err = sms.New(*cfg.SMS, base)
	}
	if err != nil {
		base.Close()
		return nil, err
	}
	p.look.AccountName = cmp.Or(cfg.Look.AccountName, "市政服务号")
	if cfg.OnOpen == nil {
		cfg.OnOpen = func() {}
	}
	return &Sandbox{Record: base.Record, Faults: base.Faults, base: base, phone: p, page: &page{phone: p, opened: sync.OnceFunc(cfg.OnOpen)}}, nil
}

// Close ends pushes, retries and open pages, and returns when every push has ended. An http.Server's Shutdown waits for open
// pages: give it Close by RegisterOnShutdown. Closing again does nothing.
func (s *Sandbox) Close() { s.base.Close() }

// Handler serves everything below /sandbox/.
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	s.page.route(mux)
	s.phone.wechat.Route(mux)
	if s.phone.sms != nil {
		s.phone.sms.Route(mux)
	}
	return guard(mux)
}

// Act does what a resident does on the phone and waits until the platform is done with it: answered, or given up after
// its retries. The error says why the action is impossible; that the webhook failed is in the Outcome.
func (s *Sandbox) Act(ctx context.Context, openid string, a platform.Action) (platform.Outcome, error) {
	_, done, err := s.phone.act(openid, a)
	if err != nil {
		return platform.Outcome{}, err
	}
	select {
	case out := <-done:
		return out, nil
	case <-ctx.Done():
		return platform.Outcome{}, ctx.Err()
	}
}
