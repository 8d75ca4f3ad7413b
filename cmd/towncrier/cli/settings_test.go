package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"towncrier/api/wire"
	"towncrier/cmd/towncrier/config"
)

// TestSettingsOverTheAPI shows an author what broadcasts go by, and an admin every setting, of a server that runs.
func TestSettingsOverTheAPI(t *testing.T) {
	cfg := rehearsalOf(t, smallCity...)
	r := rehearse(t, cfg)
	author, admin := r.as(t, "author"), r.as(t, "admin")
	out := ok(t, author, "settings")
	wantIn(t, out, "城市", "示例镇", "发送时段", "08:00-20:00（Asia/Shanghai）", "每位居民7天内7条", "已开通，每条计费0.045元", "【演示签名】", "审计日志1095天")
	refuses(t, author, 1, "403", "settings", "--all")
	out = ok(t, admin, "settings", "--all")
	wantIn(t, out, "公众号 AppSecret", "TOWNCRIER_WECHAT_SECRET", "已设置", cfg.WeChat.AppID, "http://"+r.addr+"/sandbox/wechat", "未设置", "默认")
	all := ok(t, admin, "settings", "--all", "--json")
	for _, secret := range []string{cfg.WeChat.Secret, cfg.WeChat.Token, cfg.WeChat.AESKey, cfg.SMS.AccessKeySecret, cfg.SMS.CallbackKey, keyText(cfg.Config)} {
		if strings.Contains(out+all, secret) {
			t.Errorf("it shows %s", secret)
		}
	}
	var settings wire.Settings
	if err := json.Unmarshal([]byte(all), &settings); err != nil || len(settings.Settings) != len(config.Settings()) {
		t.Errorf("%d settings, want %d: %v", len(settings.Settings), len(config.Settings()), err)
	}
	for _, s := range settings.Settings {
		if s.Label == "" || s.Set && s.Secret && s.Value != "" && s.Key != "database" && s.Key != "redis" {
			t.Errorf("%+v", s)
		}
	}
}
