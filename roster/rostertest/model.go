package rostertest

import (
	"testing"

	"towncrier/phone"
	"towncrier/roster"

	"pgregory.net/rapid"
)

// reference is what must be true of people and numbers, whatever happened.
type reference struct {
	holder     map[phone.Number]string // "", or the openid that proved the number last and follows still
	registered map[phone.Number]bool   // known by a committee or an official
	stopped    map[phone.Number]bool   // the owner stopped texts and has not taken it back
	erased     map[phone.Number]bool
}

// model does acts in any order on few people and numbers, and compares with a reference after each.
func model(t *testing.T, open Open) {
	h := settle(t, open)
	rapid.Check(t, func(rt *rapid.T) {
		h.clearOut(t)
		m := &reference{map[phone.Number]string{}, map[phone.Number]bool{}, map[phone.Number]bool{}, map[phone.Number]bool{}}
		openid := rapid.SampledFrom([]string{"o-1", "o-2", "o-3"})
		nth := rapid.IntRange(0, 3)
		topic := rapid.SampledFrom([]string{"", "water", "power"})
		channel := rapid.SampledFrom([]roster.Channel{"", roster.WeChat, roster.SMS})
		before := h.audited(t)
		acted := func(atMost int) {
			h.tick()
			if now := h.audited(t); now < before || now > before+atMost {
				rt.Fatalf("%d audit entries for an act, want at most %d", now-before, atMost)
			} else {
				before = now
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"bind": func(rt *rapid.T) {
				o, n := openid.Draw(rt, "openid"), number(nth.Draw(rt, "number"))
				stop := m.stopOf(h, t, o)
				_, err := h.Bind(t.Context(), o, n)
				must(t, err)
				acted(1)
				if old := m.numberOf(o); old != "" && old != n {
					delete(m.holder, old) // the stop stays with the old number too
				}
				m.holder[n], m.erased[n] = o, false
				m.stopped[n] = stop || m.stopped[n] && h.byNumber(t, n).stopped()
			},
			"prefer": func(rt *rapid.T) {
				o, tp, ch, wants := openid.Draw(rt, "openid"), topic.Draw(rt, "topic"), channel.Draw(rt, "channel"), rapid.Bool().Draw(rt, "wants")
				must(t, h.Prefer(t.Context(), o, tp, ch, wants))
				acted(1)
				if n := m.numberOf(o); n != "" && tp == "" && ch == roster.SMS {
					m.stopped[n] = !wants
				}
			},
			"reply T": func(rt *rapid.T) {
				n := number(nth.Draw(rt, "number"))
				must(t, h.StopSMS(t.Context(), n, "key"))
				acted(1)
				m.stopped[n] = true
			},
			"unfollow": func(rt *rapid.T) {
				o := openid.Draw(rt, "openid")
				must(t, h.Unfollow(t.Context(), o))
				acted(1)
				delete(m.holder, m.numberOf(o))
			},
			"erase self": func(rt *rapid.T) {
				o := openid.Draw(rt, "openid")
				must(t, h.EraseSelf(t.Context(), o))
				acted(1)
				if n := m.numberOf(o); n != "" {
					m.erase(n)
				}
			},
			"erase": func(rt *rapid.T) {
				n := nth.Draw(rt, "number")
				must(t, h.Suppress(t.Context(), official, number(n), roster.Erased))
				acted(1)
				m.erase(number(n))
			},
			"import": func(rt *rapid.T) {
				picked := rapid.SliceOfNDistinct(nth, 1, 4, rapid.ID[int]).Draw(rt, "numbers")
				var rows []roster.ImportRow
				for _, n := range picked {
					rows = append(rows, row(n))
				}
				counts := h.bring(t, 2, rows...)
				acted(2)
				for _, n := range picked {
					if m.erased[number(n)] {
						counts.Erased--
					} else if m.holder[number(n)] == "" {
						m.registered[number(n)] = true
					}
				}
				if counts.Erased != 0 {
					rt.Fatalf("import skipped %d erased too many", counts.Erased)
				}
			},
			"official says yes": func(rt *rapid.T) {
				who, err := h.FindByPhone(t.Context(), number(nth.Draw(rt, "number")))
				if err != nil {
					return
				}
				h.SetPreference(t.Context(), official, who.ID, roster.Preference{Topic: topic.Draw(rt, "topic"), Channel: channel.Draw(rt, "channel"), Wants: true}, nil)
				acted(1)
			},
			"": func(rt *rapid.T) { m.check(rt, t, h) },
		})
	})
}

type counted struct{ roster.Resident }

// stopped says whether they told us to text nothing.
func (c counted) stopped() bool {
	for _, p := range c.Preferences {
		if p.Topic == "" && p.Channel == roster.SMS && !p.Wants {
			return true
		}
	}
	return false
}

func (h *fixture) byNumber(t *testing.T, n phone.Number) counted {
	who, err := h.FindByPhone(t.Context(), n)
	must(t, err)
	return counted{who}
}

// stopOf says whether a follower stopped texts before they bound a number, and what they bind now inherits it.
func (m *reference) stopOf(h *fixture, t *testing.T, openid string) bool {
	who, err := h.Me(t.Context(), openid)
	return err == nil && counted{who}.stopped() && m.numberOf(openid) == ""
}

func (m *reference) numberOf(openid string) phone.Number {
	for n, o := range m.holder {
		if o == openid {
			return n
		}
	}
	return ""
}

func (m *reference) erase(n phone.Number) {
	delete(m.holder, n)
	m.registered[n], m.stopped[n], m.erased[n] = false, false, true
}

func (m *reference) check(rt *rapid.T, t *testing.T, h *fixture) {
	byPhone := make(map[phone.Number]roster.Resident)
	for _, r := range h.census(t) {
		if r.Phone == "" && r.OpenID == "" {
			rt.Fatalf("a resident whom nothing leads to: %+v", r)
		}
		byPhone[r.Phone] = r
	}
	for i := range 4 {
		n := number(i)
		who, there := byPhone[n]
		why, _, err := h.Roster.Suppressed(t.Context(), n)
		must(t, err)
		switch {
		case m.erased[n] != (why == roster.Erased):
			rt.Fatalf("%d: erased %v, suppression %q", i, m.erased[n], why)
		case m.erased[n] && there:
			rt.Fatalf("%d: erased and there", i)
		case m.holder[n] != "" && who.OpenID != m.holder[n]:
			rt.Fatalf("%d: bound to another", i)
		case m.holder[n] == "" && there && who.OpenID != "":
			rt.Fatalf("%d: bound to one who left", i)
		case m.stopped[n] && why == "" && (!there || who.Wants("water", roster.SMS)):
			rt.Fatalf("%d: the stop is lost", i)
		}
	}
}

// clearOut erases everybody and forgets suppressions, by the acts that do it.
func (h *fixture) clearOut(t *testing.T) {
	for _, o := range []string{"o-1", "o-2", "o-3"} {
		must(t, h.EraseSelf(t.Context(), o))
	}
	for n := range 4 {
		must(t, h.Suppress(t.Context(), official, number(n), roster.Erased))
		h.bind(t, "o-1", n)
		must(t, h.Unfollow(t.Context(), "o-1"))
		h.suppressed(t, n, "")
		h.gone(t, roster.Key{Phone: number(n)})
	}
}
