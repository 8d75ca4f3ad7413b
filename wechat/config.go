package wechat

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"towncrier/bot"
)

// Answerer is what stands behind the webhook: bot.Bot.
type Answerer interface {
	Reply(ctx context.Context, m bot.Message) (bot.Reply, error)
}

// Sender reaches a resident by customer-service message: Client.
type Sender interface {
	SendText(ctx context.Context, openid, text string) error
}

// FirstReplies remembers what each message was answered, for every process that serves the account. Keys hold no
// personal data. The first result that is recorded stands. Implementations are safe for concurrent use.
type FirstReplies interface {
	// Begin returns the context for the calls about one message of a resident, and for its answer: what the store knows
	// of the message may travel in it. It waits for nothing.
	Begin(ctx context.Context, from string) context.Context
	// Claim tells what is known of a message. done: it was answered with prior. won: it is the caller's to answer; nobody
	// else wins before lease is over. Neither: another caller is at it, ask again.
	Claim(ctx context.Context, key string, lease time.Duration) (prior string, done, won bool, err error)
	// Complete records a reply for keep, unless one is recorded already, and returns the one that stands.
	Complete(ctx context.Context, key, reply string, keep time.Duration) (stands string, err error)
}

// Config is what a Webhook needs. Crypto, Answer, First, Send and Log are required.
type Config struct {
	Crypto *Crypto
	Answer Answerer
	First  FirstReplies
	Send   Sender
	Log    *slog.Logger

	// Events is told what residents do not wait for. A hook that fails runs again until Deadline, and then the platform is
	// left without an answer, so that it pushes the event again.
	Events Events
	// Observe counts and times every request. kind is a bot.Kind, "event", "verify" or "refused", and "late" for
	// answers by customer-service message; outcome is a bot.ReplyKind or one of the Outcome constants. May be nil.
	Observe func(kind, outcome string, d time.Duration)
	Now     func() time.Time // time.Now when nil

	// Window is how far a request's timestamp may lie from our clock, either way. 0 means 5 minutes: wide enough for a
	// badly kept clock and the platform's retries, narrow enough that a captured request soon is worthless.
	Window time.Duration
	// Deadline is when the platform is answered `success` if the reply is not ready. 0 means 4.2 s: it gives up after 5,
	// and the network needs its share.
	Deadline time.Duration
	// AnswerLimit ends an answer that is not ready long after its deadline. 0 means 30 s.
	AnswerLimit time.Duration
	// MaxLate bounds the answers that may be on their way by customer-service message. 0 means 64.
	MaxLate int
	// Apology is said when an answer fails. It should ask the resident to write again.
	Apology string
}

// Outcomes that Observe reports beside the bot's own kinds of reply.
const (
	OutcomeAcknowledged = "acknowledged" // an event that nobody answers
	OutcomeFailed       = "failed"       // the answer failed: the apology was said; of an event: it could not be read
	OutcomeLate         = "late"         // acknowledged; the answer follows by customer-service message
	OutcomeDropped      = "dropped"      // acknowledged; too many late answers were under way
	OutcomeRepeat       = "repeat"       // the platform's retry, given the first reply again
	OutcomeRefused      = "refused"      // answered 4xx; of an event: left without an answer, since its hook fails
	OutcomeVerified     = "verified"     // the console's check of the URL
	OutcomeSent         = "sent"         // kind "late": the answer went by customer-service message
)

// NoticeResult is the end of a template message or subscription notification that the platform accepted. It may come twice,
// late, or before the call was answered.
type NoticeResult struct {
	MsgID     int64
	OpenID    string // personal data
	Delivered bool
	// Code is why not, in a form to count by: "user block", "system failed", "freq limit", or an ErrorCode of a subscription's.
	Code string
}

// Consent is what a resident decided about a subscription template.
type Consent struct {
	OpenID     string // personal data
	TemplateID string
	Accept     bool
}

// Events are called with what the platform reports of its own accord; those that are nil are left out. An error makes the
// platform push again, so hooks may see an event twice and must not mind. They are called in the webhook's request and should return within a second.
type Events struct {
	TemplateResult     func(ctx context.Context, r NoticeResult) error
	SubscriptionResult func(ctx context.Context, r NoticeResult) error
	Consent            func(ctx context.Context, c Consent) error
}

const defaultApology = "抱歉，刚才没能处理您的消息，请稍后再发一次。"

// complete checks a Config and fills in its defaults.
func (c *Config) complete() error {
	if c.Crypto == nil || c.Answer == nil || c.First == nil || c.Send == nil || c.Log == nil {
		return errors.New("webhook needs Crypto, Answer, First, Send and Log")
	}
	if c.Observe == nil {
		c.Observe = func(string, string, time.Duration) {}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Window, c.Deadline = cmp.Or(max(c.Window, 0), 5*time.Minute), cmp.Or(max(c.Deadline, 0), 4200*time.Millisecond)
	c.AnswerLimit, c.MaxLate = cmp.Or(max(c.AnswerLimit, 0), 30*time.Second), cmp.Or(max(c.MaxLate, 0), 64)
	c.Apology = cmp.Or(c.Apology, defaultApology)
	return nil
}
