package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/sandbox"
	"towncrier/wechat"
)

const ding = "oSANDBOX-resident-ding000004"

var (
	messageForm      = sandbox.DefaultNoticeForms()[0]
	subscriptionForm = sandbox.DefaultNoticeForms()[1]
)

func templateOf(title string) broadcast.Message {
	return broadcast.Message{Channel: broadcast.Template, Template: "notice", Data: map[string]string{
		"thing1": title, "thing2": "出门遛狗请牵绳", "time3": "2026年3月1日 08:00",
	}, URL: "https://example.com/n/1"}
}

func subscriptionOf(title string) broadcast.Message {
	return broadcast.Message{Channel: broadcast.Subscription, Template: "notice", Data: map[string]string{
		"thing1": title, "thing2": "请带身份证", "const3": "提醒",
	}}
}

// events collects what the account is told of.
type events struct {
	mu       sync.Mutex
	results  []wechat.NoticeResult // of both kinds
	consents []wechat.Consent
}

func (e *events) hooks() wechat.Events {
	result := func(_ context.Context, r wechat.NoticeResult) error {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.results = append(e.results, r)
		return nil
	}
	return wechat.Events{TemplateResult: result, SubscriptionResult: result, Consent: func(_ context.Context, c wechat.Consent) error {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.consents = append(e.consents, c)
		return nil
	}}
}

func (e *events) list() []wechat.NoticeResult {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.results)
}

// until waits for n results.
func (e *events) until(t *testing.T, n int) []wechat.NoticeResult {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if got := e.list(); len(got) >= n {
			return got
		}
	}
	t.Fatalf("%d results came, want %d", len(e.list()), n)
	return nil
}

// notices opens a town whose residents follow and agreed, and its carrier of a channel.
func notices(t *testing.T, channel broadcast.Channel, change func(*sandbox.Config)) (*town, *wechat.Carrier, *events) {
	t.Helper()
	told := &events{}
	cfg := sandbox.Config{Residents: sandbox.DefaultResidents(), ResultDelay: time.Millisecond}
	for i := range cfg.Residents {
		cfg.Residents[i].Following, cfg.Residents[i].Agreed = true, []string{subscriptionForm.ID}
	}
	if change != nil {
		change(&cfg)
	}
	tw := open(t, setting{sandbox: cfg, answer: saying("好"), events: told.hooks()})
	carrier, err := wechat.NewCarrier(tw.client, channel, 0, tw.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	return tw, carrier, told
}

func letter(openid string, n int64) broadcast.Letter {
	return broadcast.Letter{Delivery: n, OutID: fmt.Sprintf("B0123456789-%d-1", n), OpenID: openid}
}

// reached lists what reached a resident by a channel.
func (tw *town) reached(openid string, kind string) (list []sandbox.Entry) {
	for _, e := range tw.Record(openid) {
		if e.Kind == kind && e.State == sandbox.Delivered {
			list = append(list, e)
		}
	}
	return list
}

func TestNoticesReachEachResidentOnce(t *testing.T) {
	for _, c := range []struct {
		message broadcast.Message
		code    string
	}{
		{templateOf("文明养犬提醒"), messageForm.ID}, {subscriptionOf("养犬登记"), subscriptionForm.ID},
	} {
		t.Run(string(c.message.Channel), func(t *testing.T) {
			people, err := sandbox.SyntheticResidents(250)
			if err != nil {
				t.Fatal(err)
			}
			for i := range people {
				people[i].Following, people[i].Agreed = true, []string{subscriptionForm.ID}
				people[i].Blocks = i == 7
			}
			tw, carrier, told := notices(t, c.message.Channel, func(cfg *sandbox.Config) { cfg.Residents = people })
			handles := map[string]string{} // openid by handle
			var all []broadcast.Letter
			for i, r := range people {
				all = append(all, letter(r.OpenID, int64(i+1)))
			}
			for batch := range slices.Chunk(all, carrier.Batch()) {
				for i, o := range carrier.Send(t.Context(), c.message, c.code, batch) {
					if o.State != broadcast.Accepted || o.Handle == "" || handles[o.Handle] != "" {
						t.Fatalf("letter %d: %+v", i, o)
					}
					handles[o.Handle] = batch[i].OpenID
				}
			}
			for _, r := range told.until(t, len(people)) {
				blocked := r.OpenID == people[7].OpenID
				if handles[fmt.Sprint(r.MsgID)] != r.OpenID || r.Delivered == blocked {
					t.Errorf("result %+v", r)
				}
			}
			resp, err := http.Get(tw.url + "/sandbox/record?via=" + string(c.message.Channel))
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var record []sandbox.Entry
			if err := json.NewDecoder(resp.Body).Decode(&record); err != nil || len(record) != len(people) {
				t.Errorf("the record has %d notices, %v", len(record), err)
			}
			for i, r := range people {
				got := tw.reached(r.OpenID, string(c.message.Channel))
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

// TestNoticeRefusals lets the platform refuse, and reads what a Carrier makes of it.
func TestNoticeRefusals(t *testing.T) {
	banned := messageForm
	banned.ID, banned.Banned = "SANDBOX-banned", true
	tw, carrier, _ := notices(t, broadcast.Template, func(cfg *sandbox.Config) {
		cfg.Templates = append(sandbox.DefaultNoticeForms(), banned)
		cfg.Residents[1].Following = false
		cfg.Residents[2].Blacklisted = true
		cfg.TemplateQuota = 1
	})
	subscriptions, err := wechat.NewCarrier(tw.client, broadcast.Subscription, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	long := templateOf(strings.Repeat("长", 21))
	if got := carrier.Send(t.Context(), templateOf("好"), messageForm.ID, []broadcast.Letter{letter(ding, 1)}); got[0].State != broadcast.Accepted {
		t.Fatalf("the day's only message: %+v", got)
	}
	fault := func(kind string) func() {
		return func() {
			if err := tw.Fault(sandbox.Fault{API: "template/send", Kind: kind, Count: 1}); err != nil {
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
		{"unknown template", none, templateOf("好"), "nosuch", ding, broadcast.Outcome{State: "pending", Class: "operator", Code: "40037", Halt: "模板编号"}},
		{"other kind's template", none, templateOf("好"), subscriptionForm.ID, ding, broadcast.Outcome{State: "pending", Class: "operator", Code: "40037", Halt: "模板编号"}},
		{"banned template", none, templateOf("好"), banned.ID, ding, broadcast.Outcome{State: "pending", Class: "operator", Code: "43116", Halt: "封禁"}},
		{"value too long", none, long, messageForm.ID, ding, broadcast.Outcome{State: "pending", Class: "operator", Code: "47003", Halt: "「thing1」"}},
		{"unknown openid", none, templateOf("好"), messageForm.ID, "oNobody", broadcast.Outcome{State: "failed", Class: "refused", Code: "40003"}},
		{"does not follow", none, templateOf("好"), messageForm.ID, yi, broadcast.Outcome{State: "failed", Class: "refused", Code: "43004"}},
		{"blacklisted", none, templateOf("好"), messageForm.ID, "oSANDBOX-resident-bing000003", broadcast.Outcome{State: "failed", Class: "refused", Code: "43019"}},
		{"quota", none, templateOf("好"), messageForm.ID, jia, broadcast.Outcome{State: "pending", Class: "operator", Code: "45009", Halt: "额度"}},
		{"busy", fault("-1"), templateOf("好"), messageForm.ID, jia, broadcast.Outcome{State: "pending", Class: "retry", Code: "-1", Wait: 10 * time.Second}},
		{"by the minute", fault("45011"), templateOf("好"), messageForm.ID, jia, broadcast.Outcome{State: "pending", Class: "retry", Code: "45011", Wait: time.Minute}},
		{"too often", fault("43117"), templateOf("好"), messageForm.ID, jia, broadcast.Outcome{State: "pending", Class: "retry", Code: "43117", Wait: 10 * time.Minute}},
		{"no permission", fault("48001"), templateOf("好"), messageForm.ID, jia, broadcast.Outcome{State: "pending", Class: "operator", Code: "48001", Halt: "权限"}},
		{"unheard-of code", fault("99999"), templateOf("好"), messageForm.ID, jia, broadcast.Outcome{State: "pending", Class: "operator", Code: "99999", Halt: "99999"}},
		{"gateway", fault("5xx"), templateOf("好"), messageForm.ID, jia, broadcast.Outcome{State: "in_doubt", Class: "in_doubt"}},
		{"id to be escaped", none, templateOf("好"), messageForm.ID, `o"x`, broadcast.Outcome{State: "pending", Class: "operator", Halt: "写法"}},
		{"other channel", none, subscriptionOf("好"), messageForm.ID, jia, broadcast.Outcome{State: "pending", Class: "operator", Halt: "写法"}},
	} {
		c.prepare()
		got := carrier.Send(t.Context(), c.message, c.code, []broadcast.Letter{letter(c.openid, 2)})[0]
		if !strings.Contains(got.Halt, c.want.Halt) || (got.Halt == "") != (c.want.Halt == "") {
			t.Errorf("%s: advice %q, want %q", c.name, got.Halt, c.want.Halt)
		}
		got.Halt, c.want.Halt = "", ""
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}

	tw.act(t, jia, sandbox.Action{Kind: sandbox.Refuse, Key: subscriptionForm.ID})
	got := subscriptions.Send(t.Context(), subscriptionOf("好"), subscriptionForm.ID, []broadcast.Letter{letter(jia, 3), letter(yi, 4)})
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
			form := sandbox.NoticeForm{ID: "SANDBOX-one", Kind: sandbox.TemplateMessage, Title: "试", Items: []sandbox.ItemForm{
				{Key: kind + "12", Label: "值", Values: []string{"提醒"}},
			}}
			tw, _, _ := notices(t, broadcast.Template, func(cfg *sandbox.Config) { cfg.Templates = []sandbox.NoticeForm{form} })
			token := tw.fetchToken(t)
			send := func(v string) map[string]any {
				body, err := json.Marshal(map[string]any{"touser": jia, "template_id": form.ID, "data": map[string]any{
					kind + "12": map[string]string{"value": v}, "first": map[string]string{"value": "忽略"},
				}})
				if err != nil {
					t.Fatal(err)
				}
				got, _ := tw.api(t, "message/template/send", with(token), string(body))
				return got
			}
			for _, v := range values.good {
				if got := send(v); code(got) != 0 || got["msgid"] == nil {
					t.Errorf("%q: %v", v, got)
				}
			}
			for _, v := range values.bad {
				if got := send(v); code(got) != 47003 || !strings.HasPrefix(fmt.Sprint(got["errmsg"]), "argument invalid! data."+kind+"12.value invalid") {
					t.Errorf("%q: %v, want 47003 with the key", v, got)
				}
			}
		})
	}
}

func TestClientMsgIDIsRememberedTenMinutes(t *testing.T) {
	tw, carrier, _ := notices(t, broadcast.Template, nil)
	send := func(l broadcast.Letter) string {
		t.Helper()
		got := carrier.Send(t.Context(), templateOf("提醒"), messageForm.ID, []broadcast.Letter{l})[0]
		if got.State != broadcast.Accepted {
			t.Fatalf("%+v", got)
		}
		return got.Handle
	}
	first := send(letter(jia, 1))
	tw.clock.advance(9*time.Minute + 59*time.Second)
	if again := send(letter(jia, 1)); again != first {
		t.Errorf("msgid %s for the same client_msg_id, want %s", again, first)
	}
	if other := send(letter(yi, 1)); other == first {
		t.Error("another resident's message has the same msgid")
	}
	if got := tw.reached(jia, sandbox.KindTemplate); len(got) != 1 || got[0].Notice.Repeats != 1 {
		t.Errorf("reached %+v, want one message, asked for twice", got)
	}
	tw.clock.advance(2 * time.Second)
	if later := send(letter(jia, 1)); later == first || len(tw.reached(jia, sandbox.KindTemplate)) != 2 {
		t.Error("the id is remembered over 10 minutes: the platform promises nothing then")
	}
}

// TestDoubtIsSettledByAsking loses answers before and after acceptance, and demands one message each.
func TestDoubtIsSettledByAsking(t *testing.T) {
	for _, kind := range []string{sandbox.Fault5xx, sandbox.Fault5xxAfter, sandbox.FaultDrop, sandbox.FaultTimeout} {
		t.Run(kind, func(t *testing.T) {
			tw, carrier, told := notices(t, broadcast.Template, nil)
			if err := tw.Fault(sandbox.Fault{API: "template/send", Kind: kind}); err != nil {
				t.Fatal(err)
			}
			l := letter(jia, 1)
			l.SentAt = tw.clock.Now()
			m := templateOf("提醒")
			got := carrier.Send(t.Context(), m, messageForm.ID, []broadcast.Letter{l})[0]
			if got.State != broadcast.InDoubt {
				t.Fatalf("%+v, want in doubt", got)
			}
			// The first question is lost as well.
			if got = carrier.Ask(t.Context(), m, messageForm.ID, []broadcast.Letter{l})[0]; got.State != broadcast.InDoubt {
				t.Fatalf("%+v, want in doubt", got)
			}
			tw.ClearFaults()
			// A result that is on its way while the clock jumps would be refused as signed long ago.
			if kind == sandbox.Fault5xxAfter || kind == sandbox.FaultTimeout {
				told.until(t, 1)
			}
			tw.clock.advance(9 * time.Minute)
			if got = carrier.Ask(t.Context(), m, messageForm.ID, []broadcast.Letter{l})[0]; got.State != broadcast.Accepted {
				t.Fatalf("%+v, want accepted", got)
			}
			if n := len(tw.reached(jia, sandbox.KindTemplate)); n != 1 {
				t.Errorf("%d messages on the phone", n)
			}
			if r := told.until(t, 1)[0]; fmt.Sprint(r.MsgID) != got.Handle {
				t.Errorf("result %+v of another message than %s", r, got.Handle)
			}
		})
	}
}

func TestAskNeverSendsWhatMightBeASecondMessage(t *testing.T) {
	tw, carrier, _ := notices(t, broadcast.Template, nil)
	subscriptions, err := wechat.NewCarrier(tw.client, broadcast.Subscription, 1, tw.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	old, unknown, future, young := letter(jia, 1), letter(jia, 2), letter(jia, 3), letter(jia, 4)
	old.SentAt, future.SentAt, young.SentAt = tw.clock.Now().Add(-9*time.Minute-time.Second), tw.clock.Now().Add(time.Second), tw.clock.Now()
	for i, o := range carrier.Ask(t.Context(), templateOf("提醒"), messageForm.ID, []broadcast.Letter{old, unknown, future}) {
		if o != (broadcast.Outcome{State: broadcast.InDoubt}) {
			t.Errorf("letter %d: %+v", i, o)
		}
	}
	if o := subscriptions.Ask(t.Context(), subscriptionOf("提醒"), subscriptionForm.ID, []broadcast.Letter{young})[0]; o != (broadcast.Outcome{State: broadcast.InDoubt}) {
		t.Errorf("subscription: %+v", o)
	}
	if all := tw.Record(""); len(all) != 0 {
		t.Errorf("residents got %+v", all)
	}
	// A refusal of the repeat says nothing of the first call.
	tw.act(t, jia, sandbox.Action{Kind: sandbox.Unfollow})
	if o := carrier.Ask(t.Context(), templateOf("提醒"), messageForm.ID, []broadcast.Letter{young})[0]; o.State != broadcast.InDoubt || o.Code != "43004" {
		t.Errorf("refused repeat: %+v", o)
	}
}

func TestSendGivesBackWhatItCannotBegin(t *testing.T) {
	tw, carrier, _ := notices(t, broadcast.Template, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, o := range carrier.Send(ctx, templateOf("提醒"), messageForm.ID, []broadcast.Letter{letter(jia, 1), letter(yi, 2)}) {
		if o != (broadcast.Outcome{State: broadcast.Pending}) {
			t.Errorf("%+v, want pending", o)
		}
	}
	if all := tw.Record(""); len(all) != 0 {
		t.Errorf("residents got %+v", all)
	}
}

func TestResultEventsGoAstray(t *testing.T) {
	for _, c := range []struct {
		kind  string
		want  int
		check func([]wechat.NoticeResult) error
	}{
		{sandbox.FaultLost, 0, nil},
		{sandbox.FaultTwice, 2, func(r []wechat.NoticeResult) error {
			if r[0] != r[1] {
				return errors.New("the second differs")
			}
			return nil
		}},
		{sandbox.FaultEarly, 1, nil},
		{sandbox.FaultReordered, 1, nil},
		{"failed:user block", 1, func(r []wechat.NoticeResult) error {
			if r[0].Delivered || r[0].Code != "user block" {
				return fmt.Errorf("%+v", r[0])
			}
			return nil
		}},
		{"failed: system failed", 1, func(r []wechat.NoticeResult) error {
			if r[0].Delivered || r[0].Code != "system failed" {
				return fmt.Errorf("%+v", r[0])
			}
			return nil
		}},
	} {
		t.Run(c.kind, func(t *testing.T) {
			tw, carrier, told := notices(t, broadcast.Template, nil)
			f := sandbox.Fault{API: "template/result", Kind: c.kind, Count: 1}
			if c.kind == sandbox.FaultReordered {
				f.Latency = "50ms"
			}
			if err := tw.Fault(f); err != nil {
				t.Fatal(err)
			}
			carrier.Send(t.Context(), templateOf("一"), messageForm.ID, []broadcast.Letter{letter(jia, 1)})
			if n := len(told.list()); c.kind == sandbox.FaultEarly && n != 1 {
				t.Errorf("%d results when the call returned: an early one comes before", n)
			}
			got := told.until(t, c.want)
			if c.check != nil {
				if err := c.check(got); err != nil {
					t.Error(err)
				}
			}
			// The fault is used up: the next message's result comes, and none of the first's but what was wanted.
			carrier.Send(t.Context(), templateOf("二"), messageForm.ID, []broadcast.Letter{letter(yi, 2)})
			if got := told.until(t, c.want+1); len(got) != c.want+1 || got[c.want].OpenID != yi {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestOneSubscriptionCallAResidentAtATime(t *testing.T) {
	tw, carrier, _ := notices(t, broadcast.Subscription, nil)
	if err := tw.Fault(sandbox.Fault{API: "subscribe/bizsend", Kind: sandbox.FaultLatency, Latency: "300ms", Count: 1}); err != nil {
		t.Fatal(err)
	}
	letters := []broadcast.Letter{letter(jia, 1), letter(jia, 2)}
	got := carrier.Send(t.Context(), subscriptionOf("提醒"), subscriptionForm.ID, letters)
	slices.SortFunc(got, func(a, b broadcast.Outcome) int { return strings.Compare(string(a.State), string(b.State)) })
	want := broadcast.Outcome{State: broadcast.Pending, Class: "retry", Code: "43108", Wait: 2 * time.Second}
	if got[0].State != broadcast.Accepted || got[1] != want {
		t.Errorf("%+v, want one accepted and one told to wait", got)
	}
}

func TestConsentsOfAResident(t *testing.T) {
	second := subscriptionForm
	second.ID, second.Title = "SANDBOX-subscription-2", "停水停电通知"
	tw, carrier, told := notices(t, broadcast.Subscription, func(cfg *sandbox.Config) {
		cfg.Templates = append(sandbox.DefaultNoticeForms(), second)
		cfg.Residents[0].Following, cfg.Residents[0].Agreed = false, nil
	})
	send := func(code string) broadcast.State {
		return carrier.Send(t.Context(), subscriptionOf("提醒"), code, []broadcast.Letter{letter(jia, 1)})[0].State
	}
	if got := send(second.ID); got != broadcast.Failed {
		t.Errorf("before any consent: %s", got)
	}
	tw.act(t, jia, sandbox.Action{Kind: sandbox.Consent, Consents: []sandbox.ConsentTo{{subscriptionForm.ID, false}, {second.ID, true}}})
	if a, b := send(subscriptionForm.ID), send(second.ID); a != broadcast.Failed || b != broadcast.Accepted {
		t.Errorf("refused %s, agreed %s", a, b)
	}
	tw.act(t, jia, sandbox.Action{Kind: sandbox.Refuse, Key: second.ID})
	if got := send(second.ID); got != broadcast.Failed {
		t.Errorf("after refusing: %s", got)
	}
	want := []wechat.Consent{
		{OpenID: jia, TemplateID: subscriptionForm.ID, Asked: true}, {OpenID: jia, TemplateID: second.ID, Accept: true, Asked: true},
		{OpenID: jia, TemplateID: second.ID},
	}
	if !slices.Equal(told.consents, want) {
		t.Errorf("told of %+v, want %+v", told.consents, want)
	}
	for name, a := range map[string]sandbox.Action{
		"nothing asked":      {Kind: sandbox.Consent},
		"unknown template":   {Kind: sandbox.Refuse, Key: "nosuch"},
		"a template message": {Kind: sandbox.Refuse, Key: messageForm.ID},
		"twice":              {Kind: sandbox.Consent, Consents: []sandbox.ConsentTo{{second.ID, true}, {second.ID, false}}},
	} {
		if _, err := tw.Act(t.Context(), jia, a); err == nil {
			t.Errorf("%s: done", name)
		}
	}
}

func TestNoticeFormsAreChecked(t *testing.T) {
	for name, form := range map[string]sandbox.NoticeForm{
		"no id":        {Kind: sandbox.TemplateMessage, Items: messageForm.Items},
		"unknown kind": {ID: "a", Kind: "mail", Items: messageForm.Items},
		"no items":     {ID: "a", Kind: sandbox.TemplateMessage},
		"unknown type": {ID: "a", Kind: sandbox.TemplateMessage, Items: []sandbox.ItemForm{{Key: "word1"}}},
	} {
		_, err := sandbox.New(sandbox.Config{AppID: appID, Secret: secret, Token: token, WebhookURL: "http://127.0.0.1:1/", Templates: []sandbox.NoticeForm{form}})
		if err == nil || !strings.Contains(err.Error(), "template") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
