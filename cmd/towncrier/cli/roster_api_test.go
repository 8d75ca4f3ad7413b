package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"towncrier/api/wire"
	"towncrier/cmd/towncrier/config"
)

// registry is a rehearsal with those who keep residents. They have a key each, and nothing else: no data folder, no sealing key.
type registry struct {
	*running
	admin, admin2, committee, auditor []string
}

// TestResidentsOverTheAPI gives the commands on residents and committees, over one rehearsal.
func TestResidentsOverTheAPI(t *testing.T) {
	r := rehearse(t, rehearsalOf(t, smallCity...))
	g := registry{running: r, admin: r.as(t, "admin"), admin2: r.as(t, "admin2"), committee: r.as(t, "committee"), auditor: r.as(t, "auditor")}
	t.Run("exported", g.exported)
	t.Run("numbers by two admins", g.numbersByTwoAdmins)
	t.Run("counted", g.counted)
	t.Run("committees", g.committees)
	t.Run("committees as files", g.committeesAsFiles)
	t.Run("one resident", g.oneResident)
	if leak := regexp.MustCompile(`.*(1990000\d{4}|oSANDBOX|tck_[a-z0-9]).*`).FindString(r.log.String()); leak != "" {
		t.Errorf("the log has %s", leak)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("%s is for %v", path, info.Mode())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (g registry) exported(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	wantIn(t, ok(t, g.admin, "roster", "export", file("a.csv")), "已导出200人到 "+file("a.csv")+"（号码已隐去中间四位），已记入审计日志。")
	text := read(t, file("a.csv"))
	wantIn(t, text, "\ufeff手机号,居委会代码,居委会,小区,", "199****", ",demo-1,演示第一社区居委会,")
	if strings.Contains(text, "1990000") {
		t.Error("a masked file has a number")
	}
	refuses(t, g.admin, 1, "文件已经存在", "roster", "export", file("a.csv"))
	wantIn(t, ok(t, g.committee, "roster", "export", file("own.xlsx")), "已导出67人")
	if text := read(t, file("own.xlsx")); !strings.HasPrefix(text, "PK") {
		t.Errorf("no workbook: %.40q", text)
	}
	wantIn(t, ok(t, g.auditor, "roster", "export", file("one.csv"), "--committee", "demo-2", "--has-phone", "true"), "已导出")
	if text := read(t, file("one.csv")); strings.Contains(text, "demo-1") || strings.Contains(text, "\r\n,demo-2") {
		t.Errorf("narrowed: %s", text)
	}
	refuses(t, g.committee, 1, "应写您自己的居委会：demo-1", "roster", "export", file("b.csv"), "--committee", "demo-2")
	refuses(t, g.admin, 1, "没有名称或代码是“C99”的社区", "roster", "export", file("b.csv"), "--committee", "C99")
	refuses(t, g.admin, 2, ".csv 或 .xlsx", "roster", "export", file("b.pdf"))
	refuses(t, g.as(t, "author"), 1, "403", "roster", "export", file("b.csv"))
	if _, err := os.Stat(file("b.csv")); err == nil {
		t.Error("a refused export left a file")
	}
}

func (g registry) numbersByTwoAdmins(t *testing.T) {
	file := filepath.Join(t.TempDir(), "numbers.csv")
	export := func(request string) []string {
		return []string{"roster", "export", file, "--numbers", "--request", request}
	}
	refuses(t, g.admin, 2, "缺少 --why", "roster", "numbers", "request")
	refuses(t, g.admin, 2, "roster numbers request", "roster", "export", file, "--numbers")
	refuses(t, g.admin, 2, "--numbers", "roster", "export", file, "--request", "abcdefghij")
	refuses(t, g.admin, 2, "committee", append(export("abcdefghij"), "--committee", "demo-1")...)
	refuses(t, g.admin, 1, "没有名称或代码是“C99”的社区", "roster", "numbers", "request", "--why", "换系统", "--committee", "C99")
	refuses(t, g.admin2, 1, "没有这个导出申请", "roster", "numbers", "confirm", "abcdefghij")
	refuses(t, g.admin2, 1, "没有这个导出申请", export("abcdefghij")...)
	ask := func() string {
		t.Helper()
		asked := ok(t, g.admin, "roster", "numbers", "request", "--why", "换系统", "--committee", "demo-1")
		wantIn(t, asked, "演示第一社区居委会（demo-1）的居民，完整号码", "换系统", "申请人：演示管理员（rehearsal）", "roster numbers confirm")
		return regexp.MustCompile(`申请：([a-z2-7]{10})`).FindStringSubmatch(asked)[1]
	}
	id := ask()
	refuses(t, g.admin, 1, "另一位管理员", "roster", "numbers", "confirm", id)
	refuses(t, g.admin, 1, "还没有确认", export(id)...)
	wantIn(t, ok(t, g.admin2, "roster", "numbers", "show", id), "状态：待确认", "换系统")
	wantIn(t, ok(t, g.admin2, "roster", "numbers", "confirm", id), "确认人：演示第二管理员（rehearsal-admin2）", "--numbers --request "+id)
	refuses(t, g.admin2, 1, "只有申请的管理员本人可以取回", export(id)...)
	wantIn(t, ok(t, g.admin, "tasks"), "已确认的导出待取回", "以前取回文件", "towncrier roster export numbers.xlsx --numbers --request "+id)
	wantIn(t, ok(t, g.admin, export(id)...), "已导出67人", "含完整号码，请妥善保管")
	wantIn(t, read(t, file), "\ufeff含完整手机号，请勿外传。导出申请"+id+"：staff:rehearsal申请，staff:rehearsal-admin2确认，", "\r\n19900000001,demo-1,")
	refuses(t, g.admin, 1, "文件已经存在", export(id)...)
	// What was exported is what an import reads: nothing changes. Who has no number is left out.
	again := filepath.Join(t.TempDir(), "again.csv")
	if err := os.WriteFile(again, []byte(read(t, file)), 0o600); err != nil {
		t.Fatal(err)
	}
	wantIn(t, ok(t, g.admin, "roster", "import", again, "--good-rows"), "新增0，更新0，未变56")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	refuses(t, g.admin, 1, "只能取一次，中途断开也算取过；请重新申请", export(id)...)
	wantIn(t, ok(t, g.auditor, "roster", "numbers", "list"), id, "已取回", "演示第一社区居委会（demo-1）的居民")
	wantIn(t, ok(t, g.admin2, "alarm", "list"), "完整号码被导出（numbers-exported）", id)
	wantIn(t, ok(t, g.admin, "alarm", "list"), "由别的管理员确认：演示管理员（rehearsal） 引起")
	refuses(t, g.admin, 1, "由另一位管理员核对后确认", "alarm", "ack", "完整号码被导出")
	wantIn(t, ok(t, g.admin2, "alarm", "ack", "完整号码被导出"), "已确认警报：完整号码被导出。")
	wantIn(t, ok(t, g.admin2, "alarm", "list"), "演示第二管理员（rehearsal-admin2） 已确认")
	refuses(t, g.admin2, 1, "没有这条待处理的警报", "alarm", "ack", "restored")

	// A connection that breaks leaves no file, and no second chance.
	broken := ask()
	ok(t, g.admin2, "roster", "numbers", "confirm", broken)
	refuses(t, []string{config.URLVariable + "=" + g.cutting(t), g.admin[1]}, exitLater, "文件没有写下", export(broken)...)
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*")); err != nil || len(left) > 0 {
		t.Errorf("left %q, %v", left, err)
	}
	refuses(t, g.admin, 1, "只能取一次", export(broken)...)
}

// cutting is a proxy that breaks off in the middle of every file.
func (g registry) cutting(t *testing.T) (url string) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+g.addr+r.URL.String(), r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		req.Header = r.Header.Clone()
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
			return
		}
		defer resp.Body.Close()
		w.WriteHeader(resp.StatusCode)
		io.CopyN(w, resp.Body, 100)
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}

func (g registry) counted(t *testing.T) {
	wantIn(t, ok(t, g.admin, "roster", "stats"), "demo-1  演示第一社区居委会", "demo-2", "合计                 200", "不发短信的号码（已退订或已要求删除）：")
	own := ok(t, g.committee, "roster", "stats")
	wantIn(t, own, "demo-1", "合计                  67")
	if strings.Contains(own, "demo-2") || strings.Contains(own, "不发短信") {
		t.Errorf("a committee counts others:\n%s", own)
	}
	var stats struct {
		Total      wire.Stats
		Committees []wire.CommitteeStats
	}
	if err := json.Unmarshal([]byte(ok(t, g.auditor, "roster", "stats", "--json")), &stats); err != nil || stats.Total.Residents != 200 || len(stats.Committees) != 3 {
		t.Errorf("%v, %+v", err, stats)
	}
	refuses(t, g.as(t, "author"), 1, "403", "roster", "stats")
}

func (g registry) committees(t *testing.T) {
	wantIn(t, ok(t, g.admin, "committee", "add", "demo-9", "北街社区居委会", "--street", "一街道", "--community", "甲园", "--community", "乙园"), "已登记居委会 北街社区居委会（demo-9）。")
	wantIn(t, ok(t, g.committee, "committee", "list"), "demo-9  北街社区居委会", "一街道", "乙园、甲园")
	refuses(t, g.admin, 1, "已有这个代码的居委会；要改它，请加 --replace", "committee", "add", "demo-9", "另一个")
	wantIn(t, ok(t, g.admin, "committee", "add", "demo-9", "北关社区居委会", "--replace"), "已更新居委会 北关社区居委会（demo-9）。")
	wantIn(t, ok(t, g.admin, "committee", "list", "--json"), `"code": "demo-9"`, `"北关社区居委会"`)
	refuses(t, g.committee, 1, "403", "committee", "delete", "demo-9")
	refuses(t, g.admin, 1, "409 in-use", "committee", "delete", "demo-1")
	wantIn(t, ok(t, g.admin, "committee", "delete", "demo-9"), "已删除居委会demo-9。")
	refuses(t, g.admin, 1, "没有这个居委会", "committee", "delete", "demo-9")
}

// committeesAsFiles are exported, changed nothing by when they are imported as they are, and put back by when one is gone.
func (g registry) committeesAsFiles(t *testing.T) {
	dir := t.TempDir()
	add := []string{"committee", "add", "007", "南关=社区，居委会", "--street", "二街道", "--area", "示例区"}
	for n := range 120 {
		add = append(add, "--community", fmt.Sprintf("第%03d号小区%s", n, strings.Repeat("长", 15)))
	}
	ok(t, g.admin, add...)
	want := ok(t, g.admin, "committee", "list", "--json")
	for _, name := range []string{"committees.csv", "committees.xlsx"} {
		file := filepath.Join(dir, name)
		wantIn(t, ok(t, g.committee, "committee", "export", file), "已写入"+file)
		read(t, file)
		wantIn(t, ok(t, g.admin, "committee", "import", file, "--yes"), "新增0个居委会，更新0，未变4")
		ok(t, g.admin, "committee", "delete", "007")
		wantIn(t, ok(t, g.admin, "committee", "import", file, "--yes"), "新增1个居委会，更新0，未变3")
		if got := ok(t, g.admin, "committee", "list", "--json"); got != want {
			t.Errorf("%s puts back other committees:\n%s", name, got)
		}
	}
	wantIn(t, read(t, filepath.Join(dir, "committees.csv")), "\ufeff代码,名称,街道,区县,小区\r\n007,")
	refuses(t, g.admin, 2, ".csv 或 .xlsx", "committee", "export", filepath.Join(dir, "a.pdf"))
	ok(t, g.admin, "committee", "delete", "007")
}

// oneResident is added, found, changed and erased, by a committee's worker and an admin. Their number is typed, and never an argument.
func (g registry) oneResident(t *testing.T) {
	typed := func(env []string, number string, args ...string) string {
		t.Helper()
		code, out, errs := command(t, env, number+"\n", args...)
		if code != 0 || strings.Contains(out+errs, "1990000") {
			t.Fatalf("%q: exit %d\n%s%s", args, code, out, errs)
		}
		return out
	}
	added := typed(g.committee, "199 0000 8001", "roster", "add", "--community", "演示小区乙", "--tag", "独居", "--basis", "同意", "--how", "纸质", "--date", "2026-01-05")
	wantIn(t, added, "手机号：199****8001，工作人员登记", "居委会：演示第一社区居委会（demo-1），工作人员登记", "标签：独居", "同意：接收通知，依据同意，纸质，2026-01-05", "请留意：小区“演示小区乙”不在")
	id := regexp.MustCompile(`编号：([0-9a-f]{32})`).FindStringSubmatch(added)[1]
	refuses(t, g.committee, 1, "没有读到手机号", "roster", "add")
	refuses(t, g.committee, 2, "先执行 towncrier roster search，再按提示输入", "roster", "search", "19900008001")
	refuses(t, g.committee, 2, "至少要写一个", "roster", "change", id)
	silent := typed(g.committee, "19900008004", "roster", "add")
	wantIn(t, silent, "短信：未同意", "请留意：没有登记本人同意或其他依据，不会收到通知")
	silent = regexp.MustCompile(`编号：([0-9a-f]{32})`).FindStringSubmatch(silent)[1]
	if code, _, errs := command(t, g.committee, "19900008004\n", "roster", "add", "--basis", "同意", "--how", "纸质"); code != 1 || !strings.Contains(errs, silent) {
		t.Errorf("a number that is registered: exit %d, %s", code, errs)
	}
	if out := ok(t, g.committee, "roster", "change", silent, "--basis", "同意", "--how", "纸质"); !strings.Contains(out, "短信：可发") || strings.Contains(out, "没有登记本人同意") {
		t.Errorf("they agreed: %s", out)
	}
	wantIn(t, typed(g.admin, "19900008001", "roster", "search"), "编号："+id)
	wantIn(t, ok(t, g.auditor, "roster", "show", id), "编号："+id, "小区：演示小区乙")
	wantIn(t, ok(t, g.auditor, "roster", "list", "--tag", "独居"), id, "199****8001", "演示第一社区居委会（demo-1）")
	first := ok(t, g.auditor, "roster", "list", "--limit", "1")
	after := regexp.MustCompile(`还有更多：加 --after (\S+) 继续`).FindStringSubmatch(first)
	if after == nil || ok(t, g.auditor, "roster", "list", "--limit", "1", "--after", after[1]) == first {
		t.Errorf("listed:\n%s", first)
	}
	wantIn(t, typed(g.committee, "19900008002", "roster", "change", id, "--phone", "-", "--community", "演示小区甲", "--tag", ""), "199****8002", "小区：演示小区甲")
	refuses(t, g.committee, 2, "号码不要写在命令行上", "roster", "change", id, "--phone", "19900008003")
	wantIn(t, ok(t, g.committee, "roster", "prefer", id, "--stop", "--channel", "短信"), "偏好：全部主题，短信，不接收", "短信：已退订")
	refuses(t, g.committee, 2, "--want、--stop 至少要写一个", "roster", "prefer", id)
	wantIn(t, ok(t, g.committee, "roster", "texts", id), "没有发过消息。")
	refuses(t, g.committee, 1, "403", "roster", "erase", id, "--yes")
	refuses(t, g.admin, 1, "确认删除请加 --yes", "roster", "erase", id)
	wantIn(t, ok(t, g.admin, "roster", "erase", id, "--yes"), "已删除这位居民的信息")
	refuses(t, g.admin, 1, "没有这位居民", "roster", "show", id)
}
