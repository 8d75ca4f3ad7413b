package desk_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/desk/desktest"
	"towncrier/sandbox/platform"
	"towncrier/signin/signintest"
)

const byWeChat = "不用验证码，微信扫码"

// enrolled is a rehearsal's colleague with a passphrase and an app.
func enrolled(t *testing.T, d *desktest.Desk, id string) signintest.Colleague {
	t.Helper()
	c, err := signintest.Enrolled(t.Context(), d.App.SignIn(), d.App.Store().Staff(), time.Now, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// asked is the page on which somebody with a passphrase waits for an answer in WeChat.
func asked(t *testing.T, d *desktest.Desk, id, passphrase string) (*desktest.Browser, *desktest.Page) {
	t.Helper()
	b := desktest.Browse(t, d.URL)
	return b, b.Open("/desk/login").Form(byWeChat).Fill("账号", id).Fill("密码", passphrase).Press()
}

var twoDigits = regexp.MustCompile(`回复这两位数字。 ?(\d\d)`)

func numberOn(t *testing.T, text string) string {
	t.Helper()
	found := twoDigits.FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("there is no number: %s", text)
	}
	return found[1]
}

// TestSignInByWeChat: passphrase, a scan, the number in the chat, and the browser that waited goes on, once, and no other.
func TestSignInByWeChat(t *testing.T) {
	d := desktest.OpenDesk(t)
	c, own, stranger := enrolled(t, d, "rehearsal-author"), d.Handset(t, 0), d.Handset(t, 1)
	bound(t, d, d.SignIn(t, "author"), own)

	b, shown := asked(t, d, c.ID, c.Passphrase)
	shown.Want(http.StatusOK).Sees("微信扫码登录", "只能用一次")
	number, scene := numberOn(t, shown.Text()), d.NewestScene(t)
	shown.Press("继续").Want(http.StatusUnprocessableEntity).Sees("还没有收到您在微信里的回复", number)
	if said := stranger.Scan(scene); !strings.Contains(said, "失效") {
		t.Errorf("a stranger who scans is told %q", said)
	}
	stranger.Say(number)
	stands := func(want string) {
		t.Helper()
		if resp, piece := b.Send(http.MethodGet, "/desk/login/scan", nil, nil); resp.StatusCode != http.StatusOK || !strings.Contains(piece, want) {
			t.Errorf("the open page is told %d %q, want %q", resp.StatusCode, piece, want)
		}
	}
	stands("正在等您")
	if said := own.Scan(scene); !strings.Contains(said, "是您在登录工作台吗") || strings.Contains(said, number) {
		t.Errorf("who scans is asked %q", said)
	}
	if said := own.Say(number); !strings.HasPrefix(said, "已确认") {
		t.Errorf("who answers is told %q", said)
	}
	stands("已确认")
	desktest.Browse(t, d.URL).Post("/desk/login/scan", map[string][]string{"nonce": {"n"}}).Want(http.StatusUnprocessableEntity).Sees("已经失效")
	held := b.Cookies()
	if in := shown.Press("继续"); in.URL.Path != "/desk/" {
		t.Fatalf("signing in leads to %s: %s", in.URL, in.Text())
	}
	thief := desktest.Browse(t, d.URL)
	thief.SetCookies(held...)
	thief.Post("/desk/login/scan", map[string][]string{"nonce": {"n"}}).Want(http.StatusUnprocessableEntity).Sees("已经失效")
	for _, secret := range []string{own.OpenID, strings.TrimPrefix(scene, "login:"), held[0].Value} {
		if strings.Contains(d.Log.String(), secret) {
			t.Error("the log says who signed in, or by which code")
		}
	}
}

// TestSignInByWeChatGoesOnByItself where scripts run.
func TestSignInByWeChatGoesOnByItself(t *testing.T) {
	desktest.InFull(t)
	d := desktest.OpenDesk(t)
	c, own := enrolled(t, d, "rehearsal-author"), d.Handset(t, 0)
	bound(t, d, d.SignIn(t, "author"), own)
	tab := desktest.OpenTab(t, d.URL, desktest.View{})
	tab.Open("/desk/login?next=/desk/me").Fill("账号", c.ID).Fill("密码", c.Passphrase).Press(byWeChat).Sees("微信扫码登录")
	for _, fault := range look(tab) {
		t.Errorf("the page with the code: %s", fault)
	}
	number := numberOn(t, tab.Text())
	own.Scan(d.NewestScene(t))
	if said := own.Say(number); !strings.HasPrefix(said, "已确认") {
		t.Fatalf("who answers is told %q", said)
	}
	tab.Sees("我的账号", "演示撰稿员")
	if tab.Path() != "/desk/me" {
		t.Errorf("the page went on to %s", tab.Path())
	}
}

// TestAnAccountBoundByAKeySignsNobodyIn: whoever has a key alone makes no second factor of it.
func TestAnAccountBoundByAKeySignsNobodyIn(t *testing.T) {
	d := desktest.OpenDesk(t)
	c, own := enrolled(t, d, "rehearsal-author"), d.Handset(t, 0)
	d.Call(t, "author", http.MethodPost, "/me/wechat", nil, new(wire.WeChatCode))
	own.Scan(d.NewestScene(t))
	if said := own.Say("1"); !strings.HasPrefix(said, "已绑定") {
		t.Fatalf("bound: %q", said)
	}
	d.SignIn(t, "author").Open("/desk/me/wechat").Sees("不能用来扫码登录")
	_, shown := asked(t, d, c.ID, c.Passphrase)
	if said := own.Scan(d.NewestScene(t)); !strings.Contains(said, "失效") {
		t.Errorf("who scans is told %q", said)
	}
	own.Say(numberOn(t, shown.Text()))
	shown.Press("继续").Sees("还没有收到您在微信里的回复")
}

// TestAPassphraseAloneIsToldNothing: the page that waits for a scan is the same for a right one, and for every other.
func TestAPassphraseAloneIsToldNothing(t *testing.T) {
	d := desktest.OpenDesk(t)
	c, gone, unbound := enrolled(t, d, "rehearsal-author"), enrolled(t, d, "rehearsal-approver"), enrolled(t, d, "rehearsal-auditor")
	own := d.Handset(t, 0)
	bound(t, d, d.SignIn(t, "author"), own)
	if err := d.App.Staff().Disable(t.Context(), audit.System("test"), gone.ID, false); err != nil {
		t.Fatal(err)
	}
	digits := regexp.MustCompile(`[0-9]+`)
	told := func(shown *desktest.Page) string {
		t.Helper()
		again := shown.Want(http.StatusOK).Press("继续").Want(http.StatusUnprocessableEntity)
		return digits.ReplaceAllString(shown.Text()+again.Text(), "#")
	}
	_, shown := asked(t, d, c.ID, c.Passphrase)
	want := told(shown)
	own.Scan(d.NewestScene(t))
	if said := own.Say("0"); !strings.Contains(said, "修改密码") {
		t.Errorf("who did not ask for it is told %q", said)
	}
	if !strings.Contains(d.Log.String(), "signin-refused") {
		t.Error("no admin hears that a passphrase is known")
	}
	if got := digits.ReplaceAllString(shown.Text()+shown.Press("继续").Text(), "#"); got != want {
		t.Errorf("after a no: %s", got)
	}
	for what, half := range map[string][2]string{
		"a wrong passphrase":               {c.ID, "九十九只黑鹅不吃芦苇的叶子"},
		"an account that is not there":     {"nobody-here", c.Passphrase},
		"a disabled colleague's":           {gone.ID, gone.Passphrase},
		"who has not bound their account":  {unbound.ID, unbound.Passphrase},
		"nothing":                          {"", ""},
		"what is no account at all":        {"<b>'\"", c.Passphrase},
		"a passphrase beyond every length": {c.ID, strings.Repeat("长", 2000)},
	} {
		_, shown := asked(t, d, half[0], half[1])
		if got := told(shown); got != want {
			t.Errorf("%s: %s\nwant %s", what, got, want)
		}
		if said := own.Scan(d.NewestScene(t)); !strings.Contains(said, "失效") {
			t.Errorf("%s: who scans is told %q", what, said)
		}
	}
}

// TestSignInWithoutCodesOfWeChat: where WeChat makes none, whoever wanted one is led to the other factor.
func TestSignInWithoutCodesOfWeChat(t *testing.T) {
	d := desktest.OpenDesk(t)
	d.Fault(t, platform.Fault{API: "qrcode/create", Kind: "48001"})
	_, shown := asked(t, d, "rehearsal-author", "九十九只黑鹅不吃芦苇的叶子")
	shown.Want(http.StatusUnprocessableEntity).Sees("不能扫码登录：请填验证器里的验证码")
	shown.Form("登录").Fill("验证码", "000000")
}
