package sandbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"towncrier/broadcast"
	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
	pretendwechat "towncrier/sandbox/wechat"
	"towncrier/wechat"
)

// TestNoticesInChromium reads template messages and subscription notifications on the phone page, agrees and refuses.
func TestNoticesInChromium(t *testing.T) {
	chromium := findChromium(t)
	second := sandboxtest.SubscriptionTemplate
	second.ID, second.Title = "SANDBOX-subscription-2", "停水停电通知"
	people, err := platform.SyntheticResidents(2000)
	if err != nil {
		t.Fatal(err)
	}
	people[0].Following = true
	f, template, events := sandboxtest.OpenNotices(t, broadcast.Template, func(cfg *sandbox.Config) {
		cfg.Look.AccountName, cfg.Now, cfg.Residents = "邻里通", time.Now, people
		cfg.WeChat.Templates = append(pretendwechat.DefaultTemplates(), second)
	})
	subscription, err := wechat.NewProvider(f.Client, broadcast.Subscription, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	send := func(c *wechat.Provider, m broadcast.Message, code, openid string, n int64) broadcast.State {
		return c.Send(t.Context(), m, code, []broadcast.OutboundMessage{sandboxtest.To(openid, n)})[0].State
	}
	ctx, complaints := browser(t, chromium)
	p := &phonePage{t, ctx}

	p.do("open", chromedp.EmulateViewport(375, 740, chromedp.EmulateScale(2)), chromedp.Navigate(f.URL+"/sandbox/"),
		chromedp.WaitVisible(css("#composer")), chromedp.WaitVisible(css("#tab-notices")))
	if got := send(template, sandboxtest.TemplateMessage("文明养犬提醒"), sandboxtest.MessageTemplate.ID, sandboxtest.Jia, 1); got != broadcast.Accepted {
		t.Fatal(got)
	}
	p.sees("#chat .notice-card", "文明养犬提醒")
	p.sees("#chat .notice-card dt", "通知标题")
	p.fits()
	p.shot("notice-1-template")

	// A notice that was blocked is not on the phone.
	if err := f.Faults.Add(platform.Fault{API: "template/result", Kind: "failed:user block", Count: 1}); err != nil {
		t.Fatal(err)
	}
	send(template, sandboxtest.TemplateMessage("收不到"), sandboxtest.MessageTemplate.ID, sandboxtest.Jia, 2)
	events.Until(t, 2)

	// Before consent nothing comes; the sheet asks.
	if got := send(subscription, sandboxtest.SubscriptionNotice("养犬登记"), sandboxtest.SubscriptionTemplate.ID, sandboxtest.Jia, 3); got != broadcast.Failed {
		t.Fatal(got)
	}
	p.do("notices", chromedp.Click(css("#tab-notices")), chromedp.WaitVisible(css("#notices")), chromedp.WaitNotVisible(css("#wechat")))
	p.sees("#notices-list", "还没有服务通知")
	p.do("ask", chromedp.Click(css("#notices [data-consent]")), chromedp.WaitVisible(css("#consent")))
	p.fits()
	p.shot("notice-2-sheet")
	p.do("allow one", chromedp.Click(css("#consent-list li:nth-child(2) input")), chromedp.Click(css("#consent-form .go")))
	p.sees("#notices-list .note", "同意接收「社区办事通知」，没有同意「停水停电通知」")
	p.sees("#agreed", "1 种")
	if got := send(subscription, sandboxtest.SubscriptionNotice("养犬登记试点开始"), sandboxtest.SubscriptionTemplate.ID, sandboxtest.Jia, 4); got != broadcast.Accepted {
		t.Fatal(got)
	}
	p.sees("#notices-list .notice", "养犬登记试点开始")
	p.fits()
	p.shot("notice-3-notices")

	// One that comes while another tab is open is counted.
	p.do("chat", chromedp.Click(css("#tab-wechat")), chromedp.WaitVisible(css("#wechat")))
	send(subscription, sandboxtest.SubscriptionNotice("登记点周末开放"), sandboxtest.SubscriptionTemplate.ID, sandboxtest.Jia, 5)
	p.sees("#notices-unread", "1")
	p.do("by keyboard", chromedp.Focus(css("#tab-wechat")), chromedp.KeyEvent(kb.ArrowRight), chromedp.WaitVisible(css("#notices")))
	p.do("refuse", chromedp.Click(css("#notices-list .notice:last-child .refuse")))
	p.sees("#notices-list", "拒收了「社区办事通知」")
	p.sees("#agreed", "还没有同意")
	p.do("no button is left", chromedp.WaitNotVisible(css("#notices-list .refuse")))
	if got := send(subscription, sandboxtest.SubscriptionNotice("再来"), sandboxtest.SubscriptionTemplate.ID, sandboxtest.Jia, 6); got != broadcast.Failed {
		t.Errorf("after refusing: %s", got)
	}
	for _, e := range f.Reached(sandboxtest.Jia, platform.KindTemplate) {
		if e.Notice.Items[0].Value == "收不到" {
			t.Error("the record has a blocked message as delivered")
		}
	}

	// Of a fixture the list shows a part, and finds the rest.
	p.do("people", chromedp.Click(css(`#notices [data-open="people"]`)), chromedp.WaitVisible(css("#people")))
	p.sees("#others", "还有1940位")
	p.do("find", chromedp.SendKeys(css("#find"), "19900001777"))
	p.sees("#people-list", "居民1777号")
	p.fits()
	p.shot("notice-4-people")
	p.do("someone who does not follow", chromedp.Click(css("#people-list li button")), chromedp.WaitNotVisible(css("#people")))
	p.sees("#notices-list", "还没有服务通知")

	p.do("desktop", chromedp.EmulateViewport(1280, 880, chromedp.EmulateScale(1)),
		chromedp.SendKeys(css("#find"), strings.Repeat(kb.Backspace, len("19900001777"))))
	p.sees("#others", "还有1940位")
	p.do("back to the first", chromedp.Click(css(fmt.Sprintf(`[data-openid=%q] button`, sandboxtest.Jia))))
	p.sees("#notices-list .notice", "养犬登记试点开始")
	p.fits()
	p.shot("notice-5-desktop")
	if said := complaints(); len(said) > 0 {
		t.Errorf("the browser's console complains:\n%s", strings.Join(said, "\n"))
	}
}
