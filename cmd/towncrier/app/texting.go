package app

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/alarm"
	"towncrier/aliyun"
	"towncrier/api"
	"towncrier/bot"
	"towncrier/cmd/towncrier/config"
	"towncrier/inbox"
	"towncrier/kv"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/seal"
	"towncrier/sms"
	"towncrier/staff"
	"towncrier/store"
	"towncrier/worker"
)

// texting is all that has to do with SMS. Without an account it still handles what came back earlier, and sends nothing.
type texting struct {
	outbox    *sms.Outbox
	codes     *roster.Codes
	callbacks *aliyun.Callbacks // nil when SMS is off
}

// openSMS is the client of Alibaba Cloud SMS, nil without an account.
func openSMS(cfg config.SMSConfig, log *slog.Logger) (*aliyun.Client, error) {
	if !cfg.On() {
		log.Info("SMS is off: no TOWNCRIER_SMS_* is set; residents cannot bind a phone number")
		return nil, nil
	}
	return aliyun.New(aliyun.Config{
		AccessKeyID: cfg.AccessKeyID, AccessKeySecret: cfg.AccessKeySecret, Sign: cfg.Sign, Endpoint: cfg.Endpoint,
		ConnectTimeout: cfg.ConnectTimeout, Timeout: cfg.Timeout, Concurrency: cfg.Concurrency,
	})
}

func newTexting(cfg config.SMSConfig, client *aliyun.Client, db *store.DB, redis redis.UniversalClient, sealer *seal.Sealer, people *roster.Roster,
	tickets *inbox.Inbox, alarms *alarm.Alarms, others sms.ReceiptSink, tell roster.Teller, m *metrics, log *slog.Logger) (t texting, err error) {
	var sender sms.Sender // a nil client in it would not be nil
	if client != nil {
		sender = m.countingTexts(client)
	}
	t.outbox = sms.New(sms.Config{Store: db.SMS(), Sender: sender, Stops: people, Replies: replies{tickets, log}, Alarms: alarms, OtherReceipts: others, Now: time.Now, Log: log})
	t.codes = roster.NewCodes(roster.CodesConfig{
		Store: kv.NewCodes(redis, sealer), Queue: worker.NewCodeQueue(redis), Texts: t.outbox, Tell: residentsOnly{tell},
		Stops: people, Alarms: alarms, AMinute: cfg.CodesAMinute, ADay: cfg.CodesADay,
		Template: cfg.CodeTemplate, Enabled: cfg.On(), Now: time.Now,
	})
	if !cfg.On() {
		return t, nil
	}
	t.callbacks, err = aliyun.NewCallbacks(aliyun.CallbackConfig{Key: cfg.CallbackKey, Previous: cfg.CallbackPrevious, Sink: t.outbox, Log: log, Observe: m.observeCallback})
	return t, err
}

// fromNetworks serves only clients in networks, all when there are none; to others the path does not exist. proxies are those
// in front, whose X-Forwarded-For is believed.
func fromNetworks(networks, proxies []netip.Prefix, serve http.Handler, log *slog.Logger) http.Handler {
	if len(networks) == 0 {
		return serve
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client, ok := api.ClientAddress(r, proxies)
		if !ok || !api.Within(client, networks) {
			log.WarnContext(r.Context(), "sms push refused: its address is not in TOWNCRIER_SMS_CALLBACK_NETWORKS", "address", client.String())
			http.NotFound(w, r)
			return
		}
		serve.ServeHTTP(w, r)
	})
}

// accessTexts tells staff by SMS that their access changed, so that a person who did not do it themselves hears of it. It is a
// staff.Notifier.
type accessTexts struct {
	outbox   *sms.Outbox
	template string
}

// AccessChanged implements staff.Notifier. A text that the provider refuses for now is not sent again.
func (a accessTexts) AccessChanged(ctx context.Context, number phone.Number) error {
	_, err := a.outbox.Send(ctx, sms.Access, sms.Text{To: number, Template: a.template, OutID: "A-" + strings.ToLower(rand.Text())})
	return err
}

// notices is nil when nobody can be told.
func (t texting) notices(cfg config.SMSConfig) staff.Notifier {
	if !cfg.On() || cfg.StaffTemplate == "" {
		return nil
	}
	return accessTexts{t.outbox, cfg.StaffTemplate}
}

// residentsOnly tells residents that a code could not be sent. Codes for staff name no openid: the person sees that none comes.
type residentsOnly struct{ tell roster.Teller }

func (r residentsOnly) Tell(ctx context.Context, to, text string) error {
	if strings.HasPrefix(to, staff.CodeOwner) {
		return nil
	}
	return r.tell.Tell(ctx, to, text)
}

// replies hands what people reply by SMS to the inbox.
type replies struct {
	to  *inbox.Inbox
	log *slog.Logger
}

func (r replies) TakeReply(ctx context.Context, id string, reply sms.Reply) error {
	_, err := r.to.FileReply(ctx, inbox.SMSReply{From: reply.Phone, Text: reply.Content, At: reply.At, Message: id})
	if _, many := errors.AsType[*inbox.TooMany](err); many {
		r.log.WarnContext(ctx, "a reply by SMS is not in the inbox: its number sent too many", "inbound", id)
		return nil
	}
	return err
}

// binding is nil when SMS is off: residents are told at once, not after they consented and typed their number.
func (t texting) binding() bot.Codes {
	if t.callbacks == nil {
		return nil
	}
	return t.codes
}

// countingTexts counts what the provider said to each text.
func (m *metrics) countingTexts(to sms.Sender) sms.Sender { return countedTexts{to, m} }

type countedTexts struct {
	to sms.Sender
	m  *metrics
}

func (c countedTexts) Send(ctx context.Context, t sms.Text) (string, error) {
	handle, err := c.to.Send(ctx, t)
	c.m.texts.WithLabelValues(outcomeOf(err)).Inc()
	return handle, err
}
