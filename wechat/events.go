package wechat

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"towncrier/problem/retry"
)

// handOnPause is before a hook that failed runs again; it doubles.
const handOnPause = 200 * time.Millisecond

// handOn gives an event to its hook until it is taken or left is over. Since hooks do not mind one that comes twice, and
// nobody waits to see an answer, nothing is remembered of events: they cost no trip to the store.
func (e Events) handOn(ctx context.Context, in *inbound, left time.Duration, log *slog.Logger) (label string) {
	// A platform that hangs up asks again; what is half done is better finished.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), left)
	defer cancel()
	defer func() {
		if p := recover(); p != nil { // it would again
			log.Error("wechat event hook panicked", "msg", MessageID(ctx), "event", in.Event, "panic", panicText(p), "stack", string(debug.Stack()))
			label = OutcomeFailed
		}
	}()
	pause := retry.Doubling(handOnPause, left)
	err := retry.Do(ctx, func() (time.Duration, error) {
		err := e.handle(ctx, in)
		if err != nil {
			return pause(), err
		}
		return 0, nil
	})
	if err != nil {
		log.Error("wechat event not taken", "msg", MessageID(ctx), "event", in.Event, "err", err)
		return OutcomeRefused
	}
	return OutcomeAcknowledged
}

// handle gives an event to its hook.
func (e Events) handle(ctx context.Context, in *inbound) error {
	consent := in.Event == "subscribe_msg_popup_event" || in.Event == "subscribe_msg_change_event"
	switch {
	case in.Event == "TEMPLATESENDJOBFINISH" && e.TemplateResult != nil:
		return e.TemplateResult(ctx, in.templateResult())
	case in.Event == "subscribe_msg_sent_event" && e.SubscriptionResult != nil:
		return eachOf(in.Subscriptions, func(s subscription) error { return e.SubscriptionResult(ctx, in.subscriptionResult(s)) })
	case consent && e.Consent != nil:
		return eachOf(in.Subscriptions, func(s subscription) error {
			if s.TemplateID == "" || s.Status != "accept" && s.Status != "reject" {
				return nil
			}
			return e.Consent(ctx, Consent{OpenID: in.FromUserName, TemplateID: s.TemplateID, Accept: s.Status == "accept"})
		})
	}
	return nil
}

// eachOf does all, whatever becomes of the others.
func eachOf(list []subscription, do func(subscription) error) error {
	var faults []error
	for _, s := range list {
		faults = append(faults, do(s))
	}
	return errors.Join(faults...)
}

// templateResult reads "success", "failed:user block" and "failed: system failed", with and without the space.
func (in *inbound) templateResult() NoticeResult {
	r := NoticeResult{MsgID: in.JobID, OpenID: in.FromUserName, Delivered: in.Status == "success"}
	if !r.Delivered {
		r.Code = resultCode(strings.TrimPrefix(in.Status, "failed:"))
	}
	return r
}

// subscriptionResult: ErrorCode is 0 for what arrived.
func (in *inbound) subscriptionResult(s subscription) NoticeResult {
	r := NoticeResult{MsgID: s.JobID, OpenID: in.FromUserName, Delivered: strings.TrimSpace(s.ErrorCode) == "0"}
	if !r.Delivered {
		r.Code = resultCode(s.ErrorCode)
	}
	return r
}

// resultCode keeps what comes from outside short, and of the letters that codes are made of.
func resultCode(raw string) string {
	code := strings.Map(func(r rune) rune {
		if r == ' ' || r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, raw)
	code = strings.TrimSpace(code[:min(len(code), 40)])
	if code == "" {
		return "unknown"
	}
	return code
}
