package roster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"towncrier/audit"
	"towncrier/phone"
)

// Unfollow deletes what came from WeChat: the openid, what they told in chat, their subscriptions, and a number that they
// bound there. Of a resident who is known by other means the rest stays, and so does every stop.
func (r *Roster) Unfollow(ctx context.Context, openid string) error {
	if err := r.tickets.Forget(ctx, openid); err != nil {
		return fmt.Errorf("unfollow: %w", err)
	}
	now := r.instant()
	err := r.store.Edit(ctx, []Key{{OpenID: openid}}, func(found []Found) (Edit, error) {
		who := found[0].Resident
		if who.ID == "" {
			return Edit{}, nil
		}
		edit := who.unfollow(now)
		edit.Acts = []audit.Act{r.act(audit.Self, "resident.unfollow", who.ID, "")}
		return edit, nil
	})
	if err != nil {
		return fmt.Errorf("unfollow: %w", err)
	}
	return nil
}

// unfollow is what becomes of them, without its acts.
func (r Resident) unfollow(now time.Time) Edit {
	edit := Edit{Suppress: make(map[phone.Number]Suppression)}
	rest, kept := r.withoutWeChat(edit.Suppress)
	if kept {
		rest.UpdatedAt = now
		edit.Save = []Resident{rest}
	} else {
		edit.Remove = []string{r.ID}
	}
	return edit
}

// withoutWeChat is what stays of a resident when WeChat goes, and whether anything does. Stops of a number that goes are
// put into suppress.
func (r Resident) withoutWeChat(suppress map[phone.Number]Suppression) (rest Resident, kept bool) {
	rest = r
	rest.OpenID = ""
	if r.PlaceFrom == FromChat {
		rest.Committee, rest.Community, rest.PlaceFrom = "", "", ""
	}
	if r.PhoneFrom == FromChat {
		if r.stopsSMS() {
			suppress[r.Phone] = Stopped
		}
		rest.Phone, rest.PhoneFrom = "", ""
	}
	rest.Consents = slices.DeleteFunc(slices.Clone(r.Consents), func(c Consent) bool { return c.How == InChat })
	rest.Preferences = slices.DeleteFunc(slices.Clone(r.Preferences), func(p Preference) bool { return p.Wants })
	return rest, rest.Phone != ""
}

// EraseSelf deletes a follower at their own wish: nothing is kept but the suppression of their number, so that no import
// brings them back. Nothing happens when nothing is kept of them.
func (r *Roster) EraseSelf(ctx context.Context, openid string) error {
	if err := r.tickets.Forget(ctx, openid); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	return r.erase(ctx, audit.Self, Key{OpenID: openid}, nil)
}

// Erase deletes a resident at their wish, told to an official. ErrNoResident when there is none, or none any more.
func (r *Roster) Erase(ctx context.Context, actor audit.Actor, id string) error {
	if _, err := r.Get(ctx, id); err != nil {
		return err
	}
	return r.erase(ctx, actor, Key{ID: id}, nil)
}

// Expire erases residents without WeChat whose last change and newest consent are older than before, at most limit of them,
// and says how many. They did not ask for it: only those who had stopped texts stay suppressed, and a later import may bring
// the others back.
func (r *Roster) Expire(ctx context.Context, before time.Time, limit int) (n int, err error) {
	ids, err := r.store.Stale(ctx, before, limit)
	if err != nil {
		return 0, fmt.Errorf("look for residents to expire: %w", err)
	}
	for _, id := range ids {
		err := r.erase(ctx, audit.System("retention"), Key{ID: id}, func(who Resident) bool { return who.stale(before) })
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (r Resident) stale(before time.Time) bool {
	return r.OpenID == "" && r.UpdatedAt.Before(before) &&
		!slices.ContainsFunc(r.Consents, func(c Consent) bool { return !c.At.Before(before) })
}

// erase deletes the resident that a key leads to. With expired they are deleted only when it says so, and not as if they had asked.
func (r *Roster) erase(ctx context.Context, actor audit.Actor, key Key, expired func(Resident) bool) error {
	// Tickets first: once the openid is gone, nothing leads to them.
	who, err := r.store.Find(ctx, key)
	if err != nil && !errors.Is(err, ErrNoResident) {
		return fmt.Errorf("erase: %w", err)
	}
	if who.OpenID != "" && key.OpenID == "" {
		if err := r.tickets.Forget(ctx, who.OpenID); err != nil {
			return fmt.Errorf("erase: %w", err)
		}
	}
	followed := who.OpenID
	err = r.store.Edit(ctx, []Key{key}, func(found []Found) (Edit, error) {
		who, number := found[0].Resident, key.Phone
		edit := Edit{Suppress: make(map[phone.Number]Suppression)}
		if who.ID != "" {
			if expired != nil && !expired(who) {
				return Edit{}, nil
			}
			edit.Remove = []string{who.ID}
			followed, number = who.OpenID, who.Phone
		}
		switch {
		case number == "" || found[0].Suppressed == Erased:
		case expired == nil:
			edit.Suppress[number] = Erased
		case who.stopsSMS():
			edit.Suppress[number] = Stopped
		}
		if who.ID != "" || len(edit.Suppress) > 0 {
			edit.Acts = []audit.Act{r.act(actor, "resident.erase", who.ID, "")}
		}
		return edit, nil
	})
	if err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	if followed != who.OpenID { // they bound WeChat in between
		if err := r.tickets.Forget(ctx, followed); err != nil {
			return fmt.Errorf("erase: %w", err)
		}
	}
	return nil
}
