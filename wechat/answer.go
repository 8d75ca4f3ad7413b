package wechat

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"towncrier/bot"
	"towncrier/retry"
)

const (
	// storeWait bounds one call to FirstReplies: an outage may cost a message its memory, never its answer.
	storeWait = 500 * time.Millisecond
	// settleGrace is how long after its own deadline a retry still waits for the first arrival, which may be writing down
	// that it is late.
	settleGrace = 250 * time.Millisecond
	// pollEvery is how often a retry looks whether the first arrival has its answer.
	pollEvery = 50 * time.Millisecond
	// sendTries and sendPause: a late answer is worth trying again while the platform says that it is busy.
	sendTries = 3
	sendPause = time.Second
)

// outcome is what running a message gave: the passive reply ("" for `success`), and what to say beside it by
// customer-service message.
type outcome struct {
	passive string // XML
	text    string // the words in passive; what is sent if it comes too late
	beside  string // said by customer-service message although passive is in time
	label   string
}

type messageIDKey struct{}

// MessageID is the id that follows one message through the log, "" outside of one. It is derived from the platform's ids
// under the account's token and leads back to nobody.
func MessageID(ctx context.Context) string {
	id, _ := ctx.Value(messageIDKey{}).(string)
	return id
}

// key identifies a message whatever its query parameters: by its MsgId. Events have none, and are told apart by sender,
// second, event and event key; a message without a readable MsgId by what was written.
func (h *Webhook) key(in *inbound) string {
	mac := hmac.New(sha256.New, []byte(h.cfg.Crypto.token))
	field := func(s string) {
		mac.Write([]byte(s))
		mac.Write([]byte{0})
	}
	field(in.FromUserName)
	if in.MsgID != 0 {
		field("message")
		field(strconv.FormatInt(in.MsgID, 10))
	} else {
		for _, s := range []string{"event", strconv.FormatInt(in.CreateTime, 10), in.MsgType, in.Event,
			strconv.FormatInt(in.JobID, 10), in.Text} {
			field(s)
		}
	}
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// answer gives the plaintext of the reply to an authentic message, "" for `success`, before the deadline. It is not taken
// when the platform had better push it again.
func (h *Webhook) answer(ctx context.Context, in *inbound, start time.Time) (reply string, taken bool) {
	key := h.key(in)
	ctx = context.WithValue(ctx, messageIDKey{}, key[:12])
	left := h.cfg.Deadline - h.cfg.Now().Sub(start) // what reading the request took is gone
	m, forBot := in.Message()
	m.ID = key
	switch {
	case in.handedOn():
		label := h.handOn(ctx, in, left)
		h.told(ctx, key, "event", label, start)
		return "", label != OutcomeRefused
	case !forBot:
		h.told(ctx, key, "event", OutcomeAcknowledged, start)
		return "", true
	}
	ctx = h.cfg.First.Begin(ctx, m.From)
	deadline, giveUp := time.NewTimer(left), time.NewTimer(left+settleGrace)
	defer deadline.Stop()
	defer giveUp.Stop()
	reply, label := h.first(ctx, key, in, m, deadline.C, giveUp.C)
	h.told(ctx, key, string(m.Kind), label, start)
	return reply, true
}

func (h *Webhook) told(ctx context.Context, key, kind, label string, start time.Time) {
	took := h.cfg.Now().Sub(start)
	h.cfg.Observe(kind, label, took)
	level := slog.LevelInfo
	if label == OutcomeAcknowledged {
		level = slog.LevelDebug // a broadcast brings one for every recipient; the metrics count them
	}
	h.cfg.Log.LogAttrs(ctx, level, "wechat message", slog.String("msg", key[:12]), slog.String("kind", kind),
		slog.String("outcome", label), slog.Duration("took", took))
}

// first runs the message unless it was run before, here or in another process.
func (h *Webhook) first(ctx context.Context, key string, in *inbound, m bot.Message, deadline, giveUp <-chan time.Time) (string, string) {
	for {
		prior, done, won, err := h.claim(ctx, key)
		if err != nil {
			h.alarm(ctx, err)
			won = true // better answered twice than not at all
		}
		if done {
			return prior, OutcomeRepeat
		}
		if won {
			return h.run(ctx, key, in, m, deadline)
		}
		select {
		case <-ctx.Done():
			return "", OutcomeRepeat
		case <-giveUp:
			// The first arrival came earlier, has the same deadline, and would have settled the message: it died. This
			// arrival's deadline is over too, so the answer goes by customer-service message.
			return h.run(ctx, key, in, m, deadline)
		case <-time.After(pollEvery):
		}
	}
}

// run answers the message, in time or late.
func (h *Webhook) run(ctx context.Context, key string, in *inbound, m bot.Message, deadline <-chan time.Time) (string, string) {
	// A platform that hangs up asks again, and must then find the answer: the run outlives the request.
	running, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.cfg.AnswerLimit)
	result := make(chan outcome, 1)
	go func() { result <- h.outcome(running, in, m) }()

	select {
	case out := <-result:
		cancel()
		standing := h.complete(ctx, key, out.passive)
		if out.beside != "" && standing == out.passive {
			h.sendLater(ctx, m.From, func() string { return out.beside })
		}
		return standing, out.label
	case <-deadline:
	}
	// From here on `success` is this message's first reply: a retry must not fetch as a passive reply what is about to be
	// sent by customer-service message.
	if standing := h.complete(ctx, key, ""); standing != "" {
		cancel()
		return standing, OutcomeRepeat
	}
	sent := h.sendLater(ctx, m.From, func() string {
		defer cancel()
		select {
		case out := <-result:
			return out.text
		case <-running.Done():
			return h.failed(in).text
		}
	})
	if !sent {
		cancel()
		return "", OutcomeDropped
	}
	return "", OutcomeLate
}

// outcome asks the bot. It never panics.
func (h *Webhook) outcome(ctx context.Context, in *inbound, m bot.Message) (out outcome) {
	defer func() {
		if p := recover(); p != nil {
			h.cfg.Log.Error("wechat answer panicked", "msg", MessageID(ctx), "panic", panicText(p), "stack", string(debug.Stack()))
			out = h.failed(in)
		}
	}()
	reply, err := h.cfg.Answer.Reply(ctx, m)
	if err != nil {
		h.cfg.Log.Error("wechat answer failed", "msg", MessageID(ctx), "err", err)
		return h.failed(in)
	}
	switch {
	case reply.Kind == bot.Silence || reply.Text == "" && !reply.Handoff:
		return outcome{label: string(bot.Silence)}
	case reply.Handoff:
		// A passive reply either speaks or hands over. Handing over is what cannot be done in any other way, so it goes
		// here, and the words follow by customer-service message: at worst the person on duty greets without them. (An
		// answer that is late can only speak.)
		return outcome{passive: h.passive(in, ReplyTransfer, ""), text: reply.Text, beside: reply.Text, label: string(reply.Kind)}
	}
	return outcome{passive: h.passive(in, ReplyText, reply.Text), text: reply.Text, label: string(reply.Kind)}
}

// panicText keeps what the runtime says of a panic. Any other value may hold what a resident wrote.
func panicText(p any) string {
	if e, ok := p.(runtime.Error); ok {
		return e.Error()
	}
	return fmt.Sprintf("%T", p)
}

// failed is what a resident hears when the answer broke; who left hears nothing.
func (h *Webhook) failed(in *inbound) outcome {
	if in.Event == "unsubscribe" || in.Event == "user_authorization_cancellation" {
		return outcome{label: OutcomeFailed}
	}
	return outcome{passive: h.passive(in, ReplyText, h.cfg.Apology), text: h.cfg.Apology, label: OutcomeFailed}
}

func (h *Webhook) passive(in *inbound, msgType, text string) string {
	return string(Passive{
		ToUserName: in.FromUserName, FromUserName: in.ToUserName,
		CreateTime: h.cfg.Now().Unix(), MsgType: msgType, Content: text,
	}.XML())
}

// claim leases the message for a little longer than it may take: if this process dies, a retry 5 s after finds it free.
func (h *Webhook) claim(ctx context.Context, key string) (prior string, done, won bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWait)
	defer cancel()
	return h.cfg.First.Claim(ctx, key, h.cfg.Deadline+2*storeWait)
}

// complete records the reply for as long as the same signed request passes the clock: it may be signed a window ahead of
// our clock and passes until a window behind.
func (h *Webhook) complete(ctx context.Context, key, reply string) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWait)
	defer cancel()
	standing, err := h.cfg.First.Complete(ctx, key, reply, 2*h.cfg.Window+time.Minute)
	if err != nil {
		h.alarm(ctx, err)
		return reply
	}
	return standing
}

func (h *Webhook) alarm(ctx context.Context, err error) {
	if held, ok := h.quiet.allow("first replies", h.cfg.Now()); ok {
		h.cfg.Log.LogAttrs(ctx, slog.LevelError, "first replies unreachable: retried messages may be answered twice",
			slog.String("msg", MessageID(ctx)), slog.Any("err", err), slog.Int("held_back", held))
	}
}

// sendLater sends, in the background, the text that wait returns; nothing when it is empty. It is false when too much is
// under way, or Shutdown began.
func (h *Webhook) sendLater(ctx context.Context, openid string, wait func() string) bool {
	select {
	case h.late <- struct{}{}:
	default:
		h.cfg.Log.Error("wechat late answer dropped", "msg", MessageID(ctx), "limit", h.cfg.MaxLate)
		return false
	}
	start := h.cfg.Now()
	go func() {
		defer func() { <-h.late }()
		text := wait()
		if text == "" {
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.cfg.AnswerLimit)
		defer cancel()
		label := OutcomeSent
		if err := h.send(ctx, openid, text); err != nil {
			label = OutcomeFailed
			h.cfg.Log.Error("wechat late answer not sent", "msg", MessageID(ctx), "err", err)
		}
		h.cfg.Observe("late", label, h.cfg.Now().Sub(start))
	}()
	return true
}

// send tries again what certainly was not sent.
func (h *Webhook) send(ctx context.Context, openid, text string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("sender panicked:\n%s", debug.Stack())
		}
	}()
	tries, pause := 0, retry.Doubling(sendPause, sendTries*sendPause)
	return retry.Do(ctx, func() (time.Duration, error) {
		tries++
		err := h.cfg.Send.SendText(ctx, openid, text)
		if e, ok := errors.AsType[*Error](err); !ok || e.Class != Retry || tries == sendTries {
			return 0, err
		}
		return pause(), err
	})
}

// Shutdown waits until every late answer is on its way; new ones are dropped. Call it after the HTTP server's own
// Shutdown. It returns ctx's error when that ends first.
func (h *Webhook) Shutdown(ctx context.Context) error {
	for range cap(h.late) {
		select {
		case h.late <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
