package residents_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"towncrier/desk/desktest"
	"towncrier/imports/importstest"
	"towncrier/roster"
)

var inFull = regexp.MustCompile(`1990000\d{4}`)

// written is a workbook with every kind of fault.
func written(t *testing.T, rows, share int) (file importstest.Roster, content string) {
	t.Helper()
	file = importstest.WriteRoster(t, filepath.Join(t.TempDir(), "花名册.xlsx"), rows, share)
	text, err := os.ReadFile(file.Path)
	if err != nil {
		t.Fatal(err)
	}
	return file, string(text)
}

// TestErrorsByCell: 37 kinds of faults in a workbook that was dropped are said in their cells, with Excel's rows and columns and no number in
// full; they are mended in the page and imported, without a script. The same file again changes nothing.
func TestErrorsByCell(t *testing.T) {
	d := desktest.OpenDesk(t)
	admin := as(t, d, "演示管理员")
	file, content := written(t, 40, 40)
	judged := admin.Open("/desk/residents/import").Sees("最近没有导入").Form("上传并检查").Attach("居民的表格", "花名册.xlsx", content).Press()
	if judged.Status != 200 {
		t.Fatal(d.Log.String()[max(0, len(d.Log.String())-1500):])
	}
	judged.Sees("花名册.xlsx", "有问题 37", "可以导入 3", "不认识的列 姓名：不会导入", "手机号无效 13", "日期有误 8", "导入没有问题的 3 行")
	fields := judged.Form("改正这一页，重新检查")
	headings := []string{"姓名", "手机号码", "居委会代码", "居委会", "小区", "标签", "依据", "同意时间", "同意方式", "同意内容", "是否愿意接收短信（必填）", ""}
	for cell, fault := range file.Bad {
		column, row, _ := roster.ParseCell(cell)
		if line := judged.Within(fmt.Sprintf("不导入第 %d 行", row)); !line.Has(fault.Says) || !line.Has(fault.Right) {
			t.Errorf("%s: %q, want %q and %q", cell, line.Text(), fault.Says, fault.Right)
		}
		good := ""
		if value := importstest.Good(row - 5)[column]; value != nil {
			good = fmt.Sprint(value)
		}
		if row != 6 && row != 7 {
			fields.Fill(strings.TrimSpace(cell+" "+headings[column]), good)
		}
	}
	again := fields.Fill("B6 手机号码", "1990000").Tick("不导入第 7 行").Press()
	again.Sees("已改正，整个文件重新检查过", "有问题 1", "有7位数字，应为11位", "有内容的行 39").Lacks("有15位数字")
	if inFull.MatchString(again.Text()) {
		t.Error("a number in full is on the page")
	}
	whole := again.Form("改正这一页，重新检查").Fill("B6 手机号码", "19900000001").Press().Sees("全部导入：39 行")
	whole.Press("全部导入：39 行").Sees("已导入", "新增")

	twice := admin.Open("/desk/residents/import").Sees("花名册.xlsx").Form("上传并检查").Attach("居民的表格", "花名册.xlsx", content).Press()
	twice.Press("导入没有问题的 3 行").Sees("无变化", "未变 3", "还有 37 行没有导入")
	for i := range 40 {
		admin.MayShow(fmt.Sprint(importstest.Good(i)[importstest.Phone])) // in a file that is mended elsewhere
	}
	bad := admin.Get(twice.Links()["下载这些行（CSV）"])
	if bad.Want(http.StatusOK); !strings.Contains(bad.Text(), "行号,问题,姓名,手机号码") || strings.Count(bad.Text(), "\n") < 37 {
		t.Errorf("bad rows: %.300s", bad.Text())
	}
	if inFull.MatchString(d.Log.String()) {
		t.Error("a number in full is in the log")
	}
	err := filepath.WalkDir(d.Folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			if text, err := os.ReadFile(path); err == nil && strings.Contains(string(text), "19900000038") {
				t.Errorf("a number can be read in %s", path)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	twice.Follow("删除").Sees("文件、检查的结果和在这里的改动都会删除").Press("删除").Sees("已删除")
}

// upload posts a body that no form makes, and returns what is shown.
func upload(t *testing.T, d *desktest.Desk, b *desktest.Browser, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.URL+"/desk/residents/import", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Sec-Fetch-Site": {"same-origin"}, "Content-Type": {"multipart/form-data; boundary=x"}}
	for _, c := range b.Cookies() {
		req.AddCookie(c)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestUploadsThatGoWrong: no file, a file that is none, and one of another kind are said beside the field, and what was typed stays.
func TestUploadsThatGoWrong(t *testing.T) {
	d := desktest.SharedDesk(t)
	admin := as(t, d, "演示管理员")
	ask := func() *desktest.Form {
		return admin.Open("/desk/residents/import").Form("上传并检查").Fill("依据", "法定职责").Fill("从哪天起", "2023-11-01")
	}
	none := ask().Press().Want(http.StatusUnprocessableEntity).Sees("没有选择文件")
	if form := none.Form("上传并检查"); form.Value("依据") != "法定职责" || form.Value("从哪天起") != "2023-11-01" {
		t.Error("what was typed is gone")
	}
	ask().Attach("居民的表格", "19900000001.csv", "手机号\n").Press().Want(http.StatusUnprocessableEntity).Sees("手机号，不能写在这里")
	broken := ask().Attach("居民的表格", "a.csv", "%PDF-1.7").Press().Sees("没有完成", "PDF 文件，不是表格")
	broken.Follow("重新上传").Sees("上传并检查")
	large := ask().Attach("居民的表格", "a.csv", strings.Repeat("很大的文件\n", 5<<20)).Press()
	large.Want(http.StatusUnprocessableEntity).Sees("文件超过64 MiB", "请把表格分成几个文件")
	field := func(name, value string) string {
		return "--x\r\nContent-Disposition: form-data; name=" + name + "\r\n\r\n" + value + "\r\n"
	}
	many := ""
	for n := range 100 {
		many += field(fmt.Sprint("f", n), "1")
	}
	for what, fields := range map[string]string{"a field without text": field("basis", "\x00"), "one without characters": field("basis", "\xff"), "more fields than there are": many} {
		if shown := upload(t, d, admin, fields+"--x--\r\n"); !strings.Contains(shown, "没有传完") || strings.Contains(shown, "没有选择文件") {
			t.Errorf("%s: %s", what, shown)
		}
	}
	worker := as(t, d, "演示社区工作者")
	i := worker.Open("/desk/residents/import").Lacks("改为导入社区").Form("上传并检查").Attach("居民的表格", "b.csv",
		"手机号,居委会代码,依据,同意时间\n19900008801,demo-2,同意,2023-11-01\n19900008802,demo-1,同意,2023-11-01\n").Press()
	i.Sees("不是本居委会：只能导入本居委会", "有问题 1")
	if path := i.Links()["下载这些行（CSV）"]; admin.Get(strings.TrimSuffix(path, "/bad-rows?format=csv")).Want(http.StatusNotFound).Has("demo-2") {
		t.Error("another's import is shown")
	}
	places := admin.Open("/desk/residents/import?kind=committees").Form("上传并检查").Attach("社区的表格", "c.csv", "代码,名称,街道,区县,小区\ntest-9,试验社区,试验街道,演示区,甲园、乙园\nC 4,坏,,,\n").Press()
	places.Sees("新增 1", "有问题 1").Form("改正这一页，重新检查").Fill("A3 代码", "test-10").Press().Sees("新增 2").Press("全部导入：2 行").Sees("已导入", "新增 2")
	admin.Open("/desk/committees").Sees("试验街道", "试验社区", "甲园")
}
