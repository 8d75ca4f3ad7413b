package desktest

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

func TestMain(m *testing.M) { Main(m) }

// formSite shows a form, says what came of it, and refuses it without a title.
func formSite(t *testing.T) string {
	return site(t, map[string]http.HandlerFunc{
		"GET /form":    show(strings.Replace(wholeForm, "ENCTYPE", "multipart/form-data", 1) + `<script src="/said.js"></script>`),
		"GET /said.js": static("text/javascript", `document.querySelector("h1").append("，有脚本")`),
		"POST /save": func(w http.ResponseWriter, r *http.Request) {
			r.ParseMultipartForm(1 << 20)
			said := "没有文件"
			if f, _, err := r.FormFile("list"); err == nil {
				text, _ := io.ReadAll(f)
				said = string(text)
			}
			if r.PostForm.Get("title") == "refused" {
				write(w, http.StatusUnprocessableEntity, document(`<h1>没有存上</h1><p><a href="/form">再来</a></p>`))
				return
			}
			w.Header().Set("Location", "/saved?"+r.PostForm.Encode()+"&file="+said)
			w.WriteHeader(http.StatusSeeOther)
		},
		"GET /saved": func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			write(w, http.StatusOK, document(`<h1>存好了</h1><p>`+strings.Join([]string{q.Get("title"), q.Get("template"), q.Get("when"), q.Get("fallback"), q.Get("file"), q.Get("do")}, " · ")+`</p>`))
		},
	})
}

// TestTabWithAndWithoutScripts does the same in Chromium with scripts and without.
func TestTabWithAndWithoutScripts(t *testing.T) {
	InFull(t)
	list := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(list, []byte("甲"), 0o600); err != nil {
		t.Fatal(err)
	}
	address := formSite(t)
	for _, view := range []View{{}, {NoScripts: true}, {Width: Phone}} {
		tab := OpenTab(t, address, view).Open("/form")
		if view.NoScripts {
			tab.Lacks("有脚本")
		} else {
			tab.Sees("有脚本")
		}
		tab.Fill("标题", "养犬登记").Tick("送不到时改发短信").Tick("以后").Attach("名单", list)
		tab.Within("短信").Fill("模板", "通知甲")
		tab.Press("提交审批").Sees("存好了", "养犬登记 · a · later · · 甲 · submit")
		tab.Back().Fill("标题", "refused").Press("保存").Sees("没有存上")
		tab.Press("再来").Sees("新的发送")
	}
}

// TestTabByKeyboard fills in and sends a form without the mouse.
func TestTabByKeyboard(t *testing.T) {
	InFull(t)
	tab := OpenTab(t, formSite(t), View{}).Open("/form")
	tab.KeyTo("标题").Write("登记").KeyTo("送不到时改发短信").Keys(" ").KeyTo("立刻").Keys(kb.ArrowDown).KeyTo("保存").Enter()
	tab.Sees("登记 · · later · · 没有文件 · save")
}

// TestTabComplains: what a page must not do is found, whether the console says it or the tab sees it.
func TestTabComplains(t *testing.T) {
	InFull(t)
	address := site(t, map[string]http.HandlerFunc{
		"GET /good": show(`<h1>好</h1>`),
		"GET /refused": func(w http.ResponseWriter, _ *http.Request) {
			write(w, http.StatusNotFound, document(`<h1>没有</h1>`))
		},
		"GET /style":    show(`<h1 style="color:red">坏</h1>`),
		"GET /script":   show(`<h1>坏</h1><script>1</script>`),
		"GET /missing":  show(`<h1>坏</h1><script src="/none.js"></script>`),
		"GET /throws":   show(`<h1>坏</h1><script src="/throw.js"></script>`),
		"GET /asks":     show(`<h1>坏</h1><script src="/ask.js"></script>`),
		"GET /throw.js": static("text/javascript", `null.x`),
		"GET /ask.js":   static("text/javascript", `confirm("真的？")`),
	})
	tab := OpenTab(t, address, View{})
	for path, says := range map[string]string{
		"/good": "", "/refused": "", "/style": "Content Security Policy", "/script": "Content Security Policy", "/missing": "none.js", "/throws": "null", "/asks": "真的",
	} {
		tab.Open(path)
		if says != "" {
			eventually(t, "the console says "+says, func() bool { return len(tab.Complaints()) > 0 })
		}
		if all := tab.Complaints(); says == "" && len(all) > 0 || says != "" && !slices.ContainsFunc(all, func(c string) bool { return strings.Contains(c, says) }) {
			t.Errorf("%s: want %q, the browser said %q", path, says, all)
		}
		tab.forget()
	}
}

// TestLooks: each fault of a page's looks is found, and none on a page that is as it should be.
func TestLooks(t *testing.T) {
	InFull(t)
	const good = `<h1>群发</h1><p>先看<a href="/good">说明</a>，再发。</p><p><a href="/good">新的发送</a></p><label>标题<input name="a"></label><button>保存</button>
<label class="tick"><input type="checkbox" name="b">也发短信</label>`
	address := site(t, map[string]http.HandlerFunc{
		"GET /good":   show(good),
		"GET /small":  show(good + `<span class="small"><button>小</button></span>`),
		"GET /wide":   show(good + `<p class="wide">宽</p>`),
		"GET /unseen": show(good + `<span class="unseen"><button>暗</button></span>`),
		"GET /hidden": show(good + `<a href="/good" tabindex="-1">远</a><p class="under"><button>底下</button></p><p class="over">盖</p>`),
		"GET /pale":   show(good + `<p class="pale">淡得看不清</p>`),
	})
	tab := OpenTab(t, address, View{Width: Reflow})
	for path, says := range map[string]string{
		"/good": "", "/small": `button "小" is`, "/wide": "p.wide", "/unseen": `button "暗" looks the same`, "/hidden": `button "底下" has the focus and is covered`, "/pale": "color-contrast",
	} {
		tab.Open(path)
		faults := slices.Concat(tab.Looks(), tab.Axe(), tab.Walk())
		if says == "" && len(faults) > 0 || says != "" && (len(faults) != 1 || !strings.Contains(faults[0], says)) {
			t.Errorf("%s: want %q, found %q", path, says, faults)
		}
	}
}

// TestAxeIsTheOneMeant: a package that is another is refused.
func TestAxeIsTheOneMeant(t *testing.T) {
	if err := checkAxe([]byte("another")); err == nil {
		t.Error("another package is taken for axe-core")
	}
}
