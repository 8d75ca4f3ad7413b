package bot_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"towncrier/bot"
	"towncrier/city"
	"towncrier/city/citytest"
	"towncrier/content"
)

// withBus is a town with a notice that is too long for a reply, as files and as a bot that answers from what current gives.
func withBus(t *testing.T, edit func(fstest.MapFS)) *city.City {
	t.Helper()
	files, err := citytest.Copy(os.DirFS("../testdata/littletown"))
	if err != nil {
		t.Fatal(err)
	}
	var stops []string
	for _, n := range []string{"一", "二", "三", "四"} {
		stops = append(stops, "第"+n+"站："+strings.Repeat("学生在站点按指定的位置排队候车，家长在黄线以外等候，车停稳以后再上车。", 5))
	}
	citytest.Bus(files, "示例镇", stops...)
	if edit != nil {
		edit(files)
	}
	c, problems := city.Load(files, day)
	if c == nil {
		t.Fatal(problems.OnlyFaults())
	}
	return c
}

func speaking(current func() *city.City) *bot.Bot {
	now := func() time.Time { return day }
	return bot.New(bot.Config{City: current, Sessions: bot.NewMemorySessions(time.Hour, now), Now: now})
}

// TestWholeChangesWhileItIsTold: what is put in before, or written anew, is told; what was told is not told again; what is withdrawn is told no more.
func TestWholeChangesWhileItIsTold(t *testing.T) {
	before := withBus(t, nil)
	revised := withBus(t, func(files fstest.MapFS) {
		notice := string(files["notices/BUS.md"].Data)
		notice = strings.Replace(notice, "第四站：", "第四站（新）：", 1)
		for _, n := range []string{"9", "8", "7", "6", "5", "4", "3", "2", "1"} {
			next := map[string]string{"9": "10", "8": "9", "7": "8", "6": "7", "5": "6", "4": "5", "3": "4", "2": "3", "1": "2"}[n]
			notice = strings.Replace(notice, "\n"+n+". ", "\n"+next+". ", 1)
		}
		notice = strings.Replace(notice, "\n2. ", "\n1. 校车恶劣天气停运。\n\n2. ", 1)
		files["notices/BUS.md"].Data = []byte(notice)
		for _, file := range []string{"intents/bus.when.yaml", "intents/bus.cost.yaml"} {
			files[file].Data = []byte(strings.NewReplacer("BUS#2", "BUS#3", "BUS#3", "BUS#4", "BUS#4", "BUS#5").Replace(string(files[file].Data)))
		}
		what := files["intents/bus.what.yaml"]
		what.Data = []byte(strings.Replace(string(what.Data), "BUS#9]", "BUS#9, BUS#10]", 1))
	})
	now := before
	b := speaking(func() *city.City { return now })
	first := tell(t, b, "a", "校车卡丢了咋补")
	tell(t, b, "b", "校车卡丢了咋补")
	if !strings.Contains(first.Text, "回复“更多”") || len(first.Cites) == len(before.Intents["bus.what"].Citations) {
		t.Fatalf("the notice fits a reply:\n%s", first.Text)
	}
	now = revised
	told := first.Text
	for range 3 {
		r := tell(t, b, "a", "更多")
		if r.Kind != bot.Answered {
			break
		}
		told += "\n" + r.Text
	}
	for text, want := range map[string]int{"恶劣天气停运": 1, "第四站（新）": 1, "工本费10元": 1, "第三站：": 1} {
		if got := strings.Count(told, text); got != want {
			t.Errorf("%s is told %d times in\n%s", text, got, told)
		}
	}
	now = before.Withdraw([]string{"BUS"})
	if r := tell(t, b, "b", "更多"); !strings.Contains(r.Text, "已经撤回") || strings.Contains(r.Text, "第三站") {
		t.Errorf("a withdrawn notice goes on: %s", r.Text)
	}
}

// TestWholeYieldsToAnEmergency: while there is one, who says its words reads of it, whatever notice has the words, too.
func TestWholeYieldsToAnEmergency(t *testing.T) {
	c := withBus(t, func(files fstest.MapFS) {
		for file, r := range map[string]*strings.Replacer{
			"intents/bus.what.yaml": strings.NewReplacer("whole: [校车", "whole: [停水", "校车", "计划停水"),
			"notices/BUS.md":        strings.NewReplacer("校车自2030年", "停水自2030年"),
		} {
			files[file].Data = []byte(r.Replace(string(files[file].Data)))
		}
		lib, _ := content.Load(files)
		template := lib.Emergencies["water"]
		filled, err := template.Fill(lib, template.Samples(), day)
		if err != nil {
			t.Fatal(err)
		}
		notice := city.NoticeOf(lib, "E1", filled.Says, day)
		files["notices/E1.md"] = &fstest.MapFile{Data: notice.Format()}
		files[city.EmergencyPath("water")] = &fstest.MapFile{Data: city.EmergencyFile("water", template.Answer, city.Said{Text: filled.Says.Answer, Notice: notice})}
	})
	b := speaking(func() *city.City { return c })
	for _, q := range []string{"停水学生咋排队候车", "停水停到几点", "停水了乘车卡咋补办"} {
		if r := tell(t, b, q, q); !strings.Contains(r.Text, "起停水。") {
			t.Errorf("%s is answered by %s: %s", q, r.Topic, r.Text)
		}
	}
}

// TestWholeLeavesRoom for the numbers to call, and is not cut.
func TestWholeLeavesRoom(t *testing.T) {
	c := withBus(t, nil)
	r := tell(t, speaking(func() *city.City { return c }), "a", "有学生晕倒了，校车卡丢了咋补")
	if len(r.Text) > city.MaxReply || strings.Contains(r.Text, "……") || r.Topic == "bus.what" && !strings.Contains(r.Text, "回复“更多”") {
		t.Errorf("%d bytes: %s", len(r.Text), r.Text)
	}
}

// TestWholeOfTheNoticeInForce: of two notices of one name, of which one is superseded or withdrawn, the other answers.
func TestWholeOfTheNoticeInForce(t *testing.T) {
	town := func(status string) *city.City {
		return withBus(t, func(files fstest.MapFS) {
			anew := strings.NewReplacer("BUS", "BUS2", "bus.", "bus2.", "第一小学", "第二小学", "[校车, 接送车]", "[第二小学校车]", "title: 校车", "title: 第二小学校车",
				"- 校车", "- 第二小学校车", "坐校车", "坐第二小学校车", "说说校车", "说说第二小学校车")
			for _, path := range []string{"notices/BUS.md", "intents/bus.what.yaml"} {
				files[strings.NewReplacer("BUS", "BUS2", "bus.", "bus2.").Replace(path)] = &fstest.MapFile{Data: []byte(anew.Replace(string(files[path].Data)))}
			}
			files["notices/BUS.md"].Data = []byte(strings.Replace(string(files["notices/BUS.md"].Data), "status: in_force", status, 1))
		})
	}
	inForce := town("status: in_force")
	for name, c := range map[string]*city.City{"": inForce, "superseded": town("status: superseded\nsuperseded_by: BUS2"), "withdrawn": inForce.Withdraw([]string{"BUS"})} {
		b := speaking(func() *city.City { return c })
		r := tell(t, b, name, "校车上让不让带滑板车")
		if want := map[bool]string{true: "bus2.what", false: ""}[name != ""]; r.Topic != want || name == "" && len(r.Options) != 2 {
			t.Errorf("%q: %s %v", name, r.Topic, r.Options)
		}
		if r := tell(t, b, "another", "校车几点发车"); r.Topic != "bus.when" || !strings.Contains(r.Text, "1. 第二小学校车的通知写了什么") {
			t.Errorf("%q: %s", name, r.Text)
		}
	}
}
