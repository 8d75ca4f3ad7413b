package roster

import (
	"context"
	"fmt"
	"slices"
	"time"

	"towncrier/audit"
	"towncrier/phone"
)

// unheardOf is after how long without a sign of life of its resident a number is held to be somebody else's: carriers give
// numbers out again, and a stranger must not inherit. A resident who kept the number after all registers their place once more.
const unheardOf = 180 * 24 * time.Hour

// Bind ties a number to a follower who proved that they hold it, and lifts its suppression. When the number has a resident,
// the two are one from now on: the number's resident keeps its id and takes over the openid and what is newer. But a number
// goes from one person to another: when its resident follows under another openid, or was not heard of for unheardOf, the
// follower gets the number alone, and none of the other's place, tags, consents, choices and history.
func (r *Roster) Bind(ctx context.Context, openid string, number phone.Number) (Resident, error) {
	var bound Resident
	now := r.instant()
	err := r.store.Edit(ctx, []Key{{OpenID: openid}, {Phone: number}}, func(found []Found) (edit Edit, err error) {
		bound, edit = r.bind(found[0].orNew(openid, now), found[0].Resident.ID != "", found[1], number, now)
		return edit, nil
	})
	if err != nil {
		return Resident{}, fmt.Errorf("bind a number: %w", err)
	}
	return bound, nil
}

// bind is the change to the follower, known or new, and to the resident who is found at the number.
func (r *Roster) bind(chat Resident, known bool, at Found, number phone.Number, now time.Time) (bound Resident, edit Edit) {
	edit.Suppress = make(map[phone.Number]Suppression)
	holder, action := at.Resident, "resident.bind"
	changed := holder.ID != chat.ID
	switch {
	case holder.ID == "": // a follower takes a number, in place of any that they had
		if chat.Phone != "" && chat.stopsSMS() {
			edit.Suppress[chat.Phone] = Stopped
		}
		bound = chat
		bound.Phone, bound.PhoneFrom = number, FromChat
	case !changed:
		bound = holder
	case holder.OpenID != "" || holder.stale(now.Add(-unheardOf)):
		action = "resident.take"
		if chat.Phone != "" && chat.stopsSMS() {
			edit.Suppress[chat.Phone] = Stopped
		}
		bound = chat
		bound.Phone, bound.PhoneFrom = number, FromChat
		edit.Vacate = []phone.Number{number}
		if holder.OpenID == "" { // nothing leads to them any more
			edit.Remove = []string{holder.ID}
			break
		}
		holder.Phone, holder.PhoneFrom, holder.UpdatedAt = "", "", now
		holder.Consents = slices.DeleteFunc(slices.Clone(holder.Consents), func(c Consent) bool { return c.What == PhoneKept })
		edit.Save = append(edit.Save, holder)
	default:
		bound = merge(holder, chat)
		if !known {
			break
		}
		action = "resident.merge"
		rest, kept := chat.withoutWeChat(edit.Suppress)
		if kept {
			rest.UpdatedAt = now
			edit.Save = append(edit.Save, rest)
		} else {
			edit.Remove, edit.Into = []string{chat.ID}, holder.ID
		}
	}
	if at.Suppressed != "" {
		edit.Suppress[number], changed = "", true
	}
	agreed := Consent{What: PhoneKept, At: now, How: InChat, Basis: ByConsent}
	if bound.agree(agreed) {
		changed = true
	}
	if !changed {
		return bound, Edit{}
	}
	bound.UpdatedAt = now
	edit.Save = append(edit.Save, bound)
	detail := ""
	switch action {
	case "resident.merge":
		detail = "with=" + chat.ID
	case "resident.take":
		detail = "from=" + holder.ID
	}
	edit.Acts = []audit.Act{r.act(audit.Self, action, bound.ID, detail)}
	return bound, edit
}

// merge is holder with the openid of chat, and with what chat told that is newer.
func merge(holder, chat Resident) Resident {
	both := holder
	both.OpenID = chat.OpenID
	told := chat.PlaceFrom == FromChat && (holder.PlaceFrom != FromChat || chat.UpdatedAt.After(holder.UpdatedAt))
	if chat.PlaceFrom != "" && (told || holder.PlaceFrom == "") {
		both.Committee, both.Community, both.PlaceFrom = chat.Committee, chat.Community, chat.PlaceFrom
	}
	for _, c := range chat.Consents {
		if old := both.consent(c.What); old == nil || !old.At.After(c.At) {
			both.agree(c)
		}
	}
	both.Preferences = nil
	for _, p := range slices.SortedFunc(slices.Values(slices.Concat(holder.Preferences, chat.Preferences)), byTime) {
		both.prefer(p)
	}
	both.Tags = slices.Compact(slices.Sorted(slices.Values(slices.Concat(holder.Tags, chat.Tags))))
	return both
}

// SetPlace records where a follower lives, as they say; "" and "" that they no longer say. ErrNoCommittee.
func (r *Roster) SetPlace(ctx context.Context, openid, committee, community string) error {
	community = tidy(community)
	if err := checkText("community", community); err != nil {
		return err
	}
	now := r.instant()
	err := r.store.Edit(ctx, []Key{{OpenID: openid}}, func(found []Found) (Edit, error) {
		who := found[0].orNew(openid, now)
		from := FromChat
		if committee == "" && community == "" {
			from = ""
		}
		if who.Committee == committee && who.Community == community && who.PlaceFrom == from {
			return Edit{}, nil
		}
		who.Committee, who.Community, who.PlaceFrom, who.UpdatedAt = committee, community, from, now
		return Edit{Save: []Resident{who}, Acts: []audit.Act{r.act(audit.Self, "resident.settle", who.ID, "committee="+committee)}}, nil
	})
	if err != nil {
		return fmt.Errorf("record a place: %w", err)
	}
	return nil
}
