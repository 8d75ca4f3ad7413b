package bot_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"towncrier/bot"
	"towncrier/city"
	"towncrier/content"
)

// TestNamesAsResidentsWriteThem: a row is found however its name is written, asked about when it is uncertain, and never given for another's.
func TestNamesAsResidentsWriteThem(t *testing.T) {
	files := content.WithRows(os.DirFS("../testdata/littletown"), "waterpoints", "阳光花园,阳光苑,甲处,,示例\n纺织厂家属院,纺织院,乙处,,示例\n示例街2号院,,丙处,,示例\n"+
		"锦绣苑东区,,丁处,,示例\n锦绣苑西区,,戊处,,示例\n甲小区,,己处,,示例\n")
	c, problems := city.Load(files, day)
	if c == nil {
		t.Fatal(problems.Err())
	}
	now := func() time.Time { return day }
	b := bot.New(bot.Config{City: func() *city.City { return c }, Sessions: bot.NewMemorySessions(time.Hour, now), Now: now})
	const none, near = "没有登记", "是不是这个"
	for i, q := range []struct{ said, want, then, later string }{
		{"甲小区的取水点在哪", "在己处", "", ""},
		{"jia xiao qu qu shui dian zai na", "在己处", "", ""},
		{"我家小区的取水点在哪", "您问哪一个取水点", "甲小区", "在己处"}, // sounds like 甲小区
		{"羊光花元的取水点在哪", "在甲处", "", ""},
		{"养高花园的取水点在哪", "您问哪一个取水点", "阳光苑", "在甲处"},
		{"阳光花国的取水点在哪", near, "1", "在甲处"},
		{"杨广花园的取水点在哪", "在甲处", "", ""},
		{"羊刚花园的取水点在哪", "您问哪一个取水点", "不知道", ""},
		{"新阳光花园的取水点在哪", near, "是的", "在甲处"},
		{"老阳光花园的取水点在哪", near, "都不是", none},
		{"示例街二号院的取水点在哪", "在丙处", "", ""},
		{"2号院的取水点在哪", near, "1", "在丙处"},
		{"3号院的取水点在哪", "您问哪一个取水点", "", ""},
		{"锦绣苑的取水点在哪", "1. 锦绣苑东区\n2. 锦绣苑西区", "西区", "在戊处"},
		{"锦绣苑北区的取水点在哪", none, "锦绣苑东区", "在丁处"},
		{"纺织院的取水点在哪，甲小区呢", "在乙处。资料来源：示例。\n\n甲小区在己处", "", ""},
		{"纺织院和新甲小区的取水点在哪", "您还问到的，不在“取水点", "", ""},
		{"取水点都有哪些", "名单上有：槐树取水点、", "槐树取水点", "东街槐树下"},
	} {
		from := string(rune('a' + i))
		if r := tell(t, b, from, q.said); !strings.Contains(r.Text, q.want) {
			t.Errorf("%s: want %s:\n%s", q.said, q.want, r.Text)
		}
		if q.then == "" {
			continue
		}
		if r := tell(t, b, from, q.then); !strings.Contains(r.Text, q.later) {
			t.Errorf("%s, then %s: want %s:\n%s", q.said, q.then, q.later, r.Text)
		}
	}
}
