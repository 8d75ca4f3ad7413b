package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"towncrier/bot"
	"towncrier/inbox"
	"towncrier/signin"
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

// qrCodes makes the codes by which staff bind their accounts, and sign in. It is a signin.QRCodes.
type qrCodes struct{ client *wechat.Client }

func (q qrCodes) QRCode(ctx context.Context, scene string, life time.Duration) (string, error) {
	code, err := q.client.CreateQRCode(ctx, scene, life)
	if fault, ok := errors.AsType[*wechat.Error](err); ok {
		if fault.Code == wechat.NoPermission {
			return "", fmt.Errorf("%w: %w", signin.ErrNoQR, err)
		}
		return "", fmt.Errorf("%w: %w", signin.ErrQRLater, err)
	}
	return code.URL, err
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
