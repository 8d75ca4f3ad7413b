package sandbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
	pretendsms "towncrier/sandbox/sms"
)

// TestSMSInboxInChromium reads and answers texts on the phone page, by mouse and by keyboard.
func TestSMSInboxInChromium(t *testing.T) {
	chromium := findChromium(t)
	to := sandboxtest.NewCallbacks(t, nil)
	f := sandboxtest.OpenSMS(t, to, func(c *sandbox.Config) {
		c.Look.AccountName, c.Now = "邻里通", time.Now
		c.Residents = platform.DefaultResidents()
		c.Residents[2].Unreachable = "MOBILE_NOT_ON_SERVICE"
	})
	ctx, complaints := browser(t, chromium)
	p := &phonePage{t, ctx}
	notice := func(to, title string) {
		t.Helper()
		got, _ := f.SMSCall(t, "POST", "SendSms", sandboxtest.CodeTo(to, "TemplateCode", pretendsms.DefaultNoticeTemplate,
			"TemplateParam", `{"committee":"河东社区","title":"`+title+`"}`, "Timestamp", time.Now().UTC().Format("2006-01-02T15:04:05Z"))...)
		if got["Code"] != "OK" {
			t.Fatal(got)
		}
	}

	p.do("open", chromedp.EmulateViewport(375, 740, chromedp.EmulateScale(2)), chromedp.Navigate(f.URL+"/sandbox/"),
		chromedp.WaitVisible(css("#follow")), chromedp.WaitVisible(css("#tab-texts")))
	p.fits()
	notice(sandboxtest.JiaPhone, "明日9时至12时停水")
	p.sees("#texts-unread", "1")
	p.shot("sms-1-unread")

	p.do("read", chromedp.Click(css("#tab-texts")), chromedp.WaitVisible(css("#texts")), chromedp.WaitNotVisible(css("#wechat")))
	p.sees("#inbox .theirs .bubble", "【演示签名】河东社区通知：明日9时至12时停水。")
	p.sees("#own-number", "199 0000 0001")
	p.sees("#sender", "1069000000")
	p.do("no badge is left", chromedp.WaitNotPresent(css("#texts-unread.dot")))
	p.fits()

	// A second text arrives while one looks at it, and is answered.
	notice(sandboxtest.JiaPhone, "今晚7时起改造3号楼楼道照明，请注意脚下，有事请找社区")
	p.sees("#inbox .theirs:last-child .bubble", "楼道照明")
	p.do("answer", chromedp.SendKeys(css("#reply-text"), "T"+kb.Enter))
	p.sees("#inbox .mine:last-child .bubble", "T")
	p.do("taken", chromedp.WaitNotPresent(css("#inbox .state.sending")))
	var reply map[string]any
	for reply["content"] == nil {
		reply = to.Next(t).Items(t)[0]
	}
	if reply["content"] != "T" || reply["phone_number"] != sandboxtest.JiaPhone {
		t.Errorf("pushed %v", reply)
	}
	p.shot("sms-2-inbox")

	// The arrow keys go from tab to tab.
	p.do("by keyboard", chromedp.Focus(css("#tab-texts")), chromedp.KeyEvent(kb.ArrowLeft), chromedp.WaitVisible(css("#wechat")),
		chromedp.KeyEvent(kb.ArrowRight), chromedp.WaitVisible(css("#texts")))

	// What a handset never got is not on it; what another got is marked at their name.
	notice("19900000003", "丙收不到")
	notice(sandboxtest.YiPhone, "乙收得到")
	p.do("people", chromedp.Click(css(`#texts [data-open="people"]`)), chromedp.WaitVisible(css("#people")))
	p.sees(`#people-list [data-openid="`+sandboxtest.Yi+`"] .dot`, "1")
	p.sees(`#people-list [data-openid="`+sandboxtest.Yi+`"] .last`, "乙收得到")
	p.shot("sms-3-people")
	p.do("another", chromedp.Click(css(`#people-list li:nth-child(3) button`)), chromedp.WaitNotVisible(css("#people")))
	f.Settled(t, "19900000003", func(texts []platform.Entry) bool { return texts[0].State == platform.Failed })
	p.sees("#inbox", "还没有短信")

	// The bench lets one number's texts fail.
	p.do("bench", chromedp.Click(css(`#texts [data-open="tools"]`)), chromedp.WaitVisible(css("#tools")))
	p.choose("fault-api", "aliyun/report")
	p.choose("fault-kind", "MOBILE_NOT_ON_SERVICE")
	p.choose("fault-number", sandboxtest.YiPhone)
	p.do("fault", chromedp.Click(css(`#fault [type="submit"]`)))
	p.sees("#faults li", "号码19900000002")
	p.fits()
	p.shot("sms-4-bench")
	want := platform.Fault{API: "aliyun/report", Kind: "MOBILE_NOT_ON_SERVICE", Number: sandboxtest.YiPhone, Count: 1}
	if got := f.Faults.List(); len(got) != 1 || got[0] != want {
		t.Errorf("faults %+v, want %+v", got, want)
	}

	p.do("desktop", chromedp.KeyEvent(kb.Escape), chromedp.EmulateViewport(1280, 880, chromedp.EmulateScale(1)),
		chromedp.Click(css(fmt.Sprintf(`[data-openid=%q] button`, sandboxtest.Jia))))
	p.sees("#inbox .theirs .bubble", "停水")
	p.fits()
	p.shot("sms-5-desktop")
	if said := complaints(); len(said) > 0 {
		t.Errorf("the browser's console complains:\n%s", strings.Join(said, "\n"))
	}
}

// choose takes an option of a list, as a person does: the list tells that it changed.
func (p *phonePage) choose(id, value string) {
	p.t.Helper()
	script := fmt.Sprintf(`(e => { e.value = %q; e.dispatchEvent(new Event("change")); return e.value; })(document.getElementById(%q))`, value, id)
	if got, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](script)); err != nil || got != value {
		p.t.Fatalf("choose %s at %s: %q, %v", value, id, got, err)
	}
}
