package wechat_test

import (
	"errors"
	"reflect"
	"testing"

	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
	pretend "towncrier/sandbox/wechat"
	"towncrier/wechat"
)

// TestTemplateLists asks for the account's templates with our own client, and once where the account may not.
func TestTemplateLists(t *testing.T) {
	items := []pretend.TemplateItem{{Key: "thing1", Label: "通知事项"}, {Key: "const2", Label: "类别：甲", Values: []string{"提醒"}}}
	want := []wechat.TemplateItem{{Key: "thing1", Label: "通知事项"}, {Key: "const2", Label: "类别：甲"}}
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好"), Sandbox: sandbox.Config{WeChat: pretend.Config{Templates: []pretend.Template{
		{ID: "M1", Kind: pretend.TemplateMessage, Title: "社区通知", Items: items},
		{ID: "S1", Kind: pretend.Subscription, Title: "办事通知", Items: items},
		{ID: "S2", Kind: pretend.Subscription, Title: "一次通知", Items: items, OneTime: true},
	}}}})
	messages, err := f.Client.Templates(t.Context())
	if err != nil || !reflect.DeepEqual(messages, []wechat.Template{{ID: "M1", Title: "社区通知", Items: want}}) {
		t.Errorf("template messages: %+v, %v", messages, err)
	}
	subscriptions, err := f.Client.SubscriptionTemplates(t.Context())
	if err != nil || !reflect.DeepEqual(subscriptions, []wechat.Template{
		{ID: "S1", Title: "办事通知", Items: want}, {ID: "S2", Title: "一次通知", Items: want, OneTime: true},
	}) {
		t.Errorf("subscriptions: %+v, %v", subscriptions, err)
	}
	if err := f.Faults.Add(platform.Fault{API: "newtmpl/gettemplate", Kind: "48001"}); err != nil {
		t.Fatal(err)
	}
	_, err = f.Client.SubscriptionTemplates(t.Context())
	if e, ok := errors.AsType[*wechat.Error](err); !ok || e.Code != 48001 || e.Class != wechat.Configuration {
		t.Errorf("without the permission: %v", err)
	}
}
