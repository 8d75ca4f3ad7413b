package roster_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"towncrier/roster"
)

func TestPlanFindsTheHeading(t *testing.T) {
	const row = "19900000001,C001,同意,2023-11-13\n"
	for name, c := range map[string]struct {
		content string
		number  int // of the row that has the only problem
	}{
		"first row":               {"手机号,居委会代码,依据,同意时间\n" + row + "x,C001,同意,2023-11-13\n", 3},
		"below a title":           {"东城社区居民花名册,,,\n手机号,居委会代码,依据,同意时间\n" + row + "x,C001,同意,2023-11-13\n", 4},
		"below titles and blanks": {"花名册\n\n填表单位：东城社区,,,填表日期：2023年\n手机号,居委会代码,依据,同意时间\n" + row + "x,C001,同意,2023-11-13\n", 6},
		"tenth of the rows":       {strings.Repeat("说明\n", 9) + "手机号,居委会代码,依据,同意时间\n" + row + "x,C001,同意,2023-11-13\n", 12},
		"over two rows":           {"联系,居委会代码,依据情况,\n手机号,,依据,同意时间\n" + row + "x,C001,同意,2023-11-13\n", 4},
		"both rows whole":         {"电话,居委会代码,依据,同意时间\n手机号,,,\n" + row + "x,C001,同意,2023-11-13\n", 4},
		"a row of hints below":    {"手机号,居委会代码,依据,同意时间\nx,请填代码,同意,2023-11-13\n" + row, 2},
	} {
		t.Run(name, func(t *testing.T) {
			p, problems, err := plan(t, save(t, "a.csv", c.content))
			if err != nil || p.Good() != 1 || p.Bad != 1 {
				t.Fatalf("%v, %v, %+v", err, problems, p)
			}
			if !strings.HasPrefix(problems[0], string(rune('0'+c.number%10))) && c.number < 10 {
				t.Errorf("problem %q, want row %d", problems[0], c.number)
			}
		})
	}
}

// TestPlanReadsMergedTables reads a table as committees draw it: a title, headings over two rows, a committee for several rows.
func TestPlanReadsMergedTables(t *testing.T) {
	path := workbook(t, func(book *excelize.File) {
		writeRow(t, book, "Sheet1", "A1", "居民花名册")
		writeRow(t, book, "Sheet1", "A2", "居委会", "联系方式", nil, "依据", "同意时间")
		writeRow(t, book, "Sheet1", "A3", nil, "手机号", "固话")
		writeRow(t, book, "Sheet1", "A4", "示例社区", "19900000001", "0359-2222222", "同意", "2023-11-13")
		writeRow(t, book, "Sheet1", "A5", nil, "19900000002", nil, "同意", "2023-11-13")
		writeRow(t, book, "Sheet1", "A6", nil, "19900000003", nil, "同意", "2023-11-13")
		for _, ref := range [][2]string{{"A1", "E1"}, {"A2", "A3"}, {"B2", "C2"}, {"D2", "D3"}, {"E2", "E3"}, {"A4", "A6"}} {
			if err := book.MergeCell("Sheet1", ref[0], ref[1]); err != nil {
				t.Fatal(err)
			}
		}
	})
	p, problems, err := plan(t, path)
	if err != nil || p.Good() != 3 || p.Rows != 3 || !slices.Equal(p.Unknown, []string{"固话"}) {
		t.Errorf("%v, %v, %+v", err, problems, p)
	}
}

func TestPlanTakesWhatHoldsForTheWholeSheet(t *testing.T) {
	const file = "姓名,手机号码,住址\n甲,19900000001,1号楼\n乙,x,2号楼\n"
	whole := roster.WholeSheet{Committee: "示例社区", Basis: "同意", Date: "2023年11月13日"}
	p, problems, err := planWhole(t, save(t, "a.csv", file), whole)
	if err != nil || p.Good() != 1 || p.Bad != 1 {
		t.Fatalf("%v, %v", err, problems)
	}
	bad := writeBad(t, p)
	corrected := save(t, "b.csv", strings.Replace(bad, "乙,x,", "乙,19900000002,", 1))
	if p, problems, err := plan(t, corrected); err != nil || p.Good() != 1 || p.Bad != 0 {
		t.Errorf("the file of problems, corrected, does not stand alone: %v, %v", err, problems)
	}
	for want, whole := range map[string]roster.WholeSheet{
		"没有这个居委会":    {Committee: "C009", Basis: "同意", Date: "2023-11-13"},
		"依据不认识":      {Committee: "C001", Basis: "领导同意", Date: "2023-11-13"},
		"日期在将来":      {Committee: "C001", Basis: "同意", Date: "2024-11-13"},
		"\n  同意时间（":  {Committee: "C001", Basis: "同意"},
		"导入时统一填写：依据": {Committee: "C001", Date: "2023-11-13"},
	} {
		if _, _, err := planWhole(t, save(t, "a.csv", file), whole); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", whole, err, want)
		}
	}
	table := save(t, "a.csv", "手机号,居委会,依据,同意时间\n19900000001,示例社区,同意,2023-11-13\n")
	if _, _, err := planWhole(t, table, roster.WholeSheet{Committee: "C002"}); err == nil || !strings.Contains(err.Error(), "表里已有“居委会”一列（B列）") {
		t.Errorf("a column and an option for it: %v", err)
	}
}

func TestPlanReportsUnknownCommunities(t *testing.T) {
	known := []roster.Committee{{Code: "C001", Name: "示例社区居委会", Communities: []string{"幸福苑"}}, {Code: "C002", Name: "东街社区居委会"}}
	const heading = "手机号,居委会代码,小区,依据,同意时间\n"
	sheet := open(t, save(t, "a.csv", heading+
		"19900000001,C001,幸福苑\u200b,同意,2023-11-13\n19900000002,C001,不存在小区,同意,2023-11-13\n19900000003,C001,不存在小区,同意,2023-11-13\n"+
		"19900000004,C002,槐荫里,同意,2023-11-13\n19900000005,C001,,同意,2023-11-13\nx,C001,又一个,同意,2023-11-13\n"))
	p, err := roster.PlanImport(t.Context(), sheet, known, roster.WholeSheet{}, readOn, func(roster.RowProblem) {})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Places) != 1 || p.Places[0].Committee.Code != "C001" || p.Places[0].Community != "不存在小区" || p.Places[0].Rows != 2 || p.Good() != 5 {
		t.Errorf("places %+v, good %d; want 不存在小区 with two rows of five", p.Places, p.Good())
	}
}

func TestPlanReadsCodesAsSpreadsheetsTurnThem(t *testing.T) {
	known := []roster.Committee{{Code: "140802001001", Name: "西城社区居委会"}, {Code: "1E10", Name: "东城社区居委会"}}
	for code, want := range map[string]string{
		"140802001001": "", "1.40802001001E+11": "", "140802001001.0": "", "140802001001\u200b": "", "\u202a140802001001\u202c": "", "\"=\"\"140802001001\"\"\"": "",
		"'140802001001": "", "\x1f140802001001": "", "1E10": "",
		"1.40802E+11": "代码被表格软件舍入", "140802001002": "没有这个居委会",
	} {
		sheet := open(t, save(t, "a.csv", "手机号,居委会代码,依据,同意时间\n19900000001,"+code+",同意,2023-11-13\n"))
		var problems []string
		if _, err := roster.PlanImport(t.Context(), sheet, known, roster.WholeSheet{}, readOn, func(p roster.RowProblem) { problems = append(problems, p.Text) }); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(problems, " "); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", code, got, want)
		}
	}
	p, problems := planCommittees(t, "居委会名册,\n代码,名称\n1.40802001001E+11,西城社区居委会\n1.40802E+11,东城社区居委会\n1E10,南城社区居委会\n")
	if list := p.Changes; len(list) != 2 || list[0].Code != "140802001001" || list[1].Code != "1E10" ||
		len(problems) != 1 || problems[0].Row != 4 || !strings.Contains(problems[0].Text, "代码被表格软件舍入") {
		t.Errorf("committees %+v, problems %+v", list, problems)
	}
}

func TestPlanReadsDatesAsPeopleWriteThem(t *testing.T) {
	for date, want := range map[string]string{
		"2023-11-13": "", "2023/11/13": "", "2023.11.13": "", "20231113": "", "2023年11月13日": "", "2023年11月13日 10:30": "", "2023年11月13日10时30分": "",
		"2023/11/13 上午10:30": "", "2023/11/13 下午 10:30:00": "", "2023/11/13上午10:30": "", "2023/11/13 10:30 PM": "", "2023-11-13T10:30:00.000Z": "",
		"2023-11-12T20:30:00Z": "", "2023-11-13T10:30:00+08:00": "", "2023—11—13": "", "２０２３－１１－１３": "", "２０２３年１１月１３日": "", "2023年11月13号": "",
		"2023.11.13.": "", "2023-11-13 星期一": "", "2023/11/13(周一)": "", "2023年11月13日（星期一）": "", "2023-11-13 星期一 10:30": "", "45243": "", "45243.5": "",
		"2023 - 11 - 13": "", "2023年 11月 13日": "",
		"05/01/2023": "看不出是5月1日还是1月5日", "5-1-2023": "看不出是", "13/11/2023": "日期无法识别", "5-Jan-23": "日期无法识别", "2023年11月": "只写到月", "2023-11": "只写到月",
		"2023-13-01": "没有这一天", "2023-02-30": "没有这一天", "2023-11-13 星期二": "日期与星期不符：2023-11-13是星期一", "2023-11-131": "日期无法识别",
		"2023-11-1310:30": "日期无法识别", "202311131": "日期无法识别", "2023-12-02": "日期在将来", "1988-01-05": "日期过早", "二〇二三年一月五日": "日期无法识别", "": "未填日期",
	} {
		p, problems, err := plan(t, save(t, "a.csv", "手机号,居委会代码,依据,同意时间\n19900000001,C001,同意,"+date+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(problems, " ")
		if want == "" && (got != "" || p.Good() != 1) || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", date, got, want)
		}
	}
}

// TestProblemsFileKeepsRepeatedNumbersApart: given back uncorrected, the file changes nobody.
func TestProblemsFileKeepsRepeatedNumbersApart(t *testing.T) {
	const heading = "手机号,居委会代码,依据,同意时间\n"
	p, _, err := plan(t, save(t, "a.csv", heading+"19900000001,C001,同意,2023-11-13\n19900000002,C001,同意,2023-11-13\n19900000001,C002,同意,2023-11-14\n+86 199 0000 0001,C001,同意,2023-11-13\n"))
	if err != nil || p.Good() != 2 || p.Bad != 2 {
		t.Fatalf("%v, %+v", err, p)
	}
	bad := writeBad(t, p)
	again, problems, err := plan(t, save(t, "b.csv", bad))
	if err != nil || again.Good() != 1 || again.Bad != 2 {
		t.Errorf("given back as it is: good %d, bad %d, %v, %v; want only the row that was imported\n%s", again.Good(), again.Bad, problems, err, bad)
	}
}

func TestPlanRefusesNumbersInText(t *testing.T) {
	for column, row := range map[string]string{
		"C2 小区":   "19900000001,C001,幸福苑19900000002,,同意,2023-11-13,",
		"D2 标签":   "19900000001,C001,,独居、199-0000-0002,同意,2023-11-13,",
		"G2 同意方式": "19900000001,C001,,,同意,2023-11-13,电话１９９０００００００２",
	} {
		_, problems, err := plan(t, save(t, "a.csv", "手机号,居委会代码,小区,标签,依据,同意时间,同意方式\n"+row+"\n"))
		if err != nil || len(problems) != 1 || !strings.Contains(problems[0], column) || !strings.Contains(problems[0], "里有手机号：请删去") || strings.Contains(problems[0], "0002") {
			t.Errorf("%s: %q, %v", column, problems, err)
		}
	}
	if _, problems := planCommittees(t, "代码,名称\nC001,东城社区（19900000002）\n"); len(problems) != 1 || problems[0].Text != "名称里有手机号：请删去" {
		t.Errorf("committees: %+v", problems)
	}
}
