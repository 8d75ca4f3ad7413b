package signin_test

import (
	"context"
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

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

var toldNumber = regexp.MustCompile(`请把数字(\d\d)填到`)

// binds has a colleague bind an account, in a session with the second factor or with a key, and confirm it where they can.
func (c *city) binds(id, account string, proven bool) {
	c.t.Helper()
	session, number := c.bindsAlone(id, account, proven)
	if number != "" {
		if err := c.wechat.Confirm(c.t.Context(), id, session, number); err != nil {
			c.t.Fatal(err)
		}
	}
}

// bindsAlone is binds without what confirms it.
func (c *city) bindsAlone(id, account string, proven bool) (inSession, number string) {
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
	said := c.says(account, "1")
	told := toldNumber.FindStringSubmatch(said)
	if !strings.HasPrefix(said, "已绑定") || (told != nil) != proven {
		c.t.Fatalf("bound: %q", said)
	}
	if proven {
		number = told[1]
	}
	return session, number
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

// noCodes is a WeChat that makes no code.
type noCodes struct{}

func (noCodes) QRCode(context.Context, string, time.Duration) (string, error) {
	return "", signin.ErrNoQR
}

// TestACodeThatIsNotMadeIsNoFailure: it keeps nobody from signing in otherwise, and takes back nothing that failed before.
func TestACodeThatIsNotMadeIsNoFailure(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		xu := c.colleague("xu")
		without := signin.New(signin.Config{Store: c.db.Signin(), Staff: c.staff, Enrolment: c.enrol, QR: noCodes{}, Now: c.now})
		asks := func(times int) {
			t.Helper()
			for n := range times {
				passphrase := []string{xu.Passphrase, "九十九只黑鹅不吃芦苇的叶子"}[n%2]
				_, _, err := without.AskScan(t.Context(), signin.Attempt{ID: "xu", Passphrase: passphrase, Address: office})
				c.wants("no code is made", err, signin.ErrNoQR)
			}
		}
		wrong := func(times int) {
			t.Helper()
			for range times {
				c.wants("a wrong code", c.tries("xu", xu.Passphrase, "000000", office), signin.ErrNoEntry)
			}
		}
		wrong(4)
		asks(5)
		wrong(1)
		if _, is := errors.AsType[*signin.TooMany](c.tries("xu", xu.Passphrase, "000000", office)); !is {
			t.Error("codes that were not made took failures back")
		}
		_, _, err := without.AskScan(t.Context(), signin.Attempt{ID: "xu", Passphrase: xu.Passphrase, Address: office})
		if _, is := errors.AsType[*signin.TooMany](err); !is {
			t.Errorf("while xu waits: %v", err)
		}
		c.enters("li", home)
		for n := range 25 { // each of a colleague of its own
			_, _, err := without.AskScan(t.Context(), signin.Attempt{ID: "nobody-" + string(rune('a'+n)), Passphrase: xu.Passphrase, Address: home})
			if _, is := errors.AsType[*signin.TooMany](err); is != (n >= 20) {
				t.Errorf("%d codes that were not made, from one address: %v", n+1, err)
			}
		}
	})
}

// TestAScanRenewsAnOldHash: a passphrase that was hashed with less than is asked for by now is hashed anew by who signs in by a scan, too.
func TestAScanRenewsAnOldHash(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.binds("xu", ownAccount, true)
		xu, logins := c.colleague("xu"), c.db.Signin()
		kept := func() string {
			l, err := logins.Login(t.Context(), "xu")
			if err != nil {
				t.Fatal(err)
			}
			return l.Passphrase
		}
		salt := []byte("sixteen bytes ..")
		base64 := base64.RawStdEncoding.EncodeToString
		old := "$argon2id$v=19$m=8192,t=1,p=1$" + base64(salt) + "$" + base64(argon2.IDKey([]byte(xu.Passphrase), salt, 1, 8192, 1, 32))
		if err := logins.Rehash(t.Context(), "xu", kept(), old); err != nil {
			t.Fatal(err)
		}
		c.asks("xu", "九十九只黑鹅不吃芦苇的叶子", office)
		if kept() != old {
			t.Fatal("a wrong passphrase is kept")
		}
		token, waiting := c.asks("xu", xu.Passphrase, office)
		if now := kept(); !strings.HasPrefix(now, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("kept as %.40s", now)
		}
		c.confirms(ownAccount, waiting, waiting.Number)
		c.wants("the scan", c.entersScanned(token), nil)
	})
}

// TestWhoScansFirstSignsInAsNobody: an account that is bound signs in once the person has confirmed it, by the number that it alone was told, in
// a session with the second factor. Whoever scanned the code on a colleague's screen before them has a number, and no page for it.
func TestWhoScansFirstSignsInAsNobody(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		session, number := c.bindsAlone("xu", otherAccount, true)
		xu := c.people["xu"]
		signsIn := func(want bool) {
			t.Helper()
			token, waiting := c.asks("xu", xu.Passphrase, office)
			c.confirms(otherAccount, waiting, waiting.Number)
			if err := c.entersScanned(token); (err == nil) != want {
				t.Errorf("a scan: %v, want it to sign in: %v", err, want)
			}
			b, err := c.wechat.Bound(t.Context(), "xu")
			if err != nil || b.SignsIn != want {
				t.Errorf("the account signs in: %v, %v; want %v", b.SignsIn, err, want)
			}
		}
		signsIn(false)
		c.wants("another number", c.wechat.Confirm(t.Context(), "xu", session, another(number)), signin.ErrNumber)
		c.wants("with a key", c.wechat.Confirm(t.Context(), "xu", "", number), signin.ErrNumber)
		other, opened := c.enters("li", home)
		c.wants("in another's session", c.wechat.Confirm(t.Context(), "xu", opened.ID, number), signin.ErrNumber)
		c.wants("of somebody who has none", c.wechat.Confirm(t.Context(), "li", opened.ID, number), signin.ErrNotBound)
		c.open(c.process, "li", other)
		signsIn(false)
		c.pass(signin.StepLife)
		c.wants("too late", c.wechat.Confirm(t.Context(), "xu", session, number), signin.ErrNumber)
		signsIn(false)

		session, number = c.bindsAlone("xu", otherAccount, true)
		c.wants("the number", c.wechat.Confirm(t.Context(), "xu", session, " "+number+"。"), nil)
		c.wants("the number twice", c.wechat.Confirm(t.Context(), "xu", session, number), nil)
		signsIn(true)
		c.bindsAlone("xu", ownAccount, true)
		signsIn(false)
	})
}
