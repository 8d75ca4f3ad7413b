package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"towncrier/sandbox"
)

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// running is a towncrier in this process.
type running struct {
	addr string
	log  *lockedBuffer
	out  *lockedBuffer
	stop func() error
}

// start runs cfg until the test ends, or stop is called.
func start(t *testing.T, cfg Config, rehearsal bool) *running {
	t.Helper()
	r := &running{log: &lockedBuffer{}, out: &lockedBuffer{}}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	addr, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- run(ctx, cfg, stage{rehearsal: rehearsal, out: r.out, log: slog.New(slog.NewTextHandler(r.log, nil)),
			listening: func(a string) { addr <- a }})
	}()
	var once sync.Once
	r.stop = func() (err error) {
		once.Do(func() { cancel(); err = <-ended })
		return err
	}
	t.Cleanup(func() { r.stop() })
	select {
	case r.addr = <-addr:
	case err := <-ended:
		ended <- err
		t.Fatalf("run: %v\n%s", err, r.log)
	}
	return r
}

func rehearsal(t *testing.T, env ...string) Config {
	t.Helper()
	src, err := readSource("", append([]string{"TOWNCRIER_LISTEN=127.0.0.1:0", "TOWNCRIER_DATA=" + t.TempDir()}, env...))
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := rehearsalConfig(src)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Residents = 200 // what 2,000 show, at the race detector's pace
	return cfg
}

// openPage opens a rehearsal's phone page, and waits until its broadcast is on its way.
func (r *running) openPage(t *testing.T) {
	t.Helper()
	if status, body := r.get(t, "/sandbox/"); status != http.StatusOK {
		t.Fatalf("phone page: %d %s", status, body)
	}
	until(t, "the broadcast is announced", func() bool { return strings.Contains(r.out.String(), " --watch\n") })
}

func (r *running) get(t *testing.T, path string) (status int, body string) {
	t.Helper()
	resp, err := http.Get("http://" + r.addr + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

const resident = "oSANDBOX-resident-jia-000001"

// act does something on the phone, over the page's own API.
func (r *running) act(t *testing.T, action string) {
	t.Helper()
	resp, err := http.Post("http://"+r.addr+"/sandbox/actions", "application/json",
		strings.NewReader(fmt.Sprintf(`{"resident":%q,%s}`, resident, action)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusAccepted {
		t.Fatalf("%s: %s: %s", action, resp.Status, body)
	}
}

// said waits until the account said something that contains text, by the platform's own record.
func (r *running) said(t *testing.T, text string) sandbox.Entry {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		_, body := r.get(t, "/sandbox/record?resident="+url.QueryEscape(resident))
		var entries []sandbox.Entry
		if err := json.Unmarshal([]byte(body), &entries); err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.From != sandbox.FromResident && strings.Contains(e.Text, text) {
				return e
			}
		}
	}
	_, body := r.get(t, "/sandbox/record?resident="+url.QueryEscape(resident))
	t.Fatalf("nobody said %q:\n%s\n%s", text, body, r.log)
	return sandbox.Entry{}
}

// TestRehearsal walks through everything at once: a question over the real wire, a suggestion that a person answers from
// another process, and the answer reaching the resident by customer-service message.
func TestRehearsal(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	defer http.DefaultClient.CloseIdleConnections()
	cfg := rehearsal(t)
	r := start(t, cfg, true)

	for _, want := range []string{"http://" + r.addr + "/sandbox/", "遛狗不拴绳咋办", "Ctrl-C"} {
		if !strings.Contains(r.out.String(), want) {
			t.Errorf("the announcement lacks %q:\n%s", want, r.out)
		}
	}
	r.act(t, `"kind":"text","text":"遛狗不拴绳咋办"`) // the first resident follows already
	if e := r.said(t, "900余起"); e.Via != sandbox.ByReply || !strings.Contains(e.Text, "来源：运城市公安局（2023年11月13日，年份为推定），见《运城晚报》") {
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

	env := []string{"TOWNCRIER_DATABASE=" + cfg.Database, "TOWNCRIER_KEY=" + keyText(cfg)}
	if code, out, errs := command(t, env, "", "inbox", "list"); code != 0 || !strings.Contains(out, number) || !strings.Contains(out, "路灯坏了") {
		t.Fatalf("inbox list: exit %d\n%s%s", code, out, errs)
	}
	if code, out, errs := command(t, env, "", "inbox", "answer", number, "--text", "已安排检修。", "--owner", "市政"); code != 0 {
		t.Fatalf("inbox answer: exit %d\n%s%s", code, out, errs)
	}
	if e := r.said(t, "已安排检修。"); e.Via != sandbox.ByCustom || !strings.Contains(e.Text, number) {
		t.Errorf("answer = %+v", e)
	}
	if code, out, _ := command(t, env, "", "inbox", "show", number); code != 0 || !strings.Contains(out, "市政") || !strings.Contains(out, "告知时间") {
		t.Errorf("inbox show: exit %d\n%s", code, out)
	}

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

func keyText(cfg Config) string { return base64.StdEncoding.EncodeToString(cfg.Key) }

// TestServe starts production with nothing but the account's settings and a key, and WeChat out of reach.
func TestServe(t *testing.T) {
	cfg := production(t, smallCity...)
	r := start(t, cfg, false)
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/sandbox/": 404, "/sandbox/state": 404,
		"/sandbox/wechat/cgi-bin/token": 404, "/": 404, "/wechat": 400} {
		if status, body := r.get(t, path); status != want {
			t.Errorf("GET %s = %d, want %d: %s", path, status, want, body)
		}
	}
	cfg.Listen = r.addr
	if err := run(t.Context(), cfg, stage{out: io.Discard, log: slog.New(slog.DiscardHandler)}); err == nil ||
		!strings.Contains(err.Error(), "taken") || !strings.Contains(err.Error(), "TOWNCRIER_LISTEN") {
		t.Errorf("a second start: %v", err)
	}
	if code, out, errs := command(t, []string{"TOWNCRIER_LISTEN=" + r.addr, "TOWNCRIER_CONTENT=/is/being/replaced"}, "", "health"); code != 0 {
		t.Errorf("health: exit %d: %s%s", code, out, errs)
	}
	if err := r.stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if code, _, errs := command(t, []string{"TOWNCRIER_LISTEN=" + r.addr}, "", "health"); code != 1 || errs == "" {
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
	r := start(t, rehearsal(t, "TOWNCRIER_CONTENT="+dir), true)
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
