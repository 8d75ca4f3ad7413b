package city

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"towncrier/city/citytest"
	"towncrier/content"
	"towncrier/intents"
)

// TestEmergenciesAreAskedAbout: while an emergency of a shipped template lasts, what residents ask of it is answered from it, and what they
// ask of something else is not. testdata/emergencies has a question a line, those of something else below an empty one.
func TestEmergenciesAreAskedAbout(t *testing.T) {
	files, err := citytest.Copy(os.DirFS("../content/yuncheng"))
	if err != nil {
		t.Fatal(err)
	}
	lib, _ := content.Load(files)
	for _, id := range []string{"water", "power", "road"} {
		t.Run(id, func(t *testing.T) {
			template := lib.Emergencies[id]
			filled, err := template.Fill(lib, template.Samples(), fresh)
			if err != nil {
				t.Fatal(err)
			}
			notice := NoticeOf(lib, "E1", filled.Says, fresh)
			isAnswered := asked(t, files, id, template.Answer, Said{filled.Says.Answer, notice})
			src, err := os.ReadFile("testdata/emergencies/" + id + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			its, others, _ := strings.Cut(string(src), "\n\n")
			all, missed := strings.Split(its, "\n"), []string(nil)
			for _, q := range all {
				if !isAnswered(q) {
					missed = append(missed, q)
				}
			}
			t.Logf("%d of %d are answered, not: %s", len(all)-len(missed), len(all), strings.Join(missed, "、"))
			if 10*len(missed) > 2*len(all) {
				t.Error("fewer than 8 of 10 are answered")
			}
			for q := range strings.Lines(others) {
				if isAnswered(strings.TrimSpace(q)) {
					t.Logf("about something else: %s", q)
				}
			}
		})
	}
}

// asked says of a question whether an emergency of which this is said answers it.
func asked(t *testing.T, files fstest.MapFS, id string, answer content.EmergencyAnswer, said Said) func(question string) bool {
	t.Helper()
	with, err := citytest.Copy(files)
	if err != nil {
		t.Fatal(err)
	}
	with["notices/E1.md"] = &fstest.MapFile{Data: said.Notice.Format()}
	with[EmergencyPath(id)] = &fstest.MapFile{Data: EmergencyFile(id, answer, said)}
	c := load(t, with, fresh)
	return func(question string) bool {
		m := c.Matcher.Match(question, intents.Context{})
		return m.Decision == intents.Answer && m.Ranked[0].ID == emergencyIntent(id)
	}
}

// TestOverTakesLess: when it is over, who asks whether it is reads so, and who speaks of the next trouble does not.
func TestOverTakesLess(t *testing.T) {
	files, err := citytest.Copy(os.DirFS("../content/yuncheng"))
	if err != nil {
		t.Fatal(err)
	}
	lib, _ := content.Load(files)
	water := lib.Emergencies["water"]
	filled, err := water.Fill(lib, water.Samples(), fresh)
	if err != nil {
		t.Fatal(err)
	}
	says := filled.Ends.Over(fresh)
	answer := water.Answer.Over(append([]string{filled.Says.Headline}, says.Passages...)...)
	isAnswered := asked(t, files, "water", answer, Said{says.Answer, NoticeOf(lib, "E1", says, fresh)})
	for q, want := range map[string]bool{
		"来水了没": true, "停水停到几点": true, "俺这儿咋没水了": true, "供水恢复了吗": true, "停水赔钱不": true,
		"水管爆了找谁修": false, "哪里有桶装水": false, "自来水发黄能喝吗": false, "水费在哪交": false,
	} {
		if isAnswered(q) != want {
			t.Errorf("%s: %v", q, !want)
		}
	}
}
