package sandbox_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
)

var screenshots = flag.String("screenshots", "", "folder to write the phone page's pictures to")

// TestPhonePageInChromium does on the page what a newcomer would, in a real browser, against the real bot.
func TestPhonePageInChromium(t *testing.T) {
	chromium := findChromium(t)
	f := sandboxtest.Open(t, sandboxtest.Setting{Sandbox: sandbox.Config{
		Config: platform.Config{Now: time.Now},
		Look: sandbox.Look{
			AccountName: "邻里通", Welcome: "用您自己的话问，当场得到有出处的回答", Suggestion: "遛狗不拴绳咋办",
			Scenes: []sandbox.Scene{{Label: "小区门口的养犬登记海报", Scene: "topic:dog.registration.pilot"}},
		},
	}})
	if err := f.Client.CreateMenu(t.Context(), sandboxtest.Menu()); err != nil {
		t.Fatal(err)
	}
	ctx, complaints := browser(t, chromium)
	p := &phonePage{t, ctx}

	p.do("open", chromedp.EmulateViewport(375, 740, chromedp.EmulateScale(2)), chromedp.Navigate(f.URL+"/sandbox/"),
		chromedp.WaitVisible(css("#follow")))
	p.fits()
	p.shot("1-profile")
	p.do("follow", chromedp.Click(css("#follow")))
	p.sees("#chat .theirs .bubble", "您好")
	p.shot("2-welcome")

	p.do("ask", chromedp.SendKeys(css("#text"), "养狗到哪里登记"+kb.Enter))
	p.sees("#chat .theirs:last-child .bubble", "盐湖区")
	p.fits()
	p.shot("3-answer")

	p.do("open the menu", chromedp.Click(`//div[@id="menu"]//button[text()="问一问"]`))
	p.shot("4-menu")
	p.do("tap", chromedp.Click(`//div[@id="menu"]//button[text()="旧改进展"]`))
	p.sees("#chat .note", "点了菜单「旧改进展」")
	p.sees("#chat .theirs:last-child .bubble", "旧")

	p.do("scan", chromedp.Click(css("#plus")), chromedp.WaitVisible(css("#grid")))
	p.shot("5-grid")
	p.do("scan", chromedp.Click(css(`#grid [data-dialog="scan"]`)), chromedp.WaitVisible(css("#scan")))
	p.shot("6-scan")
	p.do("scan", chromedp.Click(css("#scenes button")))
	p.sees("#chat .note", "扫了二维码 topic:dog.registration.pilot")
	p.sees("#chat .theirs:last-child .bubble", "登记")

	p.do("speak", chromedp.Click(css(`#composer [data-dialog="voice"]`)), chromedp.SendKeys(css("#said"), "充电车棚谁出钱"),
		chromedp.Click(css("#voice-form .go")))
	p.sees("#chat .mine .said", "充电车棚谁出钱")
	p.sees("#chat .theirs:last-child .bubble", "维修资金")

	p.do("send a place", chromedp.Click(css("#plus")), chromedp.Click(css(`#grid [data-do="location"]`)))
	p.sees(`#chat .mine[data-kind="location"] .card`, "示例小区")
	p.sees("#chat .theirs:last-child .bubble", "文字")
	p.shot("7-kinds")

	// What the account says later arrives without a reload, and is marked.
	if err := f.Client.SendText(t.Context(), sandboxtest.Jia, "您昨天的问题有人答了。"); err != nil {
		t.Fatal(err)
	}
	p.sees("#chat .theirs:last-child .caption", "客服消息")

	// A webhook that is down shows as on a phone.
	p.do("bench", chromedp.Click(css(`[data-open="tools"]`)), chromedp.WaitVisible(css("#tools")))
	p.fits()
	p.shot("8-bench")
	p.do("fault", chromedp.SetValue(css("#fault-api"), "webhook"),
		chromedp.SetValue(css("#fault-kind"), "drop"), chromedp.SetValue(css("#fault-count"), "4"), chromedp.Click(css(`#fault [type="submit"]`)))
	p.sees("#faults li", "还剩4次")
	p.do("back", chromedp.KeyEvent(kb.Escape), chromedp.WaitNotVisible(css("#tools")), chromedp.SendKeys(css("#text"), "还在吗"+kb.Enter))
	p.sees("#chat .note.bad", "该公众号暂时无法提供服务")
	p.do("failed", chromedp.WaitVisible(css("#chat .state.failed")))
	p.shot("9-failed")

	p.do("people", chromedp.Click(css(`[data-open="people"]`)), chromedp.WaitVisible(css("#people")))
	p.fits()
	p.shot("10-people")
	p.do("another", chromedp.Click(css(fmt.Sprintf(`[data-openid=%q] button`, sandboxtest.Yi))), chromedp.WaitVisible(css("#follow")))

	p.do("desktop", chromedp.EmulateViewport(1280, 880, chromedp.EmulateScale(1)),
		chromedp.Click(css(fmt.Sprintf(`[data-openid=%q] button`, sandboxtest.Jia))), chromedp.WaitVisible(css("#chat .bubble")))
	p.fits()
	p.shot("11-desktop")

	// The picture of the README: the suggested question, taken up with one tap.
	p.do("picture", chromedp.EmulateViewport(1280, 884, chromedp.EmulateScale(2)),
		chromedp.Click(css(`#people-list li:last-child button`)), chromedp.WaitVisible(css("#follow")), chromedp.Click(css("#follow")),
		chromedp.WaitVisible(css("#chat .theirs")))
	if err := f.Faults.Add(platform.Fault{API: "webhook", Kind: platform.FaultLatency, Latency: "500ms", Count: 1}); err != nil {
		t.Fatal(err)
	}
	p.do("picture", chromedp.Click(css("#try")), chromedp.WaitVisible(css(".state.sending")))
	p.sees("#title", "对方正在输入…")
	p.sees("#chat .theirs:last-child .bubble", "来源")
	p.sees("#title", "邻里通")
	p.portrait("phone")

	if said := complaints(); len(said) > 0 {
		t.Errorf("the browser's console complains:\n%s", strings.Join(said, "\n"))
	}
}

type css = chromedp.CSS

// phonePage drives the page and fails the test when something takes over ten seconds.
type phonePage struct {
	t   *testing.T
	ctx context.Context
}

func (p *phonePage) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, sandboxtest.Patience)
	defer cancel()
	for _, step := range steps {
		err := chromedp.Do(ctx, step)
		for err != nil && strings.Contains(err.Error(), "Could not find node with given id") { // the page was drawn anew in between
			err = chromedp.Do(ctx, step)
		}
		if err != nil {
			p.shot("failed")
			p.t.Fatalf("%s: %v", what, err)
		}
	}
}

// sees waits until an element that matches holds the text.
func (p *phonePage) sees(selector, text string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, sandboxtest.Patience)
	defer cancel()
	holds := fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.innerText.includes(%q))`, selector, text)
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](holds)); err != nil {
		p.shot("failed")
		p.t.Fatalf("nothing at %s says %q: %v", selector, text, err)
	}
}

// fits fails when the page would scroll sideways.
func (p *phonePage) fits() {
	p.t.Helper()
	over, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll("html, body, main, #chat, #inbox, #tools, #people, #dock")]
		.filter(e => e.scrollWidth > e.clientWidth).map(e => e.tagName + "#" + e.id + " " + e.scrollWidth + " > " + e.clientWidth)`))
	if err != nil {
		p.t.Fatal(err)
	}
	if len(over) > 0 {
		p.t.Errorf("wider than the screen: %s", strings.Join(over, ", "))
	}
}

func (p *phonePage) shot(name string) {
	if *screenshots == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, sandboxtest.Patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Errorf("screenshot %s: %v", name, err)
		return
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), picture, 0o644); err != nil {
		p.t.Error(err)
	}
}

// portrait takes the phone alone.
func (p *phonePage) portrait(name string) {
	if *screenshots == "" {
		return
	}
	picture, err := chromedp.Run(p.ctx, chromedp.Screenshot(css("main.phone")))
	if err == nil {
		err = os.WriteFile(filepath.Join(*screenshots, name+".png"), picture, 0o644)
	}
	if err != nil {
		p.t.Error(err)
	}
}

func findChromium(t *testing.T) string {
	t.Helper()
	for _, path := range []string{os.Getenv("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"} {
		if _, err := os.Stat(path); path != "" && err == nil {
			return path
		}
	}
	t.Fatal("no Chromium at /usr/bin/chromium: install Debian's package chromium (make test does), or set CHROMIUM to its path")
	return ""
}

// browser starts Chromium and collects what its console complains of.
func browser(t *testing.T, path string) (context.Context, func() []string) {
	t.Helper()
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "zh-CN"),
		chromedp.WSURLReadTimeout(60 * time.Second),
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Errorf("stop Chromium: %v", err)
		}
		stop()
		stopAlloc()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	listening, enough := context.WithCancel(ctx)
	messages := chromedp.Console(listening)
	var said []string
	var reading sync.WaitGroup
	reading.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			said = append(said, m.String())
		}
	})
	return ctx, func() []string {
		enough()
		reading.Wait()
		return said
	}
}
