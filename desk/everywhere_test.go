package desk_test

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/desk/desktest"
	"towncrier/desk/page"
	"towncrier/staff"
)

// roles are the colleagues who see the desk each in their own way.
var roles = map[string]staff.Role{
	"author": staff.Author, "approver": staff.Approver, "committee": staff.Committee, "auditor": staff.Auditor, "admin": staff.Admin,
}

// walk is what one colleague finds who follows every link from home.
type walk struct {
	*patterns
	who   string
	pages map[string][]*desktest.Page // by pattern
}

// link is where a page leads.
type link struct{ from, to string } // pattern of the page, path

// often is how many pages of a pattern are looked at: a list's first, filtered and paged ones are of one pattern. Broadcasts are in more states,
// and what can be done differs.
func often(pattern string) int {
	if pattern == "GET /desk/sends/{id}" {
		return 25
	}
	return 3
}

// rare are routes that links lead to only in a state that the city is not in. Their areas' own tests look at them.
var rare = map[string]string{
	"GET /desk/sends/{id}/approve/live": "scripts ask for it", "GET /desk/sends/{id}/report/live": "scripts ask for it",
	"GET /desk/residents/counts/live": "scripts ask for it",
	"GET /desk/me/wechat/confirm":     "somebody bound their account, and did not confirm it",
	"GET /desk/sends/{id}/fallback":   "nobody knows whether messages arrived",
	"GET /desk/emergencies/{id}/end":  "an emergency is out",
}

// patterns tells which route an address belongs to.
type patterns struct {
	mux    *http.ServeMux
	routes map[string]page.Route
}

func patternsOf(routes []page.Route) *patterns {
	p := &patterns{http.NewServeMux(), map[string]page.Route{}}
	for _, route := range routes {
		p.mux.HandleFunc(route.Pattern, func(http.ResponseWriter, *http.Request) {})
		p.routes[route.Pattern] = route
	}
	return p
}

// of is the pattern of an address, "" for what is no page with a session.
func (p *patterns) of(method string, at *url.URL) string {
	_, pattern := p.mux.Handler(&http.Request{Method: method, URL: at, Host: at.Host})
	return pattern
}

// follow looks at every page that links lead to, from home on. Of links that are alike, which lead from pages of one pattern to pages of one, it
// asks for one at least.
func follow(t *testing.T, d *desktest.Desk, p *patterns, who string) walk {
	t.Helper()
	w := walk{patterns: p, who: who, pages: map[string][]*desktest.Page{}}
	b := d.As(t, who)
	seen, asked, next := map[string]bool{}, map[link]bool{}, []link{{"", "/desk/"}}
	for len(next) > 0 {
		from, path := next[0].from, next[0].to
		next = next[1:]
		at, err := url.Parse(path)
		if err != nil {
			t.Fatal(err)
		}
		pattern := p.of(http.MethodGet, at)
		enough := len(w.pages[pattern]) >= often(pattern)
		if seen[path] || enough && asked[link{from, pattern}] {
			continue
		}
		seen[path], asked[link{from, pattern}] = true, true
		got := b.Get(path)
		if got.Status == http.StatusTooManyRequests { // the limits are a session's
			b = d.SignIn(t, who)
			got = b.Get(path)
		}
		if got.Status != http.StatusOK {
			t.Errorf("%s: a link leads to %s, which answers %d: %s", who, path, got.Status, got.Text())
			continue
		}
		if enough || pattern == "" || pattern == "/desk/" { // the last two are pages for everybody
			continue
		}
		w.pages[pattern] = append(w.pages[pattern], got)
		for name, href := range got.Links() {
			to, err := got.URL.Parse(href)
			if err != nil || to.Host != got.URL.Host || !strings.HasPrefix(to.Path, "/desk/") {
				if err == nil && (to.Host == got.URL.Host || strings.HasPrefix(to.Scheme, "http")) {
					t.Errorf("%s: %q on %s leads out of the desk, to %s", who, name, path, href)
				}
				continue
			}
			to.Fragment = ""
			next = append(next, link{pattern, to.RequestURI()})
		}
		slices.SortFunc(next, func(a, b link) int { return cmp.Or(strings.Compare(a.to, b.to), strings.Compare(a.from, b.from)) }) // links come in no order
	}
	return w
}

// walks are what every colleague finds.
type walks map[string]walk // by colleague

var walked sync.Map // *desktest.Desk to walks

// walksOf goes through a city once for all tests that look at it.
func walksOf(t *testing.T, d *desktest.Desk) walks {
	t.Helper()
	if all, is := walked.Load(d); is {
		return all.(walks)
	}
	all := followAll(t, d)
	walked.Store(d, all)
	return all
}

func followAll(t *testing.T, d *desktest.Desk) walks {
	t.Helper()
	all, p := walks{}, patternsOf(d.App.Desk().Routes)
	for _, who := range slices.Sorted(maps.Keys(roles)) {
		all[who] = follow(t, d, p, who)
	}
	return all
}

// TestEveryPage follows, as every role and in a city full and empty, every link from home: each page is as all pages must be, no link and no
// button leads to a refusal, each route is reached by those who may see it, and refuses the others.
func TestEveryPage(t *testing.T) {
	desktest.InFull(t)
	for state, d := range map[string]*desktest.Desk{"full": full(t), "empty": desktest.SharedDesk(t)} {
		p := patternsOf(d.App.Desk().Routes)
		paths := map[string]string{} // a page of each pattern
		reached := map[string][]string{}
		for who, w := range walksOf(t, d) {
			for pattern, pages := range w.pages {
				paths[pattern] = pages[0].URL.RequestURI()
				reached[pattern] = append(reached[pattern], who)
				for _, shown := range pages {
					w.pressable(t, shown)
				}
			}
		}
		for pattern, route := range p.routes {
			if !strings.HasPrefix(pattern, "GET ") {
				continue
			}
			if reached[pattern] == nil {
				if _, is := rare[pattern]; state == "full" && !is && !route.Watched {
					t.Errorf("no link leads to %s", pattern)
				}
				continue
			}
			for who, role := range roles {
				if slices.Contains(reached[pattern], who) {
					continue
				}
				got := patiently(d.As(t, who), paths[pattern])
				switch may := route.Right == "" || role.May(route.Right); {
				case !may && got.Status != http.StatusForbidden:
					t.Errorf("%s may not see %s, which answers %d", who, paths[pattern], got.Status)
				case may && role == staff.Committee && got.Status == http.StatusForbidden && strings.Contains(got.Text(), broadcast.ErrCitys.Error()):
					// the city's broadcasts are in a committee's list, and what is signed of them is not a committee's to see
				case may && got.Status != http.StatusOK && got.Status != http.StatusNotFound:
					t.Errorf("%s may see %s, which answers %d: %s", who, paths[pattern], got.Status, got.Text())
				}
			}
		}
	}
}

// patiently waits while so many pages in so few seconds are too many for one person.
func patiently(b *desktest.Browser, path string) *desktest.Page {
	got := b.Get(path)
	for deadline := time.Now().Add(time.Minute); got.Status == http.StatusTooManyRequests && time.Now().Before(deadline); got = b.Get(path) {
		time.Sleep(4 * time.Second) // a page takes several of a person's operations, of which there are ten more each second
	}
	return got
}

// pressable fails the test for each button that leads to no page, or to one that this colleague may not come to.
func (w walk) pressable(t *testing.T, shown *desktest.Page) {
	t.Helper()
	for _, button := range shown.Actions() {
		pattern := w.of(button.Method, button.To)
		route, is := w.routes[pattern]
		if open := strings.HasPrefix(button.To.Path, "/desk/log"); open {
			continue
		}
		if !is {
			t.Errorf("%s: the button %q on %s leads to %s %s, which is no page", w.who, button.Name, shown.URL.Path, button.Method, button.To.Path)
		} else if route.Right != "" && !roles[w.who].May(route.Right) {
			t.Errorf("%s: the button %q on %s leads to %s, which wants %s", w.who, button.Name, shown.URL.Path, pattern, route.Right)
		}
	}
}

// full is a city with three weeks behind it, where every list has something: a colleague has left and another is to come, a file was handed
// in, an export and an undo of stops are asked for, an emergency is declared, and a notice was just withdrawn.
func full(t *testing.T) *desktest.Desk {
	d := desktest.SharedHistory(t)
	furnished.Do(func() { furnish(t, d) })
	return d
}

var furnished sync.Once

// ownFull is a full city for a test that leaves nothing as it is.
func ownFull(t *testing.T) *desktest.Desk {
	d := desktest.OpenDesk(t, desktest.WithHistory)
	furnish(t, d)
	return d
}

func furnish(t *testing.T, d *desktest.Desk) {
	admin := d.As(t, "admin")
	admin.MayShow("tca_") // on the one page that shows an activation code
	for id, do := range map[string]string{"left": "停用", "coming": "邀请"} {
		added := admin.Open("/desk/staff/new").Form("添加同事").Fill("账号", id).Fill("姓名", "某"+id).Fill("角色", "审计员").Press()
		added.Follow(map[string]string{"停用": "停用", "邀请": "邀请设置登录"}[do]).Press(do)
	}
	admin.Open("/desk/residents/import").Form("上传并检查").Attach("居民的表格", "名单.csv", "手机号,居委会代码,依据,同意时间\n1990000,demo-1,同意,2023-11-01\n").Press().Sees("有问题 1")
	admin.Open("/desk/residents/exports").Form("申请导出").Fill("导出谁的", "演示第一社区居委会（demo-1）").Fill("为什么要用", "换系统").Press().Sees("已申请")
	day := func(days int) string { return time.Now().In(broadcast.Zone).AddDate(0, 0, days).Format(time.DateOnly) }
	undo := d.As(t, "admin2").Open("/desk/residents/stops").Form("申请撤销").Fill("从哪天", day(-28)).Fill("从几点", "00:00").Fill("到哪天", day(-1)).Fill("到几点", "00:00")
	undo.Fill("为什么", "密钥泄露").Press().Sees("已申请")
	author := d.As(t, "author")
	declared := author.Open("/desk/emergencies/new?template=road").Form("提交审批").Fill("发生了什么", "路面塌陷").Fill("哪段路不能走", "示例路东段")
	declared.Fill("几时起不能通行", "00:30").Fill("请居民怎么做", "请绕行示例西路").Fill("由谁发布", "示例交通部门").Press().Sees("已提交")
	author.Open("/desk/content/notices/N3a").Follow("撤回").Press("撤回").Sees("已撤回")
}
