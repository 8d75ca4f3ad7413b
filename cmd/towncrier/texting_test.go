package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"towncrier/sandbox"
)

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
	for end := time.Now().Add(20 * time.Second); !done(); {
		if time.Now().After(end) {
			t.Fatalf("not within twenty seconds: %s", what)
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
	if text.SMS == nil || text.SMS.Phone != number || text.Via == sandbox.ByReply {
		t.Fatalf("the code came as %+v", text)
	}
	r.act(t, `"kind":"text","text":"`+codeForm.FindStringSubmatch(text.Text)[1]+`"`)
	r.said(t, "绑定好了：199****0001")
}

// TestBindStopErase walks a resident from an SMS code over the real wire to the last byte that is kept of them.
func TestBindStopErase(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	defer http.DefaultClient.CloseIdleConnections()
	cfg := rehearsal(t)
	r := start(t, cfg, true)
	key := regexp.MustCompile(`tck_[a-z0-9_]+`).FindString(r.out.String())
	r.bind(t)

	r.act(t, `"kind":"scan","key":"committee:demo-2"`)
	r.said(t, "演示第二社区居委会")
	r.act(t, `"kind":"text","text":"是"`)
	r.said(t, "演示小区乙")
	r.act(t, `"kind":"text","text":"订阅养犬的通知"`)
	r.said(t, "已订阅")

	var found struct{ ID, Phone, Committee string }
	status, body := r.api(t, key, http.MethodPost, "/residents/search", `{"phone":"`+number+`"}`)
	if err := json.Unmarshal([]byte(body), &found); err != nil || status != http.StatusOK || found.Phone != "199****0001" || found.Committee != "demo-2" {
		t.Fatalf("search: %d %s", status, body)
	}
	id := found.ID
	until(t, "the receipt of the code is known", func() bool {
		_, body = r.api(t, key, http.MethodGet, "/residents/"+id+"/texts", "")
		return strings.Contains(body, "已送达")
	})

	r.act(t, `"kind":"sms-reply","text":"ｔｄ"`)
	until(t, "the stop is recorded", func() bool {
		_, body = r.api(t, key, http.MethodGet, "/audit", "")
		return strings.Contains(body, "resident.stop")
	})
	r.act(t, `"kind":"text","text":"我的信息"`)
	r.said(t, "不收：短信通知")

	r.act(t, `"kind":"text","text":"删除我的信息"`)
	r.said(t, "回复“确认删除”")
	r.act(t, `"kind":"text","text":"确认删除"`)
	r.said(t, "您的信息已经删除")
	if status, body := r.api(t, key, http.MethodGet, "/residents/"+id, ""); status != http.StatusNotFound {
		t.Errorf("erased, and still there: %d %s", status, body)
	}
	if status, body := r.api(t, key, http.MethodGet, "/audit/verify", ""); status != http.StatusOK || !strings.Contains(body, `"whole":true`) {
		t.Errorf("audit log: %d %s", status, body)
	}

	if err := r.stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if leaked := leaks(t, cfg.Data, number, resident); leaked != "" {
		t.Error(leaked)
	}
	for what, secret := range map[string]string{"a number": number, "an openid": resident, "the API key": key,
		"the callback key": cfg.SMS.CallbackKey, "the AccessKey secret": cfg.SMS.AccessKeySecret} {
		if strings.Contains(r.log.String(), secret) {
			t.Errorf("the log shows %s:\n%s", what, r.log)
		}
	}
	if strings.Contains(r.log.String(), "level=ERROR") {
		t.Errorf("the log has errors:\n%s", r.log)
	}
	env := []string{"TOWNCRIER_DATABASE=" + cfg.Database, "TOWNCRIER_KEY=" + keyText(cfg)}
	if code, out, errs := command(t, env, "", "audit", "verify"); code != 0 {
		t.Errorf("audit verify: exit %d\n%s%s", code, out, errs)
	}
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
