package desktest

import (
	"context"
	_ "embed" // what is asked of pages
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed tab.js
var tabScript string

// patience bounds what takes milliseconds on a machine that is not busy.
const patience = time.Minute

// Widths of a window.
const (
	Phone   = 375
	Desktop = 1280
	Reflow  = 320
)

// View is how a tab looks at pages.
type View struct {
	Width     int64 // Desktop for 0
	NoScripts bool
}

// Tab is a tab of Chromium with cookies of its own, which ends with the test. What the console complains of fails the test, and so does a
// dialog. When the test fails a picture of the page is in its artifacts (go test -artifacts).
type Tab struct {
	t    testing.TB
	ctx  context.Context
	site *url.URL

	said string // where on the page: see Within
	*diary
}

// diary is what happened in a tab.
type diary struct {
	sync.Mutex
	complaints []chromedp.ConsoleMessage
	dialogs    []string
	leaves     int             // of documents
	visited    map[string]bool // documents: that one of them is refused is no complaint
}

// OpenTab opens a tab on a site. Tests that do so begin with InFull.
func OpenTab(t *testing.T, site string, view View) *Tab {
	t.Helper()
	if testing.Short() {
		t.Fatal("a test that opens a tab begins with desktest.InFull(t)")
	}
	base, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := chromedp.NewContext(chromium(t), chromedp.WithNewBrowserContext())
	tab := &Tab{t: t, ctx: ctx, site: base, diary: &diary{visited: map[string]bool{}}}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	listening, enough := context.WithCancel(ctx)
	messages := chromedp.Console(listening)
	var reading sync.WaitGroup
	reading.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			tab.Lock()
			tab.complaints = append(tab.complaints, m)
			tab.Unlock()
		}
	})
	if err := chromedp.Listen(ctx, tab.answerDialogs); err != nil {
		t.Fatal(err)
	}
	artifacts := t.ArtifactDir()
	t.Cleanup(func() {
		if t.Failed() {
			tab.picture(artifacts, "failed")
		}
		enough()
		reading.Wait()
		for _, complaint := range tab.Complaints() {
			t.Errorf("the browser complains: %s", complaint)
		}
		stop()
	})
	if view.Width == 0 {
		view.Width = Desktop
	}
	tab.do("set the window up", chromedp.EmulateViewport(view.Width, 800))
	still := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}} // scrolling takes no time
	_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: still})
	if err == nil && view.NoScripts {
		_, err = chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// answerDialogs lets a page go that asks whether to leave it; no page of the desk opens another dialog.
func (tab *Tab) answerDialogs(ev any) {
	opened, is := ev.(*page.EventJavascriptDialogOpening)
	if !is {
		return
	}
	if opened.Type != page.DialogTypeBeforeunload {
		tab.Lock()
		tab.dialogs = append(tab.dialogs, fmt.Sprintf("a dialog opens: %q", opened.Message))
		tab.Unlock()
	}
	go chromedp.Call(tab.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
}

// Complaints are what the console says so far, less that a document was refused.
func (tab *Tab) Complaints() []string {
	tab.Lock()
	defer tab.Unlock()
	all := slices.Clone(tab.dialogs)
	for _, m := range tab.complaints {
		if m.Source != "network" || !tab.visited[m.URL] {
			all = append(all, m.String()+" "+m.URL)
		}
	}
	return all
}

// Carry takes over the cookies of a browser without scripts: whoever is signed in there is signed in here.
func (tab *Tab) Carry(b *Browser) *Tab {
	tab.t.Helper()
	for _, c := range b.Cookies() {
		only := true
		_, err := chromedp.Call(tab.ctx, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: tab.site.String(), Path: "/", HTTPOnly: &only, SameSite: network.CookieSameSiteLax})
		if err != nil {
			tab.t.Fatalf("set the cookie %s: %v", c.Name, err)
		}
	}
	return tab
}

// Open types an address.
func (tab *Tab) Open(path string) *Tab {
	tab.t.Helper()
	to, err := tab.site.Parse(path)
	if err != nil {
		tab.t.Fatal(err)
	}
	tab.visit(to.String())
	tab.do("open "+path, chromedp.Navigate(to.String()))
	tab.settled()
	return tab
}

// Resize changes the width of the window.
func (tab *Tab) Resize(width int64) *Tab {
	tab.t.Helper()
	tab.do("resize", chromedp.EmulateViewport(width, 800))
	return tab
}

// Within is the tab with an eye on the smallest row, section or form that says a text.
func (tab *Tab) Within(text string) *Tab {
	in := *tab
	in.said = text
	return &in
}

// Text is what is read on the page.
func (tab *Tab) Text() string {
	tab.t.Helper()
	return ask[string](tab, `tab.text(document.querySelector("main") ?? document.body)`)
}

// Path is the address of the page, from its path on.
func (tab *Tab) Path() string {
	tab.t.Helper()
	return ask[string](tab, `location.pathname + location.search`)
}

// Sees waits until the page says all of the texts.
func (tab *Tab) Sees(texts ...string) *Tab {
	tab.t.Helper()
	for _, text := range texts {
		tab.until(fmt.Sprintf("the page says %q", text), fmt.Sprintf(`document.body?.innerText.replace(/\s+/g, " ").includes(%s)`, quoted(text)))
	}
	return tab
}

// Lacks waits until the page says none of the texts.
func (tab *Tab) Lacks(texts ...string) *Tab {
	tab.t.Helper()
	for _, text := range texts {
		tab.until(fmt.Sprintf("the page does not say %q", text), fmt.Sprintf(`document.body && !document.body.innerText.replace(/\s+/g, " ").includes(%s)`, quoted(text)))
	}
	return tab
}

// Press presses a link or a button by what it is called, and waits for the page that it leads to.
func (tab *Tab) Press(name string) *Tab {
	tab.t.Helper()
	tab.leave("pressing "+name, func() { tab.Click(name) })
	return tab
}

// Click presses what changes this page: a fold, or what scripts answer.
func (tab *Tab) Click(name string) *Tab {
	tab.t.Helper()
	tab.mouse("pressable", name)
	return tab
}

// Tick presses a box or a radio button by its label.
func (tab *Tab) Tick(label string) *Tab {
	tab.t.Helper()
	tab.mouse("fields", label)
	return tab
}

func (tab *Tab) mouse(kind, name string) {
	tab.t.Helper()
	at := ask[struct {
		X, Y  float64
		Fault string
	}](tab, fmt.Sprintf(`tab.at(%q, %s, %s)`, kind, quoted(name), quoted(tab.said)))
	if at.Fault != "" {
		tab.t.Fatalf("%s: %s", tab.Path(), at.Fault)
	}
	tab.do("press "+name, chromedp.MouseClickXY(at.X, at.Y))
}

// Fill writes into the field that has a label, in the place of what is there, or chooses from a list.
func (tab *Tab) Fill(label, value string) *Tab {
	tab.t.Helper()
	chosen := ask[string](tab, fmt.Sprintf(`(e => {
		if (typeof e === "string") return e;
		if (!e.matches("select, [type=date], [type=time], [type=datetime-local], [type=month]")) { e.focus(); e.select(); return "" }
		const value = %s, option = [...e.options ?? []].find(o => o.text.trim() === value || o.value === value);
		if (e.matches("select") && !option) return "no option " + value + " among " + [...e.options].map(o => o.text.trim()).join(", ");
		e.value = option?.value ?? value;
		e.dispatchEvent(new Event("input", { bubbles: true }));
		e.dispatchEvent(new Event("change", { bubbles: true }));
		return "done";
	})(tab.find("fields", %s, %s))`, quoted(value), quoted(label), quoted(tab.said)))
	switch chosen {
	case "done":
	case "":
		tab.Keys(kb.Delete)
		tab.Write(value)
	default:
		tab.t.Fatalf("%s: %s", tab.Path(), chosen)
	}
	return tab
}

// Attach chooses a file for the field that has a label. It may be one that only its label shows.
func (tab *Tab) Attach(label, file string) *Tab {
	tab.t.Helper()
	res, err := chromedp.Call(tab.ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression: fmt.Sprintf(`(tab => tab.find("fields", %s, %s))(%s)`, quoted(label), quoted(tab.said), tabScript),
	})
	if err != nil || res.Result == nil || res.Result.ObjectID == "" {
		tab.t.Fatalf("%s: no field for a file is called %q: %+v, %v", tab.Path(), label, res.Result, err)
	}
	if _, err := chromedp.Call(tab.ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{file}, ObjectID: res.Result.ObjectID}); err != nil {
		tab.t.Fatalf("choose %s: %v", file, err)
	}
	return tab
}

// Write writes where the focus is.
func (tab *Tab) Write(text string) *Tab {
	tab.t.Helper()
	if _, err := chromedp.Call(tab.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		tab.t.Fatalf("write: %v", err)
	}
	return tab
}

// Online connects the browser, or cuts it off. What it complains of while it is cut off is no complaint.
func (tab *Tab) Online(yes bool) *Tab {
	tab.t.Helper()
	all := &network.Conditions{Offline: !yes, DownloadThroughput: -1, UploadThroughput: -1}
	_, err := chromedp.Call(tab.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{all}})
	if err == nil { // and the page is told
		_, err = chromedp.Call(tab.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: !yes, DownloadThroughput: -1, UploadThroughput: -1})
	}
	if err != nil {
		tab.t.Fatalf("connect the browser: %v", err)
	}
	tab.Lock()
	defer tab.Unlock()
	tab.complaints = slices.DeleteFunc(tab.complaints, func(m chromedp.ConsoleMessage) bool {
		return yes && strings.Contains(m.String(), "ERR_INTERNET_DISCONNECTED")
	})
	return tab
}

// Back is the browser's button.
func (tab *Tab) Back() *Tab {
	tab.t.Helper()
	tab.leave("going back", func() { ask[bool](tab, `(history.back(), true)`) })
	return tab
}

// leave does what leads to another document, and waits for that. One that comes back may have been left before.
func (tab *Tab) leave(what string, do func()) {
	tab.t.Helper()
	tab.Lock()
	tab.leaves++
	mark := tab.leaves
	tab.Unlock()
	ask[int](tab, fmt.Sprintf(`document.left = %d`, mark))
	do()
	tab.until("another page after "+what, fmt.Sprintf(`document.left !== %d && document.readyState === "complete"`, mark))
	tab.settled()
}

// Picture writes what is seen into a folder.
func (tab *Tab) Picture(folder, name string) *Tab {
	tab.t.Helper()
	tab.picture(folder, name)
	return tab
}

func (tab *Tab) picture(folder, name string) {
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644)
	}
	if err != nil {
		tab.t.Logf("a picture of the page: %v", err)
	}
}

// settled notes which document is shown.
func (tab *Tab) settled() { tab.visit(ask[string](tab, `location.href.split("#")[0]`)) }

func (tab *Tab) visit(address string) {
	tab.Lock()
	defer tab.Unlock()
	tab.visited[address] = true
}

func (tab *Tab) do(what string, step chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, step); err != nil {
		tab.t.Fatalf("%s: %v", what, err)
	}
}

// until waits for what is true of the page. A page that is just leaving is asked again.
func (tab *Tab) until(what, is string) {
	tab.t.Helper()
	for deadline := time.Now().Add(patience); ; <-time.After(10 * time.Millisecond) {
		yes, err := evaluate[bool](tab, "Boolean("+is+")")
		if err == nil && yes {
			return
		}
		if time.Now().After(deadline) {
			tab.t.Fatalf("%s: not within %s: %s (%v)\n%s", tab.Path(), patience, what, err, tab.Text())
		}
	}
}

// ask is the value of an expression on the page, which may use tab.
func ask[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	var value T
	var err error
	for range 100 { // the page may be leaving
		if value, err = evaluate[T](tab, expression); err == nil {
			return value
		}
		<-time.After(10 * time.Millisecond)
	}
	tab.t.Fatalf("ask the page: %v", err)
	return value
}

func evaluate[T any](tab *Tab, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](fmt.Sprintf("(tab => %s)(%s)", expression, tabScript)))
}

func quoted(text string) string {
	js, _ := json.Marshal(text) // of a string fails never
	return string(js)
}

// forget drops what the browser complained of.
func (tab *Tab) forget() {
	tab.Lock()
	defer tab.Unlock()
	tab.complaints, tab.dialogs = nil, nil
}

// eventually asks until ok.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); <-time.After(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}
