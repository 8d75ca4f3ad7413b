package page_test

import (
	"bytes"
	"flag"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"towncrier/desk/desktest"
	"towncrier/desk/page"
)

func TestMain(m *testing.M) { desktest.Main(m) }

var screenshots = flag.String("screenshots", "", "folder to write pictures of all parts to")

// gallery is a page of all parts.
type gallery struct {
	Form     form
	Text     string
	Tabs     page.Tabs
	Choices  []page.Choice
	Sends    []send
	Pager    page.Pager
	Phone    page.Phone
	Passages []passage
	Bubbles  []page.Bubble
	Trouble  page.Trouble
}

type send struct {
	Title, Status, Label, At, Who string
	Count                         int
}

type passage struct {
	Number int
	Text   string
}

// form says the same of all its fields.
type form struct {
	value, fault, Nonce string
	AsksCode            bool
}

func (f form) Value(name string) string {
	if name == "day" || name == "time" || name == "from" { // browsers take no text there
		return ""
	}
	return f.value
}
func (f form) Values(string) []string { return nil }
func (f form) Fault(string) string    { return f.fault }
func (f form) Faults() []page.FieldFault {
	if f.fault == "" {
		return nil
	}
	return []page.FieldFault{{Field: "title", Text: f.fault}, {Field: "day", Text: f.fault}, {Text: f.fault}}
}

func filled(text string) gallery {
	return gallery{
		Form: form{value: "submitted", Nonce: "n", AsksCode: true}, Text: text,
		Tabs:    page.Tabs{Label: "状态", Tabs: []page.Tab{{Label: "全部", Path: "?", Count: "5,000", Current: true}, {Label: "等审批", Path: "?s=1", Count: "3"}, {Label: text, Path: "?s=2", Count: "少于10"}}},
		Choices: []page.Choice{{Value: "submitted", Label: "等审批"}, {Value: "done", Label: "已发完", Hint: text}},
		Sends: []send{
			{text, "submitted", "等审批", "11月30日 10:02", text, 11482}, {"盐湖区停水通知", "held", "待再次确认", "12月1日 09:00", "李某 → 王某", 2304},
			{"养犬登记管理试点", "sending", "发送中", "今天 09:00", "李某 → 王某", 11482}, {"旧改进展", "done", "已发完", "11月28日 15:30", "张某 → 王某", 930},
			{"草稿一份", "draft", "草稿", "—", "张某", 0}, {"医保缴费提醒", "failed", "没有发成", "11月27日 09:00", "李某 → 王某", 120438}, {"不发了的", "cancelled", "已取消", "11月20日 09:00", "李某", 50},
		},
		Pager: page.Pager{Note: "第 26–50 份，共 5,000 份", First: "?", Next: "?after=" + text},
		Phone: page.Phone{ID: "p", Label: "居民手机上的样子", Screens: []page.Screen{
			{Channel: "订阅通知", From: "邻里通", Card: &page.Card{Title: "社区通知提醒", Rows: []page.CardRow{{Label: "事项", Value: "养犬登记管理试点"}, {Label: "时间", Value: "11月底前"}, {Label: "备注", Value: text}}, More: "查看详情"}},
			{Channel: "短信", From: "1069…", Bubbles: []page.Bubble{{Text: "【邻里通】盐湖区将于11月底前开展养犬登记管理试点。拒收请回复R"}, {Text: text}}, Note: "2 条，约 0.09 元"},
			{Channel: "模板消息", From: "邻里通", Absent: "不走这个渠道。"},
		}},
		Passages: []passage{{1, "为规范养犬行为，决定在盐湖区开展养犬登记管理试点。"}, {2, text}},
		Bubbles:  []page.Bubble{{Text: text, From: "居民", At: "10:01"}, {Text: "养犬登记在社区服务站办。", Mine: true, From: "邻里通", Note: "来源 N2#1"}},
		Trouble:  page.Trouble{Title: "现在看不到这个页面", What: "数据库没有回答。已经送审和排期的群发不受影响。", Do: "过一分钟再试。", Who: text, Reference: "a1b2c3"},
	}
}

func shell(data any) page.Shell {
	nav := page.Sections()
	nav[1].Current, nav[1].Count, nav[2].Count = true, 3, 120
	return page.Shell{
		Title: "零件一览", City: "运城市", Rehearsal: true, Person: page.Colleague{Name: "李某", RoleLabel: "撰稿员"}, Nav: nav,
		Crumbs: []page.Crumb{{Label: "群发", Path: "/desk/sends"}, {Label: "盐湖区停水通知"}}, Notice: "已送审。王某、赵某可以审批。",
		Warning: "微信没有回答，正在用短信代替。", Version: "1.4.0", Data: data,
	}
}

func render(t *testing.T, s page.Shell) string {
	t.Helper()
	all := template.Must(page.Parts().ParseFiles("testdata/gallery.html"))
	var b bytes.Buffer
	if err := all.ExecuteTemplate(&b, "layout", s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>` + "\u202ejpg.exe 😀 '`${} {{.}} </textarea></title> javascript:alert(3)"

// TestPartsShowHostileTextAsText renders every part with nothing, with everything, and with what an attacker would write.
func TestPartsShowHostileTextAsText(t *testing.T) {
	empty := render(t, page.Shell{Data: gallery{}})
	full := render(t, shell(filled("王某")))
	attack := filled(hostile)
	attack.Form.value, attack.Form.fault, attack.Form.Nonce = hostile, hostile, hostile
	s := shell(attack)
	s.Title, s.City, s.Notice, s.Warning, s.Version, s.Person.Name = hostile, hostile, hostile, hostile, hostile, hostile
	s.Crumbs[0] = page.Crumb{Label: hostile, Path: "javascript:alert(1)"}
	attacked := render(t, s)
	long := render(t, shell(filled(strings.Repeat("很长的话", 2500))))

	for name, html := range map[string]string{"empty": empty, "full": full, "attacked": attacked, "long": long} {
		if strings.Count(html, "<script") != 1 || strings.Contains(html, "<img") || strings.Contains(html, `="javascript:`) {
			t.Errorf("%s: markup that was written by hand came through", name)
		}
		for _, bad := range []string{" style=", " onclick", " onerror=\"", "<style", "ZgotmplZ\" id"} {
			if strings.Contains(html, bad) {
				t.Errorf("%s has %q", name, bad)
			}
		}
		ids := map[string]bool{}
		for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(html, -1) {
			if ids[m[1]] && m[1] != "f-status" && m[1] != "f-code" && !strings.HasPrefix(m[1], "f-status-") && !strings.HasPrefix(m[1], "f-code-") {
				t.Errorf("%s: id %s twice", name, m[1])
			}
			ids[m[1]] = true
		}
		for _, m := range regexp.MustCompile(` aria-describedby="([^"]*)"`).FindAllStringSubmatch(html, -1) {
			for _, id := range strings.Fields(m[1]) {
				if !ids[id] {
					t.Errorf("%s: aria-describedby %s leads nowhere", name, id)
				}
			}
		}
	}
	if !strings.Contains(attacked, "&lt;script&gt;alert(1)") {
		t.Error("what was written is not shown")
	}
	if n := len(full) - len(template.HTMLEscapeString("")); n > 80<<10 {
		t.Errorf("a page of all parts has %d bytes", n)
	}
}

// TestStyleAndScriptsAreSmallAndOld: the sheet and the scripts keep their budgets, and ask nothing that Chromium 86 lacks.
func TestStyleAndScriptsAreSmallAndOld(t *testing.T) {
	_, files := page.Static()
	scripts := 0
	err := fs.WalkDir(files, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch filepath.Ext(name) {
		case ".js":
			data, err := fs.ReadFile(files, name)
			scripts += len(data)
			for _, bad := range []string{"eval(", "new Function", "outerHTML", "insertAdjacentHTML", "localStorage", "document.write", "confirm("} {
				if bytes.Contains(data, []byte(bad)) {
					t.Errorf("%s has %s", name, bad)
				}
			}
			if strings.Count(string(data), "innerHTML") > 0 && name != "js/live.js" {
				t.Errorf("%s writes HTML by itself", name)
			}
			return err
		case ".css":
			data, err := fs.ReadFile(files, name)
			if len(data) > 30<<10 {
				t.Errorf("%s has %d bytes, and 30 KiB are enough", name, len(data))
			}
			_, rules, _ := strings.Cut(string(data), "*/")
			for _, bad := range []string{":has(", ":is(", ":where(", "@layer", "@container", "inset:", "inset-inline", "light-dark(", "margin-inline:", "padding-inline:", "aspect-ratio", "\n  & ", "url(", "@import", "color-mix", "dvh"} {
				if strings.Contains(rules, bad) {
					t.Errorf("%s has %s, which Chromium 86 lacks or which loads something", name, bad)
				}
			}
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if scripts > 20<<10 {
		t.Errorf("the scripts have %d bytes, and 20 KiB are enough", scripts)
	}
}

// TestPartsInChromium looks at all parts on a phone and on a desktop: nothing is cut off, what is pressed is large enough, axe-core finds
// nothing, all is reached by keyboard and seen to be, and the console has nothing to complain of under its policy.
func TestPartsInChromium(t *testing.T) {
	desktest.InFull(t)
	faulty := filled("王某")
	faulty.Form.fault = "写得太长：标题最多 20 个字"
	pages := map[string]string{"/full": render(t, shell(filled("王某 → 赵某"))), "/faulty": render(t, shell(faulty)), "/long": render(t, shell(filled(strings.Repeat("很长的话", 300))))}
	folder, files := page.Static()
	mux := http.NewServeMux()
	mux.Handle(folder, http.StripPrefix(folder, http.FileServerFS(files)))
	mux.HandleFunc("/live", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Write([]byte("data: <p id=\"alive\">从服务器来</p>\n\nevent: end\ndata:\n\n"))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types desk")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(pages[r.URL.Path]))
	})
	server := httptest.NewServer(mux)
	defer server.Close()

	for _, width := range []int64{desktest.Reflow, desktest.Phone, desktest.Desktop} {
		tab := desktest.OpenTab(t, server.URL, desktest.View{Width: width})
		for path := range pages {
			tab.Open(path).Sees("从服务器来")
			faults := tab.Looks()
			if width != desktest.Reflow {
				faults = slices.Concat(faults, tab.Axe(), tab.Walk())
			}
			for _, fault := range faults {
				t.Errorf("%s at %d px: %s", path, width, fault)
			}
			if *screenshots != "" {
				tab.Picture(*screenshots, fmt.Sprintf("%s-%d", strings.TrimPrefix(path, "/"), width))
			}
		}
	}
}
