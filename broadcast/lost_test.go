package broadcast_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"towncrier/broadcast"
)

// lost is a broadcast to 20 residents, of whom the ten that follow were sent to by a platform that answered nothing and cannot be asked.
func (m *engineFixture) lost(change func(*broadcast.Proposal)) string {
	m.Helper()
	id := m.scheduled(change)
	m.wechat.within = -1
	m.wechat.does = func(int, broadcast.OutboundMessage) broadcast.Outcome {
		return broadcast.Outcome{State: broadcast.InDoubt, Class: "in_doubt"}
	}
	m.begin(id)
	m.work()
	m.wechat.does = nil
	m.want(id, "sms accepted 10, sms planned 10, template unknown 10, ")
	return id
}

// TestLostGoesOnAsChosen: what nobody can be asked about is unknown at once, and the text goes after minutes where that was chosen.
func TestLostGoesOnAsChosen(t *testing.T) {
	eachMill(t, 20, func(m *engineFixture) {
		id := m.lost(func(p *broadcast.Proposal) { p.Fallback.Doubtful = true })
		m.pass(4 * time.Minute)
		m.tick()
		m.work()
		m.want(id, "sms accepted 10, sms planned 10, template unknown 10, ")
		m.pass(time.Minute)
		m.tick()
		m.work()
		m.want(id, "sms accepted 20, template unknown 10, ")
	})
}

// TestFallbackByOneAct lets an official choose the text afterwards, while the broadcast goes on and when it is done.
func TestFallbackByOneAct(t *testing.T) {
	for _, done := range []bool{false, true} {
		t.Run(fmt.Sprintf("done=%t", done), func(t *testing.T) {
			eachMill(t, 20, func(m *engineFixture) {
				id := m.lost(nil)
				if done {
					m.arrive()
					m.tick()
					m.is(id, broadcast.Done)
				}
				report, err := m.service.Report(t.Context(), author, id)
				if err != nil || !strings.Contains(strings.Join(report.Notes, ""), "有10人结果不明") {
					t.Errorf("the report says %q, %v", report.Notes, err)
				}
				if _, err := m.service.Fallback(t.Context(), ofC1, id); !errors.Is(err, broadcast.ErrNoBroadcast) {
					t.Errorf("a committee's: %v", err)
				}
				for _, want := range []int{10, 0} {
					if n, err := m.service.Fallback(t.Context(), author, id); err != nil || n != want {
						t.Errorf("%d go on, %v; want %d", n, err, want)
					}
					m.tick()
					m.work()
				}
				if texts := len(m.texts.took); texts != 20 {
					t.Errorf("%d were sent a text, want all 20", texts)
				}
				if report, err := m.service.Report(t.Context(), author, id); err != nil || len(report.Notes) != 0 || report.Doubles != 10 {
					t.Errorf("afterwards: %q, %d doubles, %v", report.Notes, report.Doubles, err)
				}
			})
		})
	}
}

// TestFallbackWhoseTimeIsOver sends nothing that nobody expects any more.
func TestFallbackWhoseTimeIsOver(t *testing.T) {
	eachMill(t, 20, func(m *engineFixture) {
		id := m.lost(func(p *broadcast.Proposal) { p.ExpireAt = at(8, 12, 0) })
		m.arrive()
		m.tick()
		m.is(id, broadcast.Done)
		m.pass(3 * time.Hour)
		if _, err := m.service.Fallback(t.Context(), author, id); !errors.Is(err, broadcast.ErrExpired) {
			t.Errorf("%v, want ErrExpired", err)
		}
		m.want(id, "sms delivered 10, sms planned 10, template unknown 10, ")
	})
}

// TestEmergencyReachesThoseInDoubt: whoever another broadcast's call left in doubt is sent to as soon as that call is over.
func TestEmergencyReachesThoseInDoubt(t *testing.T) {
	eachMill(t, 20, func(m *engineFixture) {
		first := m.scheduled(nil)
		m.wechat.asked = func(broadcast.OutboundMessage) broadcast.Outcome { return broadcast.Outcome{State: broadcast.InDoubt} }
		m.wechat.does = func(int, broadcast.OutboundMessage) broadcast.Outcome {
			return broadcast.Outcome{State: broadcast.InDoubt, Class: "in_doubt"}
		}
		m.begin(first)
		m.work()
		m.want(first, "sms accepted 10, sms planned 10, template in_doubt 10, ")
		m.wechat.does = nil
		second := m.scheduled(nil)
		m.begin(second)
		m.work()
		m.want(second, "sms accepted 10, sms planned 10, template pending 10, ")
		m.pass(2 * time.Minute)
		m.tick()
		m.work()
		m.want(second, "sms accepted 10, sms planned 10, template accepted 10, ")
	})
}

// TestResendTellsAllWhomItGoesTo is cut off after some of its recipients were taken up, and asked for again.
func TestResendTellsAllWhomItGoesTo(t *testing.T) {
	eachMill(t, 20, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		m.texts.does = func(int, broadcast.OutboundMessage) broadcast.Outcome {
			return broadcast.Outcome{State: broadcast.Failed, Class: "refused", Code: "X"}
		}
		m.begin(id)
		m.work()
		m.texts.does = nil
		m.tick()
		m.is(id, broadcast.Done)
		if added, _, err := m.store.Resend(t.Context(), id, 2, 0, 8, m.now); err != nil || added != 8 {
			t.Fatal(added, err)
		}
		if n, err := m.service.Resend(t.Context(), author, id); err != nil || n != 20 {
			t.Errorf("it says that it goes to %d, %v; want 20", n, err)
		}
		m.tick()
		m.work()
		if len(m.texts.took) != 20 {
			t.Errorf("it went to %d, want 20", len(m.texts.took))
		}
	})
}
