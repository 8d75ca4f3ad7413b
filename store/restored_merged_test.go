package store_test

import (
	"errors"
	"testing"

	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/problem"
	"towncrier/roster"
)

// TestWhoLeftAsAnother restores a backup in which a follower and a number are two residents, who became one and left since: by a name that
// the backup does not know of the follower.
func TestWhoLeftAsAnother(t *testing.T) {
	for name, leave := range map[string]func(c *lostCity, number phone.Number, openid string) error{
		"erased at their own wish": func(c *lostCity, _ phone.Number, openid string) error { return c.roster.EraseSelf(c.Context(), openid) },
		"erased by an official": func(c *lostCity, _ phone.Number, openid string) error {
			return c.roster.Erase(c.Context(), audit.Staff("wang"), c.me(openid).ID)
		},
		"unfollowed": func(c *lostCity, _ phone.Number, openid string) error { return c.roster.Unfollow(c.Context(), openid) },
	} {
		t.Run(name, func(t *testing.T) {
			eachLostCity(t, func(c *lostCity) {
				number, openid := c.person(0)
				_, err := c.roster.Add(c.Context(), audit.Staff("wang"), roster.Resident{Phone: number,
					Consents: []roster.Consent{{What: roster.Notices, Basis: roster.ByConsent, How: "paper"}}})
				c.must(err)
				c.must(c.roster.Prefer(c.Context(), openid, "dogs", "", true))
				_, err = c.inbox.File(c.Context(), inbox.Filing{Kind: inbox.Suggestion, From: openid, Text: "建议"})
				c.must(err)
				c.backUp()
				_, err = c.roster.Bind(c.Context(), openid, number)
				c.must(err)
				c.must(leave(c, number, openid))
				c.restore(boxUnder(c, c.master), c.read())
				if who, err := c.roster.Me(c.Context(), openid); !errors.Is(err, roster.ErrNoResident) {
					c.Errorf("they follow: %+v, %v", who, err)
				}
				_, err = c.roster.FindByPhone(c.Context(), number)
				if gone := errors.Is(err, problem.ErrNotFound); gone != (name != "unfollowed") {
					c.Errorf("by their number: %v", err)
				}
				if n, err := c.db.Inbox().CountOf(c.Context(), openid); err != nil || n != 0 {
					c.Errorf("%d tickets know their asker: %v", n, err)
				}
			})
		})
	}
}
