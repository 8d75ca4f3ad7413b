package broadcast_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/problem"
	"towncrier/roster"
)

// TestSeriesMeetsTheChecksOfABroadcast hands the same slips to a broadcast that is submitted and to a series, new and edited: each is refused
// alike.
func TestSeriesMeetsTheChecksOfABroadcast(t *testing.T) {
	t.Parallel()
	w := newCityFixture(t)
	ctx := t.Context()
	good := w.series(author, "0 9 * * *")
	w.list("LAAAAAAAAAA", 8)
	if _, err := w.roster.PutCommittee(ctx, audit.System("test"), roster.Committee{Code: "C3", Name: "新社区"}); err != nil {
		t.Fatal(err)
	}
	for name, slip := range map[string]struct {
		change func(*broadcast.Proposal)
		says   string
	}{
		"nobody lives there":    {func(p *broadcast.Proposal) { p.Audience = broadcast.Rule{Community: "没有人住的小区"} }, "发送范围里没有居民：小区“没有人住的小区”，请核对"},
		"a committee of nobody": {func(p *broadcast.Proposal) { p.Committee = "C3" }, "发送范围里没有居民：新社区（C3）的"},
		"an unknown committee":  {func(p *broadcast.Proposal) { p.Audience = broadcast.Rule{Committee: "C9"} }, "没有名称或代码是“C9”的社区"},
		"an unknown topic":      {func(p *broadcast.Proposal) { p.Topic = "cats" }, "主题表"},
		"an unknown notice":     {func(p *broadcast.Proposal) { p.Cites = []broadcast.Cite{{Notice: "N2", Passage: 1}} }, "没有这份公告"},
		"no notice":             {func(p *broadcast.Proposal) { p.Cites = nil }, "没有依据"},
		"no message":            {func(p *broadcast.Proposal) { p.Messages = nil }, "没有内容"},
		"a list beside others": {func(p *broadcast.Proposal) {
			p.Audience = broadcast.Rule{And: []broadcast.Rule{{List: "LAAAAAAAAAA"}, {Area: "某区"}}}
		}, "名单只能单独"},
		"a number in the title": {func(p *broadcast.Proposal) { p.Title = "联系19900001234" }, "title"},
		"a title too long":      {func(p *broadcast.Proposal) { p.Title = strings.Repeat("长", 61) }, "title"},
	} {
		p := proposal()
		slip.change(&p)
		b, single := w.service.New(ctx, author, p)
		if single == nil {
			_, single = w.service.Submit(ctx, author, b.ID)
		}
		_, made := w.service.NewSeries(ctx, author, broadcast.Series{Cron: "0 9 * * *", Until: at(20, 0, 0), Proposal: p})
		_, edited := w.service.EditSeries(ctx, author, good.ID, good.Version, broadcast.Series{Cron: "0 9 * * *", Until: at(20, 0, 0), Proposal: p})
		for what, err := range map[string]error{"a broadcast": single, "a series": made, "an edited series": edited} {
			if err == nil || !strings.Contains(err.Error(), slip.says) {
				t.Errorf("%s, %s: %v, want %q", name, what, err, slip.says)
			}
		}
	}
}

// TestSeriesThatCouldNeverGo: an occurrence that expires before its window opens is refused, as a broadcast is.
func TestSeriesThatCouldNeverGo(t *testing.T) {
	t.Parallel()
	w := newCityFixture(t)
	for name, test := range map[string]struct {
		cron      string
		expire    time.Duration
		emergency bool
		fine      bool
	}{
		"expires at night":            {cron: "0 22 * * *", expire: 6 * time.Hour},
		"one of several":              {cron: "0 9,22 * * *", expire: 6 * time.Hour},
		"waits for the morning":       {cron: "0 22 * * *", expire: 12 * time.Hour, fine: true},
		"a day, when it is not said":  {cron: "0 22 * * *", fine: true},
		"in its window":               {cron: "0 9 * * *", expire: time.Hour, fine: true},
		"an emergency knows no night": {cron: "0 22 * * *", expire: 6 * time.Hour, emergency: true, fine: true},
	} {
		p := proposal()
		p.Emergency = test.emergency
		_, err := w.service.NewSeries(t.Context(), author, broadcast.Series{Cron: test.cron, Expire: test.expire, Until: at(20, 0, 0), Proposal: p})
		var faults broadcast.FaultsError
		if errors.As(err, &faults) == test.fine || !test.fine && !strings.Contains(faults.Error(), "还没到允许发送的时段") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSeriesIsApprovedWhileSomethingComes: the yes to a series whose last time has passed would be to nothing.
func TestSeriesIsApprovedWhileSomethingComes(t *testing.T) {
	t.Parallel()
	w := newCityFixture(t)
	series := w.series(author, "0 9 * * *") // until the 20th
	w.now = at(20, 0, 1)
	w.refuses(failure(w.service.ApproveSeries(t.Context(), approver, series.ID, series.Hash)), broadcast.ErrExpired)
}

// TestOccurrenceMeetsTheChecksOfScheduling: a series whose content may not be scheduled any more makes nothing, and stops.
func TestOccurrenceMeetsTheChecksOfScheduling(t *testing.T) {
	t.Parallel()
	for says, change := range map[string]func(*content.Library){
		"已撤回": func(lib *content.Library) { lib.Notices["N1"].Status = content.Withdrawn },
		"主题表": func(lib *content.Library) { lib.City.Topics = []content.Topic{{ID: "other", Name: "其他"}} },
	} {
		w := newCityFixture(t)
		ctx := t.Context()
		series, waiting := w.series(author, "0 9 * * *"), w.approved(proposal())
		if _, err := w.service.ApproveSeries(ctx, approver, series.ID, series.Hash); err != nil {
			t.Fatal(err)
		}
		change(w.lib)
		if _, err := w.service.Schedule(ctx, author, waiting.ID); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("a broadcast: %v, want %s", err, says)
		}
		if _, err := w.service.Ground(ctx); err != nil {
			t.Fatal(err)
		}
		w.recur(0)
		stopped, err := w.service.GetSeries(ctx, author, series.ID)
		if err != nil || !stopped.Stopped || !strings.Contains(stopped.Why, says) {
			t.Errorf("a series: stopped %t because %q, want %s: %v", stopped.Stopped, stopped.Why, says, err)
		}
	}
}

// TestReasonsAreCheckedAlike: why something ends is for colleagues, and holds no number, whatever ends.
func TestReasonsAreCheckedAlike(t *testing.T) {
	t.Parallel()
	w := newCityFixture(t)
	ctx := t.Context()
	series, b := w.series(author, "0 9 * * *"), w.scheduled(proposal())
	waiting := w.draft(proposal())
	w.ok(w.service.Submit(ctx, author, waiting.ID))
	for _, why := range []string{"请联系19900001234", strings.Repeat("长", 201), " \u3000"} {
		for what, err := range map[string]error{
			"cancel": failure(w.service.Cancel(ctx, author, b.ID, why)), "reject": failure(w.service.Reject(ctx, approver, waiting.ID, why)),
			"stop a series": failure(w.service.StopSeries(ctx, author, series.ID, why)), "reject a series": failure(w.service.RejectSeries(ctx, approver, series.ID, why)),
		} {
			var invalid *problem.Invalid
			if !errors.As(err, &invalid) || invalid.Field != "why" {
				t.Errorf("%s because of %q: %v", what, why, err)
			}
		}
	}
	var invalid *problem.Invalid
	if err := failure(w.service.Pause(ctx, author, b.ID, "请联系19900001234")); !errors.As(err, &invalid) || invalid.Field != "why" {
		t.Errorf("pause: %v", err)
	}
	if s, err := w.service.StopSeries(ctx, author, series.ID, " 不再需要 "); err != nil || !s.Stopped || s.Why != "不再需要" {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestSeriesThatWaitAreBounded, as drafts are.
func TestSeriesThatWaitAreBounded(t *testing.T) {
	t.Parallel()
	w := newCityFixture(t)
	var last broadcast.Series
	for range 200 {
		last = w.series(author, "0 9 * * *")
	}
	one := broadcast.Series{Cron: "0 9 * * *", Until: at(20, 0, 0), Proposal: proposal()}
	w.refuses(failure(w.service.NewSeries(t.Context(), author, one)), broadcast.ErrSeries)
	w.series(second, "0 9 * * *")
	if _, err := w.service.StopSeries(t.Context(), author, last.ID, "写错了"); err != nil {
		t.Fatal(err)
	}
	w.series(author, "0 9 * * *")
}

// TestYesThatComesTooLate: what could not be scheduled any more is neither confirmed nor sent to the next channel.
func TestYesThatComesTooLate(t *testing.T) {
	t.Parallel()
	w := newCityFixture(t)
	ctx := t.Context()
	p := proposal()
	p.ExpireAt = at(9, 7, 0) // before the next window opens
	held, waiting, done := w.scheduled(p), w.approved(p), w.scheduled(p)
	w.now = at(8, 10, 0)
	w.is(w.ok(w.service.Start(ctx, done.ID)), broadcast.Freezing)
	w.frozen(done)
	w.ok(w.service.Whole(ctx, done.ID))
	if err := w.service.Finish(ctx, done.ID); err != nil {
		t.Fatal(err)
	}
	w.now = at(8, 20, 30) // behind its window
	w.is(w.ok(w.service.Start(ctx, held.ID)), broadcast.Held)
	w.refuses(failure(w.service.Schedule(ctx, author, waiting.ID)), broadcast.ErrExpired)
	w.refuses(failure(w.service.Confirm(ctx, approver, held.ID)), broadcast.ErrExpired)
	w.is(held, broadcast.Held)
	w.refuses(failure(w.service.Fallback(ctx, author, done.ID)), broadcast.ErrExpired)
}
