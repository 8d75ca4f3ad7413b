package city

import (
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/problem"
)

func TestLoadRefusesADraft(t *testing.T) {
	const (
		draft     = "broadcasts/water.yaml"
		templates = "templates.yaml"
	)
	for _, c := range []struct {
		name, file, old, new string
		want                 string // the beginning of the one fault
	}{
		{"a figure", draft, "320余户", "330余户", draft + ":10: 群发稿water：微信订阅通知写了“330余户”：" + unprinted},
		{"a figure of another passage", draft, "东街、柳巷停水\n", "东街、柳巷停水48小时\n", draft + ":24: 群发稿water：短信写了“48小时”：" + unprinted},
		{"a figure in Chinese numerals", draft, "检修东街水管", "检修东街三处水管", draft + ":24: 群发稿water：短信写了“三处”：" + unprinted},
		{"a time", draft, "08:00~18:00", "08:00~19:30", draft + ":11: 群发稿water：微信订阅通知写了“19时”：" + unprinted},
		{"a date", draft, "5月8日8时至18时东街", "5月9日8时至18时东街", draft + ":17: 群发稿water：微信模板消息写了“5月9日”：" + unprinted},
		{"an institution", draft, "检修东街水管", "由水务局检修水管", draft + ":24: 群发稿water：短信写了“水务局”：" + unprinted},
		{"a document", draft, "检修东街水管", "依《供水条例》检修", draft + ":24: 群发稿water：短信写了“供水条例”：" + unprinted},
		{"a figure in the template's own words", templates, "。详情请看公众号。", "。罚款50元。", draft + ":20: 群发稿water：短信写了“50元”：" + unprinted},
		{"no source", draft, "committee: 示例水站", "committee: 停水", draft + ":20: 群发稿water：短信没有写明来自示例水站或示例镇公告栏：居民要看得出依据哪份公告"},
		{"no date", draft, "committee: 示例水站2030年5月6日", "committee: 示例水站", draft + ":20: 群发稿water：短信没有写明公告W1的日期2030年5月6日：居民要看得出依据哪份公告"},
		{"a part of the date", draft, "committee: 示例水站2030年5月6日", "committee: 示例水站2030年5月", draft + ":20: 群发稿water：短信没有写明公告W1的日期2030年5月6日：居民要看得出依据哪份公告"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := town(t)
			edit(t, files, c.file, c.old, c.new)
			city, problems := Load(files, fresh)
			if city != nil || problems.Faults() == 0 || !strings.HasPrefix(problems[0].String(), c.want) {
				t.Errorf("got %q, want no City and first %q", problems, c.want)
			}
			for _, p := range problems {
				if p.File != draft && !(c.file == templates && strings.HasPrefix(p.File, "emergencies/")) { // which are sent by it, too
					t.Errorf("more is refused: %v", p)
				}
			}
		})
	}
}

// An inferred year is printed as one, or not at all.
func TestDraftTellsThatTheYearIsInferred(t *testing.T) {
	for _, c := range []struct {
		name, sms, want string
	}{
		{"a bare year", "示例水站2030年5月6日", "broadcasts/water.yaml:20: 群发稿water：短信没有写明公告W1的年份是推定的"},
		{"told", "示例水站2030年5月6日（年份为推定）", ""},
		{"no year", "示例水站5月6日", ""},
		{"in WeChat's form", "示例水站2030-05-06（年份为推定）", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := town(t)
			edit(t, files, "notices/W1.md", "year_inferred: false", "year_inferred: true")
			edit(t, files, "broadcasts/water.yaml", "thing3: 示例水站2030年5月6日公告", "thing3: 示例水站5月6日公告")
			edit(t, files, "broadcasts/water.yaml", "thing2: 示例水站2030年5月6日公告", "thing2: 示例水站5月6日公告")
			edit(t, files, "broadcasts/water.yaml", "committee: 示例水站2030年5月6日", "committee: "+c.sms)
			_, problems := Load(files, fresh)
			switch {
			case c.want == "" && problems.Faults() > 0:
				t.Errorf("refused: %v", problems)
			case c.want != "" && (len(problems) != 1 || !strings.HasPrefix(problems[0].String(), c.want)):
				t.Errorf("got %v, want %q", problems, c.want)
			}
		})
	}
}

// What is withdrawn must be taken at once: drafts that rest on it are pointed out and hold nothing up.
func TestLoadWarnsOfADraft(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		now            time.Time
		want           string
	}{
		{"withdrawn", "in_force", "withdrawn", fresh, "公告W1已撤回：不能照这份群发稿发送"},
		{"superseded", "in_force", "superseded\nsuperseded_by: L1", fresh, "公告W1已被L1取代：请重写这份群发稿"},
		{"past its review", "in_force", "in_force", time.Date(2030, time.September, 1, 0, 0, 0, 0, time.UTC), "公告W1的复核日期 2030-08-31 已过"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := town(t)
			edit(t, files, "notices/W1.md", c.old, c.new)
			city, problems := Load(files, c.now)
			want := "broadcasts/water.yaml:4: 提醒：群发稿water：" + c.want
			n := 0
			for _, p := range problems {
				if strings.HasPrefix(p.String(), want) {
					n++
				}
			}
			if city == nil || n != 1 {
				t.Errorf("got %v, want a City and once %q", problems, want)
			}
		})
	}
}

// The embedded drafts say what the notice prints on every channel, and to whom.
func TestEmbeddedDrafts(t *testing.T) {
	c, problems := embedded()
	if c == nil {
		t.Fatal(problems)
	}
	for id, says := range map[string][]string{
		"civility":         {"遛狗请牵好绳", "随地便溺"},
		"dog-registration": {"养犬登记管理试点", "11月底前在盐湖区开展"},
	} {
		d := c.Library.Drafts[id]
		if d == nil || len(d.Messages) != 3 {
			t.Fatalf("%s is not there for three channels: %+v", id, d)
		}
		for _, msg := range d.Messages {
			text := c.Library.Templates[msg.Template].Render(msg.Data)
			for _, fact := range append(says, "运城市公安局", "2023年11月13日", "推定") {
				if !strings.Contains(text, fact) {
					t.Errorf("%s by %s does not say %q: %s", id, msg.Channel, fact, text)
				}
			}
		}
	}
	if slices.ContainsFunc(problems, func(p problem.Problem) bool { return strings.HasPrefix(p.File, "broadcasts") }) {
		t.Error(problems)
	}
}
