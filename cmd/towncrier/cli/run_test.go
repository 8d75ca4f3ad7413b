package cli

import (
	"bytes"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"towncrier/cmd/towncrier/app"
	"towncrier/porttest"
	"towncrier/sandbox/platform"
)

// TestRehearsal walks through everything at once: a question over the real wire, a suggestion that a person answers from
// another process, and the answer reaching the resident by customer-service message.
func TestRehearsal(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	defer http.DefaultClient.CloseIdleConnections()
	cfg := rehearsalOf(t)
	r := rehearse(t, cfg)

	for _, want := range []string{"http://" + r.addr + "/sandbox/", "遛狗不拴绳咋办", "Ctrl-C"} {
		if !strings.Contains(r.out.String(), want) {
			t.Errorf("the announcement lacks %q:\n%s", want, r.out)
		}
	}
	r.act(t, `"kind":"text","text":"遛狗不拴绳咋办"`) // the first resident follows already
	if e := r.said(t, "900余起"); e.Via != platform.ByReply || !strings.Contains(e.Text, "来源：运城市公安局（2023年11月13日），见《运城晚报》") || strings.Count(e.Text, "年份为推定") != 1 {
		t.Errorf("reply = %+v", e)
	}
	r.act(t, `"kind":"text","text":"演示小区乙改了没"`)
	r.said(t, "已列入计划（演示数据）")
	r.act(t, `"kind":"click","key":"topic:dog.registration.pilot"`)
	r.said(t, "试点登记准备工作已基本就绪")

	r.act(t, `"kind":"text","text":"我要提意见"`)
	r.said(t, "请写下您的意见")
	r.act(t, `"kind":"text","text":"演示路的路灯坏了"`)
	r.said(t, "是在什么地方")
	r.act(t, `"kind":"text","text":"演示路"`)
	r.said(t, "回复“确认”")
	r.act(t, `"kind":"text","text":"确认"`)
	filed := r.said(t, "已登记，编号是")
	_, rest, _ := strings.Cut(filed.Text, "编号是")
	number, _, _ := strings.Cut(rest, "。")

	env := r.as(t, "author")
	if code, out, errs := command(t, env, "", "inbox", "list"); code != 0 || !strings.Contains(out, number) || !strings.Contains(out, "路灯坏了") {
		t.Fatalf("inbox list: exit %d\n%s%s", code, out, errs)
	}
	if code, out, errs := command(t, env, "", "inbox", "answer", number, "--text", "已安排检修。"); code != 0 {
		t.Fatalf("inbox answer: exit %d\n%s%s", code, out, errs)
	}
	if e := r.said(t, "已安排检修。"); e.Via != platform.ByCustom || !strings.Contains(e.Text, number) {
		t.Errorf("answer = %+v", e)
	}
	until(t, "the ticket says when its asker was told", func() bool {
		out := ok(t, env, "inbox", "show", number)
		return strings.Contains(out, "经办：演示撰稿员") && strings.Contains(out, "告知时间")
	})

	status, body := r.get(t, "/metrics")
	for _, want := range []string{`towncrier_webhook_messages_total{kind="text",outcome="answer"} `, `towncrier_up{part="database"} 1`,
		`towncrier_up{part="redis"} 1`, "towncrier_queue_tasks", "towncrier_webhook_seconds_bucket"} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	if err := r.stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	for what, secret := range map[string]string{"an openid": resident, "the secret": cfg.WeChat.Secret, "the token": cfg.WeChat.Token,
		"the AES key": cfg.WeChat.AESKey, "what a resident wrote": "路灯"} {
		if strings.Contains(r.log.String(), secret) {
			t.Errorf("the log shows %s:\n%s", what, r.log)
		}
	}
	if strings.Contains(r.log.String(), "level=ERROR") {
		t.Errorf("the log has errors:\n%s", r.log)
	}
}

// TestServe starts production with nothing but the account's settings and a key, and WeChat out of reach.
func TestServe(t *testing.T) {
	cfg := production(t, smallCity...)
	r := serve(t, cfg)
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/sandbox/": 404, "/sandbox/state": 404,
		"/sandbox/wechat/cgi-bin/token": 404, "/": 404, "/wechat": 400} {
		if status, body := r.get(t, path); status != want {
			t.Errorf("GET %s = %d, want %d: %s", path, status, want, body)
		}
	}
	cfg.Listen = r.addr
	if err := app.New(cfg, app.Options{Log: slog.New(slog.DiscardHandler)}).Run(t.Context(), nil); err == nil ||
		!strings.Contains(err.Error(), "taken") || !strings.Contains(err.Error(), "TOWNCRIER_LISTEN") {
		t.Errorf("a second start: %v", err)
	}
	if code, out, errs := command(t, []string{"TOWNCRIER_LISTEN=" + r.addr, "TOWNCRIER_CONTENT=/is/being/replaced"}, "", "health"); code != 0 {
		t.Errorf("health: exit %d: %s%s", code, out, errs)
	}
	if err := r.stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if code, _, errs := command(t, []string{"TOWNCRIER_LISTEN=" + porttest.Hold(t)}, "", "health"); code != 1 || errs == "" {
		t.Errorf("health of nothing: exit %d: %s", code, errs)
	}
}

// TestContentIsEditedWhileServing changes the second city's folder under a running rehearsal.
func TestContentIsEditedWhileServing(t *testing.T) {
	t.Parallel() // it waits for polls of the folder
	dir := filepath.Join(t.TempDir(), "town")
	if err := os.CopyFS(dir, os.DirFS(littletown)); err != nil {
		t.Fatal(err)
	}
	r := rehearse(t, rehearsalOf(t, "TOWNCRIER_CONTENT="+dir))
	file := filepath.Join(dir, "city.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write := func(s []byte) {
		t.Helper()
		if err := os.WriteFile(file, s, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	gauge := func(want string) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
			if _, body := r.get(t, "/metrics"); strings.Contains(body, want) {
				return
			}
		}
		t.Fatalf("no %s\n%s", want, r.log)
	}

	write(append(bytes.Clone(text), "mayor: nobody\n"...))
	gauge("towncrier_content_refused 1")
	if !strings.Contains(r.log.String(), "city.yaml") || !strings.Contains(r.log.String(), "mayor") {
		t.Errorf("the log does not say what is refused:\n%s", r.log)
	}
	r.act(t, `"kind":"text","text":"你好"`) // the good content keeps answering
	r.said(t, "小镇")

	write(bytes.Replace(text, []byte("privacy: "), []byte("privacy: 新的说明。"), 1))
	gauge(`towncrier_content_reloads_total{outcome="taken"} 1`)
	gauge("towncrier_content_refused 0")
	r.act(t, `"kind":"unfollow"`)
	r.act(t, `"kind":"follow"`)
	r.said(t, "新的说明。")
}
