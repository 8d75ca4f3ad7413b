package cli

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
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/doctor"
	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/kv"
	"towncrier/sandbox/platform"
	"towncrier/store/storetest"
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

// start runs a server until the test ends, or stop is called. run tells serving the address once it serves.
func start(t *testing.T, run func(ctx context.Context, r *running, log *slog.Logger, serving func(addr string)) error) *running {
	t.Helper()
	r := &running{log: &lockedBuffer{}, out: &lockedBuffer{}}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	addr, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- run(ctx, r, slog.New(slog.NewTextHandler(r.log, nil)), func(a string) { addr <- a })
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

// serve serves as production does.
func serve(t *testing.T, cfg config.Config) *running {
	t.Helper()
	return start(t, func(ctx context.Context, _ *running, log *slog.Logger, serving func(string)) error {
		server := app.New(cfg, app.Options{Log: log})
		return server.Run(ctx, func(context.Context) error { serving(server.Addr()); return nil })
	})
}

// rehearse serves a rehearsal.
func rehearse(t *testing.T, cfg rehearsal.Config) *running {
	t.Helper()
	return start(t, func(ctx context.Context, r *running, log *slog.Logger, serving func(string)) error {
		return rehearsal.Run(ctx, cfg, rehearsal.Options{Out: r.out, Log: log, Program: "towncrier", Serving: func(server *app.App) { serving(server.Addr()) }})
	})
}

// rehearsalOf is a rehearsal of a few residents, in a folder of its own.
func rehearsalOf(t *testing.T, env ...string) rehearsal.Config {
	t.Helper()
	src, err := config.Read("", append([]string{"TOWNCRIER_LISTEN=127.0.0.1:0", "TOWNCRIER_DATA=" + t.TempDir()}, env...))
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := rehearsal.NewConfig(src)
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
	r.actAs(t, resident, action)
}

// actAs is act on the phone of another.
func (r *running) actAs(t *testing.T, who, action string) {
	t.Helper()
	resp, err := http.Post("http://"+r.addr+"/sandbox/actions", "application/json",
		strings.NewReader(fmt.Sprintf(`{"resident":%q,%s}`, who, action)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusAccepted {
		t.Fatalf("%s: %s: %s", action, resp.Status, body)
	}
}

// lastLine waits until the account said something that contains text, by the platform's own record.
func (r *running) said(t *testing.T, text string) platform.Entry {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		_, body := r.get(t, "/sandbox/record?resident="+url.QueryEscape(resident))
		var entries []platform.Entry
		if err := json.Unmarshal([]byte(body), &entries); err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.From != platform.FromResident && strings.Contains(e.Text, text) {
				return e
			}
		}
	}
	_, body := r.get(t, "/sandbox/record?resident="+url.QueryEscape(resident))
	t.Fatalf("nobody said %q:\n%s\n%s", text, body, r.log)
	return platform.Entry{}
}

func keyText(cfg config.Config) string { return base64.StdEncoding.EncodeToString(cfg.Key) }

// runProgram in its environment makes a test binary the program itself, so that a test can kill it.
const runProgram = "RUN_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(runProgram) != "" {
		os.Exit(Execute(context.Background(), "test", os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
	}
	kv.SetLogger(slog.New(slog.DiscardHandler))
	os.Exit(storetest.Run(m))
}

// production is a configuration of `towncrier serve`, WeChat out of reach.
func production(t *testing.T, more ...string) config.Config {
	t.Helper()
	src, err := config.Read("", goodEnv(append([]string{"TOWNCRIER_LISTEN=127.0.0.1:0", "TOWNCRIER_WECHAT_API=http://127.0.0.1:1",
		"TOWNCRIER_SMS_ENDPOINT=http://127.0.0.1:1", "TOWNCRIER_DATA=" + filepath.Join(t.TempDir(), "new")}, more...)...))
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := src.Config(config.ServeNeeds...)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// ready waits until /readyz says of each part and resource what is wanted; its status is that of answering residents.
func (r *running) ready(t *testing.T, want map[string]string) {
	t.Helper()
	var body string
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var states doctor.Readiness
		var status int
		status, body = r.get(t, "/readyz")
		if err := json.Unmarshal([]byte(body), &states); err != nil {
			t.Fatalf("/readyz: %s", body)
		}
		met := (status == http.StatusOK) == (states.Parts["answers"] == "ok")
		for name, state := range want {
			met = met && states.Parts[name] == state
		}
		if met {
			return
		}
	}
	t.Fatalf("/readyz says %s, want %s\n%s", body, want, r.log)
}

const littletown = "../../../testdata/littletown"

// smallCity is for what any city shows: its matcher is trained in a hundredth of the time.
var smallCity = []string{"TOWNCRIER_CONTENT=" + littletown}

// smallQuestion is one that it answers.
const smallQuestion, smallAnswer = "图书屋几点开门", "每天9时至17时"

// command runs one command line and returns what it printed.
func command(t *testing.T, env []string, in string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = Execute(t.Context(), "test", args, env, strings.NewReader(in), &o, &e)
	return code, o.String(), e.String()
}

// number is the resident's, as the sandbox gave it to them.
const number = "19900000001"

var codeForm = regexp.MustCompile(`验证码是([0-9]{6})`)

// api asks the JSON API with a bearer key.
func (r *running) api(t *testing.T, key, method, path, body string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+r.addr+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// until polls, for at most twenty seconds.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !done(); {
		if time.Now().After(end) {
			t.Fatalf("not within a minute: %s", what)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// bind gives the resident their number, the code coming by SMS through the pretend Alibaba Cloud.
func (r *running) bind(t *testing.T) {
	t.Helper()
	r.act(t, `"kind":"text","text":"绑定手机号"`)
	r.said(t, "同意就回复“同意”")
	r.act(t, `"kind":"text","text":"同意"`)
	r.said(t, "请发您的手机号")
	r.act(t, `"kind":"text","text":"`+number+`"`)
	text := r.said(t, "【演示签名】您的验证码是")
	if text.SMS == nil || text.SMS.Phone != number || text.Via == platform.ByReply {
		t.Fatalf("the code came as %+v", text)
	}
	r.act(t, `"kind":"text","text":"`+codeForm.FindStringSubmatch(text.Text)[1]+`"`)
	r.said(t, "绑定好了：199****0001")
}

// leaks names the file below folder that holds one of these texts.
func leaks(t *testing.T, folder string, texts ...string) string {
	t.Helper()
	searched := 0
	var found string
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		searched++
		bytes, err := os.ReadFile(path)
		for _, text := range texts {
			if strings.Contains(string(bytes), text) {
				found = path + " holds " + text
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if searched == 0 {
		t.Fatalf("nothing to search in %s", folder)
	}
	return found
}

var exportLine = regexp.MustCompile(`export (TOWNCRIER_URL=\S+) (TOWNCRIER_API_KEY_FILE=\S+/)admin\n`)

// as is the environment of a colleague who works through the API of a rehearsal, as it tells to set it.
func (r *running) as(t *testing.T, colleague string) []string {
	t.Helper()
	line := exportLine.FindStringSubmatch(r.out.String())
	if line == nil {
		t.Fatalf("no line to export:\n%s", r.out)
	}
	return []string{line[1], line[2] + colleague}
}

// keyOf is the key of a colleague of a rehearsal.
func (r *running) keyOf(t *testing.T, colleague string) string {
	t.Helper()
	key, err := os.ReadFile(strings.TrimPrefix(r.as(t, colleague)[1], config.KeyVariable+config.FileSuffix+"="))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(key))
}

// refuses runs a command that must fail.
func refuses(t *testing.T, env []string, exit int, want string, args ...string) {
	t.Helper()
	code, out, errs := command(t, env, "", args...)
	if code != exit || !strings.Contains(errs, want) || strings.Contains(strings.ReplaceAll(errs, "tck_…", ""), "tck_") {
		t.Errorf("%q: exit %d, want %d and %q\n%s%s", args, code, exit, want, out, errs)
	}
}

// wrote is the broadcast that a command with --json printed.
func wrote(t *testing.T, out string) wire.Broadcast {
	t.Helper()
	var b wire.Broadcast
	if err := json.Unmarshal([]byte(out), &b); err != nil || b.ID == "" {
		t.Fatalf("%v in %s", err, out)
	}
	return b
}

const allDay = "00:00-24:00"

// ok runs a command that must succeed.
func ok(t *testing.T, env []string, args ...string) string {
	t.Helper()
	code, out, errs := command(t, env, "", args...)
	if code != 0 {
		t.Fatalf("%q: exit %d\n%s%s", args, code, out, errs)
	}
	return out
}

func wantIn(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in:\n%s", part, text)
		}
	}
}

var (
	goodSecret = strings.Repeat("s3", 16)
	goodAESKey = strings.Repeat("k", 42) + "1" // the last character is not canonical base64
	goodKey    = "q1zL3m0ZPp7v5xJkQ2yTn8aHcWfRd4uGsB6eIoVYwKM="
)

func goodEnv(more ...string) []string {
	return append([]string{
		"TOWNCRIER_WECHAT_APP_ID=wx0123456789abcdef",
		"TOWNCRIER_WECHAT_SECRET=" + goodSecret,
		"TOWNCRIER_WECHAT_TOKEN=Token123Token456",
		"TOWNCRIER_WECHAT_AES_KEY=" + goodAESKey,
		"TOWNCRIER_KEY=" + goodKey,
	}, more...)
}

var goodCallbackKey = "q7Rk2mXw9TzL4vBn8YcJ5hGd3sPf6WaE1uKx0NtM"

func smsEnv(more ...string) []string {
	return append(goodEnv(
		"TOWNCRIER_SMS_ACCESS_KEY_ID=LTAI00000000000000000000",
		"TOWNCRIER_SMS_ACCESS_KEY_SECRET="+strings.Repeat("a5", 15),
		"TOWNCRIER_SMS_SIGN=邻里通",
		"TOWNCRIER_SMS_CODE_TEMPLATE=SMS_100000001",
		"TOWNCRIER_SMS_CALLBACK_KEY="+goodCallbackKey,
	), more...)
}
