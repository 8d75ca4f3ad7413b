package broadcast_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/sms"
)

// orphaned claims all that is pending on a channel and loses the process: its lease has ended, and it is due to be asked about.
func (m *engineFixture) orphaned(id string, channel broadcast.Channel, p *platform, taken bool) {
	m.Helper()
	for {
		c, err := m.store.Claim(m.Context(), broadcast.Chunk{Broadcast: id, Channel: channel, To: 1 << 40}, broadcast.ClaimRows, m.clock(), m.clock().Add(2*time.Minute))
		if err != nil {
			m.Fatal(err)
		}
		if len(c.Messages) == 0 {
			break
		}
		for _, l := range c.Messages {
			if channel == broadcast.SMS {
				l.OutID = c.OutID
			}
			if taken {
				p.take(l)
			}
		}
	}
	m.pass(2 * time.Minute)
	m.tick()
	m.queue.empty()
}

func templateOnly(p *broadcast.Proposal) { p.Messages = p.Messages[:1] }

// TestNothingIsRepeatedOnceStopped: to ask about a template message is to send it to whoever did not get it, so nobody is asked about one
// of a broadcast that may not go on, nor of a resident who said no.
func TestNothingIsRepeatedOnceStopped(t *testing.T) {
	for name, stop := range map[string]func(m *engineFixture, id string) error{
		"cancelled": func(m *engineFixture, id string) error {
			_, err := m.service.Cancel(m.Context(), author, id, "不发了")
			return err
		},
		"paused": func(m *engineFixture, id string) error {
			_, err := m.service.Pause(m.Context(), author, id, "")
			return err
		},
		"the notice is withdrawn": func(m *engineFixture, _ string) error {
			gone := *m.lib.Notices["N1"]
			gone.Status = content.Withdrawn
			m.lib = &content.Library{City: m.lib.City, Templates: m.lib.Templates, Notices: map[string]*content.Notice{"N1": &gone}}
			return nil
		},
		"outside the window":   func(m *engineFixture, _ string) error { m.to(at(8, 20, 1)); return nil },
		"after the deadline":   func(m *engineFixture, _ string) error { m.to(at(9, 19, 56)); return nil },
		"the resident said no": func(m *engineFixture, _ string) error { m.refuse(); return nil },
		"while it may go on":   nil,
	} {
		t.Run(name, func(t *testing.T) {
			eachMill(t, 8, func(m *engineFixture) {
				id := m.scheduled(func(p *broadcast.Proposal) { templateOnly(p); p.SendAt = at(8, 19, 55) })
				m.to(at(8, 19, 55))
				m.wechat.within = 9 * time.Minute
				m.begin(id)
				m.queue.empty()
				m.wechat.asked = func(l broadcast.OutboundMessage) broadcast.Outcome { // repeats it
					m.wechat.take(l)
					return broadcast.Outcome{State: broadcast.Accepted, Handle: "h-" + l.OutID}
				}
				m.orphaned(id, broadcast.Template, m.wechat, false)
				if stop != nil {
					if err := stop(m, id); err != nil {
						t.Fatal(err)
					}
				}
				m.settle()
				want := 0
				if stop == nil {
					want = 4
				}
				if got := len(m.wechat.took); got != want {
					t.Errorf("%d were sent the message, want %d", got, want)
				}
				m.pass(10 * time.Minute)
				m.settle()
				if stop != nil {
					m.want(id, " suppressed 4, template unknown 4, ")
				}
			})
		})
	}
}

// TestChangedAddressIsNotAskedAbout changes numbers and openids while messages to them are in doubt: nobody is asked about another
// address, nothing is sent to it, and a receipt of the text that went to the old number finds it.
func TestChangedAddressIsNotAskedAbout(t *testing.T) {
	for name, leave := range map[string]func(m *engineFixture, n int){"another number and openid": (*engineFixture).move, "erased": (*engineFixture).erase, "one with another": (*engineFixture).merge} {
		t.Run(name, func(t *testing.T) { eachMill(t, 16, func(m *engineFixture) { testChangedAddress(m, leave) }) })
	}
}

func testChangedAddress(m *engineFixture, leave func(m *engineFixture, n int)) {
	id := m.scheduled(func(p *broadcast.Proposal) { p.Audience = broadcast.Rule{Tag: "first"} })
	m.begin(id)
	m.queue.empty()
	m.orphaned(id, broadcast.SMS, m.texts, true)
	m.orphaned(id, broadcast.Template, m.wechat, true)
	asked := func(broadcast.OutboundMessage) broadcast.Outcome {
		m.Error("somebody is asked about another address")
		return broadcast.Outcome{State: broadcast.Pending}
	}
	m.texts.asked, m.wechat.asked = asked, asked
	for n := range 8 {
		leave(m, n)
	}
	for range 3 {
		m.settle()
		m.pass(6 * time.Minute)
		m.tick()
		m.work()
	}
	m.want(id, "sms planned 4, sms unknown 4, template unknown 4, ")
	m.once(0, 8)
	for n := 1; n < 8; n += 2 {
		l := m.texts.calls[string(mobile(n))]
		receipt := sms.Receipt{OutID: l.OutID, Handle: "h-" + l.OutID, Phone: l.Phone, Delivered: true, Code: "DELIVERED"}
		if matched, err := m.engine.Receipts(m.Context(), []sms.Receipt{receipt}); err != nil || !matched[0] {
			m.Errorf("the receipt of the old number matched nothing: %v", err)
		}
	}
	m.want(id, "sms delivered 4, sms planned 4, template unknown 4, ")
}

// TestHangingQuestionsHoldUpNobody has one question of a hundred hang, until all others are answered.
func TestHangingQuestionsHoldUpNobody(t *testing.T) {
	eachMill(t, 500, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		m.begin(id)
		m.queue.empty()
		m.orphaned(id, broadcast.SMS, m.texts, true)
		hanging := make(chan struct{})
		var mu sync.Mutex
		answered, hung := 0, 0
		m.texts.asked = func(l broadcast.OutboundMessage) broadcast.Outcome {
			mu.Lock()
			if l.Phone[len(l.Phone)-2:] == "77" {
				hung++
				mu.Unlock()
				<-hanging
				return broadcast.Outcome{State: broadcast.InDoubt}
			}
			if answered++; answered == 495 {
				close(hanging)
			}
			mu.Unlock()
			return broadcast.Outcome{State: broadcast.Accepted, Handle: "h-" + l.OutID}
		}
		m.settle()
		m.want(id, "sms accepted 495, sms in_doubt 5, ")
	})
}

// to sets the clock.
func (m *engineFixture) to(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = t
}

// change edits every resident.
func (m *engineFixture) change(n int, edit func(*roster.Resident)) {
	m.Helper()
	key := roster.Key{Phone: mobile(n)}
	err := m.db.Roster().Edit(m.Context(), []roster.Key{key}, func(found []roster.Found) (roster.Edit, error) {
		r := found[0].Resident
		edit(&r)
		r.UpdatedAt = m.clock()
		return roster.Edit{Save: []roster.Resident{r}, Acts: []audit.Act{{Actor: audit.System("test"), Action: "resident.change", At: m.clock()}}}, nil
	})
	if err != nil {
		m.Fatal(err)
	}
}

// refuse has every follower say no to the topic on WeChat.
func (m *engineFixture) refuse() {
	for n := 0; n < 8; n += 2 {
		m.change(n, func(r *roster.Resident) {
			r.Preferences = []roster.Preference{{Topic: "dogs", Channel: roster.WeChat, Wants: false, At: m.clock()}}
		})
	}
}

// move gives a resident another number and, when they follow, another openid.
func (m *engineFixture) move(n int) {
	m.change(n, func(r *roster.Resident) {
		r.Phone = phone.Number(fmt.Sprintf("1990009%04d", n))
		if r.OpenID != "" {
			r.OpenID += "-new"
		}
	})
}

func subjectOf(n int) string { return fmt.Sprintf("%032x", n+1) }

func (m *engineFixture) remove(n int, into string) {
	m.Helper()
	keys := []roster.Key{{ID: subjectOf(n)}, {ID: into}}
	err := m.db.Roster().Edit(m.Context(), keys, func([]roster.Found) (roster.Edit, error) {
		return roster.Edit{Remove: []string{subjectOf(n)}, Into: into, Acts: []audit.Act{{Actor: audit.System("test"), Action: "resident.remove", At: m.clock()}}}, nil
	})
	if err != nil {
		m.Fatal(err)
	}
}

func (m *engineFixture) erase(n int) { m.remove(n, "") }

// merge makes a resident one with another, who has a number and an openid already.
func (m *engineFixture) merge(n int) { m.remove(n, subjectOf(n+8)) }
