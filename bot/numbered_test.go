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

// TestNumbersTellRowsApart: a row is not taken for another that differs from it in a number or a letter, and none is given for one that is not there.
func TestNumbersTellRowsApart(t *testing.T) {
	files := content.WithRows(os.DirFS("../testdata/littletown"), "waterpoints", "示例街1号院,,甲处,,示例\n示例街2号院,东院2号,乙处,,示例\n示例街12号院,,丙处,,示例\n示例里A区,,丁处,,示例\n示例里B区,,戊处,,示例\n")
	c, problems := city.Load(files, day)
	if c == nil {
		t.Fatal(problems.Err())
	}
	now := func() time.Time { return day }
	b := bot.New(bot.Config{City: func() *city.City { return c }, Sessions: bot.NewMemorySessions(time.Hour, now), Now: now})
	for i, q := range []struct{ text, where string }{
		{"示例街1号院在哪里取水", "在甲处"}, {"示例街2号院在哪里取水", "在乙处"}, {"示例街12号院在哪里取水", "在丙处"}, {"示例街十二号院的取水点在哪", "在丙处"}, {"东院2号在哪里取水", "在乙处"},
		{"2026年示例街1号院的取水点在哪", "在甲处"}, {"示例里A区的取水点在哪", "在丁处"}, {"示例里b区的取水点在哪", "在戊处"},
		{"示例街3号院在哪里取水", ""}, {"示例里C区的取水点在哪", ""}, {"东院3号在哪里取水", ""},
	} {
		from := string(rune('a' + i))
		asked := tell(t, b, from, q.text)
		for _, r := range []bot.Reply{asked, tell(t, b, from, q.text)} {
			if !strings.Contains(r.Text, q.where) {
				t.Errorf("%s:\n%s", q.text, r.Text)
			}
			for _, other := range []string{"在甲处", "在乙处", "在丙处", "在丁处", "在戊处"} {
				if other != q.where && strings.Contains(r.Text, other) {
					t.Errorf("%s got another's:\n%s", q.text, r.Text)
				}
			}
		}
	}
	tell(t, b, "z", "离我们最近的取水点几点开")
	if r := tell(t, b, "z", "示例街"); !strings.Contains(r.Text, "1. 示例街1号院\n2. 示例街2号院\n3. 示例街12号院") {
		t.Errorf("rows that begin so:\n%s", r.Text)
	}
	if r := tell(t, b, "z", "2"); !strings.Contains(r.Text, "在乙处") {
		t.Errorf("the second:\n%s", r.Text)
	}
}
