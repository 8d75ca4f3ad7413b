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

// TestEmergenciesTogether: who speaks of two emergencies reads of both, and who asks on reads that it is all that the notice says.
func TestEmergenciesTogether(t *testing.T) {
	files, err := citytest.Copy(os.DirFS("../testdata/littletown"))
	if err != nil {
		t.Fatal(err)
	}
	lib, _ := content.Load(files)
	for _, id := range []string{"water", "power"} {
		template := lib.Emergencies[id]
		filled, err := template.Fill(lib, template.Samples(), day)
		if err != nil {
			t.Fatal(err)
		}
		notice := city.NoticeOf(lib, "E"+id, filled.Says, day)
		files["notices/E"+id+".md"] = &fstest.MapFile{Data: notice.Format()}
		files[city.EmergencyPath(id)] = &fstest.MapFile{Data: city.EmergencyFile(id, template.Answer, city.Said{Text: filled.Says.Answer, Notice: notice})}
	}
	c, problems := city.Load(files, day)
	if c == nil {
		t.Fatal(problems.Err())
	}
	now := func() time.Time { return day }
	b := bot.New(bot.Config{City: func() *city.City { return c }, Sessions: bot.NewMemorySessions(time.Hour, now), Now: now})
	const water, power, all = "起停水。", "起停电。", "公告写的都在下面"
	for _, q := range []struct {
		said                string
		water, power, again bool
	}{
		{said: "停水停到几点", water: true},
		{said: "停水停到啥时候", water: true, again: true},
		{said: "停电停到几点", power: true},
		{said: "俺家停水又停电咋办", water: true, power: true},
	} {
		r := tell(t, b, "x", q.said)
		if strings.Contains(r.Text, water) != q.water || strings.Contains(r.Text, power) != q.power || strings.Contains(r.Text, all) != q.again {
			t.Errorf("%s:\n%s", q.said, r.Text)
		}
	}
}
