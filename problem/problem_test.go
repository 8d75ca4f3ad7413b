package problem

import "testing"

func TestListIsAnErrorOnlyForFaults(t *testing.T) {
	var l List
	if l.Err() != nil {
		t.Fatal("an empty list is an error")
	}
	l.Warnf("a.md", 3, "复核日期%s已过", "2023-12-31")
	if l.Err() != nil {
		t.Fatal("a warning is an error")
	}
	l.Addf("b.yaml", 7, "没有公告%s", "N9")
	l.Addf("a.md", 1, "没有写标题")
	l.Addf("", 0, "没有 city.yaml")
	l.Sort()
	const want = "没有 city.yaml\n" +
		"a.md:1: 没有写标题\n" +
		"b.yaml:7: 没有公告N9\n" +
		"a.md:3: 提醒：复核日期2023-12-31已过"
	if err := l.Err(); err == nil || err.Error() != want {
		t.Errorf("Err = %v\nwant %s", err, want)
	}
}

// TestProblemsSayWhatTheirFileIs: officials know a file by what it holds.
func TestProblemsSayWhatTheirFileIs(t *testing.T) {
	for file, want := range map[string]string{
		"notices/X1.md": "公告X1", "intents/water.stop.yaml": "问答water.stop", "broadcasts/a.yaml": "群发稿a", "tables/a.csv": "查询表a", "questions/own.jsonl": "已知问题own",
		"city.yaml": "城市设置", "matching/lexicon.txt": "同义词表", "intents/note.txt": "", "notices": "", "": "",
	} {
		if got := (Problem{File: file}).Of(); got != want {
			t.Errorf("%q is called %q, want %q", file, got, want)
		}
	}
	if got := (Problem{File: "notices/X1.md", Line: 12, Text: "没有段落"}).String(); got != "notices/X1.md:12: 公告X1：没有段落" {
		t.Error(got)
	}
}
