package signin_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/signin"
)

const (
	ownAccount   = "oAccountOfXu00000000000000000"
	otherAccount = "oAccountOfSomebody00000000000"
)

// drawn makes codes that say their scene.
type drawn struct{}

func (drawn) QRCode(_ context.Context, scene string, _ time.Duration) (string, error) {
	return "https://weixin.example/" + scene, nil
}

func scene(text string) string { return strings.TrimPrefix(text, "https://weixin.example/") }

// binds has a colleague bind an account, in a session with the second factor or with a key.
func (c *city) binds(id, account string, proven bool) {
	c.t.Helper()
	session := ""
	if proven {
		token, opened := c.enters(id, office)
		c.pass(31 * time.Second)
		if _, err := c.StepUp(c.t.Context(), token, signin.BindStep, c.people[id].Code(c.now())); err != nil {
			c.t.Fatal(err)
		}
		session = opened.ID
	}
	text, _, err := c.wechat.Ask(c.t.Context(), id, session)
	if err != nil {
		c.t.Fatal(err)
	}
	if asked, _, err := c.wechat.Scanned(c.t.Context(), account, scene(text)); err != nil || !strings.Contains(asked, "回复1") {
		c.t.Fatalf("asked %q, %v", asked, err)
	}
	if said := c.says(account, "1"); !strings.HasPrefix(said, "已绑定") {
		c.t.Fatalf("bound: %q", said)
	}
}

func (c *city) says(account, text string) string {
	c.t.Helper()
	reply, _, err := c.wechat.Said(c.t.Context(), account, text)
	if err != nil {
		c.t.Fatal(err)
	}
	return reply
}

// asks hands in a passphrase, and waits for a scan.
func (c *city) asks(id, passphrase, address string) (token string, waiting signin.Scan) {
	c.t.Helper()
	token, waiting, err := c.AskScan(c.t.Context(), signin.Attempt{ID: id, Passphrase: passphrase, Address: address, Agent: edge})
	if err != nil {
		c.t.Fatal(err)
	}
	return token, waiting
}

// confirms has an account scan a code, and answer.
func (c *city) confirms(account string, waiting signin.Scan, number string) string {
	c.t.Helper()
	if _, ok, err := c.wechat.Scanned(c.t.Context(), account, scene(waiting.QR)); err != nil || !ok {
		c.t.Fatal(ok, err)
	}
	return c.says(account, number)
}

func (c *city) entersScanned(token string) error {
	_, _, err := c.EnterScanned(c.t.Context(), token, office, edge)
	return err
}

func another(number string) string {
	if number == "10" {
		return "11"
	}
	return "10"
}

// TestScanLetsInOnce: who knows the passphrase and answers by the account that they bound with a second factor is in, once, in any process.
func TestScanLetsInOnce(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		xu := c.colleague("xu")
		c.binds("xu", ownAccount, true)
		token, waiting := c.asks("xu", xu.Passphrase, office)
		c.wants("nothing was answered", c.entersScanned(token), signin.ErrNotAnswered)
		if said := c.confirms(otherAccount, waiting, waiting.Number); said != "" {
			t.Errorf("a stranger is told %q", said)
		}
		c.wants("a stranger answered", c.entersScanned(token), signin.ErrNotAnswered)
		if said := c.confirms(ownAccount, waiting, waiting.Number+"。"); !strings.HasPrefix(said, "已确认") {
			t.Errorf("the number: %q", said)
		}
		c.wants("another browser", c.entersScanned(strings.Repeat("A", len(token))), signin.ErrScanOver)
		second := c.setting()
		entered, session, err := second.EnterScanned(t.Context(), token, office, edge)
		if err != nil {
			t.Fatal(err)
		}
		c.open(c.process, "the session", entered)
		c.wants("once more", c.entersScanned(token), signin.ErrScanOver)
		if got := c.recorded("session.begin"); !strings.Contains(strings.Join(got, "\n"), "factor=wechat|address="+office+" session="+session.ID) &&
			!strings.Contains(strings.Join(got, "\n"), "factor=wechat ended=") {
			t.Errorf("recorded: %q", got)
		}
		if said := c.says(ownAccount, waiting.Number); said != "" {
			t.Errorf("the number once more: %q", said)
		}
	})
}

// TestScanThatDoesNotLetIn: a wrong number, a no, and whatever changed since the passphrase was checked.
func TestScanThatDoesNotLetIn(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		ctx, xu := t.Context(), c.colleague("xu")
		c.binds("xu", ownAccount, true)
		for answer, want := range map[string]string{"a number": "数字不对", "0": "没有登录。有人知道您的密码"} {
			token, waiting := c.asks("xu", xu.Passphrase, office)
			if answer != "0" {
				answer = another(waiting.Number)
			}
			if said := c.confirms(ownAccount, waiting, answer); !strings.HasPrefix(said, want) {
				t.Errorf("%s: %q", answer, said)
			}
			if said := c.confirms(ownAccount, waiting, waiting.Number); said != "" {
				t.Errorf("the right number after %s: %q", answer, said)
			}
			c.wants("after "+answer, c.entersScanned(token), signin.ErrNotAnswered) // who waits need not be who was asked
		}
		failed := strings.Join(c.recorded("session.fail"), "\n")
		for _, outcome := range []string{"wechat-number", "wechat-refused"} {
			if want := "staff:xu|xu|outcome=" + outcome + "|address=" + office; !strings.Contains(failed, want) {
				t.Errorf("%s is not recorded: %s", want, failed)
			}
		}

		since := func(what string, change func()) {
			t.Helper()
			token, waiting := c.asks("xu", xu.Passphrase, home)
			c.confirms(ownAccount, waiting, waiting.Number)
			change()
			c.wants(what, c.entersScanned(token), signin.ErrScanOver)
		}
		since("too late", func() { c.pass(signin.ScanLife) })
		since("another passphrase", func() {
			token, _ := c.enters("xu", office)
			c.pass(31 * time.Second)
			if _, err := c.ChangePassphrase(ctx, signin.Present{Token: token, Passphrase: xu.Passphrase, Code: xu.Code(c.now())}, xu.Passphrase+"又一年"); err != nil {
				t.Fatal(err)
			}
		})
		xu.Passphrase += "又一年"
		c.people["xu"] = xu
		since("the account was taken off", func() {
			if err := c.wechat.Unbind(ctx, "xu"); err != nil {
				t.Fatal(err)
			}
		})
		c.binds("xu", ownAccount, false)
		if bound, err := c.wechat.Bound(ctx, "xu"); err != nil || bound.SignsIn {
			t.Errorf("bound by a key: %+v, %v", bound, err)
		}
		token, waiting := c.asks("xu", xu.Passphrase, home)
		if said := c.confirms(ownAccount, waiting, waiting.Number); said != "" {
			t.Errorf("an account that was bound by a key: %q", said)
		}
		c.wants("an account that was bound by a key", c.entersScanned(token), signin.ErrNotAnswered)
		c.binds("xu", ownAccount, true)
		since("let go", func() {
			if err := c.staff.Disable(ctx, boss, "xu", false); err != nil {
				t.Fatal(err)
			}
		})
	})
}

// TestScanTellsNothingOfAPassphrase: what is wrong is recorded, and counts, and is not said.
func TestScanTellsNothingOfAPassphrase(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.binds("xu", ownAccount, true)
		for _, id := range []string{"xu", "li", "nobody"} {
			token, waiting := c.asks(id, "九十九只黑鹅不吃芦苇的叶子", office)
			if said := c.confirms(ownAccount, waiting, waiting.Number); said != "" {
				t.Errorf("%s: %q", id, said)
			}
			c.wants(id, c.entersScanned(token), signin.ErrNotAnswered)
		}
		for range 4 {
			c.asks("xu", c.people["xu"].Passphrase, office)
		}
		_, _, err := c.AskScan(t.Context(), signin.Attempt{ID: "xu", Passphrase: c.people["xu"].Passphrase, Address: office})
		if tooMany, ok := errors.AsType[*signin.TooMany](err); !ok || tooMany.Wait > 15*time.Minute {
			t.Errorf("the sixth: %v", err)
		}
		if _, ok := errors.AsType[*signin.TooMany](c.tries("xu", c.people["xu"].Passphrase, "000000", office)); !ok {
			t.Error("a code is taken while scans wait")
		}
		token, waiting := c.asks("xu", c.people["xu"].Passphrase, home)
		c.confirms(ownAccount, waiting, waiting.Number)
		c.wants("from another address", c.entersScanned(token), nil)
		if audit.Label("session.ask") == "session.ask" {
			t.Error("session.ask has no label")
		}
	})
}
