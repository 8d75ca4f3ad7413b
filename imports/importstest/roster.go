// Package importstest makes files of residents as people really fill them in, for tests.
package importstest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"towncrier/roster"
)

// Committees are those that the files name: the made-up city has them too.
var Committees = []roster.Committee{{Code: "demo-1", Name: "演示第一社区居委会"}, {Code: "demo-2", Name: "演示第二社区居委会"}}

// The columns of a file.
const (
	Name = iota
	Phone
	Committee
	CommitteeName
	Community
	Tags
	Basis
	Date
	How
	What
	Wish
	Columns
)

var headings = []any{"姓名", "手机号码", "居委会代码", "居委会", "小区", "标签", "依据", "同意时间", "同意方式", "同意内容", "是否愿意接收短信（必填）"}

// Fault is one way in which people fill in a roster wrongly.
type Fault struct {
	Column int
	Value  any // in place of what is good
	Kind   string
	Says   string // a part of what is said of it
	Right  string // a part of what would be right
}

// Repeated as a value is the number of the row above.
const Repeated = "repeated"

// Faults are 37 kinds.
var Faults = []Fault{
	{Phone, "", "手机号无效", "未填手机号", "请填11位手机号"},
	{Phone, "1990000", "手机号无效", "有7位数字", "应为11位"},
	{Phone, "199000000012345", "手机号无效", "有15位数字", "应为11位"},
	{Phone, "12900000001", "手机号无效", "不是手机号", "应以13至19开头"},
	{Phone, "2022333", "手机号无效", "像是没有区号的固定电话", "应为11位"},
	{Phone, "无", "手机号无效", "号码里有“无”", "请只留下号码"},
	{Phone, "0359-2022333", "手机号无效", "是固定电话", "请填手机号"},
	{Phone, "19900000001/19900000002", "手机号无效", "一格里有两个号码", "请只填一个，或分成两行"},
	{Phone, "1.99E+10", "手机号无效", "被表格软件舍入", "请把该列设为文本格式后重新填写"},
	{Phone, "+85251234567", "手机号无效", "是境外号码", "请填中国大陆手机号"},
	{Phone, "199000000O1", "手机号无效", "号码里有字母“O”", "是不是数字0"},
	{Phone, "1990000000l", "手机号无效", "号码里有“l”", "是不是数字1"},
	{Phone, "一九九〇〇〇〇〇〇〇一", "手机号无效", "号码里有“一”", "请用数字0至9填写"},
	{Committee, "demo-77", "居委会不明", "没有这个居委会", "请核对代码或名称"},
	{Committee, "1.2E+30", "居委会不明", "被表格软件舍入", "请把该列设为文本格式后重新填写"},
	{CommitteeName, "演示第二社区居委会", "居委会不明", "与本行居委会代码不是同一个居委会", "请核对"},
	{Community, strings.Repeat("很长的小区名", 20), "内容有误", "内容过长：有120字", "最多64字"},
	{Community, "幸福苑\n二期", "内容有误", "换行或控制字符", "请删去"},
	{Community, "幸福苑19900000003", "内容有误", "内容里有手机号", "请删去"},
	{Tags, manyTags(), "内容有误", "有40个标签", "最多32个"},
	{Tags, "独居、19900000004", "内容有误", "标签内容里有手机号", "请删去"},
	{Basis, "", "缺少依据", "未填依据", "请填 同意、法定职责 或 应急"},
	{Basis, "以后再说", "缺少依据", "依据不认识", "请填 同意、法定职责 或 应急"},
	{Date, "", "日期有误", "未填日期", "请写成 2023-11-13"},
	{Date, "2999-01-01", "日期有误", "日期在将来", "请核对"},
	{Date, "1949-10-01", "日期有误", "日期过早", "请核对"},
	{Date, "2023-02-30", "日期有误", "没有这一天", "请写成 2023-11-13"},
	{Date, "2023年11月", "日期有误", "只写到月", "请写成 2023-11-13"},
	{Date, "05/01/2023", "日期有误", "看不出是5月1日还是1月5日", "请写成年月日"},
	{Date, "去年冬天", "日期有误", "日期无法识别", "请写成 2023-11-13"},
	{Date, "2023-11-13 星期二", "日期有误", "日期与星期不符：2023-11-13是星期一", "请核对"},
	{How, "微信", "内容有误", "只用于居民在微信里的同意", "请填实际方式"},
	{What, "广告", "内容有误", "同意内容不认识", "请填 接收通知 或 保存手机号"},
	{Wish, "不愿意", "本人未同意", "本人不同意接收", "请删去这一行"},
	{Phone, Repeated, "号码重复", "行的号码相同", "请删去其中一行"},
	{Community, excelize.Cell{Formula: "A1&B1"}, "无法读取", "是公式", "请改为数值"},
	{Columns, "多出来的", "内容有误", "表头之外还有内容", "请删去"},
}

func manyTags() string {
	var tags []string
	for n := range 40 {
		tags = append(tags, fmt.Sprint("标签", n))
	}
	return strings.Join(tags, "、")
}

// Roster is a workbook of residents with a title and a merged cell above the heading.
type Roster struct {
	Path string
	Rows int
	Bad  map[string]Fault // by cell, as spreadsheets name it
}

// WriteRoster writes a workbook at path in which each of Faults stands once in every share rows.
func WriteRoster(t testing.TB, path string, rows, share int) Roster {
	t.Helper()
	r := Roster{Path: path, Rows: rows, Bad: map[string]Fault{}}
	book := excelize.NewFile()
	defer book.Close()
	out, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	write := func(n int, cells []any) {
		if err := out.SetRow(fmt.Sprint("A", n), cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.MergeCell("A1", "K1"); err != nil {
		t.Fatal(err)
	}
	write(1, []any{"演示社区居民花名册"})
	write(2, []any{"填表单位：演示社区", nil, "填表日期：2023-11-13"})
	write(4, headings) // row 3 is empty
	for i := range rows {
		n := i + 5
		cells := Good(i)
		if at := i % share; at < len(Faults) {
			wrong := Faults[at]
			value := wrong.Value
			if value == Repeated {
				value = Good(i - 1)[Phone]
			}
			cells[wrong.Column] = value
			r.Bad[fmt.Sprint(roster.ColumnName(wrong.Column), n)] = wrong
		}
		write(n, cells)
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return r
}

// Good is what stands in the i-th row when nothing is wrong with it.
func Good(i int) []any {
	return []any{"居民", int64(19900000000 + int64(i)), "demo-1", "演示第一社区居委会", "幸福苑", "独居", "同意", "2023-11-13", "纸质", "接收通知", "是", nil}
}
