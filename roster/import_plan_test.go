package roster_test

import (
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"towncrier/roster"
)

var (
	readOn     = time.Date(2023, 12, 1, 4, 0, 0, 0, time.UTC)
	committees = []roster.Committee{
		{Code: "C001", Name: "示例社区居委会"},
		{Code: "C002", Name: "东街社区居民委员会"},
		{Code: "C003", Name: "西街社区居委会", Street: "一街道"},
		{Code: "C004", Name: "西街社区居委会", Street: "二街道"},
	}
)

// plan is a dry run; the problems are lines.
func plan(t testing.TB, path string) (*roster.Plan, []string, error) {
	t.Helper()
	return planWhole(t, path, roster.WholeSheet{})
}

// planWhole is a dry run of a sheet for all of whose rows something holds.
func planWhole(t testing.TB, path string, whole roster.WholeSheet) (*roster.Plan, []string, error) {
	t.Helper()
	var problems []string
	p, err := roster.PlanImport(t.Context(), open(t, path), committees, whole, readOn, func(p roster.RowProblem) {
		problems = append(problems, fmt.Sprintf("%d %s %s %s：%s", p.Row, p.Cell, p.Column, p.Kind, p.Text))
	})
	return p, problems, err
}

func TestPlanKnowsHeadings(t *testing.T) {
	const row = "19900000001,C001,同意,2023-11-13"
	for _, heading := range []string{
		"手机号,居委会代码,依据,同意时间",
		"联系电话（必填）,社区代码,法律依据,同意日期",
		"手机号码, 居委会 ,处理依据,日期",
		"Phone,Committee,Basis,Consented_At",
		"mobile,committee_name,basis,date",
		"\"手机\",社区居委会,依据（同意/法定职责/应急）,依据时间",
	} {
		p, problems, err := plan(t, save(t, "a.csv", heading+"\r\n"+row+"\r\n"))
		if err != nil || len(problems) > 0 || p.Good() != 1 || p.Rows != 1 {
			t.Errorf("%s: %v, %v, %+v", heading, err, problems, p)
		}
	}
}

func TestPlanRefusesHeadings(t *testing.T) {
	for heading, want := range map[string]string{
		"姓名,小区": "第1行像是表头（有小区），但缺少下列各列：\n  手机号（也可写作 手机号码、",
		"姓名,手机号码,住址": "第1行像是表头（有手机号码），但缺少下列各列：\n  居委会代码 或 居委会（也可写作 社区代码、居委会编码、社区编码、社区居委会、居委会名称、社区、社区名称）\n" +
			"  依据（也可写作 处理依据、法律依据）\n  同意时间（也可写作 同意日期、依据时间、日期）\n" +
			"请在表里补上。如果每一行都相同，也可以不改表，导入时统一填写：居委会、依据、同意时间",
		"东城社区居民花名册\n填表人：李\n姓名,手机号码,居委会,同意时间":            "第1行是“东城社区居民花名册”，不像表头。第3行像是表头（有手机号码、居委会、同意时间），但缺少下列各列：\n  依据（",
		"东城社区居民花名册\n甲,乙":                                "第1行是“东城社区居民花名册”，不像表头。前10行都没有找到表头。表头应有下列各列：\n  手机号",
		"手机号，居委会代码，依据，同意时间":                             "各列之间似乎不是用英文逗号隔开的",
		"19900000001,C001,同意,2023-11-13":                "第1行像是一位居民，不像表头。",
		"手机号,居委会,同意时间":                                  "\n  依据（",
		"手机号,电话,居委会,依据,同意时间":                            "第1行是表头，但A列和B列都是“手机号”：请只留一列",
		"\xef\xbb\xbf\n\n,,\n ,":                        "文件是空的",
		strings.Repeat("x\n", 10) + "手机号,居委会代码,依据,同意时间": "前10行都没有找到表头",
	} {
		if _, _, err := plan(t, save(t, "a.csv", heading+"\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", heading, err, want)
		}
	}
}

func TestPlanNamesEveryProblem(t *testing.T) {
	const file = `姓名,手机号,居委会代码,居委会,小区,标签,依据,同意时间,同意方式,同意内容
甲,19900000001,C001,,幸福苑,独居、高龄,同意,2023-11-13,纸质,接收通知
乙,1990000002,C001,,,,同意,2023-11-13,,
丙,19900000003,C009,,,,同意,2023-11-13,,
丁,19900000001,C001,,,,同意,2023-11-13,,

戊,19900000005,C001,,,,,2023-11-13,,
己,19900000006,C001,,,,同意,2023-12-02,,
庚,19900000007,C001,,LONG,,同意,2023-11-13,,
辛,1.99E+10,C001,东街社区,,,领导同意,13/11/2023,chat,广告
壬,12900000008,,西街社区居委会,,,法定职责,2023年11月13日,,
癸,19900000009,,,,,应急,45243,,
子,19900000010,,东街,,,EMERGENCY,2023/1/2,,
丑,19900000011,C001,,,,同意,2023-11-13,,,多
`
	p, problems, err := plan(t, save(t, "a.csv", strings.ReplaceAll(file, "LONG", strings.Repeat("长", 65))))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"3 B3 手机号 手机号无效：不是手机号：有10位数字，应为11位",
		"4 C4 居委会代码 居委会不明：没有这个居委会：请核对代码或名称，还没有登记的请先登记",
		"5 B5 手机号 号码重复：与第2行的号码相同：请删去其中一行",
		"7 G7 依据 缺少依据：未填依据：请填 同意、法定职责 或 应急",
		"8 H8 同意时间 日期有误：日期在将来：2023-12-02，请核对",
		"9 E9 小区 内容有误：内容过长：有65字，最多64字",
		"10 B10 手机号 手机号无效：号码被表格软件舍入，末几位已丢失：请把该列设为文本格式后重新填写",
		"10 D10 居委会 居委会不明：与本行居委会代码不是同一个居委会：请核对",
		"10 G10 依据 缺少依据：依据不认识：请填 同意、法定职责 或 应急",
		"10 H10 同意时间 日期有误：日期无法识别：请写成 2023-11-13",
		"10 I10 同意方式 内容有误：chat 只用于居民在微信里的同意，请填实际方式，如 纸质",
		"10 J10 同意内容 内容有误：同意内容不认识：请填 接收通知 或 保存手机号",
		"11 B11 手机号 手机号无效：不是手机号：应以13至19开头",
		"11 D11 居委会 居委会不明：有几个居委会同名：请改填居委会代码，C003 或 C004",
		"12 C12 居委会代码 居委会不明：未填居委会：请填居委会代码或名称",
		"14 K14  内容有误：表头之外还有内容：请删去，或者补上表头（可能有未加引号的分隔符）",
	}
	if !slices.Equal(problems, want) {
		t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(problems, "\n"), strings.Join(want, "\n"))
	}
	if p.Rows != 12 || p.Bad != 10 || p.Good() != 2 || !slices.Equal(p.Unknown, []string{"姓名"}) {
		t.Errorf("residents %d, bad %d, good %d, unknown %q", p.Rows, p.Bad, p.Good(), p.Unknown)
	}
	kinds := map[string]int{"手机号无效": 3, "居委会不明": 4, "号码重复": 1, "缺少依据": 2, "日期有误": 2, "内容有误": 4}
	if !maps.Equal(p.Kinds, kinds) {
		t.Errorf("kinds %v, want %v", p.Kinds, kinds)
	}

	// The file of bad rows, corrected, is a file that can be imported.
	bad := writeBad(t, p)
	lines := strings.Split(bad, "\r\n")
	if lines[0] != "\ufeff行号,问题,姓名,手机号,居委会代码,居委会,小区,标签,依据,同意时间,同意方式,同意内容" ||
		lines[1] != "2,与第5行的号码相同（这一行已导入）：请删去其中一行,甲,19900000001,C001,,幸福苑,独居、高龄,同意,2023-11-13,纸质,接收通知" ||
		lines[2] != "3,手机号：不是手机号：有10位数字，应为11位,乙,1990000002,C001,,,,同意,2023-11-13,," || len(lines) != 13 {
		t.Fatalf("bad rows:\n%s", bad)
	}
	corrected := strings.Join([]string{lines[0], strings.Replace(lines[2], "1990000002", "19900000002", 1)}, "\r\n")
	if p, problems, err := plan(t, save(t, "b.csv", corrected)); err != nil || p.Good() != 1 || !slices.Equal(p.Unknown, []string{"姓名"}) {
		t.Errorf("corrected: %v %v", err, problems)
	}
}

func TestPlanReadsNumbersAsSpreadsheetsTurnThem(t *testing.T) {
	good := []string{"19900000001", "1.9900000002E+10", "19900000003.0", "1.9900000004E10", "1.990000001E10", "'19900000005", "+86 199-0000-0006",
		"８６１９９００００００７７", "1.99000000080E+10"}
	bad := []string{"1.99E+10", "1.990000001E+10", "1.99000000015E+10", "1.9900000001E+11", "19900000001.5", "E+10", "1.E+10", ".E+10"}
	row := func(number string) string { return number + ",C001,同意,2023-11-13\n" }
	const heading = "手机号,居委会代码,依据,同意时间\n"
	for _, number := range good {
		if p, problems, err := plan(t, save(t, "a.csv", heading+row(number))); err != nil || p.Good() != 1 {
			t.Errorf("%s: %v %v", number, err, problems)
		}
	}
	for _, number := range bad {
		p, problems, err := plan(t, save(t, "a.csv", heading+row(number)))
		if err != nil || p.Good() != 0 {
			t.Errorf("%s is taken for a number: %v", number, err)
		}
		if strings.Contains(strings.Join(problems, ""), "990000") {
			t.Errorf("a problem shows the number: %s", problems)
		}
	}

	path := workbook(t, func(book *excelize.File) {
		for i, cells := range [][]any{
			{"手机号", "居委会代码", "依据", "同意时间"},
			{19900000001, "C001", "同意", time.Date(2023, 11, 13, 0, 0, 0, 0, time.UTC)},
			{19900000002.0, "C001", "同意", "2023.11.13"},
			{"'19900000003", "C001", "同意", 45243.5},
			{"19900000004", "C001", "应急", "20231113"},
		} {
			if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &cells); err != nil {
				t.Fatal(err)
			}
		}
	})
	if p, problems, err := plan(t, path); err != nil || p.Good() != 4 {
		t.Errorf("XLSX: %v %v", err, problems)
	}
}

// endless is a table of a heading and more rows than a file may have, each with a fault; and of empty ones, as spreadsheets leave them below.
type endless struct {
	roster.Table
	rows, empty int
}

func (e endless) Date1904() bool   { return false }
func (e endless) Bytes() io.Reader { return strings.NewReader("") }

func (e endless) Rows() iter.Seq2[roster.Row, error] {
	return func(yield func(roster.Row, error) bool) {
		heading, row, fault := []string{"手机号", "居委会代码", "依据", "同意时间"}, []string{"1"}, []roster.CellFault{{Column: 0, Text: "坏"}}
		if !yield(roster.Row{Number: 1, Cells: heading}, nil) {
			return
		}
		for n := range e.rows {
			if !yield(roster.Row{Number: n + 2, Cells: row, Faults: fault}, nil) {
				return
			}
		}
		for n := range e.empty {
			if !yield(roster.Row{Number: e.rows + n + 2}, nil) {
				return
			}
		}
	}
}

// TestPlanTakesAMillionRows: empty ones are not counted, and the next is refused with what would be right.
func TestPlanTakesAMillionRows(t *testing.T) {
	read := 0
	table := endless{rows: 1_000_001, empty: 1000}
	if _, err := roster.PlanImport(t.Context(), table, committees, roster.WholeSheet{}, readOn, func(roster.RowProblem) { read++ }); err == nil || err.Error() != "超过1000000行：请分成几个文件" || read != 1_000_000 {
		t.Errorf("%v after %d rows", err, read)
	}
	if p, err := roster.PlanImport(t.Context(), endless{rows: 1, empty: 1_000_001}, committees, roster.WholeSheet{}, readOn, func(roster.RowProblem) {}); err != nil || p.Rows != 1 {
		t.Errorf("a million empty rows below one: %v", err)
	}
}
