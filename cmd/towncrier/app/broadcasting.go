package app

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/aliyun"
	"towncrier/broadcast"
	"towncrier/city"
	"towncrier/cmd/towncrier/config"
	"towncrier/content"
	"towncrier/kv"
	"towncrier/roster"
	"towncrier/seal"
	"towncrier/store"
	"towncrier/wechat"
	"towncrier/worker"
)

// broadcasting is all that has to do with broadcasts: what officials direct, and what moves it on.
type broadcasting struct {
	ledger  *store.Broadcasts
	service *broadcast.Service
	engine  *broadcast.Engine
	live    *city.Live
	people  *roster.Roster
	texts   *store.SMS
}

// newBroadcasting has providers for WeChat's two channels and, with an account, for SMS.
func newBroadcasting(cfg config.Config, live *city.Live, revisions city.Revisions, db *store.DB, redis redis.UniversalClient, client *wechat.Client, smsClient *aliyun.Client,
	sealer *seal.Sealer, people *roster.Roster, log *slog.Logger) (*broadcasting, error) {
	providers := map[broadcast.Channel]broadcast.Provider{}
	rates := map[broadcast.Channel]int{}
	breakers := map[broadcast.Channel]*broadcast.Breaker{}
	breaker := func(provider string, width int) *broadcast.Breaker {
		return broadcast.NewBreaker(broadcast.BreakerConfig{Provider: provider, Width: width, Cooldown: cfg.Broadcast.Rest, Now: time.Now, Log: log})
	}
	platform := breaker("wechat", cfg.WeChat.Concurrency)
	for _, channel := range []broadcast.Channel{broadcast.Subscription, broadcast.Template} {
		c, err := wechat.NewProvider(client, channel, cfg.WeChat.Concurrency, time.Now)
		if err != nil {
			return nil, err
		}
		providers[channel], rates[channel], breakers[channel] = c, cfg.WeChat.Rate, platform
	}
	if smsClient != nil {
		c, err := aliyun.NewProvider(smsClient, cfg.SMS.Calls, time.Now)
		if err != nil {
			return nil, err
		}
		providers[broadcast.SMS], rates[broadcast.SMS], breakers[broadcast.SMS] = c, cfg.SMS.Rate, breaker("sms", cfg.SMS.Calls)
	}
	for channel, rate := range rates {
		if rate == 0 {
			delete(rates, channel)
		}
	}
	pace, err := kv.NewRateLimiter(redis, rates, log)
	if err != nil {
		return nil, err
	}
	b := &broadcasting{ledger: db.Broadcasts(), live: live, people: people, texts: db.SMS()}
	b.service = broadcast.NewService(broadcast.Config{
		Store: b.ledger, Content: func() *content.Library { return live.Current().Library }, InForce: inForce(live, revisions), Providers: providers, Resident: people.Get, Now: time.Now,
		Unprinted: unprinted(live.Current), Meaning: codeInfo, Outage: func(c broadcast.Channel) broadcast.Outage { return breakers[c].Outage() },
		Audiences: kv.NewAudiences(redis, sealer),
		Sign:      cfg.SMS.Sign, Price: int64(cfg.SMS.Price), Overdue: cfg.Broadcast.Overdue, Cap: cfg.Broadcast.Cap,
		Approvals: cfg.Broadcast.Approvals, TwoAbove: cfg.Broadcast.TwoAbove,
		Tolerance: float64(cfg.Broadcast.Tolerance) / 100,
	})
	b.engine = broadcast.NewEngine(broadcast.EngineConfig{
		Service: b.service, Store: b.ledger, Providers: providers, Queue: worker.NewChunkQueue(redis), Rates: pace, Log: log, Meet: people.Meet,
		AskAgain: cfg.Broadcast.AskAgain, Lease: cfg.Broadcast.Lease, Breakers: breakers,
	})
	return b, nil
}

func inForce(live *city.Live, revisions city.Revisions) func(context.Context) (broadcast.InForce, error) {
	return func(ctx context.Context) (in broadcast.InForce, err error) {
		c, made, err := live.InForce(ctx, revisions)
		if err != nil {
			return in, err
		}
		return broadcast.InForce{Library: c.Library, Unprinted: unprinted(func() *city.City { return c }), Since: made}, nil
	}
}

// unprinted holds what officials write to what prepared drafts are held to.
func unprinted(current func() *city.City) func([]broadcast.Cite, broadcast.Message) []broadcast.Unprinted {
	return func(cites []broadcast.Cite, m broadcast.Message) (all []broadcast.Unprinted) {
		now := current()
		of := make([]content.Citation, len(cites))
		for i, c := range cites {
			of[i] = content.Citation(c)
		}
		if t := now.Library.Templates[m.Template]; t != nil {
			for _, u := range now.Unprinted(of, t, m.Data) {
				all = append(all, broadcast.Unprinted{Text: u.Text, Variable: u.Var})
			}
		}
		return all
	}
}

// codeInfo is what a provider's code says.
func codeInfo(c broadcast.Channel, code string) broadcast.CodeInfo {
	if c == broadcast.SMS {
		return aliyun.CodeInfo(code)
	}
	return wechat.CodeInfo(code)
}

// events hands the engine what WeChat reports of its own accord.
func (b *broadcasting) events() wechat.Events {
	result := func(channel broadcast.Channel) func(context.Context, wechat.NoticeResult) error {
		return func(ctx context.Context, r wechat.NoticeResult) error {
			return b.engine.NoticeResult(ctx, channel, r.MsgID, r.OpenID, r.Delivered, r.Code)
		}
	}
	return wechat.Events{
		TemplateResult:     result(broadcast.Template),
		SubscriptionResult: result(broadcast.Subscription),
		Consent: func(ctx context.Context, c wechat.Consent) error {
			return b.engine.SubscriptionConsent(ctx, c.OpenID, c.TemplateID, c.Accept)
		},
	}
}

// Sent is what was sent to a resident, broadcasts and other texts, the newest first; it is a roster.Texts.
func (b *broadcasting) Sent(ctx context.Context, resident string, limit int) ([]roster.Sent, error) {
	all, err := b.texts.Sent(ctx, resident, limit)
	if err != nil {
		return nil, err
	}
	deliveries, err := b.ledger.DeliveriesTo(ctx, resident, limit)
	if err != nil {
		return nil, err
	}
	for _, d := range deliveries {
		one, err := b.sentOf(ctx, d)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(x, y roster.Sent) int { return y.At.Compare(x.At) })
	return all[:min(len(all), limit)], nil
}

// sentOf is a delivery as its resident may read it.
func (b *broadcasting) sentOf(ctx context.Context, d broadcast.Delivery) (roster.Sent, error) {
	of, err := b.ledger.Get(ctx, d.Broadcast)
	if err != nil {
		return roster.Sent{}, err
	}
	one := roster.Sent{At: d.SentAt, Channel: roster.WeChat, What: "通知", By: b.live.Current().Library.City.Name, Why: "您同意接收通知", State: d.State.Label()}
	if d.Channel == broadcast.SMS {
		one.Channel = roster.SMS
	}
	if one.At.IsZero() {
		one.At = d.UpdatedAt
	}
	for _, t := range b.live.Current().Library.City.Topics {
		if t.ID == of.Topic {
			one.What = "通知“" + t.Name + "”"
		}
	}
	if of.Emergency {
		one.Why = "这是紧急通知"
	}
	if of.Committee != "" {
		if c, err := b.people.Committee(ctx, of.Committee); err == nil {
			one.By = c.Name
		}
	}
	return one, nil
}
