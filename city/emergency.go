package city

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"towncrier/content"
	"towncrier/intents"
	"towncrier/plaintext"
)

// reviewAfter is how many days what is said in an emergency is taken for current.
const reviewAfter = 3

// NoticeOf is a statement as a notice of the day that at is in the city's zone.
func NoticeOf(lib *content.Library, id string, s content.Statement, at time.Time) *content.Notice {
	n := &content.Notice{
		ID: id, Headline: s.Headline, Issuer: s.Issuer, Publisher: lib.City.Name, Area: lib.City.Area, Status: content.InForce,
		Date: content.DateOf(at), ReviewBy: content.DateOf(at.AddDate(0, 0, reviewAfter)),
	}
	for i, text := range s.Passages {
		n.Passages = append(n.Passages, content.Passage{Number: i + 1, Text: text})
	}
	return n
}

// Said is what one notice of an emergency adds to the answer.
type Said struct {
	Text   string
	Notice *content.Notice
}

// EmergencyPath is the file of the answer to which all emergencies of a template lead.
func EmergencyPath(template string) string { return "intents/" + emergencyIntent(template) + ".yaml" }

func emergencyIntent(template string) string { return "urgent." + template }

// EmergencyFile is that file: what is said of each, in its order.
func EmergencyFile(template string, a content.EmergencyAnswer, all ...Said) []byte {
	var texts, cites []string
	for _, one := range all {
		texts = append(texts, strings.TrimSpace(one.Text))
		for _, p := range one.Notice.Passages {
			cites = append(cites, fmt.Sprintf("%s#%d", one.Notice.ID, p.Number))
		}
	}
	file, err := yaml.Marshal(yaml.MapSlice{
		{Key: "id", Value: emergencyIntent(template)}, {Key: "title", Value: a.Title}, {Key: "urgent", Value: a.Words},
		{Key: "utterances", Value: a.Utterances}, {Key: "answer", Value: strings.Join(texts, "\n\n")}, {Key: "citations", Value: cites},
	})
	if err != nil { // texts and lists of texts: there is nothing that could fail
		panic(err)
	}
	return file
}

// emergencies fills every template with its samples, and checks what comes of it as if it was in force.
func (k *checker) emergencies() {
	if k.before.In("templates.yaml") || k.before.In(contactsFile) {
		return // what rests on them is not judged
	}
	said := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(k.city.Library.Emergencies)) {
		t := k.city.Library.Emergencies[id]
		for _, u := range t.Answer.Utterances {
			if other, ok := said[intents.Key(u)]; ok {
				k.problems.Addf(t.File, t.Lines["answer"], "问法%s已写在 emergencies/%s.yaml：居民问的只能是一件事，请只留一处", plaintext.Quote(u), other)
			}
			said[intents.Key(u)] = id
		}
		at := k.now.In(k.city.zone)
		filled, err := t.Fill(k.city.Library, t.Samples(), at)
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				k.problems.Addf(t.File, t.Lines["fields"], "用样例填写时不对：%s", strings.TrimSpace(line))
			}
			continue
		}
		k.emergency(t, filled.Says, at)
		k.emergency(t, filled.Ends.Over(at), at)
	}
}

// emergency checks what residents would read.
func (k *checker) emergency(t *content.EmergencyTemplate, s content.Statement, at time.Time) {
	lib := *k.city.Library
	n := NoticeOf(&lib, "E", s, at)
	lib.Notices = map[string]*content.Notice{n.ID: n}
	in, problems := intents.Parse(EmergencyPath(t.ID), EmergencyFile(t.ID, t.Answer, Said{s.Answer, n}))
	sample := checker{city: &City{Library: &lib, Intents: map[string]*intents.Intent{}, zone: k.city.zone,
		common: func() *support { return newSupport(&lib) }, proper: func() []string { return properNames(&lib) }},
		now: k.now, problems: &problems, before: k.before}
	if in != nil {
		sample.city.Intents[in.ID] = in
		sample.intent(in)
	}
	d := &content.Draft{File: t.File, Lines: map[string]int{}}
	var cites []intents.Citation
	for _, p := range n.Passages {
		cites = append(cites, intents.Citation{Notice: n.ID, Passage: p.Number})
	}
	for _, m := range s.Messages {
		if form := lib.Templates[m.Template]; form != nil {
			sample.message(d, m, form, sample.city.common().citing(cites), []*content.Notice{n})
		}
	}
	for _, p := range problems.OnlyFaults() {
		k.problems.Addf(t.File, t.Lines["answer"], "用样例填写后：%s", p.Text)
	}
}
