package app

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"towncrier/alarm"
	"towncrier/aliyun"
	"towncrier/bot"
	"towncrier/broadcast"
	"towncrier/city"
	"towncrier/sms"
	"towncrier/wechat"
)

// metrics is what /metrics shows. No label holds anything that a resident typed or is called.
type metrics struct {
	registry *prometheus.Registry
	messages *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	replies  *prometheus.CounterVec
	reloads  *prometheus.CounterVec
	content  prometheus.Gauge
	texts    *prometheus.CounterVec
	pushes   *prometheus.CounterVec
	pushed   *prometheus.HistogramVec
	alarms   *prometheus.CounterVec
	refused  *prometheus.CounterVec
	requests *prometheus.CounterVec
	checks   *prometheus.GaugeVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "towncrier_webhook_messages_total",
			Help: "Webhook requests from the platform, by kind of message and outcome.",
		}, []string{"kind", "outcome"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "towncrier_webhook_seconds",
			Help: "Time from a webhook request to its answer; the platform waits five seconds.",
			// 0.25 ms is a usual answer; 5 s is when the platform gives up.
			Buckets: []float64{.00025, .0005, .001, .0025, .005, .01, .05, .1, .5, 1, 2.5, 5},
		}, []string{"kind"}),
		replies: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "towncrier_replies_total",
			Help: "Replies of the dialogue, by kind and topic.",
		}, []string{"kind", "topic"}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "towncrier_content_reloads_total",
			Help: "Edits of the content folder, taken or refused.",
		}, []string{"outcome"}),
		content: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "towncrier_content_refused",
			Help: "Whether the content folder holds an edit that was refused while older content answers: 1 or 0.",
		}),
		texts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "towncrier_sms_texts_total",
			Help: "SMS given to the provider, by what it said: accepted, or the class of the failure.",
		}, []string{"outcome"}),
		pushes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "towncrier_sms_callbacks_total",
			Help: "Pushes of SMS receipts and replies, by kind and outcome.",
		}, []string{"kind", "outcome"}),
		pushed: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "towncrier_sms_callback_seconds",
			Help:    "Time from a push of receipts or replies to its acknowledgement; the provider waits 0.7 seconds.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, .7, 1},
		}, []string{"kind"}),
		alarms: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "towncrier_alarms_total",
			Help: "Alarms raised for admins, by kind; the API lists them under /api/v1/alarms.",
		}, []string{"kind"}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "towncrier_api_requests_total",
			Help: "Requests of the API, by operation (none for a path that is no operation's) and HTTP status.",
		}, []string{"operation", "status"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "towncrier_connections_refused_total",
			Help: "Connections that were refused, or closed while idle, because of too many: in all, or from one address.",
		}, []string{"limit"}),
		checks: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "towncrier_check_failed",
			Help: "Whether a check of what serving rests on found something wrong when it looked last: 1 or 0. The log says what, and what to do about it; so does `towncrier doctor`.",
		}, []string{"check"}),
	}
	m.registry.MustRegister(m.messages, m.latency, m.replies, m.reloads, m.content, m.texts, m.pushes, m.pushed, m.alarms, m.refused, m.requests, m.checks,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.startAtZero()
	return m
}

// startAtZero shows what alerts count before it happens for the first time: a counter that begins at 1 has not grown.
func (m *metrics) startAtZero() {
	for _, kind := range alarm.Kinds {
		m.alarms.WithLabelValues(string(kind))
	}
	for _, outcome := range []string{reloadTaken, reloadRefused} {
		m.reloads.WithLabelValues(outcome)
	}
	for _, limit := range []string{limitAll, limitAddress} {
		m.refused.WithLabelValues(limit)
	}
	m.texts.WithLabelValues(textAccepted)
	for _, class := range sms.Classes {
		m.texts.WithLabelValues(string(class))
	}
	for _, kind := range []string{"report", "reply"} {
		m.pushed.WithLabelValues(kind)
		for _, outcome := range []string{aliyun.OutcomeStored, aliyun.OutcomeFailed, aliyun.OutcomeLate, aliyun.OutcomeRefused, aliyun.OutcomeWrongKey} {
			m.pushes.WithLabelValues(kind, outcome)
		}
	}
	m.messages.WithLabelValues("refused", wechat.OutcomeRefused)
	m.latency.WithLabelValues(string(bot.Text))
	for _, outcome := range []string{wechat.OutcomeFailed, wechat.OutcomeLate, wechat.OutcomeDropped} {
		m.messages.WithLabelValues(string(bot.Text), outcome)
	}
	m.replies.WithLabelValues(string(bot.Declined), "")
}

// Values of labels.
const (
	reloadTaken   = "taken"
	reloadRefused = "refused"
	textAccepted  = "accepted"
)

// refuseConnection counts one connection that there was no room for.
func (m *metrics) refuseConnection(limit string) { m.refused.WithLabelValues(limit).Inc() }

// observeWebhook counts one webhook request.
func (m *metrics) observeWebhook(kind, outcome string, d time.Duration) {
	m.messages.WithLabelValues(kind, outcome).Inc()
	m.latency.WithLabelValues(kind).Observe(d.Seconds())
}

// observeCallback counts one push of SMS receipts or replies.
func (m *metrics) observeCallback(kind string, took time.Duration, outcome string) {
	m.pushes.WithLabelValues(kind, outcome).Inc()
	m.pushed.WithLabelValues(kind).Observe(took.Seconds())
}

// observeCheck keeps what a check found.
func (m *metrics) observeCheck(name string, wrong bool) {
	failed := 0.0
	if wrong {
		failed = 1
	}
	m.checks.WithLabelValues(name).Set(failed)
}

// observeAlarm counts one alarm.
func (m *metrics) observeAlarm(kind alarm.Kind) { m.alarms.WithLabelValues(string(kind)).Inc() }

// outcomeOf is a label for the outcome of a text.
func outcomeOf(err error) string {
	if err == nil {
		return textAccepted
	}
	if fault, ok := errors.AsType[*sms.Error](err); ok {
		return string(fault.Class)
	}
	return string(sms.InDoubt)
}

// watchContent exports which revision of the content answers, and which newer one is refused.
func (m *metrics) watchContent(live *city.Live) {
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "towncrier_content_revision",
			Help: "The revision of the content that answers here; 0 while it is the folder. It is the same on every server within two seconds.",
		}, func() float64 { return float64(live.Revision()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "towncrier_content_revision_refused",
			Help: "The newest revision of the content when this program does not take it, and an older one answers; else 0.",
		}, func() float64 { return float64(live.Refused()) }))
}

// observeReload counts one change of the content folder.
func (m *metrics) observeReload(taken bool) {
	if taken {
		m.reloads.WithLabelValues(reloadTaken).Inc()
		m.content.Set(0)
		return
	}
	m.reloads.WithLabelValues(reloadRefused).Inc()
	m.content.Set(1)
}

// watchHealth exports the parts' health and the queues' depths; each scrape asks them anew, for at most a second.
func (m *metrics) watchHealth(health *health, depths func(context.Context) (map[string]int, error)) {
	m.registry.MustRegister(&healthCollector{
		health: health,
		depths: depths,
		up: prometheus.NewDesc("towncrier_up",
			"Whether a part can do its work, or what it rests on works: 1 or 0.", []string{"part"}, nil),
		state: prometheus.NewDesc("towncrier_part_state",
			"In which state a part, or what it rests on, is: 1 for ok, down, full or read-only, 0 for the others.", []string{"part", "state"}, nil),
		depth: prometheus.NewDesc("towncrier_queue_tasks",
			"Tasks that wait in a queue.", []string{"queue"}, nil),
	})
}

// watchOutages exports how the providers of broadcasts stand.
func (m *metrics) watchOutages(breakers map[broadcast.Channel]*broadcast.Breaker) {
	for channel, breaker := range breakers {
		labels := prometheus.Labels{"channel": string(channel)}
		gauge := func(name, help string, value func(broadcast.Outage) float64) {
			m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels},
				func() float64 { return value(breaker.Outage()) }))
		}
		gauge("towncrier_channel_outage", "Whether a channel stands still because its provider's answers leave messages in doubt: 1 or 0.",
			func(o broadcast.Outage) float64 {
				if o.Open {
					return 1
				}
				return 0
			})
		gauge("towncrier_channel_doubts", "Calls that ended in doubt since the provider's last good answer.",
			func(o broadcast.Outage) float64 { return float64(o.Doubts) })
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "towncrier_channel_outages_total",
			Help: "How often a channel was stopped because its provider's answers left messages in doubt.", ConstLabels: labels},
			func() float64 { return float64(breaker.Outage().Outages) }))
	}
}

// watchSpeeds exports how fast messages may go, and how fast they can.
func (m *metrics) watchSpeeds(engine *broadcast.Engine) {
	for channel := range engine.Providers {
		gauge := func(name, help string, value func(broadcast.Speed) float64) {
			m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: prometheus.Labels{"channel": string(channel)}},
				func() float64 { return value(engine.Speed(channel)) }))
		}
		gauge("towncrier_channel_rate", "Messages a second that may go on a channel, over all processes: 0 is without limit.",
			func(s broadcast.Speed) float64 { return float64(s.Rate) })
		gauge("towncrier_channel_reachable", "Messages a second that this process can send on a channel: what the calls that may be under way at once carry, at the provider's last answers; 0 before the first. When the sum over processes is below towncrier_channel_rate, the rate cannot be reached.",
			func(s broadcast.Speed) float64 { return s.Reachable })
	}
}

// watchClock exports how far this server's clock is from WeChat's.
func (m *metrics) watchClock(skew func() time.Duration) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "towncrier_wechat_clock_skew_seconds",
		Help: "How far this server's clock was ahead of WeChat's when the last authentic request came; beyond 300, either way, residents are not answered.",
	}, func() float64 { return skew().Seconds() }))
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

type healthCollector struct {
	health           *health
	depths           func(context.Context) (map[string]int, error)
	up, depth, state *prometheus.Desc
}

func (h *healthCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- h.up
	ch <- h.state
	ch <- h.depth
}

func (h *healthCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for name, state := range h.health.check(ctx) {
		up := 0.0
		if state == isOK {
			up = 1
		}
		ch <- prometheus.MustNewConstMetric(h.up, prometheus.GaugeValue, up, name)
		for _, s := range healthStates {
			is := 0.0
			if s == state {
				is = 1
			}
			ch <- prometheus.MustNewConstMetric(h.state, prometheus.GaugeValue, is, name, s)
		}
	}
	depths, err := h.depths(ctx)
	if err != nil {
		return // towncrier_up says which part is down
	}
	for queue, n := range depths {
		ch <- prometheus.MustNewConstMetric(h.depth, prometheus.GaugeValue, float64(n), queue)
	}
}

// observeAPI counts a request of the API.
func (m *metrics) observeAPI(operation string, status int) {
	m.requests.WithLabelValues(cmp.Or(operation, "none"), strconv.Itoa(status)).Inc()
}
