package desktest

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// site is a small desk: each path is a page with the desk's headers.
func site(t *testing.T, more map[string]http.HandlerFunc) string {
	t.Helper()
	mux := http.NewServeMux()
	for pattern, do := range more {
		mux.HandleFunc(pattern, do)
	}
	mux.HandleFunc("GET /sheet.css", static("text/css", sheet))
	mux.HandleFunc("GET /icon.svg", static("image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg"/>`))
	return Serve(t, mux)
}

// sheet makes pages that have no fault of their own look as they should.
const sheet = `body { font: 16px/1.5 sans-serif; color: #111; background: #fff }
a, button, input, select, summary { display: inline-block; min-width: 44px; min-height: 44px; box-sizing: border-box; font: inherit }
:focus-visible { outline: 3px solid #06c }
.tick { display: inline-block; min-height: 44px; min-width: 44px } .tick input { min-height: 0; min-width: 0 }
.small button { min-height: 0; min-width: 0; padding: 0 } .wide { width: 600px } .unseen button:focus-visible { outline: none }
.under { position: fixed; bottom: 0; left: 0 } .over { position: fixed; bottom: 0; left: 0; height: 80px; width: 100%; background: #fff } .pale { color: #ccc }`

func static(kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		io.WriteString(w, body)
	}
}

// show is a handler that answers with a whole page.
func show(main string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { write(w, http.StatusOK, document(main)) }
}

func document(main string) string {
	return `<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>小页 - 测试</title>` +
		`<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/sheet.css"></head>` +
		`<body><main>` + main + `</main></body></html>`
}

func write(w http.ResponseWriter, status int, body string) {
	for name, value := range headers {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	io.WriteString(w, body)
}

const wholeForm = `<h1>新的发送</h1>
<form method="post" action="/save" enctype="ENCTYPE"><input type="hidden" name="nonce" value="N1">
<label for="t">标题 <span>必填</span></label><input id="t" name="title" required>
<label>说明 <textarea name="why">
第一行
</textarea></label>
<fieldset><legend>短信</legend><label>模板<select name="template"><option value="">不用</option><option value="a">通知甲</option></select></label></fieldset>
<fieldset><legend>通知</legend><label>模板<select name="template2"><option>无</option></select></label></fieldset>
<label><input type="checkbox" name="fallback" value="yes" checked>送不到时改发短信</label>
<fieldset><legend>时间</legend><label><input type="radio" name="when" value="now" checked>立刻</label><label><input type="radio" name="when" value="later">以后</label></fieldset>
<fieldset disabled><legend>关着</legend><label>不送<input name="off" value="1"></label></fieldset>
<label>名单<input type="file" name="list"></label>
<button name="do" value="save">保存</button><button name="do" value="submit">提交审批</button></form>
<form method="post" action="/other"><button>另一个</button></form>
<p><a href="/next?x=1">下一页</a></p>`

// TestBrowserFillsFormsAsPeopleDo: by labels, with all hidden fields, one button, and the encoding of the form.
func TestBrowserFillsFormsAsPeopleDo(t *testing.T) {
	for _, enctype := range []string{"application/x-www-form-urlencoded", "multipart/form-data"} {
		var got url.Values
		var header http.Header
		var file string
		b := Browse(t, site(t, map[string]http.HandlerFunc{
			"GET /form": func(w http.ResponseWriter, _ *http.Request) {
				http.SetCookie(w, &http.Cookie{Name: "desk", Value: "S", Path: "/"})
				write(w, http.StatusOK, document(strings.Replace(wholeForm, "ENCTYPE", enctype, 1)))
			},
			"POST /save": func(w http.ResponseWriter, r *http.Request) {
				r.ParseMultipartForm(1 << 20)
				got, header = r.PostForm, r.Header
				if f, _, err := r.FormFile("list"); err == nil {
					text, _ := io.ReadAll(f)
					file = string(text)
				}
				http.Redirect(w, r, "/form?done=saved", http.StatusSeeOther)
			},
			"GET /next": show(`<h1>下一页</h1>`),
		}))
		page := b.Open("/form")
		f := page.Form("提交审批").Fill("标题", "养犬\r\n登记").Untick("送不到时改发短信").Tick("以后").Attach("名单", "list.csv", "甲\n乙")
		f.In("短信").Fill("模板", "通知甲")
		if text := f.Value("说明"); text != "第一行\n" {
			t.Errorf("the text field holds %q", text)
		}
		after := f.Press().Want(http.StatusOK).Sees("新的发送")
		want := url.Values{"nonce": {"N1"}, "title": {"养犬登记"}, "why": {"第一行\r\n"}, "template": {"a"}, "template2": {"无"}, "when": {"later"}, "do": {"submit"}}
		if enctype == "multipart/form-data" {
			if file != "甲\n乙" {
				t.Errorf("the file came as %q", file)
			}
		} else {
			want["list"] = []string{"list.csv"}
		}
		if !maps.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: sent %v, want %v", enctype, got, want)
		}
		if header.Get("Sec-Fetch-Site") != "same-origin" || header.Get("Origin") == "" || header.Get("Cookie") != "desk=S" {
			t.Errorf("sent as %v", header)
		}
		if after.URL.RawQuery != "done=saved" {
			t.Errorf("led to %s", after.URL)
		}
		after.Follow("下一页").Sees("下一页")
	}
}

// TestBrowserFollows: a page that was typed comes from nowhere, and a redirect after a form is 303.
func TestBrowserFollows(t *testing.T) {
	var sites []string
	b := Browse(t, site(t, map[string]http.HandlerFunc{
		"GET /{$}": func(w http.ResponseWriter, r *http.Request) {
			sites = append(sites, r.Header.Get("Sec-Fetch-Site")+" "+r.Header.Get("Origin"))
			http.Redirect(w, r, "/login", http.StatusSeeOther)
		},
		"GET /login": show(`<h1>登录</h1><ul><li>甲<form method="post" action="/in"><button>进入</button></form></li><li>乙<form method="post" action="/in"><button>进入</button></form></li></ul>`),
		"POST /in":   func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusSeeOther) },
	}))
	b.Open("/").Within("乙").Press("进入").Sees("登录")
	if want := []string{"none ", "same-origin "}; !slices.Equal(sites, want) {
		t.Errorf("came from %q, want %q", sites, want)
	}
}

// TestFaultsOfPages: each fault is found, and nothing on a page that is as it should be.
func TestFaultsOfPages(t *testing.T) {
	good := document(`<h1>群发</h1><h2>一</h2><h3>二</h3><label for="q">找</label><input id="q" name="q" aria-describedby="d"><p id="d">说明</p><a href="#q">去</a>` +
		"<p><bdi>甲\u202e</bdi>乙</p><p>丙\u202e</p><p>丁\u202e戊\u202c<b>己</b></p>")
	for says, body := range map[string]string{
		"":                             good,
		`lang is "en"`:                 strings.Replace(good, "zh-CN", "en", 1),
		"no title":                     strings.Replace(good, "小页 - 测试", "", 1),
		"0 of h1":                      strings.ReplaceAll(good, "h1", "p"),
		"2 of h1":                      document(`<h1>一</h1><h1>二</h1>`),
		`h4 "二" follows h1`:            document(`<h1>一</h1><h4>二</h4>`),
		"0 of main":                    strings.ReplaceAll(good, "main", "div"),
		`two have the id "d"`:          document(`<h1>一</h1><p id="d"></p><p id="d"></p>`),
		"leads to no id":               document(`<h1>一</h1><label for="x">甲</label><input aria-label="甲" aria-describedby="y">`),
		`the link "#x" leads to no id`: document(`<h1>一</h1><a href="#x">甲</a>`),
		`input "q" has no label`:       document(`<h1>一</h1><input name="q" placeholder="找">`),
		`button "" has no label`:       document(`<h1>一</h1><button></button>`),
		"the link \"\"":                document(`<h1>一</h1><a href="/x"></a>`),
		"img without alt":              document(`<h1>一</h1><img src="/x.png">`),
		"fieldset without legend":      document(`<h1>一</h1><fieldset></fieldset>`),
		`tabindex="3"`:                 document(`<h1>一</h1><a href="/x" tabindex="3">甲</a>`),
		"says no method":               document(`<h1>一</h1><form></form>`),
		"inline script":                document(`<h1>一</h1><script>1</script>`),
		"inline style sheet":           document(`<h1>一</h1><style>p{}</style>`),
		`style="color:red"`:            document(`<h1 style="color:red">一</h1>`),
		`onclick="x()"`:                document(`<h1 onclick="x()">一</h1>`),
		`href="JavaScript:`:            document(`<h1>一</h1><a href="JavaScript:x()">甲</a>`),
		"leads elsewhere":              document(`<h1>一</h1><script src="//cdn.example/x.js"></script>`),
		"KiB, want at most 200":        document(`<h1>一</h1>` + strings.Repeat("<p>甲</p>", 30_000)),
		"a mobile number in full":      document(`<h1>一</h1><p data-x="19900001234"></p>`),
		"an openid":                    document(`<h1>一</h1><!-- oSANDBOX-resident-jia-000001 -->`),
		"a key or a code":              document(`<h1>一</h1><p>tck_abcdefgh12345678</p>`),
		`turns round "乙"`:              document("<h1>一</h1><p><span>甲\u2067</span> <b>乙</b></p>"),
	} {
		b := Browse(t, Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { write(w, http.StatusOK, body) })))
		resp, text := b.send(visit{method: http.MethodGet, to: b.base, site: "none"})
		faults := newPage(b, visit{to: b.base}, resp, text).Faults()
		if says == "" && len(faults) > 0 || says != "" && !slices.ContainsFunc(faults, func(f string) bool { return strings.Contains(f, says) }) {
			t.Errorf("want %q, found %q", says, faults)
		}
	}
}

// TestFaultsOfHeaders: each header of the desk is missed.
func TestFaultsOfHeaders(t *testing.T) {
	for name := range headers {
		b := Browse(t, Serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for other, value := range headers {
				if other != name {
					w.Header().Set(other, value)
				}
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, document(`<h1>一</h1>`))
		})))
		resp, text := b.send(visit{method: http.MethodGet, to: b.base, site: "none"})
		faults := newPage(b, visit{to: b.base}, resp, text).Faults()
		if len(faults) != 1 || !strings.HasPrefix(faults[0], name) {
			t.Errorf("without %s: %q", name, faults)
		}
	}
}

// TestWhatWasTypedMayStandInItsField, and nowhere else.
func TestWhatWasTypedMayStandInItsField(t *testing.T) {
	const number = "19900001234"
	for main, faulty := range map[string]bool{
		`<h1>没有找到</h1><label>号码<input name="n" value="` + number + `"></label>`:      false,
		`<h1>没有找到</h1><label>号码<textarea name="n">` + number + `</textarea></label>`: false,
		`<h1>没有找到` + number + `</h1>`:                                                true,
	} {
		b := Browse(t, Serve(t, show(main)))
		resp, text := b.send(visit{method: http.MethodGet, to: b.base, site: "none"})
		if faults := newPage(b, visit{to: b.base, typed: []string{number}}, resp, text).Faults(); len(faults) > 0 != faulty {
			t.Errorf("%s: %q", main, faults)
		}
	}
}
