package tables_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"towncrier/content"
	"towncrier/roster"
	"towncrier/sheet"
	"towncrier/tables"
)

const there = `name,aliases,street,committee,status,source
甲小区,甲院|一号院,东街,C01,已改造,示例名单
乙小区,,东街,C01,未列入,示例名单
丙小区,,西街,C02,未列入,示例名单
丁小区,,,,未列入,示例名单
`

var committees = []roster.Committee{
	{Code: "C01", Name: "示例第一社区居委会", Communities: []string{"甲小区", "乙小区", "丁小区", "己小区"}},
	{Code: "C02", Name: "示例第二社区居委会", Communities: []string{"丙小区", "庚小区"}},
	{Code: "C03", Name: "示例第三社区居委会"},
}

// town is a table as a city describes it; own is the committee that hands in.
func town(t *testing.T, own string) tables.Table {
	t.Helper()
	present, problems := content.ReadTable("tables/renovation.csv", []byte(there))
	if problems.Faults() > 0 {
		t.Fatal(problems)
	}
	city := content.City{Tables: []content.TableForm{{ID: "renovation", Name: "改造", Columns: []content.Column{
		{ID: "name", Name: "小区名称", Also: []string{"小区"}}, {ID: "street", Name: "街道"}, {ID: "status", Name: "改造状态"},
		{ID: "year_built", Name: "建成年份", Year: true},
	}}}}
	return tables.Table{City: city, ID: "renovation", Present: present, Committees: committees, Own: own}
}

// read reads a file as officials hand it in, and what is read is the same once more when it is handed out.
func read(t *testing.T, into tables.Table, file []byte) (string, error) {
	t.Helper()
	f, err := sheet.Read(t.Context(), bytes.NewReader(file), int64(len(file)), t.TempDir())
	if err != nil {
		return "", err
	}
	defer f.Close()
	table, err := into.Read(f)
	if err != nil {
		return "", err
	}
	if again, problems := content.ReadTable(table.File, table.Format()); len(problems) > 0 || !bytes.Equal(again.Format(), table.Format()) {
		t.Errorf("%v\n%s", problems, table.Format())
	}
	return string(table.Format()), nil
}

func workbook(t *testing.T, cells [][]any) []byte {
	t.Helper()
	book := excelize.NewFile()
	for i, row := range cells {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSheetsOfAllKindsAreOneTable: whatever the file, its encoding, the order and the names of its columns.
func TestSheetsOfAllKindsAreOneTable(t *testing.T) {
	const text = "2026年老旧小区台账,,,,,\n小区（必填）,别名,街道,社区,建成年份,改造状态,资料来源\n甲小区,甲院、一号院，一院,东街,示例第一社区,1998年,已改造,示例名单\n\n'戊小区,,,,,已列入计划,示例名单\n"
	const want = "name,aliases,street,committee,status,source,year_built\n甲小区,甲院|一号院|一院,东街,C01,已改造,示例名单,1998\n戊小区,,,,已列入计划,示例名单,\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"UTF-8": []byte(text), "with a mark": []byte("\ufeff" + text), "GB18030": []byte(gb), "CRLF": []byte(strings.ReplaceAll(text, "\n", "\r\n")),
		"its own names": []byte("committee,source,name,aliases,status,street,year_built\nC01,示例名单,甲小区,甲院|一号院|一院,已改造,东街,1998\n,示例名单,戊小区,,已列入计划,,\n"),
		"XLSX": workbook(t, [][]any{{"老旧小区台账"}, {"小区名称", "又名", "街道", "居委会", "建成年份", "改造状态", "来源"},
			{"甲小区", "甲院\n一号院\n一院", "东街", "C01", 1998, "已改造", "示例名单"}, {"戊小区", nil, nil, nil, nil, "已列入计划", "示例名单"}}),
	} {
		if got, err := read(t, town(t, ""), file); err != nil || got != want {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}

// faultsOf are the cells that are told, each with its text.
func faultsOf(t *testing.T, err error) (all []string) {
	t.Helper()
	faults, ok := errors.AsType[*tables.Faults](err)
	if !ok {
		t.Fatalf("%v", err)
	}
	for _, f := range faults.First {
		all = append(all, f.Cell+" "+f.Text)
	}
	return all
}

// TestFaultsNameTheirCells, all at once.
func TestFaultsNameTheirCells(t *testing.T) {
	file := workbook(t, [][]any{
		{"小区名称", "别名", "街道", "居委会", "建成年份", "改造状态", "来源", "物业电话"},
		{"", "", "东街", "", 1998, "已改造", "示例名单"},
		{"甲小区", "乙小区", "东街", "示例第九社区", 34851, "已改造", ""},
		{"乙小区", "", "东\n街", "", "去年", "<a href=\"http://x.example\">已改造</a>", "示例名单"},
		{"=HYPERLINK(1)", "丙院、丙院", strings.Repeat("长", 201), "", "", "&nbsp;已改造", "示例名单"},
		{"甲小区", "", "", "", "", "", "示例名单"},
	})
	_, err := read(t, town(t, ""), file)
	got := faultsOf(t, err)
	for i, want := range []string{"H1 这一列表里没有", "A2 小区名称没有填写", "D3 居委会：没有这个居委会", "E3 建成年份：应为四位数", "G3 来源没有填写",
		"C4 街道：不能换行", "E4 建成年份：应为四位数", "F4 改造状态：有网页或 Markdown 标记", "A4 小区名称：与B3", "A5 小区名称：是公式", "C5 街道：太长", "F5 改造状态：有网页或 Markdown 标记", "A6 小区名称：与A3"} {
		if i >= len(got) || !strings.HasPrefix(got[i], want) {
			t.Errorf("no %s", want)
		}
	}
	if len(got) != 13 {
		t.Errorf("%s", strings.Join(got, "\n"))
	}

	book := excelize.NewFile()
	for i, row := range [][]any{{"小区名称", "别名", "街道", "居委会", "改造状态", "来源"}, {"甲小区", "", "", "C01", "", "示例名单"}} {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.SetCellFormula("Sheet1", "E2", `"已"&"改造"`); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := read(t, town(t, ""), b.Bytes()); !strings.Contains(fmt.Sprint(err), "E2") || !strings.Contains(fmt.Sprint(err), "公式") {
		t.Errorf("a formula: %v", err)
	}

	many := "小区名称,别名,街道,居委会,改造状态,来源\n" + strings.Repeat("甲,,,,,\n", 150)
	_, err = read(t, town(t, ""), []byte(many))
	if faults, ok := errors.AsType[*tables.Faults](err); !ok || len(faults.First) != 100 || faults.More != 199 {
		t.Errorf("%v", err)
	}
}

// TestNothingIsLostBySilence: a column that the sheet lacks, and one that the table lacks, are told; a table that is new takes its columns as they are.
func TestNothingIsLostBySilence(t *testing.T) {
	_, err := read(t, town(t, ""), []byte("小区名称,来源\n甲小区,示例名单\n"))
	got := strings.Join(faultsOf(t, err), "\n")
	for _, want := range []string{"缺少“别名”一列，现在的表里有1行", "缺少“街道”", "缺少“居委会”", "缺少“改造状态”一列，现在的表里有4行"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
	fresh := tables.Table{ID: "grid", Committees: committees}
	if got, err := read(t, fresh, []byte("名称,网格员,来源\n甲小区,示例甲,示例名单\n")); err != nil || got != "name,aliases,source,网格员\n甲小区,,示例名单,示例甲\n" {
		t.Errorf("%v\n%s", err, got)
	}
	if _, err := read(t, fresh, []byte("名称,{网格员},来源\n甲小区,示例甲,示例名单\n")); !strings.HasPrefix(strings.Join(faultsOf(t, err), ""), "B1 这个表头不能作列名") {
		t.Errorf("%v", err)
	}
	for file, want := range map[string]string{"": "文件是空的", "甲,乙\n": "没有找到表头", "小区名称,改造状态\n甲小区,已改造\n": "来源", "%PDF-1.7": "PDF"} {
		if _, err := read(t, town(t, ""), []byte(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", file, err)
		}
	}
}

// TestCommitteeWritesItsOwnRows and no others.
func TestCommitteeWritesItsOwnRows(t *testing.T) {
	got, err := read(t, town(t, "C01"), []byte("小区名称,别名,街道,改造状态,来源\n己小区,,,已改造,示例名单\n丁小区,,,已改造,示例名单\n甲小区,甲院,东街,已改造,示例名单\n"))
	const want = "name,aliases,street,committee,status,source\n甲小区,甲院,东街,C01,已改造,示例名单\n丙小区,,西街,C02,未列入,示例名单\n丁小区,,,C01,已改造,示例名单\n己小区,,,C01,已改造,示例名单\n"
	if err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
	_, err = read(t, town(t, "C01"), []byte("小区名称,别名,街道,居委会,改造状态,来源\n丙小区,,,,已改造,示例名单\n庚小区,,,,已改造,示例名单\n辛小区,丙小区,,,已改造,示例名单\n壬小区,,,示例第二社区,已改造,示例名单\n癸小区,,,无此社区,已改造,示例名单\n"))
	told := faultsOf(t, err)
	for i, want := range []string{"A2 小区名称：表里已有不归本居委会的一行", "A2 登记在别的居委会名下", "A3 登记在别的居委会名下", "B4 别名：表里已有不归本居委会的一行", "D5 居委会：不是本居委会（C01）", "D6 居委会：不是本居委会（C01）"} {
		if i >= len(told) || !strings.HasPrefix(told[i], want) {
			t.Errorf("no %s", want)
		}
	}
	if len(told) != 6 {
		t.Error(strings.Join(told, "\n"))
	}
	empty := town(t, "C03")
	empty.Present, _ = content.ReadTable("tables/renovation.csv", []byte("name,aliases,street,year_built,status,planned_year,source\n"))
	if got, err := read(t, empty, []byte("小区,来源\n辛小区,示例名单\n")); err != nil || got != "name,aliases,street,year_built,status,planned_year,source,committee\n辛小区,,,,,,示例名单,C03\n" {
		t.Errorf("into an empty table: %v\n%s", err, got)
	}
	var own []string
	for _, row := range town(t, "").Owned("C01") {
		own = append(own, row.Values["name"])
	}
	if !slices.Equal(own, []string{"甲小区", "乙小区", "丁小区"}) {
		t.Errorf("own rows: %v", own)
	}
}

// TestTableTooLargeIsRefusedSoon, at the row that does not fit.
func TestTableTooLargeIsRefusedSoon(t *testing.T) {
	var b strings.Builder
	b.WriteString("小区名称,别名,街道,居委会,改造状态,来源\n")
	for i := range 100_000 {
		fmt.Fprintf(&b, "小区%d,,示例街,,已改造,示例名单\n", i)
	}
	_, err := read(t, town(t, ""), []byte(b.String()))
	if err == nil || !strings.Contains(err.Error(), "表太大") || !strings.Contains(err.Error(), "从第") {
		t.Errorf("%v", err)
	}
}
