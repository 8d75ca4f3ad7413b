package content

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"towncrier/problem"
)

// town is a copy of the second city that a test may damage.
func town(t testing.TB) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	root := os.DirFS("../testdata/littletown")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// edit replaces old, which must be there, by new.
func edit(t testing.TB, files fstest.MapFS, file, old, new string) {
	t.Helper()
	if files[file] == nil || !strings.Contains(string(files[file].Data), old) {
		t.Fatalf("%s does not hold %q", file, old)
	}
	files[file] = &fstest.MapFile{Data: []byte(strings.Replace(string(files[file].Data), old, new, 1))}
}

func faults(problems problem.List) []string {
	var all []string
	for _, p := range problems {
		all = append(all, p.String())
	}
	return all
}

func TestLoadRefuses(t *testing.T) {
	for _, c := range []struct {
		name, file, old, new string
		want                 string // the beginning of the one problem
	}{
		{"unknown key", "city.yaml", "area:", "region: x\narea:", "city.yaml:3: 城市设置：没有“region”这一项，可以写 name、area"},
		{"duplicate key", "city.yaml", "area:", "name: x\narea:", "city.yaml:3: 城市设置：“name”写了两次：第2行已写，请只留一个"},
		{"missing key", "city.yaml", "area: 示例镇\n", "", "city.yaml:2: 城市设置：没有写 area：请补上"},
		{"empty key", "city.yaml", "area: 示例镇", "area: ''", "city.yaml:3: 城市设置：area 是空的：请填写"},
		{"timezone", "city.yaml", "Asia/Shanghai", "Asia/Littletown", "city.yaml:4: 城市设置：timezone 不能写“Asia/Littletown”：请写 Asia/Shanghai，日期和时段都按北京时间"},
		{"another country's timezone", "city.yaml", "Asia/Shanghai", "Asia/Tokyo", "city.yaml:4: 城市设置：timezone 不能写“Asia/Tokyo”：请写 Asia/Shanghai，日期和时段都按北京时间"},
		{"machine's timezone", "city.yaml", "Asia/Shanghai", "Local", "city.yaml:4: 城市设置：timezone 不能写“Local”：请写 Asia/Shanghai，日期和时段都按北京时间"},
		{"not text", "city.yaml", "name: 小镇示例", "name: [小镇示例]", "city.yaml:2: 城市设置：name 不是文字：请用引号括起来"},
		{"syntax", "city.yaml", "name: 小镇示例", "name: \"小镇示例", "city.yaml:2: 城市设置：不是 YAML：引号没有成对"},
		{"markup", "city.yaml", "name: 小镇示例", "name: 小镇<b>示例</b>", "city.yaml:2: 城市设置：name 不能这样写：有网页或 Markdown 标记（<b）：微信里不会照样显示，请只写文字"},
		{"markup in a passage", "notices/W1.md", "320余户", "320余户[详情](https://example.net)", "notices/W1.md:13: 公告W1：第1段不能这样写：有网页或 Markdown 标记（](）：微信里不会照样显示，请只写文字"},
		{"what does not show in a headline", "notices/W1.md", "headline: ", "headline: 示\u200b例", "notices/W1.md:3: 公告W1：headline 不能这样写：有看不见的字符（U+200B）：请删去，或者重新输入"},
		{"nesting after a comment that closes", "city.yaml", "name: 小镇示例", "# " + strings.Repeat("]", 5000) + "\nname: " + strings.Repeat("[", 5000), "city.yaml:3: 城市设置：层次太深：最多三层，请核对缩进和括号"},
		{"nesting", "city.yaml", "name: 小镇示例", "name: " + strings.Repeat("[", 5000), "city.yaml:2: 城市设置：层次太深：最多三层，请核对缩进和括号"},
		{"not UTF-8", "city.yaml", "示例镇", "\xb0\xa1", "city.yaml:3: 城市设置：读不出来：有不是 UTF-8 的字节：请另存为 UTF-8"},
		{"too much YAML", "city.yaml", "示例镇", strings.Repeat("镇", 11000), "city.yaml: 城市设置：YAML 有"},
		{"too large", "city.yaml", "示例镇", strings.Repeat("镇", MaxFile/3), "city.yaml: 城市设置：读不出来：超过1048576字节"},

		{"binding notice empty", "city.yaml", "privacy_binding: ", "privacy_binding: ''\n# ", "city.yaml:6: 城市设置：privacy_binding 是空的：请填写"},
		{"binding notice too long", "city.yaml", "privacy_binding: ", "privacy_binding: " + strings.Repeat("告", 600), "city.yaml:6: 城市设置：privacy_binding 有"},
		{"topics no list", "city.yaml", "topics:\n  - {id: water, name: 停水与取水, also: [停水, 取水点]}\n  - {id: library, name: 图书屋, also: [图书, 借书]}\n", "topics: 停水\n", "city.yaml:7: 城市设置：topics 应写成列表：每行一项，前面写“- ”"},
		{"topic's unknown key", "city.yaml", "{id: water,", "{id: water, color: blue,", "city.yaml:8: 城市设置：没有“color”这一项，可以写 id、name、also"},
		{"topic without name", "city.yaml", "name: 停水与取水, ", "", "city.yaml:8: 城市设置：没有写 name：请补上"},
		{"topic id", "city.yaml", "{id: water,", "{id: 停水,", "city.yaml:8: 城市设置：主题编号“停水”不对：用1到32个小写字母、数字和 _，并以字母开头"},
		{"topic twice", "city.yaml", "{id: library,", "{id: water,", "city.yaml:9: 城市设置：主题编号water写了两次：第8行已写，请换一个编号"},
		{"topic's long name", "city.yaml", "停水与取水", strings.Repeat("停", 13), "city.yaml:8: 城市设置：主题名称有39字节，菜单一行最多36字节（一个汉字3字节）：请缩短"},
		{"topic's short word", "city.yaml", "[停水,", "[水,", "city.yaml:8: 城市设置：also 的每一项写至少两个字的说法，例如 养狗"},
		{"word of two topics", "city.yaml", "[图书,", "[停水,", "city.yaml:9: 城市设置：“停水”是两个主题的名称：第8行已写，请改一个"},
		{"too many topics", "city.yaml", "topics:\n", "topics:\n" + manyTopics(), "city.yaml:17: 城市设置：有11个主题，菜单最多列9个：请合并"},

		{"phone without source", "contacts.yaml", "  source: 《示例镇便民手册》（虚构）\n", "", "contacts.yaml:3: 联系方式：写了 phone，没有写 source：请写明号码在哪里公布"},
		{"phone as a number", "contacts.yaml", `"19900000001"`, "19900000001", "contacts.yaml:3: 联系方式：phone 不是文字：请用引号括起来"},
		{"phone in words", "contacts.yaml", `"19900000001"`, "值班室", "contacts.yaml:3: 联系方式：phone 只写数字，各段之间用 -，例如 0359-1234567"},
		{"contact twice", "contacts.yaml", "id: repair", "id: office", "contacts.yaml:6: 联系方式：编号office写了两次：第1行已写，请换一个编号"},
		{"contacts no list", "contacts.yaml", "- id: office", "office:\n- id: office", "contacts.yaml:1: 联系方式：整个文件应写成列表：每行一项，前面写“- ”"},

		{"no front matter", "notices/W1.md", "---\n", "", "notices/W1.md:1: 公告W1：缺少开头的各项：先写一行 ---，再逐行写 id、headline 等各项，再写一行 ---"},
		{"date", "notices/W1.md", "date: 2030-05-06", "date: 2030-02-30", "notices/W1.md:6: 公告W1：date 不对：“2030-02-30”不是日期：请写成 2023-11-13"},
		{"review before date", "notices/W1.md", "review_by: 2030-08-31", "review_by: 2030-01-31", "notices/W1.md:9: 公告W1：复核日期 review_by 是 2030-01-31，早于公告日期 2030-05-06：请核对"},
		{"status", "notices/W1.md", "status: in_force", "status: valid", "notices/W1.md:10: 公告W1：status 不能写“valid”：请写 in_force（有效）、superseded（已被取代）或 withdrawn（已撤回）"},
		{"year_inferred", "notices/W1.md", "year_inferred: false", "year_inferred: maybe", "notices/W1.md:7: 公告W1：year_inferred 只能写 true（是）或 false（否）"},
		{"superseded by nobody", "notices/W1.md", "status: in_force", "status: superseded", "notices/W1.md:10: 公告W1：status 是 superseded（已被取代）：请在 superseded_by 里写取代它的公告"},
		{"superseded by a stranger", "notices/W1.md", "status: in_force", "status: superseded\nsuperseded_by: W9", "notices/W1.md:11: 公告W1：superseded_by 写的公告“W9”不存在：请核对编号"},
		{"superseded by itself", "notices/W1.md", "status: in_force", "status: superseded\nsuperseded_by: W1", "notices/W1.md:11: 公告W1：superseded_by 写的W1，最后没有指向有效的公告：请写有效公告的编号"},
		{"successor of one in force", "notices/W1.md", "status: in_force", "status: in_force\nsuperseded_by: L1", "notices/W1.md:11: 公告W1：写了 superseded_by，status 应写 superseded（已被取代），不能写 in_force"},
		{"id and file name", "notices/W1.md", "id: W1", "id: W2", "notices/W1.md:2: 公告W1：编号“W2”与文件名不一致：请写 id: W1，或者改文件名"},
		{"passage twice", "notices/W1.md", "3. 依据", "2. 依据", "notices/W1.md:16: 公告W1：第2段写了两次：第14行已写，新的一段请用没有用过的段落号"},
		{"passage of no number", "notices/W1.md", "1. 5月8日", "0. 5月8日", "notices/W1.md:13: 公告W1：段落从1编起，没有第0段"},
		{"body outside", "notices/W1.md", "1. 5月8日", "各位居民：\n\n1. 5月8日", "notices/W1.md:13: 公告W1：这一行不属于任何一段：每段以段落号开头，例如“1. 今天停水。”"},
		{"after an empty line", "notices/W1.md", "   公告没有写", "\n   公告没有写", "notices/W1.md:16: 公告W1：这一行不属于任何一段：每段以段落号开头，例如“1. 今天停水。”"},
		{"long passage", "notices/W1.md", "   公告没有写", strings.Repeat(strings.Repeat("写", 70)+"\n", 20) + "公告没有写", "notices/W1.md:34: 公告W1：第2段超过4096字节：一段只说一件事，请分成几段"},
		{"no file for it", "notices/W1.txt", "", "", "notices/W1.txt: 提醒：没有程序读这个文件：这里的文件名应以 .md 结尾"},

		{"column missing", "tables/waterpoints.csv", ",source", ",origin", "tables/waterpoints.csv:1: 查询表waterpoints：缺少 source 这一列：每个表都要有 name、aliases、source"},
		{"column twice", "tables/waterpoints.csv", "spot,opens", "spot,spot", "tables/waterpoints.csv:1: 查询表waterpoints：列名“spot”写了两次：请改一个"},
		{"column in brackets", "tables/waterpoints.csv", "spot,", "{spot},", "tables/waterpoints.csv:1: 查询表waterpoints：列名“{spot}”里有括号：{}[] 只用在引用列名的文字里，请去掉"},
		{"too many columns", "tables/waterpoints.csv", "opens,", strings.Repeat("x,", 61), "tables/waterpoints.csv:1: 查询表waterpoints：有65列，最多64列：请删去用不到的列"},
		{"row width", "tables/waterpoints.csv", "石桥北头,,", "石桥北头,", "tables/waterpoints.csv:3: 查询表waterpoints：这一行有4格，表头有5列：请补齐或删去多余的格"},
		{"empty name", "tables/waterpoints.csv", "石桥取水点", "", "tables/waterpoints.csv:3: 查询表waterpoints：name 没有填写"},
		{"empty source", "tables/waterpoints.csv", "石桥北头,,示例水站登记（虚构）", "石桥北头,,", "tables/waterpoints.csv:3: 查询表waterpoints：source 没有填写"},
		{"name twice", "tables/waterpoints.csv", "石桥取水点", "槐树取水点", "tables/waterpoints.csv:3: 查询表waterpoints：名称“槐树取水点”写了两次：第2行已写，请改一个"},
		{"alias of another", "tables/waterpoints.csv", "石桥头", "大槐树", "tables/waterpoints.csv:3: 查询表waterpoints：别名“大槐树”写了两次：第2行已写，请改一个"},
		{"empty alias", "tables/waterpoints.csv", "大槐树|", "大槐树||", "tables/waterpoints.csv:2: 查询表waterpoints：有空的别名：别名之间只用一个 | 隔开"},
		{"quote", "tables/waterpoints.csv", "石桥头", `石"桥头`, "tables/waterpoints.csv:3: 查询表waterpoints：引号没有成对，或者写在了格子中间：有引号的格子，整个用半角的引号括起来，里面的引号写两个"},

		{"menu name", "menu.yaml", "提意见", "给镇里提意见", "menu.yaml:7: 公众号菜单：name 有18字节，微信最多收16字节（一个汉字3字节）：请缩短"},
		{"menu action", "menu.yaml", "  topic: suggest.submit", "  topic: suggest.submit\n  url: https://example.com/", "menu.yaml:7: 公众号菜单：每个按钮只写一项：topic、url、buttons"},
		{"menu url", "menu.yaml", "topic: suggest.submit", "url: ftp://example.com/", "menu.yaml:8: 公众号菜单：url 应以 https:// 或 http:// 开头"},
		{"menu too wide", "menu.yaml", "- name: 提意见", "- {name: 一, topic: water.stop}\n- {name: 二, topic: water.stop}\n- name: 提意见", "menu.yaml:9: 公众号菜单：一级菜单有4个按钮，微信只收1到3个"},
		{"menu too deep", "menu.yaml", "      topic: library.hours", "      buttons: []", "menu.yaml:6: 公众号菜单：没有“buttons”这一项，可以写 name、topic、url"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := town(t)
			if c.old == "" {
				files[c.file] = &fstest.MapFile{}
			} else {
				edit(t, files, c.file, c.old, c.new)
			}
			_, problems := Load(files)
			got := faults(problems)
			if c.name == "menu too deep" { // it then also acts in no way
				got = got[1:]
			}
			if len(got) != 1 || !strings.HasPrefix(got[0], c.want) {
				t.Errorf("got %q, want one problem that begins %q", got, c.want)
			}
		})
	}
}

func TestLoadReportsEverythingAtOnce(t *testing.T) {
	files := town(t)
	edit(t, files, "city.yaml", "Asia/Shanghai", "Nowhere")
	edit(t, files, "notices/L1.md", "status: in_force", "status: gone")
	edit(t, files, "tables/waterpoints.csv", "石桥头", "大槐树")
	delete(files, "contacts.yaml")
	_, problems := Load(files)
	want := []string{"city.yaml:4: ", "contacts.yaml: 联系方式：没有这个文件", "notices/L1.md:10: ", "tables/waterpoints.csv:3: "}
	got := faults(problems)
	if len(got) != len(want) {
		t.Fatalf("got %q", got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("problem %d is %q, want %q", i, got[i], want[i])
		}
	}
}

func TestLoadTownAsWritten(t *testing.T) {
	lib, problems := Load(town(t))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	w1 := lib.Notices["W1"]
	if w1.Issuer != "示例水站" || w1.Date.String() != "2030年5月6日" || w1.ReviewBy.ISO() != "2030-08-31" || w1.YearInferred {
		t.Errorf("front matter: %+v", w1)
	}
	want := Passage{2, "停水时开放3个临时取水点，免费取水，自带水桶。公告没有写送水上门的办法。", 14}
	if p, ok := w1.Passage(2); !ok || p != want {
		t.Errorf("passage 2 is %+v, want %+v", p, want)
	}
	if _, ok := w1.Passage(4); ok {
		t.Error("passage 4 was found")
	}
	row := lib.Tables["waterpoints"].Rows[0]
	if row.Line != 2 || row.Values["spot"] != "东街槐树下" || strings.Join(row.Aliases(), ",") != "大槐树,老槐树" {
		t.Errorf("row: %+v", row)
	}
	if len(lib.Menu) != 2 || lib.Menu[0].Buttons[1].Topic != "library.hours" || lib.Menu[1].Topic != "suggest.submit" {
		t.Errorf("menu: %+v", lib.Menu)
	}
	if lib.Contacts[0].Phone != "19900000001" {
		t.Errorf("contacts: %+v", lib.Contacts)
	}
}

// Spreadsheets and editors on Windows write a byte order mark and CRLF.
func TestLoadToleratesWindowsFiles(t *testing.T) {
	files := town(t)
	for name, f := range files {
		files[name] = &fstest.MapFile{Data: []byte("\ufeff" + strings.ReplaceAll(string(f.Data), "\n", "\r\n"))}
	}
	lib, problems := Load(files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	plain, _ := Load(town(t))
	if got, want := lib.Notices["W1"].Passages[1], plain.Notices["W1"].Passages[1]; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestSuccessorFollowsEveryStep(t *testing.T) {
	lib := &Library{Notices: map[string]*Notice{
		"A": {ID: "A", Status: Superseded, SupersededBy: "B"},
		"B": {ID: "B", Status: Superseded, SupersededBy: "C"},
		"C": {ID: "C", Status: InForce},
		"X": {ID: "X", Status: Superseded, SupersededBy: "Y"},
		"Y": {ID: "Y", Status: Superseded, SupersededBy: "X"},
		"Z": {ID: "Z", Status: Superseded, SupersededBy: "W"},
		"W": {ID: "W", Status: Withdrawn},
	}}
	if n := lib.Successor(lib.Notices["A"]); n == nil || n.ID != "C" {
		t.Errorf("the successor of A is %v, want C", n)
	}
	for _, id := range []string{"X", "Z"} {
		if n := lib.Successor(lib.Notices[id]); n != nil {
			t.Errorf("the successor of %s is %v, want none", id, n.ID)
		}
	}
}

func TestWithRows(t *testing.T) {
	files := town(t)
	lib, problems := Load(WithRows(files, "waterpoints", "演练取水点,,演练桥头,,演练\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	rows := lib.Tables["waterpoints"].Rows
	if last := rows[len(rows)-1]; len(rows) != 4 || last.Values["name"] != "演练取水点" {
		t.Errorf("rows: %+v", rows)
	}
	if lib, _ := Load(files); len(lib.Tables["waterpoints"].Rows) != 3 {
		t.Error("the base has changed")
	}
	_, problems = Load(WithRows(files, "waterpoints", "槐树取水点,,重名,,演练\n"))
	if problems.Faults() != 1 {
		t.Errorf("a doubled name: got %v, want one fault", problems)
	}
}

func TestEmbeddedHasNoFaults(t *testing.T) {
	if _, problems := Load(Embedded()); problems.Faults() > 0 {
		t.Error(problems)
	}
}

func TestParseDate(t *testing.T) {
	for _, s := range []string{"", "2023-13-01", "2023-02-29", "2023年2月1日", "2023-2-1", "20230201"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q was read as %v", s, d)
		}
	}
	d, err := ParseDate("2024-02-29")
	if err != nil || d.ISO() != "2024-02-29" || d.String() != "2024年2月29日" {
		t.Errorf("got %v, %v", d, err)
	}
	for _, later := range []Date{{2024, 3, 1}, {2025, 1, 1}, {2024, 2, 30}} {
		if !d.Before(later) || later.Before(d) || d.Before(d) {
			t.Errorf("%v and %v are out of order", d, later)
		}
	}
}

// A file of the wrong kind has a problem on every line.
func TestLoadStopsAfterEnoughProblems(t *testing.T) {
	const enough = 100 // as problem.List counts
	files := town(t)
	edit(t, files, "tables/waterpoints.csv", "石桥取水点", strings.Repeat("x\n", 5*enough)+"石桥取水点")
	edit(t, files, "notices/W1.md", "1. 5月8日", strings.Repeat("各位居民：\n", 5*enough)+"1. 5月8日")
	_, problems := Load(files)
	if n := len(problems); n < 2*enough || n > 2*enough+4 {
		t.Errorf("%d problems were reported, want about %d a file", n, enough)
	}
}

// manyTopics are nine more.
func manyTopics() string {
	var b strings.Builder
	for i := range 9 {
		fmt.Fprintf(&b, "  - {id: t%d, name: 主题%d}\n", i, i)
	}
	return b.String()
}

// TestNumbersNamePassages: a notice whose passage was cut in two keeps the other numbers; they need neither rise nor be without gaps.
func TestNumbersNamePassages(t *testing.T) {
	files := town(t)
	edit(t, files, "notices/W1.md", "3. 依据", "9. 依据")
	lib, problems := Load(files)
	n := lib.Notices["W1"]
	if p, ok := n.Passage(9); !ok || !strings.HasPrefix(p.Text, "依据") {
		t.Errorf("%v", n.Passages)
	}
	if _, ok := n.Passage(3); ok || n.Numbers() != "1、2、9" {
		t.Error(n.Numbers(), problems)
	}
}
