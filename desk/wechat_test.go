package desk_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"towncrier/audit"
	"towncrier/desk/desktest"
	"towncrier/sandbox/platform"
)

// codeFor is the scene of a code that a colleague just made on their page.
func codeFor(t *testing.T, d *desktest.Desk, who *desktest.Browser) string {
	t.Helper()
	f := who.Open("/desk/me/wechat").Form("生成二维码")
	f.Press().Want(http.StatusOK).Sees("扫描二维码", "只能用一次")
	scene := d.NewestScene(t)
	if !strings.HasPrefix(scene, "staff:") {
		t.Fatalf("the newest code is %q", scene)
	}
	return scene
}

// bound binds a colleague's account as they do it.
func bound(t *testing.T, d *desktest.Desk, who *desktest.Browser, with *desktest.Handset) {
	t.Helper()
	if asked := with.Scan(codeFor(t, d, who)); !strings.Contains(asked, "您是") {
		t.Fatalf("scanning: %q", asked)
	}
	said := with.Say("1")
	told := regexp.MustCompile(`请把数字(\d\d)填到`).FindStringSubmatch(said)
	if !strings.HasPrefix(said, "已绑定") || told == nil {
		t.Fatalf("a yes: %q", said)
	}
	who.Open("/desk/me/wechat").Sees("不能用来扫码登录").Follow("填它收到的数字").Form("核对，用它扫码登录").Fill("微信里收到的两位数字", "00").Press().Want(http.StatusUnprocessableEntity).
		Sees("数字不对", "请马上解除绑定").Form("核对，用它扫码登录").Fill("微信里收到的两位数字", told[1]).Press().Want(http.StatusOK).Sees("可以用这个微信扫码登录了")
	who.Open("/desk/me/wechat").Lacks("不能用来扫码登录")
}

// TestAColleagueBindsTheirWeChat: a code on the page, a scan, a yes in the chat; it is theirs until they take it off, leave the account, or are let
// go, and neither page, log nor database says which account it is.
func TestAColleagueBindsTheirWeChat(t *testing.T) {
	d := desktest.OpenDesk(t)
	author, admin := d.SignIn(t, "author"), d.SignIn(t, "admin")
	own, other := d.Handset(t, 0), d.Handset(t, 1)
	state := func(want string) {
		t.Helper()
		author.Open("/desk/me").Sees(want)
	}
	state("没有绑定")

	scene := codeFor(t, d, author)
	if asked := own.Scan(scene); !strings.Contains(asked, "演示撰稿员") || !strings.Contains(asked, "回复1") {
		t.Fatalf("a colleague is asked %q", asked)
	}
	if said := other.Scan(scene); !strings.Contains(said, "失效") || strings.Contains(said, "演示") {
		t.Errorf("a stranger who scans the same code is told %q", said)
	}
	if said := other.Say("1"); strings.Contains(said, "绑定。有事") {
		t.Errorf("a stranger's yes: %q", said)
	}
	if said := own.Say("不是"); said != "没有绑定。" {
		t.Errorf("a no: %q", said)
	}
	state("没有绑定")

	bound(t, d, author, own)
	state("更换或解除微信")
	if said := d.Handset(t, 2).Scan(scene); !strings.Contains(said, "失效") {
		t.Errorf("the code once more: %q", said)
	}
	admin.Open("/desk/audit").Sees("绑定微信")
	if asked := own.Scan(codeFor(t, d, admin)); !strings.Contains(asked, "演示管理员") {
		t.Fatalf("asked %q", asked)
	}
	if said := own.Say("１。"); !strings.Contains(said, "另一位同事") {
		t.Errorf("an account for two: %q", said)
	}

	author.Open("/desk/me/wechat").Press("解除绑定").Sees("微信已解除绑定")
	state("没有绑定")
	bound(t, d, author, own)
	own.Do(platform.Action{Kind: platform.Unfollow})
	state("没有绑定")

	bound(t, d, author, other)
	if err := d.App.Staff().Disable(t.Context(), audit.System("test"), "rehearsal-author", false); err != nil {
		t.Fatal(err)
	}
	if err := d.App.Staff().Enable(t.Context(), audit.System("test"), "rehearsal-author"); err != nil {
		t.Fatal(err)
	}
	author = d.SignIn(t, "author")
	state("没有绑定")

	for _, secret := range []string{own.OpenID, strings.TrimPrefix(scene, "staff:")} {
		if strings.Contains(d.Log.String(), secret) {
			t.Error("the log says who was bound, or by which code")
		}
	}
	files, _ := filepath.Glob(filepath.Join(d.Folder, "*.db*"))
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil && bytes.Contains(text, []byte(scene)) {
			t.Errorf("%s keeps a code", filepath.Base(file))
		}
	}
}

// TestAnAnswerToAColleagueIsNoConversation: what a colleague answers leaves the resident's conversation with the city where it was.
func TestAnAnswerToAColleagueIsNoConversation(t *testing.T) {
	d := desktest.OpenDesk(t)
	author, phone := d.SignIn(t, "author"), d.Handset(t, 0)
	menu := phone.Say("养犬")
	first := d.Handset(t, 1)
	first.Say("养犬")
	want := first.Say("1") // what the menu's first line leads to
	bound(t, d, author, phone)
	if got := phone.Say("1"); got != want {
		t.Errorf("after %q, and a yes to a question for a colleague, 1 leads to %q; want %q", menu, got, want)
	}
}

// TestAnAccountWithoutCodesSaysSo: where WeChat lets the city make no codes, the page says why nobody can bind theirs.
func TestAnAccountWithoutCodesSaysSo(t *testing.T) {
	d := desktest.OpenDesk(t)
	author := d.SignIn(t, "author")
	d.Fault(t, platform.Fault{API: "qrcode/create", Kind: "48001"})
	author.Open("/desk/me/wechat").Press("生成二维码").Want(http.StatusConflict).Sees("没有给这个公众号生成二维码的权限")
}
