package app

import (
	"context"
	"errors"
	"fmt"

	"towncrier/bot"
	"towncrier/inbox"
	"towncrier/wechat"
)

// teller tells askers by customer-service message.
type teller struct{ client *wechat.Client }

func (t teller) Tell(ctx context.Context, to, text string) error {
	err := t.client.SendText(ctx, to, text)
	if fault, ok := errors.AsType[*wechat.Error](err); ok {
		switch fault.Class {
		case wechat.WindowClosed, wechat.UserGone, wechat.OptedOut:
			return fmt.Errorf("%w: %w", inbox.ErrUnreachable, err)
		}
	}
	return err
}

// countedReplies counts what the dialogue replies.
type countedReplies struct {
	to *bot.Bot
	m  *metrics
}

func (c countedReplies) Reply(ctx context.Context, msg bot.Message) (bot.Reply, error) {
	r, err := c.to.Reply(ctx, msg)
	if err == nil {
		c.m.replies.WithLabelValues(string(r.Kind), r.Topic).Inc()
	}
	return r, err
}
