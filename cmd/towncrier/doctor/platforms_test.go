package doctor_test

import (
	"testing"
	"time"

	"towncrier/cmd/towncrier/doctor"
	"towncrier/content"
	"towncrier/sandbox"
	pretendsms "towncrier/sandbox/sms"
	pretendwechat "towncrier/sandbox/wechat"
)

// TestWeChatToken has WeChat refuse an access token in each way that a person can mend, and in some that pass.
func TestWeChatToken(t *testing.T) {
	f := newFixture(t)
	check := doctor.WeChatToken(f.Client)
	finds(t, "a good account", check, "ok gives this server an access token")
	for code, want := range map[string]string{
		"40125": "fault AppSecret is wrong / TOWNCRIER_WECHAT_SECRET",
		"40001": "fault AppSecret wrong / TOWNCRIER_WECHAT_SECRET",
		"40013": "fault app id is not valid / TOWNCRIER_WECHAT_APP_ID",
		"40164": "fault 203.0.113.7 / add 203.0.113.7 to IP白名单",
		"40243": "fault frozen / unfreeze",
		"89501": "fault waits for an administrator / administrator of the account confirms",
		"89503": "fault must confirm / administrator of the account confirms",
		"89506": "fault refused this server's IP twice / 24 hours",
		"89507": "fault refused this server's IP / an hour",
		"50007": "fault the account is frozen / console",
		"48001": "fault no permission / 接口权限",
		"99999": "fault 99999 / 全局返回码",
		"45009": "warning quota / next day",
		"-1":    "warning the platform is busy / TOWNCRIER_WECHAT_API",
		"5xx":   "warning HTTP 502 / TOWNCRIER_WECHAT_API",
		"drop":  "warning no answer / TOWNCRIER_WECHAT_API",
	} {
		f.fail(t, "stable_token", code)
		finds(t, code, check, want)
	}
	f.Faults.Clear()
	finds(t, "mended", check, "ok gives")
}

func TestWeChatTemplates(t *testing.T) {
	items := []pretendwechat.TemplateItem{{Key: "thing1", Label: "事项"}, {Key: "thing2", Label: "内容"}}
	f := newFixture(t, func(c *sandbox.Config) {
		c.WeChat.Templates = []pretendwechat.Template{
			{ID: "T-1", Kind: pretendwechat.TemplateMessage, Title: "社区通知", Items: items},
			{ID: "S-1", Kind: pretendwechat.Subscription, Title: "社区通知", Items: items},
			{ID: "S-2", Kind: pretendwechat.Subscription, Title: "社区通知", Items: items, OneTime: true},
		}
	})
	vars := []string{"thing1 事项", "thing2 内容"}
	whole := []*content.Template{weChatTemplate("a", content.TemplateChannel, "T-1", vars...), weChatTemplate("b", content.SubscriptionChannel, "S-1", vars...)}
	for _, c := range []struct {
		name      string
		templates []*content.Template
		want      []string
	}{
		{"none", nil, []string{"ok templates.yaml has no template"}},
		{"as registered", whole, []string{"ok has template T-1", "ok has template S-1"}},
		{"unknown", []*content.Template{weChatTemplate("a", content.TemplateChannel, "DEMO", vars...)}, []string{"fault no template DEMO / 模板库"}},
		{"of the other kind", []*content.Template{weChatTemplate("a", content.TemplateChannel, "S-1", vars...)}, []string{"fault no template S-1 / 模板库"}},
		{"other variables", []*content.Template{weChatTemplate("a", content.TemplateChannel, "T-1", "thing1 事项", "time2 时间")},
			[]string{"fault has 事项：thing1, 内容：thing2, templates.yaml has 事项：thing1, 时间：time2 / vars in templates.yaml"}},
		{"other labels", []*content.Template{weChatTemplate("a", content.TemplateChannel, "T-1", "thing1 事项", "thing2 备注")},
			[]string{"warning residents see 事项：thing1, 内容：thing2, a preview shows / vars in templates.yaml"}},
		{"one consent a message", []*content.Template{weChatTemplate("a", content.SubscriptionChannel, "S-2", vars...)}, []string{"warning 一次性订阅 / 长期订阅"}},
	} {
		finds(t, c.name, doctor.WeChatTemplates(f.Client, library(c.templates...)), c.want...)
	}
	check := doctor.WeChatTemplates(f.Client, library(whole...))
	f.fail(t, "template/get_all_private_template", "48001")
	finds(t, "without the permission", check, "fault no permission / 接口权限", "ok has template S-1")

	f = newFixture(t)
	f.fail(t, "stable_token", "40125")
	finds(t, "without a token", doctor.WeChatTemplates(f.Client, library(whole...)), "unchecked no access token / wechat-token", "unchecked no access token / wechat-token")
}

func TestSMSSign(t *testing.T) {
	f := newFixture(t, func(c *sandbox.Config) { c.SMS.Signs = []string{pretendsms.DefaultSign} })
	check := doctor.SMSSign(f.texts, pretendsms.DefaultSign)
	finds(t, "approved", check, "ok approved")
	for code, want := range map[string]string{
		"isv.SMS_SIGNATURE_ILLEGAL":   "fault no sign / TOWNCRIER_SMS_SIGN",
		"InvalidAccessKeyId.NotFound": "fault InvalidAccessKeyId / TOWNCRIER_SMS_ACCESS_KEY_ID",
		"SignatureDoesNotMatch":       "fault SignatureDoesNotMatch / TOWNCRIER_SMS_ACCESS_KEY_SECRET",
		"InvalidTimeStamp.Expired":    "fault InvalidTimeStamp / clock",
		"isv.AMOUNT_NOT_ENOUGH":       "fault AMOUNT / pay",
		"isp.RAM_PERMISSION_DENY":     "unchecked may not ask / dysms:GetSmsSign",
		"isv.NEW_CODE":                "fault NEW_CODE / 错误码",
		"Throttling.User":             "warning Throttling / TOWNCRIER_SMS_ENDPOINT",
		"drop":                        "warning the connection broke / TOWNCRIER_SMS_ENDPOINT",
	} {
		f.fail(t, "aliyun/GetSmsSign", code)
		finds(t, code, check, want)
	}
	for review, want := range map[pretendsms.Review]string{
		pretendsms.InReview:  "fault in review / 9:00",
		pretendsms.Rejected:  "fault rejected: every text is refused (不符合短信规范) / 签名管理",
		pretendsms.Cancelled: "fault cancelled / 签名管理",
	} {
		f := newFixture(t, func(c *sandbox.Config) {
			c.SMS.Signs, c.SMS.SignReviews = []string{}, map[string]pretendsms.Review{pretendsms.DefaultSign: review}
		})
		finds(t, string(review), doctor.SMSSign(f.texts, pretendsms.DefaultSign), want)
	}
	f = newFixture(t, func(c *sandbox.Config) { c.SMS.Signs = []string{"别的签名"} })
	finds(t, "of another account", doctor.SMSSign(f.texts, pretendsms.DefaultSign), "fault no sign / TOWNCRIER_SMS_SIGN")
}

func TestSMSTemplates(t *testing.T) {
	f := newFixture(t, func(c *sandbox.Config) {
		c.SMS.Templates = append(pretendsms.DefaultTemplates(),
			pretendsms.Template{Code: "SMS_1", Kind: pretendsms.NoticeTemplate, Text: "验证码${code}"},
			pretendsms.Template{Code: "SMS_2", Kind: pretendsms.NoticeTemplate, Text: "${who}通知", Review: pretendsms.InReview},
			pretendsms.Template{Code: "SMS_3", Kind: pretendsms.NoticeTemplate, Text: "${who}通知", Review: pretendsms.Rejected},
			pretendsms.Template{Code: "SMS_4", Kind: pretendsms.NoticeTemplate, Text: "${who}通知：${what}"})
	})
	ours := func(code, text string, vars ...string) *content.Template {
		t := weChatTemplate("ours", content.SMSChannel, code, vars...)
		t.Text = text
		return t
	}
	const good, told = "ok template SMS_100000001", "ok template SMS_100000003"
	for _, c := range []struct {
		name, code, staff string
		template          *content.Template
		want              []string
	}{
		{"as registered", pretendsms.DefaultCodeTemplate, pretendsms.DefaultStaffTemplate, ours("SMS_4", "${who}通知：${what}", "who", "what"),
			[]string{good, told, "ok as templates.yaml has it"}},
		{"unknown codes", "SMS_404", "SMS_404", ours("SMS_404", "好"),
			[]string{"fault no template SMS_404 / 模板管理", "fault no template SMS_404 / 模板管理", "fault no template SMS_404 / 模板管理"}},
		{"nobody is told", pretendsms.DefaultCodeTemplate, "", nil, []string{good, "warning no member of staff / TOWNCRIER_SMS_STAFF_TEMPLATE"}},
		{"a code by a notice", "SMS_1", pretendsms.DefaultStaffTemplate, nil, []string{"warning none of verification codes / apply", told}},
		{"another variable", "SMS_4", "SMS_4", nil, []string{"fault the variables who, what / TOWNCRIER_SMS_CODE_TEMPLATE", "fault the variables who, what / TOWNCRIER_SMS_STAFF_TEMPLATE"}},
		{"in review", pretendsms.DefaultCodeTemplate, pretendsms.DefaultStaffTemplate, ours("SMS_2", "${who}通知", "who"), []string{good, told, "fault SMS_2 is in review / 9:00"}},
		{"rejected", pretendsms.DefaultCodeTemplate, pretendsms.DefaultStaffTemplate, ours("SMS_3", "${who}通知", "who"), []string{good, told, "fault rejected: every text under it is refused (不符合短信规范) / 模板管理"}},
		{"other variables", pretendsms.DefaultCodeTemplate, pretendsms.DefaultStaffTemplate, ours("SMS_4", "${who}通知", "who"),
			[]string{good, told, "fault the variables who, what, templates.yaml has the variables who / templates.yaml"}},
		{"other words", pretendsms.DefaultCodeTemplate, pretendsms.DefaultStaffTemplate, ours("SMS_4", "${who}说：${what}", "who", "what"),
			[]string{good, told, "warning in other words / templates.yaml"}},
	} {
		lib := library()
		if c.template != nil {
			lib = library(c.template)
		}
		finds(t, c.name, doctor.SMSTemplates(f.texts, c.code, c.staff, lib), c.want...)
	}
	f.fail(t, "aliyun/GetSmsTemplate", "isp.RAM_PERMISSION_DENY")
	finds(t, "without the permission", doctor.SMSTemplates(f.texts, "SMS_1", "SMS_1", library()),
		"unchecked may not ask / dysms:GetSmsTemplate", "unchecked may not ask / dysms:GetSmsTemplate")
}

// TestClocks compares a clock that is off with the Date of the pretend platforms' answers.
func TestClocks(t *testing.T) {
	f := newFixture(t)
	clock := doctor.Clock{Of: "WeChat", Limit: 5 * time.Minute, Harm: "messages of residents are refused", Read: doctor.HTTPDate(f.URL + "/sandbox/wechat/")}
	for off, want := range map[time.Duration]string{
		0:                   "ok agrees with that of WeChat",
		20 * time.Second:    "ok agrees",
		-time.Minute:        "warning behind that of WeChat; beyond 5m0s messages of residents are refused / NTP",
		4 * time.Minute:     "warning ahead of that of WeChat / NTP",
		6 * time.Minute:     "fault ahead of that of WeChat: messages of residents are refused / NTP",
		-7 * 24 * time.Hour: "fault behind / NTP",
	} {
		finds(t, off.String(), doctor.Clocks(at(off), clock), want)
	}
	away := doctor.Clock{Of: "Redis", Read: doctor.HTTPDate("http://127.0.0.1:1/")}
	finds(t, "one does not answer", doctor.Clocks(time.Now, clock, away), "ok agrees", "unchecked the clock of Redis cannot be read")
}
