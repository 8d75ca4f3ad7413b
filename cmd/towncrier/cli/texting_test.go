package cli

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// TestBindStopErase walks a resident from an SMS code over the real wire to the last byte that is kept of them.
func TestBindStopErase(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	defer http.DefaultClient.CloseIdleConnections()
	cfg := rehearsalOf(t)
	r := rehearse(t, cfg)
	key := r.keyOf(t, "admin")
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
	env := []string{"TOWNCRIER_DATABASE=" + cfg.Database, "TOWNCRIER_KEY=" + keyText(cfg.Config)}
	if code, out, errs := command(t, env, "", "audit", "verify"); code != 0 {
		t.Errorf("audit verify: exit %d\n%s%s", code, out, errs)
	}
}
