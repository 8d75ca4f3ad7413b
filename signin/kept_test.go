package signin_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"towncrier/audit"
	"towncrier/signin"
	"towncrier/staff"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestWrittenByHand: whoever writes to the database makes nobody's session, and lets nobody in.
func TestWrittenByHand(t *testing.T) {
	for name, database := range map[string]struct {
		fresh  func(testing.TB) string
		driver string
	}{"SQLite": {storetest.FreshSQLite, "sqlite"}, "PostgreSQL": {storetest.FreshPostgres, "pgx"}} {
		t.Run(name, func(t *testing.T) {
			setting, sealer := database.fresh(t), storetest.Sealer(t)
			c := newCity(t, func() *store.DB { return storetest.Open(t, setting, sealer) }, false)
			raw, err := sql.Open(database.driver, setting)
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			hand := func(format string, args ...any) {
				t.Helper()
				if _, err := raw.ExecContext(t.Context(), fmt.Sprintf(format, args...)); err != nil {
					t.Fatal(err)
				}
			}
			li, xu := c.colleague("li"), c.colleague("xu")
			for what, change := range map[string]string{
				"another's session":  `UPDATE staff_session SET person = 'anna' WHERE id = '%s'`,
				"a longer one":       `UPDATE staff_session SET created_at = created_at + 1 WHERE id = '%s'`,
				"of a rehearsal":     `UPDATE staff_session SET rehearsal = 1 WHERE id = '%s'`,
				"a second factor":    `UPDATE staff_session SET steps = '{"B-1":1796000000000}' WHERE id = '%s'`,
				"its person's role":  `UPDATE staff SET role = 'admin' WHERE id = 'xu' AND '%s' <> ''`,
				"the one that ended": `UPDATE staff_session SET ended_at = 1 WHERE id = '%s'`,
			} {
				token, session := c.enters("xu", office)
				hand(change, session.ID)
				c.over(c.process, what, token)
				hand(`UPDATE staff SET role = 'author' WHERE id = 'xu'`)
			}
			for what, change := range map[string]string{
				"an answer":          `UPDATE signin_scan SET passed = 1`,
				"another's sign-in":  `UPDATE signin_scan SET person = 'li'`,
				"another's account":  `UPDATE staff_wechat SET person = 'li'`,
				"a factor of no one": `UPDATE staff_wechat SET bound_at = bound_at + 1`,
			} {
				c.pass(time.Hour)
				c.binds("xu", ownAccount, true)
				token, waiting := c.asks("xu", xu.Passphrase, home)
				hand("%s", change)
				if said := c.confirms(ownAccount, waiting, waiting.Number); said != "" {
					t.Errorf("%s: %q", what, said)
				}
				if err := c.entersScanned(token); err == nil {
					t.Errorf("%s lets in", what)
				}
				hand(`DELETE FROM signin_scan`)
				hand(`DELETE FROM staff_wechat`)
			}
			hand(`UPDATE staff_login SET passphrase = (SELECT passphrase FROM staff_login WHERE person = 'li') WHERE person = 'xu'`)
			c.pass(31 * time.Second)
			c.wants("another's passphrase", c.tries("xu", li.Passphrase, xu.Code(c.now()), office), signin.ErrNoEntry)
			hand(`UPDATE staff_factor SET person = 'li' WHERE person = 'xu' AND kind = 'recovery'`)
			c.wants("another's recovery code", c.tries("li", li.Passphrase, xu.Codes[0], office), signin.ErrNoEntry)
		})
	}
}

// TestUnusedAccounts are disabled after ninety days, and with them all that opens.
func TestUnusedAccounts(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		c.colleague("li")
		unused := func(want ...string) {
			t.Helper()
			if got, err := c.staff.DisableUnused(ctx); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("disabled %q, %v; want %q", got, err, want)
			}
		}
		c.pass(80 * 24 * time.Hour)
		unused()
		c.enters("xu", office)
		c.pass(11 * 24 * time.Hour)
		unused("li") // the two admins stay: nobody could enable anybody
		li := c.people["li"]
		c.wants("the unused", c.tries("li", li.Passphrase, li.Codes[0], office), signin.ErrNoEntry)
		if err := c.staff.Enable(ctx, audit.Staff("anna"), "li"); err != nil {
			t.Fatal(err)
		}
		unused()
		c.wants("enabled again, and not invited", c.tries("li", li.Passphrase, li.Codes[0], office), signin.ErrNoEntry)
		c.pass(80 * 24 * time.Hour)
		if err := c.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		unused("xu")
		if p, err := c.staff.Get(ctx, "anna"); err != nil || !p.DisabledAt.IsZero() || p.Role != staff.Admin {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

// TestEverythingIsRecorded: who, in which session, from where, and what came of it.
func TestEverythingIsRecorded(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		token, session := c.enters("xu", office)
		c.pass(31 * time.Second)
		token, err := c.StepUp(t.Context(), token, "B-1", c.people["xu"].Code(c.now()))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Leave(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		for action, want := range map[string]string{
			"session.begin":   "staff:xu|xu|factor=totp|address=" + office + " session=" + session.ID,
			"session.step-up": "staff:xu|xu|factor=totp|address=" + office + " session=" + session.ID,
			"session.leave":   "staff:xu|xu||address=" + office + " session=" + session.ID,
		} {
			if got := c.recorded(action); len(got) != 1 || got[0] != want {
				t.Errorf("%s: %q, want %q", action, got, want)
			}
			if audit.Label(action) == action {
				t.Errorf("%s has no label", action)
			}
		}
		for _, action := range []string{"session.end", "session.fail", "login.set", "login.passphrase", "login.app", "login.recovery"} {
			if audit.Label(action) == action {
				t.Errorf("%s has no label", action)
			}
		}
		if got := c.recorded("login.set"); len(got) != 1 {
			t.Errorf("set: %q", got)
		}
	})
}
