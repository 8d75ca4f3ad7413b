package wechat

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"runtime/debug"
	"strconv"
	"time"

	"towncrier/bot"
)

const (
	// storeWait bounds one call to FirstReplies: an outage may cost a message its memory, never its answer.
	storeWait = 500 * time.Millisecond
	// settleGrace is how long after its own deadline a retry still waits for the first arrival, which may be writing down
	// that it is late.
	settleGrace = 250 * time.Millisecond
	// pollEvery is how often a retry looks whether the first arrival has its answer.
	pollEvery = 50 * time.Millisecond
)

// outcome is what running a message gave: the passive reply ("" for `success`), and what to say beside it by
// customer-service message.
type outcome struct {
	passive string // XML
	text    string // the words in passive; what is sent if it comes too late
	beside  string // said by customer-service message although passive is in time
	label   string
}

// answers answers messages, each once.
type answers struct {
	cfg   *Config
	late  *lateAnswers
	quiet *quiet
}

// answer gives the plaintext of the reply to an authentic message, "" for `success`, before the deadline. It is not taken
// when the platform had better push it again.
func (s *answers) answer(ctx context.Context, in *inbound, start time.Time) (reply string, taken bool) {
	key := s.key(in)
	ctx = context.WithValue(ctx, messageIDKey{}, key[:12])
	left := s.cfg.Deadline - s.cfg.Now().Sub(start) // what reading the request took is gone
	m, forBot := in.Message()
	m.ID = key
	switch {
	case in.handedOn():
		label := s.cfg.Events.handOn(ctx, in, left, s.cfg.Log)
		s.observe(ctx, key, "event", label, start)
		return "", label != OutcomeRefused
	case !forBot:
		s.observe(ctx, key, "event", OutcomeAcknowledged, start)
		return "", true
	}
	ctx = s.cfg.First.Begin(ctx, m.From)
	deadline, giveUp := time.NewTimer(left), time.NewTimer(left+settleGrace)
	defer deadline.Stop()
	defer giveUp.Stop()
	reply, label := s.first(ctx, key, in, m, deadline.C, giveUp.C)
	s.observe(ctx, key, string(m.Kind), label, start)
	return reply, true
}

func (s *answers) observe(ctx context.Context, key, kind, label string, start time.Time) {
	took := s.cfg.Now().Sub(start)
	s.cfg.Observe(kind, label, took)
	level := slog.LevelInfo
	if label == OutcomeAcknowledged {
		level = slog.LevelDebug // a broadcast brings one for every recipient; the metrics count them
	}
	s.cfg.Log.LogAttrs(ctx, level, "wechat message", slog.String("msg", key[:12]), slog.String("kind", kind),
		slog.String("outcome", label), slog.Duration("took", took))
}

// first runs the message unless it was run before, here or in another process.
func (s *answers) first(ctx context.Context, key string, in *inbound, m bot.Message, deadline, giveUp <-chan time.Time) (string, string) {
	for {
		prior, done, won, err := s.claim(ctx, key)
		if err != nil {
			s.alarm(ctx, err)
			won = true // better answered twice than not at all
		}
		if done {
			return prior, OutcomeRepeat
		}
		if won {
			return s.run(ctx, key, in, m, deadline)
		}
		select {
		case <-ctx.Done():
			return "", OutcomeRepeat
		case <-giveUp:
			// The first arrival came earlier, has the same deadline, and would have settled the message: it died. This
			// arrival's deadline is over too, so the answer goes by customer-service message.
			return s.run(ctx, key, in, m, deadline)
		case <-time.After(pollEvery):
		}
	}
}

// run answers the message, in time or late.
func (s *answers) run(ctx context.Context, key string, in *inbound, m bot.Message, deadline <-chan time.Time) (string, string) {
	// A platform that hangs up asks again, and must then find the answer: the run outlives the request.
	running, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.AnswerLimit)
	result := make(chan outcome, 1)
	go func() { result <- s.outcome(running, in, m) }()

	select {
	case out := <-result:
		cancel()
		standing := s.complete(ctx, key, out.passive)
		if out.beside != "" && standing == out.passive {
			s.late.sendLater(ctx, m.From, func() string { return out.beside })
		}
		return standing, out.label
	case <-deadline:
	}
	// From here on `success` is this message's first reply: a retry must not fetch as a passive reply what is about to be
	// sent by customer-service message.
	if standing := s.complete(ctx, key, ""); standing != "" {
		cancel()
		return standing, OutcomeRepeat
	}
	sent := s.late.sendLater(ctx, m.From, func() string {
		defer cancel()
		select {
		case out := <-result:
			return out.text
		case <-running.Done():
			return s.failed(in).text
		}
	})
	if !sent {
		cancel()
		return "", OutcomeDropped
	}
	return "", OutcomeLate
}

// outcome asks the bot. It never panics.
func (s *answers) outcome(ctx context.Context, in *inbound, m bot.Message) (out outcome) {
	defer func() {
		if p := recover(); p != nil {
			s.cfg.Log.Error("wechat answer panicked", "msg", MessageID(ctx), "panic", panicText(p), "stack", string(debug.Stack()))
			out = s.failed(in)
		}
	}()
	reply, err := s.cfg.Answer.Reply(ctx, m)
	if err != nil {
		s.cfg.Log.Error("wechat answer failed", "msg", MessageID(ctx), "err", err)
		return s.failed(in)
	}
	switch {
	case reply.Kind == bot.Silence || reply.Text == "" && !reply.Handoff:
		return outcome{label: string(bot.Silence)}
	case reply.Handoff:
		// A passive reply either speaks or hands over. Handing over is what cannot be done in any other way, so it goes
		// here, and the words follow by customer-service message: at worst the person on duty greets without them. (An
		// answer that is late can only speak.)
		return outcome{passive: s.passive(in, ReplyTransfer, ""), text: reply.Text, beside: reply.Text, label: string(reply.Kind)}
	}
	return outcome{passive: s.passive(in, ReplyText, reply.Text), text: reply.Text, label: string(reply.Kind)}
}

// failed is what a resident hears when the answer broke. A resident who left hears nothing.
func (s *answers) failed(in *inbound) outcome {
	if in.Event == "unsubscribe" || in.Event == "user_authorization_cancellation" {
		return outcome{label: OutcomeFailed}
	}
	return outcome{passive: s.passive(in, ReplyText, s.cfg.Apology), text: s.cfg.Apology, label: OutcomeFailed}
}

func (s *answers) passive(in *inbound, msgType, text string) string {
	return string(Passive{
		ToUserName: in.FromUserName, FromUserName: in.ToUserName,
		CreateTime: s.cfg.Now().Unix(), MsgType: msgType, Content: text,
	}.XML())
}

// claim leases the message for a little longer than it may take: if this process dies, a retry 5 s after finds it free.
func (s *answers) claim(ctx context.Context, key string) (prior string, done, won bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWait)
	defer cancel()
	return s.cfg.First.Claim(ctx, key, s.cfg.Deadline+2*storeWait)
}

// complete records the reply for as long as the same signed request passes the clock: it may be signed a window ahead of
// our clock and passes until a window behind.
func (s *answers) complete(ctx context.Context, key, reply string) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWait)
	defer cancel()
	standing, err := s.cfg.First.Complete(ctx, key, reply, 2*s.cfg.Window+time.Minute)
	if err != nil {
		s.alarm(ctx, err)
		return reply
	}
	return standing
}

func (s *answers) alarm(ctx context.Context, err error) {
	if held, ok := s.quiet.allow("first replies", s.cfg.Now()); ok {
		s.cfg.Log.LogAttrs(ctx, slog.LevelError, "first replies unreachable: retried messages may be answered twice",
			slog.String("msg", MessageID(ctx)), slog.Any("err", err), slog.Int("held_back", held))
	}
}

// key identifies a message whatever its query parameters: by its MsgId. Events have none, and are told apart by sender,
// second, event and event key; a message without a readable MsgId by what was written.
func (s *answers) key(in *inbound) string {
	mac := hmac.New(sha256.New, []byte(s.cfg.Crypto.token))
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
