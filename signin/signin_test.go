package signin_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/signin"
	"towncrier/staff"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestBothHalvesAreWanted: neither a passphrase nor a code opens by itself, and every refusal reads the same.
func TestBothHalvesAreWanted(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		xu := c.colleague("xu")
		other := c.colleague("li")
		c.pass(31 * time.Second)
		code := xu.Code(c.now())
		for what, try := range map[string][3]string{
			"no code": {"xu", xu.Passphrase, ""}, "no passphrase": {"xu", "", code}, "a wrong code": {"xu", xu.Passphrase, "000000"},
			"another's code": {"xu", xu.Passphrase, other.Code(c.now())}, "nobody": {"nobody", xu.Passphrase, code}, "no id": {"x\x00\xff", xu.Passphrase, code},
			"somebody without a login": {"anna", xu.Passphrase, code},
		} {
			if err := c.tries(try[0], try[1], try[2], what); err == nil || err.Error() != signin.ErrNoEntry.Error() {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := c.tries(" XU ", xu.Passphrase, code[:3]+" "+code[3:], office); err != nil {
			t.Errorf("both: %v", err)
		}
		if err := c.staff.Disable(t.Context(), boss, "xu", false); err != nil {
			t.Fatal(err)
		}
		c.pass(31 * time.Second)
		c.wants("disabled", c.tries("xu", xu.Passphrase, xu.Code(c.now()), home), signin.ErrNoEntry)
		if got := c.recorded("session.fail"); len(got) != 8 || !slices.Contains(got, "system:signin|xu|outcome=code|address=a wrong code") {
			t.Errorf("recorded %q", got)
		}
	})
}

// TestOnlyItsOwnerKnowsASecret: what is kept opens nothing, and an invitation takes two admins, opens once, and within a day.
func TestOnlyItsOwnerKnowsASecret(t *testing.T) {
	for name, fresh := range map[string]func(testing.TB) string{"SQLite": storetest.FreshSQLite, "PostgreSQL": storetest.FreshPostgres} {
		t.Run(name, func(t *testing.T) {
			setting, sealer := fresh(t), storetest.Sealer(t)
			c := newCity(t, func() *store.DB { return storetest.Open(t, setting, sealer) }, false)
			xu := c.colleague("xu")
			token, _ := c.enters("xu", office)
			dump := storetest.Dump(t, setting)
			for _, secret := range append(xu.Codes, xu.Passphrase, xu.Secret, token, strings.ReplaceAll(xu.Codes[0], "-", "")) {
				if strings.Contains(dump, secret) {
					t.Errorf("the database holds %q", secret)
				}
			}
			if !strings.Contains(dump, "$argon2id$v=19$m=19456,t=2,p=1$") {
				t.Error("the passphrase is not kept as Argon2id of 19 MiB, twice")
			}
			issue := func() (activation string, inv staff.Invitation) {
				activation, inv, err := c.enrol.Invite(t.Context(), "anna", "xu")
				if err != nil {
					t.Fatal(err)
				}
				return activation, inv
			}
			enrol := func(activation string) error {
				_, _, err := c.Enrol(t.Context(), signin.Enrolling{Activation: activation, Passphrase: xu.Passphrase + "新", Secret: xu.Secret, Code: xu.Code(c.now()), Address: office})
				return err
			}
			activation, inv := issue()
			c.wants("one admin", enrol(activation), staff.ErrUnconfirmed)
			_, err := c.enrol.Confirm(t.Context(), "anna", inv.ID, staff.Confirmation{InPerson: true})
			c.wants("the same admin", err, staff.ErrSecondAdmin)
			if _, err := c.enrol.Confirm(t.Context(), "bao", inv.ID, staff.Confirmation{InPerson: true}); err != nil {
				t.Fatal(err)
			}
			c.open(c.process, "before it is opened", token)
			if err := enrol(activation); err != nil {
				t.Fatal(err)
			}
			c.wants("twice", enrol(activation), staff.ErrNoInvitation)
			c.over(c.process, "the session of the login before", token)
			c.pass(31 * time.Second)
			c.wants("the passphrase before", c.tries("xu", xu.Passphrase, xu.Code(c.now()), office), signin.ErrNoEntry)
			c.wants("a recovery code of before", c.tries("xu", xu.Passphrase+"新", xu.Codes[0], office), signin.ErrNoEntry)
			activation, inv = issue()
			if _, err := c.enrol.Confirm(t.Context(), "bao", inv.ID, staff.Confirmation{InPerson: true}); err != nil {
				t.Fatal(err)
			}
			c.pass(25 * time.Hour)
			c.wants("after a day", enrol(activation), staff.ErrNoInvitation)
		})
	}
}

// TestACodeOpensOnce: a code of the app is good for a step to either side, and none that came before it; each recovery code is good once.
func TestACodeOpensOnce(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		xu := c.colleague("xu")
		c.wants("the code that set the app", c.tries("xu", xu.Passphrase, xu.Code(c.now()), office), signin.ErrNoEntry)
		c.pass(10 * time.Minute)
		at := c.now().Truncate(30 * time.Second)
		enter := func(code string) error { return c.tries("xu", xu.Passphrase, code, office) }
		for _, far := range []time.Duration{-time.Minute, time.Minute} {
			c.wants("two steps away", enter(xu.Code(at.Add(far))), signin.ErrNoEntry)
		}
		if err := enter(xu.Code(at)); err != nil {
			t.Error("this step:", err)
		}
		c.wants("again", enter(xu.Code(at)), signin.ErrNoEntry)
		c.wants("the one before", enter(xu.Code(at.Add(-30*time.Second))), signin.ErrNoEntry)
		if err := enter(xu.Code(at.Add(30 * time.Second))); err != nil {
			t.Error("the next:", err)
		}
		if len(xu.Codes) != 10 {
			t.Errorf("%d recovery codes", len(xu.Codes))
		}
		if err := enter(strings.ReplaceAll(xu.Codes[3], "-", " ")); err != nil {
			t.Error("a recovery code:", err)
		}
		c.wants("the recovery code again", enter(xu.Codes[3]), signin.ErrNoEntry)

		// Of many at once, on several processes, one opens.
		second := c.setting()
		c.pass(10 * time.Minute)
		var all sync.WaitGroup
		errs := make([]error, 4)
		for i, p := range []process{c.process, second, c.process, second} {
			all.Go(func() {
				_, _, errs[i] = p.Enter(t.Context(), signin.Attempt{ID: "xu", Passphrase: xu.Passphrase, Code: xu.Code(c.now()), Address: home})
			})
		}
		all.Wait()
		if opened := len(slices.DeleteFunc(errs, func(err error) bool { return err != nil })); opened != 1 {
			t.Errorf("one code opened %d times", opened)
		}
	})
}

// TestFailuresWait: five failures of an account from an address wait, twice as long each time and a day at most, for that address alone,
// through a restart.
func TestFailuresWait(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		xu := c.colleague("xu")
		fails := func(p process, id string) {
			t.Helper()
			_, _, err := p.Enter(t.Context(), signin.Attempt{ID: id, Passphrase: "wrong", Code: "000000", Address: office})
			c.wants("a failure of "+id, err, signin.ErrNoEntry)
		}
		waits := func(p process, id string, want time.Duration) {
			t.Helper()
			_, _, err := p.Enter(t.Context(), signin.Attempt{ID: id, Passphrase: xu.Passphrase, Code: xu.Code(c.now()), Address: office})
			if many, ok := errors.AsType[*signin.TooMany](err); !ok || many.Wait != want {
				t.Errorf("%s: %v; want a wait of %v", id, err, want)
			}
		}
		second := c.setting()
		for want, total := 15*time.Minute, 0; total < 8; total++ {
			for i := range 5 {
				fails([]process{c.process, second}[i%2], "xu")
			}
			waits(second, "xu", want)
			c.pass(want - time.Second)
			waits(c.setting(), "xu", time.Second)
			c.pass(time.Second)
			want = min(2*want, 24*time.Hour)
		}
		c.pass(-3 * 24 * time.Hour) // back into the last wait
		if err := c.tries("xu", xu.Passphrase, xu.Codes[0], home); err != nil {
			t.Errorf("from another address: %v", err)
		}
		c.pass(3 * 24 * time.Hour)
		if err := c.tries("xu", xu.Passphrase, xu.Codes[1], office); err != nil {
			t.Errorf("after the wait: %v", err)
		}
		for range 4 {
			fails(c.process, "xu") // counted anew
		}
		for range 5 {
			fails(c.process, "nobody") // who is not there waits alike
		}
		waits(c.process, "nobody", 15*time.Minute)
	})
}

// TestAnAddressIsSlowedAlone: twenty failures from an address, of many accounts, slow it, and nobody else.
func TestAnAddressIsSlowedAlone(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		xu := c.colleague("xu")
		token, _ := c.enters("li", office)
		for _, id := range []string{"a1", "a2", "a3", "a4"} {
			for range 5 {
				c.wants("a failure", c.tries(id, "wrong", "", "2001:db8:1:2::"+id[1:]), signin.ErrNoEntry)
			}
		}
		c.pass(31 * time.Second)
		if err := c.tries("xu", xu.Passphrase, xu.Codes[0], "2001:db8:1:2::9"); err != nil {
			t.Errorf("slowly: %v", err)
		}
		c.pass(15 * time.Second)
		c.wants("one more", c.tries("a5", "wrong", "", "2001:db8:1:2::5"), signin.ErrNoEntry)
		err := c.tries("xu", xu.Passphrase, xu.Codes[1], "2001:db8:1:2::9")
		if many, ok := errors.AsType[*signin.TooMany](err); !ok || many.Wait != 15*time.Second {
			t.Errorf("at once: %v", err)
		}
		if err := c.tries("xu", xu.Passphrase, xu.Codes[2], "2001:db8:1:3::9"); err != nil {
			t.Errorf("from elsewhere: %v", err)
		}
		c.open(c.process, "a good session", token)
	})
}

// TestWhoseTurnDoesNotComeFailedNot: while too many sign in, others are told so, and wait for nothing afterwards.
func TestWhoseTurnDoesNotComeFailedNot(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		xu := c.colleague("xu")
		free := c.Occupy()
		for range 6 {
			c.wants("too many", c.tries("xu", xu.Passphrase, "000000", office), signin.ErrBusy)
			_, _, err := c.AskScan(t.Context(), signin.Attempt{ID: "xu", Passphrase: xu.Passphrase, Address: office})
			c.wants("too many for a scan", err, signin.ErrBusy)
		}
		free()
		c.enters("xu", office)
	})
}

// TestNobodyFailsAsSomethingElse: what is counted beside accounts is reached by no name that somebody types in.
func TestNobodyFailsAsSomethingElse(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		for range 6 {
			_ = c.tries("activation", "九十九只黑鹅不吃芦苇的叶子", "000000", office)
		}
		if _, err := c.Invited(t.Context(), "tca_nothing", office); !errors.Is(err, staff.ErrNoInvitation) {
			t.Errorf("an activation code after failures of an account of that name: %v", err)
		}
	})
}

// TestAGoodSessionGoesOn while somebody else fails with its account.
func TestAGoodSessionGoesOn(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		xu := c.colleague("xu")
		token, _ := c.enters("xu", office)
		for range 5 {
			c.wants("a failure", c.tries("xu", "wrong", "", office), signin.ErrNoEntry)
		}
		c.open(c.process, "the session", token)
		c.pass(31 * time.Second)
		if _, err := c.StepUp(t.Context(), token, "B-1", xu.Code(c.now())); err != nil {
			t.Errorf("its second factor: %v", err)
		}
		before := c.now()
		c.pass(15 * time.Minute)
		c.enters("xu", office)
		last, failures, err := c.Since(t.Context(), "xu")
		if err != nil || !last.Before(before) || last.IsZero() || failures != 5 {
			t.Errorf("since %v: %d failures, %v", last, failures, err)
		}
	})
}

// TestTokensAreNewAndLong.
func TestTokensAreNewAndLong(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		first, one := c.enters("xu", office)
		second, two := c.enters("xu", home)
		if len(first) < 43 || first == second || one.ID == two.ID || one.Browser != "Windows电脑上的Edge浏览器" || one.Address != office {
			t.Errorf("%+v and %+v", one, two)
		}
		c.over(c.process, "a token that nobody has", first[:42]+"_")
		c.over(c.process, "an id", one.ID)
		c.over(c.process, "nothing", "")
	})
}

// TestSessionsEnd on every process at once.
func TestSessionsEnd(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		second := c.setting()
		ctx := t.Context()

		rests, _ := c.enters("xu", office)
		for range 20 {
			c.pass(29 * time.Minute)
			c.open(second, "used every half an hour", rests)
		}
		c.pass(20 * time.Minute)
		c.over(second, "ten hours in all", rests)
		rests, resting := c.enters("xu", office)
		c.pass(29 * time.Minute)
		if _, _, err := c.Watch(ctx, rests); err != nil {
			t.Errorf("watched: %v", err)
		}
		still := func(c process, id string, want error) {
			t.Helper()
			if _, _, err := c.Still(ctx, id); !errors.Is(err, want) {
				t.Errorf("still: %v, want %v", err, want)
			}
		}
		still(second, resting.ID, nil)
		still(second, resting.ID[:9]+"_", signin.ErrOver)
		c.pass(time.Minute)
		c.over(c.process, "half an hour of rest, though a page asked by itself", rests)
		still(second, resting.ID, signin.ErrOver)

		stepped, stepping := c.enters("xu", office)
		still(second, stepping.ID, nil)
		c.pass(31 * time.Second)
		if _, err := c.StepUp(ctx, stepped, "B1", c.people["xu"].Code(c.now())); err != nil {
			t.Fatal(err)
		}
		c.pass(2 * time.Minute)
		c.over(second, "the token before a second factor, later", stepped)
		still(second, stepping.ID, nil) // a file that comes goes on

		oldest, _ := c.enters("xu", office)
		middle, _ := c.enters("xu", office)
		newest, last := c.enters("xu", home)
		c.over(second, "the oldest of three", oldest)
		c.open(second, "the second", middle)
		c.open(second, "the third", newest)
		all, err := second.Sessions(ctx, "xu")
		if err != nil || len(all) != 2 || all[0].ID != last.ID {
			t.Fatalf("listed %+v, %v", all, err)
		}
		person := func(id string) staff.Person {
			p, err := c.staff.Get(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		c.wants("another's session", second.End(ctx, person("li"), "xu", last.ID), signin.ErrNoSession)
		if err := second.End(ctx, person("xu"), "xu", last.ID); err != nil {
			t.Error(err)
		}
		c.over(c.process, "ended by its person", newest)
		still(c.process, last.ID, signin.ErrOver)
		if err := second.End(ctx, person("anna"), "xu", all[1].ID); err != nil {
			t.Error(err)
		}
		c.over(c.process, "ended by an admin", middle)
		c.wants("ended twice", second.End(ctx, person("anna"), "xu", all[1].ID), signin.ErrNoSession)

		left, _ := c.enters("xu", office)
		if err := second.Leave(ctx, left); err != nil {
			t.Error(err)
		}
		c.over(c.process, "signed out", left)

		for what, end := range map[string]func() error{
			"role": func() error {
				_, err := second.staff.Change(ctx, audit.Staff("bao"), "xu", staff.Changes{Role: new(staff.Auditor)})
				return err
			},
			"disabled": func() error { return second.staff.Disable(ctx, audit.Staff("bao"), "xu", false) },
		} {
			delete(c.people, "xu")
			token, _ := c.enters("xu", office)
			if err := end(); err != nil {
				t.Fatal(err)
			}
			c.over(c.process, what, token)
			if err := second.staff.Enable(ctx, boss, "xu"); err != nil {
				t.Fatal(err)
			}
			c.over(c.process, what+", and enabled again", token)
			xu := c.people["xu"]
			c.pass(31 * time.Second)
			c.wants(what+": the login before", c.tries("xu", xu.Passphrase, xu.Code(c.now()), home), signin.ErrNoEntry)
		}
	})
}

// TestChangingALogin wants the present passphrase and a factor, and ends the other sessions.
func TestChangingALogin(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx := t.Context()
		second := c.setting()
		other, _ := c.enters("xu", home)
		token, _ := c.enters("xu", office)
		xu := c.people["xu"]
		const fresh = "七条小鱼搬走了一座蓝色的桥"
		code := func() string { c.pass(31 * time.Second); return xu.Code(c.now()) }
		_, err := c.ChangePassphrase(ctx, signin.Present{Token: token, Passphrase: "wrong", Code: code()}, fresh)
		c.wants("another present passphrase", err, signin.ErrPassphrase)
		_, err = c.ChangePassphrase(ctx, signin.Present{Token: token, Passphrase: xu.Passphrase, Code: "123"}, fresh)
		c.wants("a wrong code", err, signin.ErrCode)
		_, err = c.ChangePassphrase(ctx, signin.Present{Token: token, Passphrase: xu.Passphrase, Code: code()}, "password123456")
		c.field("a common one", err, "passphrase")
		now, err := c.ChangePassphrase(ctx, signin.Present{Token: token, Passphrase: xu.Passphrase, Code: xu.Code(c.now())}, fresh)
		if err != nil {
			t.Fatal(err)
		}
		c.over(second, "the other session", other)
		c.over(second, "the token before", token)
		c.open(second, "this session", now)
		c.wants("the passphrase before", c.tries("xu", xu.Passphrase, code(), home), signin.ErrNoEntry)
		if err := c.tries("xu", fresh, code(), home); err != nil {
			t.Error("the new passphrase:", err)
		}

		app := signin.NewSecret()
		shows := xu
		shows.Secret = app
		_, err = c.ChangeApp(ctx, signin.Present{Token: now, Passphrase: fresh, Code: code()}, app, "12345")
		c.field("an app that shows another code", err, "code")
		now, err = c.ChangeApp(ctx, signin.Present{Token: now, Passphrase: fresh, Code: xu.Code(c.now())}, app, shows.Code(c.now()))
		if err != nil {
			t.Fatal(err)
		}
		c.wants("the app before", c.tries("xu", fresh, code(), home), signin.ErrNoEntry)
		c.pass(31 * time.Second)
		codes, now, err := c.RenewRecovery(ctx, signin.Present{Token: now, Passphrase: fresh, Code: shows.Code(c.now())})
		if err != nil || len(codes) != 10 {
			t.Fatal(codes, err)
		}
		c.open(second, "this session", now)
		c.wants("a recovery code of before", c.tries("xu", fresh, xu.Codes[0], home), signin.ErrNoEntry)
		if err := c.tries("xu", fresh, codes[0], home); err != nil {
			t.Error("a new recovery code:", err)
		}
	})
}
