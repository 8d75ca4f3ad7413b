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
		{"unknown key", "city.yaml", "area:", "region: x\narea:", `city.yaml:3: unknown key "region": the keys are name, area, timezone, privacy, privacy_binding, topics, example`},
		{"duplicate key", "city.yaml", "area:", "name: x\narea:", `city.yaml:3: key "name" is given twice: first on line 2`},
		{"missing key", "city.yaml", "area: 示例镇\n", "", `city.yaml:2: area is missing`},
		{"empty key", "city.yaml", "area: 示例镇", "area: ''", `city.yaml:3: area is empty`},
		{"timezone", "city.yaml", "Asia/Shanghai", "Asia/Littletown", `city.yaml:4: timezone "Asia/Littletown" cannot be kept: write Asia/Shanghai`},
		{"another country's timezone", "city.yaml", "Asia/Shanghai", "Asia/Tokyo", `city.yaml:4: timezone "Asia/Tokyo" cannot be kept: write Asia/Shanghai`},
		{"machine's timezone", "city.yaml", "Asia/Shanghai", "Local", `city.yaml:4: timezone "Local" cannot be kept`},
		{"not text", "city.yaml", "name: 小镇示例", "name: [小镇示例]", `city.yaml:2: name is not text: put it in quotes`},
		{"syntax", "city.yaml", "name: 小镇示例", "name: \"小镇示例", `city.yaml:2: not YAML: `},
		{"nesting", "city.yaml", "name: 小镇示例", "name: " + strings.Repeat("[", 5000), `city.yaml:2: nested too deeply`},
		{"not UTF-8", "city.yaml", "示例镇", "\xb0\xa1", `city.yaml:3: not UTF-8 text: save the file as UTF-8`},
		{"too much YAML", "city.yaml", "示例镇", strings.Repeat("镇", 11000), `city.yaml: has `},
		{"too large", "city.yaml", "示例镇", strings.Repeat("镇", MaxFile/3), `city.yaml: cannot be read: more than 1048576 bytes`},

		{"binding notice empty", "city.yaml", "privacy_binding: ", "privacy_binding: ''\n# ", `city.yaml:6: privacy_binding is empty`},
		{"binding notice too long", "city.yaml", "privacy_binding: ", "privacy_binding: " + strings.Repeat("告", 600), `city.yaml:6: privacy_binding has `},
		{"topics no list", "city.yaml", "topics:\n  - {id: water, name: 停水与取水, also: [停水, 取水点]}\n  - {id: library, name: 图书屋, also: [图书, 借书]}\n", "topics: 停水\n", `city.yaml:7: topics must be a list`},
		{"topic's unknown key", "city.yaml", "{id: water,", "{id: water, color: blue,", `city.yaml:8: unknown key "color": the keys are id, name, also`},
		{"topic without name", "city.yaml", "name: 停水与取水, ", "", `city.yaml:8: name is missing`},
		{"topic id", "city.yaml", "{id: water,", "{id: 停水,", `city.yaml:8: topic id "停水": write 1 to 32 of a-z, 0-9 and _, a letter first`},
		{"topic twice", "city.yaml", "{id: library,", "{id: water,", `city.yaml:9: topic id water is given twice: first on line 8`},
		{"topic's long name", "city.yaml", "停水与取水", strings.Repeat("停", 13), `city.yaml:8: the topic's name has 39 bytes of UTF-8: at most 36 fit on a menu line`},
		{"topic's short word", "city.yaml", "[停水,", "[水,", `city.yaml:8: also: write words of at least two characters`},
		{"word of two topics", "city.yaml", "[图书,", "[停水,", `city.yaml:9: "停水" names two topics: also on line 8`},
		{"too many topics", "city.yaml", "topics:\n", "topics:\n" + manyTopics(), `city.yaml:17: 11 topics: a menu shows at most 9`},

		{"phone without source", "contacts.yaml", "  source: 《示例镇便民手册》（虚构）\n", "", `contacts.yaml:3: phone without source: say where the number is published`},
		{"phone as a number", "contacts.yaml", `"19900000001"`, "19900000001", `contacts.yaml:3: phone is not text: put it in quotes`},
		{"phone in words", "contacts.yaml", `"19900000001"`, "值班室", `contacts.yaml:3: phone: write digits`},
		{"contact twice", "contacts.yaml", "id: repair", "id: office", `contacts.yaml:6: contact id office is given twice: first on line 1`},
		{"contacts no list", "contacts.yaml", "- id: office", "office:\n- id: office", `contacts.yaml:1: contacts must be a list`},

		{"no front matter", "notices/W1.md", "---\n", "", `notices/W1.md:1: front matter is missing: begin with a line ---`},
		{"date", "notices/W1.md", "date: 2030-05-06", "date: 2030-02-30", `notices/W1.md:6: date: "2030-02-30" is not a date: write it as 2023-11-13`},
		{"review before date", "notices/W1.md", "review_by: 2030-08-31", "review_by: 2030-01-31", `notices/W1.md:9: review_by 2030-01-31 is before the notice's date 2030-05-06`},
		{"status", "notices/W1.md", "status: in_force", "status: valid", `notices/W1.md:10: status "valid": write in_force, superseded or withdrawn`},
		{"year_inferred", "notices/W1.md", "year_inferred: false", "year_inferred: maybe", `notices/W1.md:7: year_inferred must be true or false`},
		{"superseded by nobody", "notices/W1.md", "status: in_force", "status: superseded", `notices/W1.md:10: status is superseded: name the notice that replaced it as superseded_by`},
		{"superseded by a stranger", "notices/W1.md", "status: in_force", "status: superseded\nsuperseded_by: W9", `notices/W1.md:11: superseded_by "W9": there is no such notice`},
		{"superseded by itself", "notices/W1.md", "status: in_force", "status: superseded\nsuperseded_by: W1", `notices/W1.md:11: superseded_by W1 leads to no notice in force`},
		{"successor of one in force", "notices/W1.md", "status: in_force", "status: in_force\nsuperseded_by: L1", `notices/W1.md:11: superseded_by goes with status: superseded, not in_force`},
		{"id and file name", "notices/W1.md", "id: W1", "id: W2", `notices/W1.md:2: id "W2" does not match the file name: write id: W1 or rename the file`},
		{"passage twice", "notices/W1.md", "3. 依据", "2. 依据", `notices/W1.md:16: passage 2 stands here twice: also on line 14; a new passage takes a number that none has`},
		{"passage of no number", "notices/W1.md", "1. 5月8日", "0. 5月8日", `notices/W1.md:13: passage 0: passages are numbered from 1`},
		{"body outside", "notices/W1.md", "1. 5月8日", "各位居民：\n\n1. 5月8日", `notices/W1.md:13: text outside the numbered passages`},
		{"after an empty line", "notices/W1.md", "   公告没有写", "\n   公告没有写", `notices/W1.md:16: text outside the numbered passages`},
		{"long passage", "notices/W1.md", "   公告没有写", strings.Repeat(strings.Repeat("写", 70)+"\n", 20) + "公告没有写", `notices/W1.md:34: passage 2 has more than 4096 bytes`},
		{"no file for it", "notices/W1.txt", "", "", `notices/W1.txt: warning: nothing reads this: notices holds .md files`},

		{"column missing", "tables/waterpoints.csv", ",source", ",origin", `tables/waterpoints.csv:1: column source is missing: every table has name,aliases,source`},
		{"column twice", "tables/waterpoints.csv", "spot,opens", "spot,spot", `tables/waterpoints.csv:1: column spot is named twice`},
		{"column in brackets", "tables/waterpoints.csv", "spot,", "{spot},", `tables/waterpoints.csv:1: column "{spot}": brackets belong to the templates that name columns`},
		{"too many columns", "tables/waterpoints.csv", "opens,", strings.Repeat("x,", 61), `tables/waterpoints.csv:1: 65 columns: at most 64 are read`},
		{"row width", "tables/waterpoints.csv", "石桥北头,,", "石桥北头,", `tables/waterpoints.csv:3: 4 fields where the header names 5 columns`},
		{"empty name", "tables/waterpoints.csv", "石桥取水点", "", `tables/waterpoints.csv:3: name is empty`},
		{"empty source", "tables/waterpoints.csv", "石桥北头,,示例水站登记（虚构）", "石桥北头,,", `tables/waterpoints.csv:3: source is empty`},
		{"name twice", "tables/waterpoints.csv", "石桥取水点", "槐树取水点", `tables/waterpoints.csv:3: name 槐树取水点 is given twice: first on line 2`},
		{"alias of another", "tables/waterpoints.csv", "石桥头", "大槐树", `tables/waterpoints.csv:3: alias 大槐树 is given twice: first on line 2`},
		{"empty alias", "tables/waterpoints.csv", "大槐树|", "大槐树||", `tables/waterpoints.csv:2: an alias is empty: aliases are separated by one |`},
		{"quote", "tables/waterpoints.csv", "石桥头", `石"桥头`, `tables/waterpoints.csv:3: not CSV: `},

		{"menu name", "menu.yaml", "提意见", "给镇里提意见", `menu.yaml:7: name has 18 bytes of UTF-8: WeChat takes at most 16`},
		{"menu action", "menu.yaml", "  topic: suggest.submit", "  topic: suggest.submit\n  url: https://example.com/", `menu.yaml:7: a button has exactly one of topic, url, buttons`},
		{"menu url", "menu.yaml", "topic: suggest.submit", "url: ftp://example.com/", `menu.yaml:8: url must begin with https:// or http://`},
		{"menu too wide", "menu.yaml", "- name: 提意见", "- {name: 一, topic: water.stop}\n- {name: 二, topic: water.stop}\n- name: 提意见", `menu.yaml:9: 4 buttons: WeChat takes 1 to 3 on the first level`},
		{"menu too deep", "menu.yaml", "      topic: library.hours", "      buttons: []", `menu.yaml:6: unknown key "buttons"`},
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
	want := []string{"city.yaml:4: ", "contacts.yaml: is missing", "notices/L1.md:10: ", "tables/waterpoints.csv:3: "}
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
	if _, ok := n.Passage(3); ok || n.Numbers() != "1, 2, 9" {
		t.Error(n.Numbers(), problems)
	}
}
