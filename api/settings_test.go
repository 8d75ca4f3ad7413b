package api_test

import (
	"context"
	"strings"
	"testing"

	"towncrier/api/wire"
	"towncrier/staff"
)

// inForce is what a server hands in: already masked.
func inForce() wire.Settings {
	return wire.Settings{
		City: wire.CitySettings{Name: "示例镇", Area: "示例镇", TimeZone: "Asia/Shanghai", Window: "08:00-20:00", Cap: 7, SMS: true, SMSSign: "邻里通", SMSPrice: 45},
		Settings: []wire.Setting{
			{Key: "wechat.secret", Variable: "TOWNCRIER_WECHAT_SECRET", Label: "公众号 AppSecret", Set: true, Secret: true, From: "/run/secrets/wechat"},
			{Key: "redis", Variable: "TOWNCRIER_REDIS", Label: "Redis", Set: true, Secret: true, Value: "rediss://:***@host", From: "TOWNCRIER_REDIS"},
		},
	}
}

// TestSettings shows everybody what broadcasts go by, and the rest to those who answer for the machine.
func TestSettings(t *testing.T) {
	r := lite(t)
	for _, role := range roles {
		city := r.do(role, "GET", "/settings/city", "").is(200)
		if city["window"] != "08:00-20:00" || city["cap"] != 7.0 || city["sms"] != true || city["sms_sign"] != "邻里通" || city["sms_price_milliyuan"] != 45.0 {
			t.Errorf("%s: %v", role, city)
		}
		if role != staff.Admin && role != staff.Auditor {
			r.do(role, "GET", "/settings", "").problem(403, "right", "")
			continue
		}
		all := r.do(role, "GET", "/settings", "").is(200)
		items := all["settings"].([]any)
		secret, redis := items[0].(map[string]any), items[1].(map[string]any)
		if len(items) != 2 || secret["set"] != true || secret["value"] != nil || secret["label"] != "公众号 AppSecret" || !strings.Contains(redis["value"].(string), "***") ||
			all["city"].(map[string]any)["name"] != "示例镇" {
			t.Errorf("%s: %v", role, all)
		}
	}
}

// standing is what a server finds.
func standing(context.Context) []wire.Check {
	return []wire.Check{{Name: "database", Label: "数据库", State: "down", StateLabel: "没有应答", Do: "看数据库在不在"}}
}

// TestChecks shows how the server fares to those who may read its settings.
func TestChecks(t *testing.T) {
	r := lite(t)
	for _, role := range roles {
		got := r.do(role, "GET", "/checks", "")
		if role != staff.Admin && role != staff.Auditor {
			got.problem(403, "right", "")
			continue
		}
		if c := got.is(200)["items"].([]any)[0].(map[string]any); c["ok"] != false || c["label"] != "数据库" || c["do"] != "看数据库在不在" || c["since"] != nil {
			t.Errorf("%s: %v", role, c)
		}
	}
}
