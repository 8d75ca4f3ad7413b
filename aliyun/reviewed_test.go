package aliyun_test

import (
	"errors"
	"slices"
	"testing"

	"towncrier/aliyun"
	"towncrier/sandbox/platform"
	pretendsms "towncrier/sandbox/sms"
	"towncrier/sms"
)

// TestReviewsOfTemplatesAndSigns asks the pretend platform what it decided on each.
func TestReviewsOfTemplatesAndSigns(t *testing.T) {
	w := newFixture(t, func(c *pretendsms.Config) {
		c.Templates = append(pretendsms.DefaultTemplates(),
			pretendsms.Template{Code: "SMS_2", Kind: pretendsms.NoticeTemplate, Text: "${who}通知：${what}，${who}。", Review: pretendsms.Rejected},
			pretendsms.Template{Code: "SMS_3", Kind: pretendsms.NoticeTemplate, Text: "好", Review: pretendsms.InReview},
			pretendsms.Template{Code: "SMS_4", Kind: pretendsms.NoticeTemplate, Text: "好", Review: pretendsms.Cancelled})
	})
	for code, want := range map[string]struct {
		review  aliyun.Review
		reason  string
		forCode bool
		names   []string
	}{
		pretendsms.DefaultCodeTemplate: {aliyun.Approved, "", true, []string{"code"}},
		"SMS_2":                        {aliyun.Rejected, "不符合短信规范", false, []string{"who", "what"}},
		"SMS_3":                        {aliyun.InReview, "", false, nil},
		"SMS_4":                        {aliyun.Cancelled, "", false, nil},
	} {
		got, err := w.client.Template(t.Context(), code)
		if err != nil || got.Review != want.review || got.Reason != want.reason || got.ForCode != want.forCode || !slices.Equal(got.Variables(), want.names) {
			t.Errorf("%s: %+v with %q, %v; want %+v", code, got, got.Variables(), err, want)
		}
	}
	_, err := w.client.Template(t.Context(), "SMS_404")
	if e, ok := errors.AsType[*sms.Error](err); !ok || e.Code != "isv.SMS_TEMPLATE_ILLEGAL" {
		t.Errorf("an unknown template: %v", err)
	}
	if sign, err := w.client.Sign(t.Context()); err != nil || sign.Review != aliyun.Approved {
		t.Errorf("the sign: %+v, %v", sign, err)
	}
	if err := w.platform.Faults.Add(platform.Fault{API: "aliyun/GetSmsSign", Kind: "isp.RAM_PERMISSION_DENY"}); err != nil {
		t.Fatal(err)
	}
	_, err = w.client.Sign(t.Context())
	if e, ok := errors.AsType[*sms.Error](err); !ok || e.Code != "isp.RAM_PERMISSION_DENY" || e.Class != sms.Operator {
		t.Errorf("without the permission: %v", err)
	}
}
