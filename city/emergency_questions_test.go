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
			with, _ := citytest.Copy(files)
			with["notices/E1.md"] = &fstest.MapFile{Data: notice.Format()}
			with[EmergencyPath(id)] = &fstest.MapFile{Data: EmergencyFile(id, template.Answer, Said{filled.Says.Answer, notice})}
			c := load(t, with, fresh)
			isAnswered := func(q string) bool {
				m := c.Matcher.Match(q, intents.Context{})
				return m.Decision == intents.Answer && m.Ranked[0].ID == emergencyIntent(id)
			}
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
