package wechat_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
	pretendwechat "towncrier/sandbox/wechat"
	"towncrier/wechat"
)

func TestNoticesReachEachResidentOnce(t *testing.T) {
	for _, c := range []struct {
		message broadcast.Message
		code    string
	}{
		{sandboxtest.TemplateMessage("文明养犬提醒"), sandboxtest.MessageTemplate.ID}, {sandboxtest.SubscriptionNotice("养犬登记"), sandboxtest.SubscriptionTemplate.ID},
	} {
		t.Run(string(c.message.Channel), func(t *testing.T) {
			people, err := platform.SyntheticResidents(250)
			if err != nil {
				t.Fatal(err)
			}
			for i := range people {
				people[i].Following, people[i].Agreed = true, []string{sandboxtest.SubscriptionTemplate.ID}
				people[i].Blocks = i == 7
			}
			f, provider, events := sandboxtest.OpenNotices(t, c.message.Channel, func(cfg *sandbox.Config) { cfg.Residents = people })
			handles := map[string]string{} // openid by handle
			var all []broadcast.OutboundMessage
			for i, r := range people {
				all = append(all, sandboxtest.To(r.OpenID, int64(i+1)))
			}
			for batch := range slices.Chunk(all, provider.Batch()) {
				for i, o := range provider.Send(t.Context(), c.message, c.code, batch) {
					if o.State != broadcast.Accepted || o.Handle == "" || handles[o.Handle] != "" {
						t.Fatalf("message %d: %+v", i, o)
					}
					handles[o.Handle] = batch[i].OpenID
				}
			}
			for _, r := range events.Until(t, len(people)) {
				blocked := r.OpenID == people[7].OpenID
				if handles[fmt.Sprint(r.MsgID)] != r.OpenID || r.Delivered == blocked {
					t.Errorf("result %+v", r)
				}
			}
			resp, err := http.Get(f.URL + "/sandbox/record?via=" + string(c.message.Channel))
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var record []platform.Entry
			if err := json.NewDecoder(resp.Body).Decode(&record); err != nil || len(record) != len(people) {
				t.Errorf("the record has %d notices, %v", len(record), err)
			}
			for i, r := range people {
				got := f.Reached(r.OpenID, string(c.message.Channel))
				if i == 7 {
					if len(got) != 0 {
						t.Errorf("%s blocks notices and has %d", r.Name, len(got))
					}
					continue
				}
				if len(got) != 1 || got[0].Via != string(c.message.Channel) || got[0].Notice.Items[0].Value != c.message.Data["thing1"] {
					t.Fatalf("%s got %+v", r.Name, got)
				}
			}
		})
	}
}

// TestNoticeRefusals lets the platform refuse, and reads what a Provider makes of it.
func TestNoticeRefusals(t *testing.T) {
	banned := sandboxtest.MessageTemplate
	banned.ID, banned.Banned = "SANDBOX-banned", true
	f, provider, _ := sandboxtest.OpenNotices(t, broadcast.Template, func(cfg *sandbox.Config) {
		cfg.WeChat.Templates = append(pretendwechat.DefaultTemplates(), banned)
		cfg.Residents[1].Following = false
		cfg.Residents[2].Blacklisted = true
		cfg.WeChat.TemplateQuota = 1
	})
	subscriptions, err := wechat.NewProvider(f.Client, broadcast.Subscription, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	long := sandboxtest.TemplateMessage(strings.Repeat("长", 21))
	if got := provider.Send(t.Context(), sandboxtest.TemplateMessage("好"), sandboxtest.MessageTemplate.ID, []broadcast.OutboundMessage{sandboxtest.To(sandboxtest.Ding, 1)}); got[0].State != broadcast.Accepted {
		t.Fatalf("the day's only message: %+v", got)
	}
	fault := func(kind string) func() {
		return func() {
			if err := f.Faults.Add(platform.Fault{API: "template/send", Kind: kind, Count: 1}); err != nil {
				t.Fatal(err)
			}
		}
	}
	none := func() {}
	for _, c := range []struct {
		name    string
		prepare func()
		message broadcast.Message
		code    string
		openid  string
		want    broadcast.Outcome // Halt is what the advice must contain
	}{
		{"unknown template", none, sandboxtest.TemplateMessage("好"), "nosuch", sandboxtest.Ding, broadcast.Outcome{State: "pending", Class: "operator", Code: "40037", Halt: "模板编号"}},
		{"other kind's template", none, sandboxtest.TemplateMessage("好"), sandboxtest.SubscriptionTemplate.ID, sandboxtest.Ding, broadcast.Outcome{State: "pending", Class: "operator", Code: "40037", Halt: "模板编号"}},
		{"banned template", none, sandboxtest.TemplateMessage("好"), banned.ID, sandboxtest.Ding, broadcast.Outcome{State: "pending", Class: "operator", Code: "43116", Halt: "封禁"}},
		{"value too long", none, long, sandboxtest.MessageTemplate.ID, sandboxtest.Ding, broadcast.Outcome{State: "pending", Class: "operator", Code: "47003", Halt: "「thing1」"}},
		{"unknown openid", none, sandboxtest.TemplateMessage("好"), sandboxtest.MessageTemplate.ID, "oNobody", broadcast.Outcome{State: "failed", Class: "refused", Code: "40003"}},
		{"does not follow", none, sandboxtest.TemplateMessage("好"), sandboxtest.MessageTemplate.ID, sandboxtest.Yi, broadcast.Outcome{State: "failed", Class: "refused", Code: "43004"}},
		{"blacklisted", none, sandboxtest.TemplateMessage("好"), sandboxtest.MessageTemplate.ID, "oSANDBOX-resident-bing000003", broadcast.Outcome{State: "failed", Class: "refused", Code: "43019"}},
		{"quota", none, sandboxtest.TemplateMessage("好"), sandboxtest.MessageTemplate.ID, sandboxtest.Jia, broadcast.Outcome{State: "pending", Class: "operator", Code: "45009", Halt: "额度"}},
		{"busy", fault("-1"), sandboxtest.TemplateMessage("好"), sandboxtest.MessageTemplate.ID, sandboxtest.Jia, broadcast.Outcome{State: "pending", Class: "retry", Code: "-1", Wait: 10 * time.Second}},
		{"by the minute", fault("45011"), sandboxtest.TemplateMessage("好"), sandboxtest.MessageTemplate.ID, sandboxtest.Jia, broadcast.Outcome{State: "pending", Class: "retry", Code: "45011", Wait: time.Minute}},
		{"too often", fault("43117"), sandboxtest.TemplateMessage("好"), sandboxtest.MessageTemplate.ID, sandboxtest.Jia, broadcast.Outcome{State: "pending", Class: "retry", Code: "43117", Wait: 10 * time.Minute}},
		{"no permission", fault("48001"), sandboxtest.TemplateMessage("好"), sandboxtest.MessageTemplate.ID, sandboxtest.Jia, broadcast.Outcome{State: "pending", Class: "operator", Code: "48001", Halt: "权限"}},
		{"unheard-of code", fault("99999"), sandboxtest.TemplateMessage("好"), sandboxtest.MessageTemplate.ID, sandboxtest.Jia, broadcast.Outcome{State: "pending", Class: "operator", Code: "99999", Halt: "99999"}},
		{"gateway", fault("5xx"), sandboxtest.TemplateMessage("好"), sandboxtest.MessageTemplate.ID, sandboxtest.Jia, broadcast.Outcome{State: "in_doubt", Class: "in_doubt"}},
		{"id to be escaped", none, sandboxtest.TemplateMessage("好"), sandboxtest.MessageTemplate.ID, `o"x`, broadcast.Outcome{State: "pending", Class: "operator", Halt: "写法"}},
		{"other channel", none, sandboxtest.SubscriptionNotice("好"), sandboxtest.MessageTemplate.ID, sandboxtest.Jia, broadcast.Outcome{State: "pending", Class: "operator", Halt: "写法"}},
	} {
		c.prepare()
		got := provider.Send(t.Context(), c.message, c.code, []broadcast.OutboundMessage{sandboxtest.To(c.openid, 2)})[0]
		if !strings.Contains(got.Halt, c.want.Halt) || (got.Halt == "") != (c.want.Halt == "") {
			t.Errorf("%s: advice %q, want %q", c.name, got.Halt, c.want.Halt)
		}
		got.Halt, c.want.Halt = "", ""
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}

	f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.Refuse, Key: sandboxtest.SubscriptionTemplate.ID})
	got := subscriptions.Send(t.Context(), sandboxtest.SubscriptionNotice("好"), sandboxtest.SubscriptionTemplate.ID, []broadcast.OutboundMessage{sandboxtest.To(sandboxtest.Jia, 3), sandboxtest.To(sandboxtest.Yi, 4)})
	if want := (broadcast.Outcome{State: "failed", Class: "optedout", Code: "43101"}); got[0] != want {
		t.Errorf("refused: %+v", got[0])
	}
	if got[1].State != broadcast.Accepted {
		t.Errorf("does not follow, but agreed: %+v", got[1])
	}
}

// TestNoticeValues holds the limits of section 发送模板消息 against the wire, where a violation names its key.
func TestNoticeValues(t *testing.T) {
	for kind, values := range map[string]struct{ good, bad []string }{
		"thing":            {[]string{"停水", strings.Repeat("长", 20)}, []string{"", " ", strings.Repeat("长", 21)}},
		"number":           {[]string{"12", "3.5", strings.Repeat("1", 32)}, []string{"十二", strings.Repeat("1", 33)}},
		"letter":           {[]string{"AbC"}, []string{"a1", "字", strings.Repeat("a", 33)}},
		"symbol":           {[]string{"!?"}, []string{"!!!!!!", "a"}},
		"character_string": {[]string{"B-0001/x", strings.Repeat("a", 32)}, []string{"三号", strings.Repeat("a", 33)}},
		"time":             {[]string{"09:05", "2026年3月1日 8:00", "2026-03-01 08:00~09:30"}, []string{"25:00", "明天", "2026年3月1日"}},
		"date":             {[]string{"2026年3月1日", "2026-03-01 08:00"}, []string{"08:00", "三月"}},
		"amount":           {[]string{"￥12.50", "100元"}, []string{"很多", "￥12345678901"}},
		"phone_number":     {[]string{"0359-0000000"}, []string{"电话", strings.Repeat("1", 18)}},
		"car_number":       {[]string{"晋M00000"}, []string{"晋M0000000"}},
		"name":             {[]string{"居民甲", "Zhang San"}, []string{strings.Repeat("名", 11), "甲1"}},
		"phrase":           {[]string{"已受理"}, []string{"已经受理了啊", "ok"}},
		"const":            {[]string{"提醒", ""}, []string{"别的"}},
	} {
		t.Run(kind, func(t *testing.T) {
			form := pretendwechat.Template{ID: "SANDBOX-one", Kind: pretendwechat.TemplateMessage, Title: "试", Items: []pretendwechat.TemplateItem{
				{Key: kind + "12", Label: "值", Values: []string{"提醒"}},
			}}
			f, _, _ := sandboxtest.OpenNotices(t, broadcast.Template, func(cfg *sandbox.Config) { cfg.WeChat.Templates = []pretendwechat.Template{form} })
			token := f.FetchToken(t)
			send := func(v string) map[string]any {
				body, err := json.Marshal(map[string]any{"touser": sandboxtest.Jia, "template_id": form.ID, "data": map[string]any{
					kind + "12": map[string]string{"value": v}, "first": map[string]string{"value": "忽略"},
				}})
				if err != nil {
					t.Fatal(err)
				}
				got, _ := f.API(t, "message/template/send", sandboxtest.WithToken(token), string(body))
				return got
			}
			for _, v := range values.good {
				if got := send(v); sandboxtest.ErrCode(got) != 0 || got["msgid"] == nil {
					t.Errorf("%q: %v", v, got)
				}
			}
			for _, v := range values.bad {
				if got := send(v); sandboxtest.ErrCode(got) != 47003 || !strings.HasPrefix(fmt.Sprint(got["errmsg"]), "argument invalid! data."+kind+"12.value invalid") {
					t.Errorf("%q: %v, want 47003 with the key", v, got)
				}
			}
		})
	}
}

func TestNoticeFormsAreChecked(t *testing.T) {
	for name, form := range map[string]pretendwechat.Template{
		"no id":        {Kind: pretendwechat.TemplateMessage, Items: sandboxtest.MessageTemplate.Items},
		"unknown kind": {ID: "a", Kind: "mail", Items: sandboxtest.MessageTemplate.Items},
		"no items":     {ID: "a", Kind: pretendwechat.TemplateMessage},
		"unknown type": {ID: "a", Kind: pretendwechat.TemplateMessage, Items: []pretendwechat.TemplateItem{{Key: "word1"}}},
	} {
		_, err := sandbox.New(sandbox.Config{WeChat: pretendwechat.Config{
			AppID: sandboxtest.AppID, Secret: sandboxtest.Secret, Token: sandboxtest.Token, WebhookURL: "http://127.0.0.1:1/", Templates: []pretendwechat.Template{form},
		}})
		if err == nil || !strings.Contains(err.Error(), "template") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNoticesTellEachTheirOwn sends the same words again and others in between, good and bad.
func TestNoticesTellEachTheirOwn(t *testing.T) {
	f, _, _ := sandboxtest.OpenNotices(t, broadcast.Template, nil)
	token := f.FetchToken(t)
	words := func(title string) string {
		return `{"thing1":{"value":"` + title + `"},"thing2":{"value":"出门请牵绳"},"time3":{"value":"08:00"}}`
	}
	sent := 0
	for _, c := range []struct {
		data, title string
		code        int
	}{
		{words("养犬"), "养犬", 0}, {words("养犬"), "养犬", 0}, {words("停水"), "停水", 0}, {words(""), "", 47003}, {`{"thing1":1}`, "", 47001},
		{words("停水"), "停水", 0}, {words("养犬"), "养犬", 0}, {words(""), "", 47003}, {`null`, "", 47003},
	} {
		got, _ := f.API(t, "message/template/send", sandboxtest.WithToken(token), `{"touser":"`+sandboxtest.Jia+`","template_id":"`+sandboxtest.MessageTemplate.ID+`","data":`+c.data+`}`)
		if sandboxtest.ErrCode(got) != c.code {
			t.Fatalf("%s: %v, want %d", c.data, got, c.code)
		}
		if c.code == 0 {
			sent++
		}
		record := f.Record.Of(sandboxtest.Jia)
		if len(record) != sent {
			t.Fatalf("%s: %d notices are recorded, want %d", c.data, len(record), sent)
		}
		if c.code == 0 && record[sent-1].Notice.Items[0].Value != c.title {
			t.Errorf("%s: recorded as %+v", c.data, record[sent-1].Notice)
		}
	}
}
