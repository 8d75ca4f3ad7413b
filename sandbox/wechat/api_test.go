package wechat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"towncrier/bot"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
	"towncrier/wechat"
)

func credentials(change ...string) url.Values {
	q := url.Values{"grant_type": {"client_credential"}, "appid": {sandboxtest.AppID}, "secret": {sandboxtest.Secret}}
	for i := 0; i+1 < len(change); i += 2 {
		q.Set(change[i], change[i+1])
	}
	return q
}

// TestErrorCodes calls every API wrongly, as it is on the wire.
func TestErrorCodes(t *testing.T) {
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好")})
	f.Follow(t, sandboxtest.Jia)
	tok := f.FetchToken(t)
	text := func(to, content string) string {
		return fmt.Sprintf(`{"touser":%q,"msgtype":"text","text":{"content":%q}}`, to, content)
	}
	stable := func(appid, sec string) string {
		return fmt.Sprintf(`{"grant_type":"client_credential","appid":%q,"secret":%q}`, appid, sec)
	}
	for _, c := range []struct {
		path  string
		query url.Values
		body  string
		code  int
	}{
		{"token", credentials("grant_type", "password"), "", 40002},
		{"token", credentials("appid", ""), "", 41002},
		{"token", credentials("appid", "wxother"), "", 40013},
		{"token", credentials("secret", ""), "", 41004},
		{"token", credentials("secret", "wrong"), "", 40125},
		{"token", credentials(), "{}", 43001},
		{"stable_token", nil, "", 43002},
		{"stable_token", nil, " ", 44002},
		{"stable_token", nil, "grant_type=client_credential", 47001},
		{"stable_token", nil, stable("wxother", sandboxtest.Secret), 40013},
		{"stable_token", nil, stable(sandboxtest.AppID, "wrong"), 40125},

		{"message/custom/send", nil, text(sandboxtest.Jia, "好"), 41001},
		{"message/custom/send", sandboxtest.WithToken("garbage"), text(sandboxtest.Jia, "好"), 40014},
		{"message/custom/send", sandboxtest.WithToken(strings.Repeat("x", len(tok))), text(sandboxtest.Jia, "好"), 40001},
		{"message/custom/send", sandboxtest.WithToken(tok), "", 43002},
		{"message/custom/send", sandboxtest.WithToken(tok), "\n", 44002},
		{"message/custom/send", sandboxtest.WithToken(tok), `{"touser":`, 47001},
		{"message/custom/send", sandboxtest.WithToken(tok), `{"touser":"` + sandboxtest.Jia + `","msgtype":"text","text":{"content":"\u597d"}}`, 40033},
		{"message/custom/send", sandboxtest.WithToken(tok), text("o-of-another-account", "好"), 40003},
		{"message/custom/send", sandboxtest.WithToken(tok), text(sandboxtest.Yi, "好"), 43004},
		{"message/custom/send", sandboxtest.WithToken(tok), fmt.Sprintf(`{"touser":%q,"msgtype":"dance"}`, sandboxtest.Jia), 40008},
		{"message/custom/send", sandboxtest.WithToken(tok), text(sandboxtest.Jia, ""), 44004},
		{"message/custom/send", sandboxtest.WithToken(tok), text(sandboxtest.Jia, strings.Repeat("长", 683)), 45002},
		{"message/custom/send", sandboxtest.WithToken(tok), text(sandboxtest.Jia, strings.Repeat("长", 682)), 0},

		{"menu/get", sandboxtest.WithToken(tok), "", 46003},
		{"menu/get", sandboxtest.WithToken(tok), "{}", 43001},
		{"menu/create", sandboxtest.WithToken(tok), `{"button":[]}`, 40016},

		{"qrcode/create", sandboxtest.WithToken(tok), `{"action_name":"QR_DANCE"}`, 40053},
		{"qrcode/create", sandboxtest.WithToken(tok), `{"action_name":"QR_SCENE","action_info":{"scene":{"scene_id":0}}}`, 40053},
		{"qrcode/create", sandboxtest.WithToken(tok), `{"action_name":"QR_LIMIT_SCENE","action_info":{"scene":{"scene_id":100001}}}`, 40053},
		{"qrcode/create", sandboxtest.WithToken(tok), `{"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":""}}}`, 40053},
		{"qrcode/create", sandboxtest.WithToken(tok), `{"action_name":"QR_LIMIT_STR_SCENE","action_info":{"scene":{"scene_str":"` + strings.Repeat("x", 65) + `"}}}`, 40053},
		{"qrcode/create", sandboxtest.WithToken(tok), `{"expire_seconds":2592001,"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"x"}}}`, 40035},

		{"user/info", sandboxtest.WithToken(tok), "", 41009},
		{"user/info", url.Values{"access_token": {tok}, "openid": {"o-nobody"}}, "", 40003},
		{"no/such/api", sandboxtest.WithToken(tok), "", 40066},
	} {
		got, status := f.API(t, c.path, c.query, c.body)
		if sandboxtest.ErrCode(got) != c.code || status != http.StatusOK {
			t.Errorf("%s %.60s: HTTP %d %v, want errcode %d", c.path, c.body, status, got, c.code)
		}
		if text, _ := got["errmsg"].(string); c.code != 0 && !strings.Contains(text, "rid: ") {
			t.Errorf("%s: %q has no rid", c.path, text)
		}
	}
}

func TestTokens(t *testing.T) {
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好")})
	check := func(what, tok string, want int) {
		t.Helper()
		got, _ := f.API(t, "menu/get", sandboxtest.WithToken(tok), "")
		if want == 0 {
			want = 46003 // the token works, there is only no menu
		}
		if sandboxtest.ErrCode(got) != want {
			t.Errorf("%s: errcode %d, want %d", what, sandboxtest.ErrCode(got), want)
		}
	}
	first := f.FetchToken(t)
	second := f.FetchToken(t)
	if first == second {
		t.Fatal("the same token twice")
	}
	f.Clock.Advance(5*time.Minute - time.Second)
	check("the one before, inside the overlap", first, 0)
	f.Clock.Advance(time.Second)
	check("the one before, after the overlap", first, 40001)
	check("the newest", second, 0)
	f.Clock.Advance(2 * time.Hour)
	check("after two hours", second, 42001)

	stable := func(force bool) (string, map[string]any) {
		got, _ := f.API(t, "stable_token", nil, fmt.Sprintf(`{"grant_type":"client_credential","appid":%q,"secret":%q,"force_refresh":%v}`, sandboxtest.AppID, sandboxtest.Secret, force))
		s, _ := got["access_token"].(string)
		return s, got
	}
	one, got := stable(false)
	if got["expires_in"] != json.Number("7200") {
		t.Errorf("a new token lives %v s", got["expires_in"])
	}
	basic := f.FetchToken(t)
	check("stable beside a new one of /token", one, 0)
	f.Clock.Advance(time.Hour)
	if again, got := stable(false); again != one || got["expires_in"] != json.Number("3600") {
		t.Errorf("after an hour: the same %v, %v s left", again == one, got["expires_in"])
	}
	f.Clock.Advance(55 * time.Minute)
	renewed, _ := stable(false)
	if renewed == one {
		t.Error("not renewed 5 minutes before its end")
	}
	check("old, until its end", one, 0)
	f.Clock.Advance(5 * time.Minute)
	check("old, after its end", one, 42001)
	check("/token's, as old", basic, 42001)

	forced, _ := stable(true)
	check("before the forced one", renewed, 40001)
	if _, got := stable(true); sandboxtest.ErrCode(got) != 45011 {
		t.Errorf("forced at once again: %v", got)
	}
	for range 19 {
		f.Clock.Advance(30 * time.Second)
		if forced, got = stable(true); forced == "" {
			t.Fatalf("forced after 30 s: %v", got)
		}
	}
	f.Clock.Advance(30 * time.Second)
	if _, got := stable(true); sandboxtest.ErrCode(got) != 45009 {
		t.Errorf("forced the 21st time in a day: %v", got)
	}
	check("the last forced one", forced, 0)
	f.Clock.Advance(24 * time.Hour)
	if again, got := stable(true); again == "" {
		t.Errorf("forced the next day: %v", got)
	}
}

// TestWindows writes to a resident after each thing that allows it, until the platform refuses.
func TestWindows(t *testing.T) {
	for _, c := range []struct {
		do     platform.Action
		count  int
		window time.Duration
	}{
		{platform.Action{Kind: platform.SendText, Text: "在吗"}, 5, 48 * time.Hour},
		{platform.Action{Kind: platform.SendVoice}, 5, 48 * time.Hour},
		{platform.Action{Kind: platform.Click, Key: "k"}, 3, time.Minute},
		{platform.Action{Kind: platform.Scan, Key: "s"}, 3, time.Minute},
		{platform.Action{Kind: platform.Choose, Text: "t", Key: "1"}, 3, time.Minute},
		{platform.Action{Kind: platform.View, Key: "https://example.com"}, 0, 0},
		{platform.Action{Kind: platform.Report}, 0, 0},
	} {
		t.Run(string(c.do.Kind), func(t *testing.T) {
			f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好")})
			tok := f.FetchToken(t)
			send := func() int {
				got, _ := f.API(t, "message/custom/send", sandboxtest.WithToken(tok), fmt.Sprintf(`{"touser":%q,"msgtype":"text","text":{"content":"补充"}}`, sandboxtest.Jia))
				return sandboxtest.ErrCode(got)
			}
			f.Follow(t, sandboxtest.Jia)
			f.Clock.Advance(time.Minute) // the follow's own window is over
			if got := send(); got != 45015 {
				t.Fatalf("with no window: %d, want 45015", got)
			}
			f.Do(t, sandboxtest.Jia, c.do)
			for n := range c.count {
				if got := send(); got != 0 {
					t.Fatalf("message %d: %d", n+1, got)
				}
			}
			if c.count > 0 {
				if got := send(); got != 45047 {
					t.Errorf("one too many: %d, want 45047", got)
				}
				f.Do(t, sandboxtest.Jia, c.do)
				f.Clock.Advance(c.window - time.Second)
				tok = f.FetchToken(t)
				if got := send(); got != 0 {
					t.Errorf("a second before the end: %d", got)
				}
				f.Clock.Advance(time.Second)
			}
			if got := send(); got != 45015 {
				t.Errorf("after the end: %d, want 45015", got)
			}
		})
	}
	t.Run("follow", func(t *testing.T) {
		f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好")})
		f.Follow(t, sandboxtest.Jia)
		for range 3 {
			if err := f.Client.SendText(t.Context(), sandboxtest.Jia, "欢迎"); err != nil {
				t.Fatal(err)
			}
		}
		f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.Unfollow})
		f.Follow(t, sandboxtest.Jia)
		if err := f.Client.SendText(t.Context(), sandboxtest.Jia, "又来了"); err != nil {
			t.Errorf("after following anew: %v", err)
		}
	})
}

// TestMenuMessage sends options and taps one.
func TestMenuMessage(t *testing.T) {
	var arrived bot.Message
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.AnswerFunc(func(_ context.Context, m bot.Message) (bot.Reply, error) {
		arrived = m
		return bot.Reply{Kind: bot.Silence}, nil
	})})
	f.Follow(t, sandboxtest.Jia)
	body := fmt.Sprintf(`{"touser":%q,"msgtype":"msgmenu","msgmenu":{"head_content":"解决了吗","list":[{"id":"101","content":"解决了"},{"id":"102","content":"没有"}],"tail_content":"谢谢"}}`, sandboxtest.Jia)
	if got, _ := f.API(t, "message/custom/send", sandboxtest.WithToken(f.FetchToken(t)), body); sandboxtest.ErrCode(got) != 0 {
		t.Fatal(got)
	}
	record := f.Record.Of(sandboxtest.Jia)
	e := record[len(record)-1]
	if e.Kind != "msgmenu" || e.Via != platform.ByCustom || e.Text != "解决了吗" || e.Tail != "谢谢" || len(e.Options) != 2 {
		t.Fatalf("the phone shows %+v", e)
	}
	f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.Choose, Text: e.Options[1].Content, Key: e.Options[1].ID})
	if arrived.Kind != bot.Text || arrived.Text != "没有" {
		t.Errorf("the tap arrived as %s %q", arrived.Kind, arrived.Text)
	}
}

func TestMenu(t *testing.T) {
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好")})
	tok := f.FetchToken(t)
	long := func(n int) string { return strings.Repeat("n", n) }
	click := func(name, key string) string { return fmt.Sprintf(`{"type":"click","name":%q,"key":%q}`, name, key) }
	view := func(name, u string) string { return fmt.Sprintf(`{"type":"view","name":%q,"url":%q}`, name, u) }
	group := func(name string, sub ...string) string {
		return fmt.Sprintf(`{"name":%q,"sub_button":[%s]}`, name, strings.Join(sub, ","))
	}
	a := click("a", "k")
	for _, c := range []struct {
		code    int
		buttons []string
	}{
		{40016, []string{a, a, a, a}},
		{40017, []string{`{"type":"dance","name":"a"}`}},
		{40018, []string{click("", "k")}},
		{40018, []string{click(long(17), "k")}},
		{40018, []string{group(long(17), a)}},
		{40019, []string{click("a", "")}},
		{40019, []string{click("a", long(129))}},
		{40020, []string{view("a", "ftp://example.com")}},
		{40020, []string{view("a", "https://"+long(1024))}},
		{40022, []string{group("a", group("b", a))}},
		{40023, []string{group("a", a, a, a, a, a, a)}},
		{40024, []string{group("a", `{"name":"b"}`)}},
		{40025, []string{group("a", click(long(61), "k"))}},
		{40026, []string{group("a", click("b", long(129)))}},
		{40027, []string{group("a", view("b", "example.com"))}},
		{0, []string{click(long(16), long(128)), view("b", "https://example.com/"), group("c", click(long(60), "k"), a, a, a, a)}},
	} {
		got, _ := f.API(t, "menu/create", sandboxtest.WithToken(tok), `{"button":[`+strings.Join(c.buttons, ",")+`]}`)
		if sandboxtest.ErrCode(got) != c.code {
			t.Errorf("%.80s: %v, want %d", c.buttons, got, c.code)
		}
	}
	if err := f.Client.CreateMenu(t.Context(), sandboxtest.Menu()); err != nil {
		t.Fatal(err)
	}
	got, _ := f.API(t, "menu/get", sandboxtest.WithToken(tok), "")
	raw, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"key":"topic:charging.carport"`, `"name":"问一问"`, `"sub_button":[]`} {
		if !bytes.Contains(raw, []byte(want)) {
			t.Errorf("menu/get: %s has no %s", raw, want)
		}
	}
	if got, _ := f.API(t, "menu/delete", sandboxtest.WithToken(tok), ""); sandboxtest.ErrCode(got) != 0 {
		t.Error(got)
	}
	if got, _ := f.API(t, "menu/get", sandboxtest.WithToken(tok), ""); sandboxtest.ErrCode(got) != 46003 {
		t.Errorf("after menu/delete: %v", got)
	}
}

func TestQRCodes(t *testing.T) {
	var arrived bot.Message
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.AnswerFunc(func(_ context.Context, m bot.Message) (bot.Reply, error) {
		arrived = m
		return bot.Reply{Kind: bot.Silence}, nil
	})})
	made, err := f.Client.CreateQRCode(t.Context(), "topic:charging.cost", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	picture := func(ticket string) *http.Response {
		resp, err := http.Get(f.URL + "/sandbox/wechat/cgi-bin/showqrcode?ticket=" + url.QueryEscape(ticket))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp
	}
	resp := picture(made.Ticket)
	img, err := jpeg.Decode(resp.Body)
	if err != nil || img.Bounds().Dx() != 430 {
		t.Errorf("HTTP %d: no picture 430 pixels wide: %v", resp.StatusCode, err)
	}
	f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.Scan, Key: "topic:charging.cost"})
	if arrived.Kind != bot.Follow || arrived.Text != "topic:charging.cost" {
		t.Errorf("scanning arrived as %s %q", arrived.Kind, arrived.Text)
	}
	tok := f.FetchToken(t)
	info, _ := f.API(t, "user/info", url.Values{"access_token": {tok}, "openid": {sandboxtest.Jia}}, "")
	if info["subscribe"] != json.Number("1") || info["qr_scene_str"] != "topic:charging.cost" || info["subscribe_scene"] != "ADD_SCENE_QR_CODE" {
		t.Errorf("user/info: %v", info)
	}
	if info, _ := f.API(t, "user/info", url.Values{"access_token": {tok}, "openid": {sandboxtest.Yi}}, ""); info["subscribe"] != json.Number("0") || info["subscribe_time"] != nil {
		t.Errorf("user/info of a resident who does not follow: %v", info)
	}
	f.Clock.Advance(time.Hour)
	if got := picture(made.Ticket).StatusCode; got != http.StatusNotFound {
		t.Errorf("picture of an expired code: HTTP %d, want 404", got)
	}

	forever, _ := f.API(t, "qrcode/create", sandboxtest.WithToken(tok), `{"action_name":"QR_LIMIT_SCENE","action_info":{"scene":{"scene_id":7}}}`)
	if forever["expire_seconds"] != nil || forever["ticket"] == nil {
		t.Errorf("permanent code: %v", forever)
	}
	brief, _ := f.API(t, "qrcode/create", sandboxtest.WithToken(tok), `{"action_name":"QR_SCENE","action_info":{"scene":{"scene_id":9}}}`)
	if brief["expire_seconds"] != json.Number("60") {
		t.Errorf("code without a life: %v", brief)
	}
	f.Do(t, sandboxtest.Yi, platform.Action{Kind: platform.Scan, Key: "7"})
	if info, _ := f.API(t, "user/info", url.Values{"access_token": {tok}, "openid": {sandboxtest.Yi}}, ""); info["qr_scene"] != json.Number("7") {
		t.Errorf("user/info after a numbered scene: %v", info)
	}
}

// TestClientAgainstTheErrorCodes checks that the account's own client reads the codes as what they mean.
func TestClientAgainstTheErrorCodes(t *testing.T) {
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好")})
	f.Follow(t, sandboxtest.Jia)
	for kind, want := range map[string]wechat.Class{
		"-1": wechat.Retry, "45009": wechat.Quota, "45015": wechat.WindowClosed, "48001": wechat.Configuration,
		platform.Fault5xx: wechat.InDoubt, platform.FaultDrop: wechat.InDoubt, platform.FaultTimeout: wechat.InDoubt,
	} {
		f.Faults.Clear()
		if err := f.Faults.Add(platform.Fault{API: "custom/send", Kind: kind}); err != nil {
			t.Fatal(err)
		}
		err := f.Client.SendText(t.Context(), sandboxtest.Jia, "补充")
		var e *wechat.Error
		if e, _ = err.(*wechat.Error); e == nil || e.Class != want {
			t.Errorf("%s: %v, want %s", kind, err, want)
		}
	}
}
