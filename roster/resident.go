package roster

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/problem"
)

// MaxText is the most characters of a tag, a name or a topic; MaxTags the most tags of a resident.
const (
	MaxText = 64
	MaxTags = 32
)

// Change is what an official changes of a resident: what is nil stays.
type Change struct {
	Phone     *phone.Number // "" takes it away
	Committee *string       // code, "" for none. The community goes with it, unless a new one is given
	Community *string
	Tags      *[]string
	Consents  []Consent // added, or in the place of an older one of the same What
}

// Add registers somebody by number. What a caller leaves out of PhoneFrom, PlaceFrom and the times of consents is
// FromStaff and now. It returns ErrPhoneTaken, ErrNoCommittee, ErrUnreachable without a number, ErrSuppressed when the number
// was erased, or an *problem.Invalid.
func (r *Roster) Add(ctx context.Context, actor audit.Actor, who Resident) (Resident, error) {
	now := r.instant()
	who.ID, who.OpenID, who.CreatedAt, who.UpdatedAt = newID(), "", now, now
	if who.Phone == "" {
		return Resident{}, ErrUnreachable
	}
	who.Committee, who.Community = tidy(who.Committee), tidy(who.Community)
	who.PhoneFrom, who.PlaceFrom = orStaff(who.PhoneFrom), placed(who)
	consents, preferences := who.Consents, who.Preferences
	who.Consents, who.Preferences = nil, nil
	for _, p := range slices.SortedFunc(slices.Values(preferences), byTime) {
		if p.At.IsZero() {
			p.At = now
		}
		p.At = p.At.UTC().Truncate(time.Millisecond)
		if err := p.check(); err != nil {
			return Resident{}, err
		}
		who.prefer(p)
	}
	if err := who.take(consents, now); err != nil {
		return Resident{}, err
	}
	if err := who.checkPlace(); err != nil {
		return Resident{}, err
	}
	var err error
	if who.Tags, err = cleanTags(who.Tags); err != nil {
		return Resident{}, err
	}
	err = r.store.Edit(ctx, []Key{{Phone: who.Phone}}, func(found []Found) (Edit, error) {
		switch {
		case found[0].Resident.ID != "":
			return Edit{}, ErrPhoneTaken
		case found[0].Suppressed == Erased:
			return Edit{}, ErrSuppressed
		}
		return Edit{Save: []Resident{who}, Acts: []audit.Act{r.act(actor, "resident.add", who.ID, "")}}, nil
	})
	if err != nil {
		return Resident{}, fmt.Errorf("add resident: %w", err)
	}
	return who, nil
}

// Guard decides whether somebody may change a resident. It is asked in the change's transaction, with the resident as they
// are before it; its error, which keeps its identity, stops the change. It must not block. A nil Guard allows everything.
type Guard func(Resident) error

// Change changes a resident when may allows it. It returns ErrNoResident, ErrPhoneTaken, ErrNoCommittee, ErrSuppressed when the
// new number was erased, ErrUnreachable when neither number nor WeChat would be left, or an *problem.Invalid.
func (r *Roster) Change(ctx context.Context, actor audit.Actor, id string, c Change, may Guard) (Resident, error) {
	now := r.instant()
	keys := []Key{{ID: id}}
	if c.Phone != nil && *c.Phone != "" {
		keys = append(keys, Key{Phone: *c.Phone})
	}
	var changed Resident
	err := r.store.Edit(ctx, keys, func(found []Found) (Edit, error) {
		before := found[0].Resident
		if err := may.allows(before); err != nil {
			return Edit{}, err
		}
		edit := Edit{Suppress: make(map[phone.Number]Suppression)}
		if len(found) > 1 && found[1].Resident.ID != id {
			switch {
			case found[1].Resident.ID != "":
				return Edit{}, ErrPhoneTaken
			case found[1].Suppressed == Erased:
				return Edit{}, ErrSuppressed
			}
		}
		after, err := c.apply(before, now)
		if err != nil {
			return Edit{}, err
		}
		fields := difference(before, after)
		if len(fields) == 0 {
			changed = before
			return Edit{}, nil
		}
		if before.Phone != "" && before.Phone != after.Phone && before.stopsSMS() {
			edit.Suppress[before.Phone] = Stopped
		}
		after.UpdatedAt = now
		edit.Save = []Resident{after}
		edit.Acts = []audit.Act{r.act(actor, "resident.change", id, strings.Join(fields, " "))}
		changed = after
		return edit, nil
	})
	if err != nil {
		return Resident{}, fmt.Errorf("change resident: %w", err)
	}
	return changed, nil
}

func (c Change) apply(who Resident, now time.Time) (Resident, error) {
	if c.Phone != nil && *c.Phone != who.Phone {
		who.Phone, who.PhoneFrom = *c.Phone, FromStaff
		if who.Phone == "" {
			who.PhoneFrom = ""
		}
	}
	if who.Phone == "" && who.OpenID == "" {
		return Resident{}, ErrUnreachable
	}
	committee, community := who.Committee, who.Community
	if c.Committee != nil && tidy(*c.Committee) != committee {
		committee, community = tidy(*c.Committee), ""
	}
	if c.Community != nil {
		community = tidy(*c.Community)
	}
	if committee != who.Committee || community != who.Community {
		who.Committee, who.Community, who.PlaceFrom = committee, community, FromStaff
		who.PlaceFrom = placed(who)
	}
	if c.Tags != nil {
		tags, err := cleanTags(*c.Tags)
		if err != nil {
			return Resident{}, err
		}
		who.Tags = tags
	}
	if err := who.checkPlace(); err != nil {
		return Resident{}, err
	}
	return who, who.take(c.Consents, now)
}

// difference names the fields in which two states of a resident differ.
func difference(a, b Resident) (fields []string) {
	for _, f := range []struct {
		name string
		same bool
	}{
		{"phone", a.Phone == b.Phone},
		{"place", a.Committee == b.Committee && a.Community == b.Community},
		{"tags", slices.Equal(a.Tags, b.Tags)},
		{"consents", slices.Equal(a.Consents, b.Consents)},
	} {
		if !f.same {
			fields = append(fields, f.name)
		}
	}
	return fields
}

// take adds consents that were handed in.
func (r *Resident) take(consents []Consent, now time.Time) error {
	for _, c := range consents {
		if c.At.IsZero() {
			c.At = now
		}
		c.At = c.At.UTC().Truncate(time.Millisecond)
		how, inChat := readHow(tidy(c.How))
		c.How = how
		switch {
		case c.What != Notices && c.What != PhoneKept:
			return &problem.Invalid{Field: "consents", Reason: fmt.Sprintf("没有这种同意，可以写：%s、%s", ConsentLabel(Notices), ConsentLabel(PhoneKept))}
		case c.Basis != ByConsent && c.Basis != ByDuty && c.Basis != ByEmergency:
			return &problem.Invalid{Field: "consents", Reason: fmt.Sprintf("没有这种依据，可以写：%s、%s、%s", ByConsent.Label(), ByDuty.Label(), ByEmergency.Label())}
		case c.How == "":
			return &problem.Invalid{Field: "consents", Reason: "没有写同意方式：例如 纸质"}
		case inChat:
			return &problem.Invalid{Field: "consents", Reason: "在微信里同意只能由居民本人操作，请写其他方式，例如 纸质"}
		case c.At.After(now):
			return &problem.Invalid{Field: "consents", Reason: "同意时间还没有到，请核对日期"}
		case c.At.Before(earliest):
			return &problem.Invalid{Field: "consents", Reason: "同意时间早于" + earliest.Format(time.DateOnly) + "，请核对日期"}
		}
		if err := checkText("consents", c.How); err != nil {
			return err
		}
		r.agree(c)
	}
	return nil
}

func (r Resident) checkPlace() error {
	if err := checkText("committee", r.Committee); err != nil {
		return err
	}
	return checkText("community", r.Community)
}

func orStaff(from Origin) Origin {
	if from == "" {
		return FromStaff
	}
	return from
}

// placed is where a place came from: nowhere when there is none.
func placed(who Resident) Origin {
	if who.Committee == "" && who.Community == "" {
		return ""
	}
	return orStaff(who.PlaceFrom)
}

func cleanTags(tags []string) ([]string, error) {
	tidied := make([]string, len(tags))
	for i, tag := range tags {
		tidied[i] = tidy(tag)
	}
	tags = slices.Compact(slices.Sorted(slices.Values(tidied)))
	if len(tags) > MaxTags {
		return nil, &problem.Invalid{Field: "tags", Reason: fmt.Sprintf("有%d个标签，最多%d个", len(tags), MaxTags)}
	}
	for _, tag := range tags {
		if tag == "" {
			return nil, &problem.Invalid{Field: "tags", Reason: "有一个标签是空的，请删去"}
		}
		if strings.ContainsFunc(tag, isSeparator) {
			return nil, &problem.Invalid{Field: "tags", Reason: oneName}
		}
		if err := checkText("tags", tag); err != nil {
			return nil, err
		}
	}
	return tags, nil
}

// oneName refuses what a file, where such signs stand between names, would read as several.
const oneName = "里面有分隔符（、，；或换行），会被当成几个名称，请一个一个分开写"

// byTime is the order in which choices were made; of two about the same at one moment the stop is the last.
func byTime(a, b Preference) int {
	if c := cmp.Or(a.At.Compare(b.At), byPlace(a, b)); c != 0 {
		return c
	}
	switch {
	case a.Wants == b.Wants:
		return 0
	case a.Wants:
		return -1
	}
	return 1
}

// newID makes a subject id.
func newID() string {
	id := make([]byte, 16)
	rand.Read(id) // never fails since Go 1.24
	return hex.EncodeToString(id)
}

// allows says what stands against changing a resident: ErrNoResident when there is none.
func (g Guard) allows(who Resident) error {
	switch {
	case who.ID == "":
		return ErrNoResident
	case g == nil:
		return nil
	}
	return g(who)
}
