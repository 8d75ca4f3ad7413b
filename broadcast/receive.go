package broadcast

import (
	"context"
	"strconv"

	"towncrier/content"
	"towncrier/sms"
)

// Receipts takes what an SMS provider reports about texts that are none of an Outbox's: it is an sms.ReceiptSink.
func (e *Engine) Receipts(ctx context.Context, receipts []sms.Receipt) (matched []bool, err error) {
	ours := make([]Receipt, len(receipts))
	for i, r := range receipts {
		ours[i] = Receipt{Channel: SMS, State: reported(r.Delivered), Handle: r.Handle, OutID: r.OutID, Phone: r.Phone}
		if r.Delivered {
			ours[i].Parts = r.Parts
		} else {
			ours[i].Code, ours[i].Class = r.Code, string(e.Service.Explain(SMS, r.Code).Class)
		}
	}
	return e.Store.Receipts(ctx, ours, e.now())
}

// NoticeResult takes what WeChat reports about a template message or subscription notification: msgid 0 when it does not name
// one, code why it did not arrive. What it knows nothing of, such as a test send, is passed over.
func (e *Engine) NoticeResult(ctx context.Context, channel Channel, msgid int64, openid string, delivered bool, code string) error {
	r := Receipt{Channel: channel, State: reported(delivered), OpenID: openid, Code: code, Class: string(e.Service.Explain(channel, code).Class)}
	if msgid != 0 {
		r.Handle = strconv.FormatInt(msgid, 10)
	}
	_, err := e.Store.Receipts(ctx, []Receipt{r}, e.now())
	return err
}

// SubscriptionConsent keeps whether a follower agrees to a WeChat template's notifications, when it is one of the city's. Somebody
// unknown who agrees becomes a resident.
func (e *Engine) SubscriptionConsent(ctx context.Context, openid, template string, agreed bool) error {
	for _, t := range e.Service.Content().Templates {
		if t.Channel == content.SubscriptionChannel && t.Code == template {
			known, err := e.Store.Subscribe(ctx, openid, template, agreed, e.now())
			if err != nil || known || !agreed || e.Meet == nil {
				return err
			}
			if err := e.Meet(ctx, openid); err != nil {
				return err
			}
			known, err = e.Store.Subscribe(ctx, openid, template, agreed, e.now())
			if err == nil && !known { // they unfollowed in between
				e.Log.Warn("consent to notifications dropped: the resident is gone")
			}
			return err
		}
	}
	return nil
}

func reported(delivered bool) State {
	if delivered {
		return Delivered
	}
	return Undelivered
}
