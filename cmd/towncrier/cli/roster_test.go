package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"towncrier/audit"
	"towncrier/cmd/towncrier/config"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/seal"
	"towncrier/staff"
	"towncrier/staff/stafftest"
	"towncrier/store"
	"towncrier/store/storetest"
)

// clerk gives commands on a database of its own, and over the API of a server on it.
type clerk struct {
	env    []string
	dir    string
	sealer *seal.Sealer
	url    string
}

// newClerk serves a small city on a database.
func newClerk(t *testing.T, url string) clerk {
	t.Helper()
	cfg := production(t, append(smallCity, "TOWNCRIER_DATABASE="+url)...)
	sealer, err := seal.New(cfg.Key)
	if err != nil {
		t.Fatal(err)
	}
	r := serve(t, cfg)
	c := clerk{dir: t.TempDir(), sealer: sealer, url: url}
	db := c.open(t)
	if _, err := staff.New(db.Staff(), nil, time.Now).Add(t.Context(), audit.Local("test"), staff.Person{ID: "clerk", Name: "管理员", Role: staff.Admin}); err != nil {
		t.Fatal(err)
	}
	key, _, err := stafftest.KeyOf(t.Context(), db.Staff(), time.Now, "clerk")
	if err != nil {
		t.Fatal(err)
	}
	c.env = []string{config.URLVariable + "=http://" + r.addr, config.KeyVariable + "=" + key}
	return c
}

// eachClerk runs test on SQLite and on PostgreSQL, with two committees registered.
func eachClerk(t *testing.T, test func(t *testing.T, c clerk)) {
	for _, kind := range []string{"SQLite", "PostgreSQL"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel() // each has a database of its own, and mostly waits for it
			url := storetest.SQLite(t)
			if kind == "PostgreSQL" {
				url = storetest.Postgres(t)
			}
			c := newClerk(t, url)
			c.do(t, 0, "committee", "import", c.file(t, "committees.csv", "代码,名称,街道,小区\nC001,示例社区居委会,一街道,幸福苑、槐荫里\nC002,东街社区居委会,一街道,\nC002,,,丽景花园\n"), "--yes")
			test(t, c)
		})
	}
}

func (c clerk) file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// do gives one command, wants an exit code, and returns what it printed.
func (c clerk) do(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := Execute(t.Context(), "test", args, c.env, strings.NewReader(""), &out, &errs); code != want {
		t.Fatalf("%s: exit %d, want %d\n%s%s", strings.Join(args, " "), code, want, &out, &errs)
	}
	return out.String() + errs.String()
}

func (c clerk) open(t *testing.T) *store.DB { return storetest.Open(t, c.url, c.sealer) }

const residentsHeading = "手机号,居委会代码,小区,标签,依据,同意时间,同意方式\n"

// residents is a file of n good rows.
func residents(n int) string {
	var b strings.Builder
	b.WriteString(residentsHeading)
	for i := range n {
		fmt.Fprintf(&b, "1990000%04d,C001,幸福苑,独居,同意,2023-11-13,纸质\n", i)
	}
	return b.String()
}

// TestRosterImportSaysWhatItLeavesOut reads a list as committees keep it, with a title, without columns that are alike in every
// row, and with what is hidden; each is said before anything is taken.
func TestRosterImportSaysWhatItLeavesOut(t *testing.T) {
	c := newClerk(t, storetest.SQLite(t))
	path := filepath.Join(c.dir, "r.xlsx")
	book := excelize.NewFile()
	defer book.Close()
	for i, cells := range [][]any{{"东城社区居民花名册"}, {"姓名", "手机号码", "小区", "住址"}, {"甲", "19900000001", "幸福苑", "1号楼"}, {"乙", "19900000002", "不存在小区", "2号楼"}, {"丙", "19900000003", "幸福苑", "3号楼"}} {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(book.MergeCell("Sheet1", "A1", "D1"), book.SetRowVisible("Sheet1", 5, false), book.SetColVisible("Sheet1", "D", false), book.SaveAs(path)); err != nil {
		t.Fatal(err)
	}
	c.do(t, 0, "committee", "add", "C009", "东城社区居委会", "--community", "幸福苑")
	wantIn(t, c.do(t, 1, "roster", "import", path, "--yes"), "第1行是“东城社区居民花名册”，不像表头。第2行像是表头（有手机号码、小区），但缺少下列各列", "导入时统一填写：居委会、依据、同意时间")
	said := c.do(t, 0, "roster", "import", path, "--committee", "C009", "--basis", "同意", "--date", "2023-11-13", "--yes")
	wantIn(t, said, "有1行被隐藏或筛掉（第5行），没有读取", "有1列被隐藏（D列），没有读取", "以下列不认识，不会导入：姓名", "东城社区居委会（C009）：不存在小区，1行", "共2行：可导入2行", "新增2")
	if strings.Index(said, "不存在小区") > strings.Index(said, "共2行") {
		t.Errorf("the unknown community is named after the totals:\n%s", said)
	}
}

func TestRosterImport(t *testing.T) {
	eachClerk(t, func(t *testing.T, c clerk) {
		path := c.file(t, "r.csv", residents(3)+"1990000,C001,,,同意,2023-11-13,\n19900000000,C001,,,同意,2023-11-13,\n")
		wantIn(t, c.do(t, 1, "roster", "import", path, "--yes"), "第5行 手机号（A5）：不是手机号：有7位数字，应为11位", "第6行 手机号（A6）：与第2行的号码相同",
			"共5行：可导入3行，有问题2行：号码重复1处，手机号无效1处。", "未写入任何内容。", "--good-rows")
		wantIn(t, c.do(t, 0, "roster", "stats"), "合计               0         0")
		wantIn(t, c.do(t, 0, "roster", "import", path, "--good-rows"), "有问题的2行已写入 "+path+".problems.csv", "导入完成：新增3，更新0，未变0，跳过0")
		wantIn(t, c.do(t, 0, "roster", "import", path, "--good-rows"), "导入完成：新增0，更新0，未变3，跳过0")

		bad, err := os.ReadFile(path + ".problems.csv")
		if err != nil {
			t.Fatal(err)
		}
		uncorrected := c.file(t, "uncorrected.csv", string(bad))
		wantIn(t, c.do(t, 0, "roster", "import", uncorrected, "--good-rows"), "号码重复1处", "导入完成：新增0，更新0，未变1，跳过0")
		repeated := strings.LastIndex(string(bad), "19900000000")
		corrected := string(bad[:repeated]) + "19900000008" + string(bad[repeated+len("19900000008"):])
		c.file(t, "r.csv.problems.csv", strings.Replace(corrected, "1990000,", "19900000007,", 1))
		wantIn(t, c.do(t, 1, "roster", "import", path, "--good-rows"), "已经存在，里面是另一些行")
		wantIn(t, c.do(t, 0, "roster", "import", path+".problems.csv"), "确认导入请加 --yes")
		wantIn(t, c.do(t, 0, "roster", "import", path+".problems.csv", "--yes"), "新增2，更新0，未变1")

		changed := c.file(t, "new.csv", strings.Replace(residents(2), "C001,幸福苑", "C002,丽景花园", 1))
		wantIn(t, c.do(t, 0, "roster", "import", changed, "--dry-run"), "仅试读，未写入任何内容。")
		wantIn(t, c.do(t, 0, "roster", "import", changed, "--yes"), "新增0，更新1，未变1")
		var stats struct{ Total, Suppressed any }
		if err := json.Unmarshal([]byte(c.do(t, 0, "roster", "stats", "--json")), &stats); err != nil {
			t.Fatal(err)
		}
		wantIn(t, fmt.Sprint(stats.Total), "residents:5", "phone:5", "consented:5", "wechat:0")
		wantIn(t, c.do(t, 2, "roster", "import", path, "--yes", "--dry-run"), "--dry-run、--yes 只能写一个")
	})
}

func TestRosterImportRespectsThoseWhoLeft(t *testing.T) {
	eachClerk(t, func(t *testing.T, c clerk) {
		people := roster.New(roster.Config{Store: c.open(t).Roster(), Now: time.Now})
		for number, why := range map[phone.Number]roster.Suppression{"19900000001": roster.Erased, "19900000002": roster.Stopped} {
			if err := people.Suppress(t.Context(), audit.Local("test"), number, why); err != nil {
				t.Fatal(err)
			}
		}
		path := c.file(t, "r.csv", residents(4))
		wantIn(t, c.do(t, 0, "roster", "import", path, "--yes"), "新增3，更新0，未变0，跳过1（本人已要求删除）", "其中1人已退订短信")
	})
}

func TestCommittees(t *testing.T) {
	eachClerk(t, func(t *testing.T, c clerk) {
		wantIn(t, c.do(t, 0, "committee", "list"), "C001  示例社区居委会  一街道", "幸福苑、槐荫里", "C002  东街社区居委会  一街道        丽景花园")
		path := c.file(t, "c.csv", "名称,代码,电话\n示例社区居委会,C001,1\n新社区居委会,C003,2\n")
		wantIn(t, c.do(t, 0, "committee", "import", path), "以下列不认识，不会导入：电话", "将新增1个居委会，更新0，未变1。", "未写入任何内容")
		wantIn(t, c.do(t, 0, "committee", "import", path, "--yes"), "导入完成：新增1个居委会，更新0，未变1。")
		wantIn(t, c.do(t, 1, "committee", "import", c.file(t, "d.csv", "代码,名称\nC 4,甲\nC001,另一个\nC001,再一个\n"), "--yes"), "第2行 代码（A2）：代码有误", "第4行 名称（B4）：与第3行代码相同")
		some := c.file(t, "e.csv", "代码,名称\nC 5,甲\nC006,南街社区居委会\n")
		wantIn(t, c.do(t, 0, "committee", "import", some, "--good-rows"), "可导入1行，有问题1行", "导入完成：新增1个居委会，更新0，未变0。")
		if bad, err := os.ReadFile(some + ".problems.csv"); err != nil || !strings.Contains(string(bad), "2,代码：代码有误") || !strings.Contains(string(bad), "C 5,甲") {
			t.Errorf("the bad rows: %s, %v", bad, err)
		}
		wantIn(t, c.do(t, 1, "committee", "add", "C003", "新社区居委会"), "已有这个代码", "--replace")
		wantIn(t, c.do(t, 0, "committee", "add", "C004", "北街社区居委会", "--community", "甲园", "--community", "乙园"), "已登记居委会 北街社区居委会（C004）")
		wantIn(t, c.do(t, 0, "committee", "list", "--json"), `"code": "C004"`, `"甲园"`)
	})
}
