package roster

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/problem"
)

// Notices is the What of a consent to be sent notices.
const Notices = "notices"

// PhoneKept is the What of a consent that a number is kept.
const PhoneKept = "phone"

// InChat is the How of a consent that was given in WeChat: it goes when they unfollow.
const InChat = "chat"

// Wants says whether they want a topic's notices on a channel. A stop of the whole channel decides, whether it is theirs or
// their number's from before they were known; then the narrowest choice there is; then whether they may be sent notices
// at all.
func (r Resident) Wants(topic string, channel Channel) bool {
	if channel == SMS && r.Stopped {
		return false
	}
	if p, ok := r.preference("", channel); ok && !p.Wants {
		return false
	}
	for _, key := range []Preference{{Topic: topic, Channel: channel}, {Topic: topic}, {}} {
		if key.Topic == "" && key.Channel != "" {
			continue // a yes to a channel takes back its stop, and says nothing of what is wanted there
		}
		if p, ok := r.preference(key.Topic, key.Channel); ok {
			return p.Wants
		}
	}
	return r.consent(Notices) != nil
}

// Agrees says whether they may be sent any notices at all: there is a basis for it, or they asked for some.
func (r Resident) Agrees() bool {
	return r.consent(Notices) != nil || slices.ContainsFunc(r.Preferences, func(p Preference) bool { return p.Wants })
}

// Subscribed says whether they asked for a topic by name.
func (r Resident) Subscribed(topic string) bool {
	return slices.ContainsFunc(r.Preferences, func(p Preference) bool { return p.Topic == topic && p.Wants })
}

func (r Resident) consent(what string) *Consent {
	i := slices.IndexFunc(r.Consents, func(c Consent) bool { return c.What == what })
	if i < 0 {
		return nil
	}
	return &r.Consents[i]
}

// Prefer records what a follower chose about a topic, a channel, or both; "" means every one. A yes to no single topic
// is also their consent to be sent notices. ("", SMS) stops or takes back the stop of texts to their number.
func (r *Roster) Prefer(ctx context.Context, openid, topic string, channel Channel, wants bool) error {
	p := Preference{Topic: topic, Channel: channel, Wants: wants, At: r.instant()}
	if err := p.check(); err != nil {
		return err
	}
	err := r.store.Edit(ctx, []Key{{OpenID: openid}}, func(found []Found) (Edit, error) {
		who := found[0].orNew(openid, p.At)
		changed := who.prefer(p)
		if wants && topic == "" && who.agree(Consent{What: Notices, At: p.At, How: InChat, Basis: ByConsent}) {
			changed = true
		}
		edit := Edit{Suppress: p.suppress(who.Phone, found[0].Suppressed)}
		edit.Stop = p.stop(who.Phone, ViaChat, changed || len(edit.Suppress) > 0)
		if !changed && len(edit.Suppress) == 0 {
			return edit, nil
		}
		who.UpdatedAt = p.At
		edit.Save = []Resident{who}
		edit.Acts = []audit.Act{r.act(audit.Self, "resident.prefer", who.ID, p.detail())}
		return edit, nil
	})
	if err != nil {
		return fmt.Errorf("record a choice: %w", err)
	}
	return nil
}

// Meet makes a follower who agreed to something in WeChat itself a resident, unless they are one already. They are reached
// by nothing but what they agreed to: no consent to be sent notices in general is recorded.
func (r *Roster) Meet(ctx context.Context, openid string) error {
	now := r.instant()
	err := r.store.Edit(ctx, []Key{{OpenID: openid}}, func(found []Found) (Edit, error) {
		if found[0].Resident.ID != "" {
			return Edit{}, nil
		}
		who := found[0].orNew(openid, now)
		return Edit{Save: []Resident{who}, Acts: []audit.Act{r.act(audit.Self, "resident.meet", who.ID, "")}}, nil
	})
	if err != nil {
		return fmt.Errorf("meet a follower: %w", err)
	}
	return nil
}

// SetPreference records what a resident told an official. may says whether the official may change that resident. It takes back no stop: only the
// resident does, with ErrSuppressed for anybody else. At may be zero: it was chosen now.
func (r *Roster) SetPreference(ctx context.Context, actor audit.Actor, id string, p Preference, may Guard) error {
	now := r.instant()
	if p.At.IsZero() {
		p.At = now
	}
	p.At = p.At.UTC().Truncate(time.Millisecond)
	if err := p.check(); err != nil {
		return err
	}
	err := r.store.Edit(ctx, []Key{{ID: id}}, func(found []Found) (Edit, error) {
		who := found[0].Resident
		if err := may.allows(who); err != nil {
			return Edit{}, err
		}
		if p.Wants && p.takesBack(who, found[0].Suppressed) {
			return Edit{}, ErrSuppressed
		}
		changed := who.prefer(p)
		edit := Edit{Suppress: p.suppress(who.Phone, found[0].Suppressed)}
		if edit.Stop = p.stop(who.Phone, ViaStaff, changed || len(edit.Suppress) > 0); edit.Stop != nil {
			edit.Stop.At = now // when it was said does not matter to what is undone
		}
		if !changed && len(edit.Suppress) == 0 {
			return edit, nil
		}
		who.UpdatedAt = now
		edit.Save = []Resident{who}
		edit.Acts = []audit.Act{r.act(actor, "resident.prefer", who.ID, p.detail())}
		return edit, nil
	})
	if err != nil {
		return fmt.Errorf("record a choice: %w", err)
	}
	return nil
}

// takesBack says whether a yes would end a no.
func (p Preference) takesBack(who Resident, suppressed Suppression) bool {
	if p.Topic == "" && p.Channel == SMS && suppressed != "" {
		return true
	}
	return slices.ContainsFunc(who.Preferences, func(old Preference) bool { return !old.Wants && p.sweeps(old) })
}

// suppress is what a choice about every text means for the number.
func (p Preference) suppress(number phone.Number, suppressed Suppression) map[phone.Number]Suppression {
	switch {
	case p.Topic != "" || p.Channel != SMS || number == "":
		return nil
	case p.Wants && suppressed == Stopped:
		return map[phone.Number]Suppression{number: ""}
	case !p.Wants && suppressed == "":
		return map[phone.Number]Suppression{number: Stopped}
	}
	return nil
}

// stop is how a choice stops texts to a number; nil when it does not.
func (p Preference) stop(number phone.Number, via string, made bool) *Stop {
	if p.Wants || p.Topic != "" || p.Channel != SMS || number == "" {
		return nil
	}
	return &Stop{Number: number, Via: via, At: p.At, Made: made}
}

// StopSMS records that the owner of a number wants no more texts: a reply T, which came under the callback key with the id via.
// It holds whether they are a resident or not.
func (r *Roster) StopSMS(ctx context.Context, number phone.Number, via string) error {
	return r.stop(ctx, audit.Self, number, via)
}

// Suppress records that a number is not to be texted (Stopped), or that its owner asked to be deleted (Erased): then a
// resident who has it is erased.
func (r *Roster) Suppress(ctx context.Context, actor audit.Actor, number phone.Number, why Suppression) error {
	switch why {
	case Stopped:
		return r.stop(ctx, actor, number, ViaStaff)
	case Erased:
		return r.erase(ctx, actor, Key{Phone: number}, nil)
	}
	return &problem.Invalid{Field: "reason", Reason: "没有这种原因"}
}

func (r *Roster) stop(ctx context.Context, actor audit.Actor, number phone.Number, via string) error {
	stop := Preference{Channel: SMS, At: r.instant()}
	err := r.store.Edit(ctx, []Key{{Phone: number}}, func(found []Found) (Edit, error) {
		who := found[0].Resident
		edit := Edit{Suppress: stop.suppress(number, found[0].Suppressed)}
		if who.ID != "" && who.prefer(stop) {
			who.UpdatedAt = stop.At
			edit.Save = []Resident{who}
		}
		if len(edit.Save) > 0 || len(edit.Suppress) > 0 {
			edit.Acts = []audit.Act{r.act(actor, "resident.stop", who.ID, stop.detail())}
		}
		edit.Stop = stop.stop(number, via, len(edit.Acts) > 0)
		return edit, nil
	})
	if err != nil {
		return fmt.Errorf("stop texts: %w", err)
	}
	return nil
}

func (p Preference) detail() string {
	return fmt.Sprintf("topic=%s channel=%s wants=%t", cmp.Or(p.Topic, "*"), cmp.Or(p.Channel, "*"), p.Wants)
}

// orNew is the follower that was found, or a new one.
func (f Found) orNew(openid string, now time.Time) Resident {
	if f.Resident.ID != "" {
		return f.Resident
	}
	return Resident{ID: newID(), OpenID: openid, CreatedAt: now, UpdatedAt: now}
}
