package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towncrier/aliyun"
	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/phone"
	"towncrier/sandbox/platform"
	"towncrier/sms"
)

var sandboxSMSEnv = []string{
	"TOWNCRIER_SMS_ACCESS_KEY_ID=LTAI00000sandbox", "TOWNCRIER_SMS_ACCESS_KEY_SECRET=sandboxsecret0000000000000000", "TOWNCRIER_SMS_SIGN=邻里通",
	"TOWNCRIER_SMS_CODE_TEMPLATE=SMS_42", "TOWNCRIER_SMS_CALLBACK_KEY=q7Rk2mXw9TzL4vBn8YcJ5hGd3sPf6WaE1uKx0NtM",
}

// TestSandboxAlone serves the pretend platforms as a process does: what a client sends is pushed back and on record, and the
// record's file stays when everything has stopped.
func TestSandboxAlone(t *testing.T) {
	src, err := config.Read("", goodEnv(sandboxSMSEnv...))
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := src.Config(rehearsal.SandboxNeeds...)
	if err != nil {
		t.Fatal(err)
	}
	receipts := make(chan string, 1)
	system := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		receipts <- r.URL.Path + " " + string(body)
		io.WriteString(w, `{"code":0,"msg":"接收成功"}`)
	}))
	t.Cleanup(system.Close)

	file := filepath.Join(t.TempDir(), "record.jsonl")
	ctx, stop := context.WithCancel(t.Context())
	addr, ended := make(chan string, 1), make(chan error, 1)
	var out bytes.Buffer
	go func() {
		ended <- rehearsal.ServeSandbox(ctx, cfg, rehearsal.SandboxOptions{
			Listen: "127.0.0.1:0", Webhook: system.URL + "/wechat", Callbacks: system.URL + "/", Record: file, Residents: 6,
		}, &out, slog.New(slog.DiscardHandler), func(a string) { addr <- a })
	}()
	var base string
	select {
	case a := <-addr:
		base = "http://" + a
	case err := <-ended:
		t.Fatal(err)
	}

	client, err := aliyun.New(aliyun.Config{
		AccessKeyID: cfg.SMS.AccessKeyID, AccessKeySecret: cfg.SMS.AccessKeySecret, Sign: cfg.SMS.Sign, Endpoint: base + "/sandbox/aliyun",
	})
	if err != nil {
		t.Fatal(err)
	}
	handle, err := client.Send(t.Context(), sms.Text{
		To: phone.Number("19900000006"), Template: "SMS_42", Params: map[string]string{"code": "271828"}, OutID: "challenge-1",
	})
	client.Close()
	if err != nil {
		t.Fatal(err)
	}
	select {
	case r := <-receipts:
		if !strings.HasPrefix(r, "/sms/report/"+cfg.SMS.CallbackKey+" [") || !strings.Contains(r, handle) || !strings.Contains(r, "challenge-1") {
			t.Errorf("pushed %s", r)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("no receipt within ten seconds")
	}
	resp, err := http.Get(base + "/sandbox/record?" + url.Values{"via": {"sms"}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var record []platform.Entry
	if err := json.NewDecoder(resp.Body).Decode(&record); err != nil || len(record) != 1 {
		t.Fatalf("%d on record, %v", len(record), err)
	}
	if e := record[0]; e.Resident != "oSANDBOX-resident-0000000006" || e.Text != "【邻里通】您的验证码是271828，5分钟内有效。" || e.SMS.BizID != handle {
		t.Errorf("recorded %+v %+v", e, e.SMS)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("stopped with %v", err)
	}
	kept, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(kept), "271828") {
		t.Errorf("the file holds %.200s (%v)", kept, err)
	}
	for _, want := range []string{base + "/sandbox/\n", "TOWNCRIER_WECHAT_API=" + base + "/sandbox/wechat\n", "TOWNCRIER_SMS_ENDPOINT=" + base + "/sandbox/aliyun\n", file} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not said:\n%s", want, out.String())
		}
	}
	for _, secret := range []string{cfg.SMS.AccessKeySecret, cfg.SMS.CallbackKey, cfg.WeChat.Secret} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("a secret is said:\n%s", out.String())
		}
	}
}

// TestSandboxRefuses what it cannot serve.
func TestSandboxRefuses(t *testing.T) {
	for _, c := range []struct {
		env  []string
		args []string
		says string
	}{
		{nil, nil, "TOWNCRIER_WECHAT_APP_ID"},
		{goodEnv(), []string{"--listen", "0.0.0.0:8090"}, "loopback"},
		{goodEnv(), []string{"--listen", "8090"}, "loopback"},
		{goodEnv(), []string{"--webhook", "127.0.0.1:8080"}, "webhook URL"},
		{goodEnv(), []string{"--callbacks", "127.0.0.1:8080"}, "--callbacks"},
		{goodEnv(), []string{"--residents", "0"}, "--residents"},
		{goodEnv(), []string{"--listen", "127.0.0.1:0", "--record", filepath.Join(t.TempDir(), "no", "file")}, "record file"},
		{goodEnv(sandboxSMSEnv[:1]...), nil, "TOWNCRIER_SMS_"},
	} {
		code, _, errs := command(t, c.env, "", append([]string{"sandbox"}, c.args...)...)
		if code != 1 || !strings.Contains(errs, c.says) {
			t.Errorf("%q: exit %d: %s, want 1 and %q", c.args, code, errs, c.says)
		}
	}
}
