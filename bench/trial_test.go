package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"towncrier/api"
	"towncrier/city"
	"towncrier/city/citytest"
	"towncrier/inbox"
	"towncrier/revision"
	"towncrier/seal"
	"towncrier/store/storetest"
)

const (
	asked = 6000 // questions that the folder knows
	filed = 3000 // questions that residents filed and officials answered: as many as are tried
)

// BenchmarkTrial submits a draft that teaches an intent another utterance: the folder is checked, a matcher trained, and every question tried that
// the folder knows, that residents filed, and that an intent teaches. The city that ships has some 6,000 utterances; the aim there is 10 s.
func BenchmarkTrial(b *testing.B) {
	const file = "intents/dog.leash.yaml"
	for _, size := range []struct{ notices, intents int }{{5, 63}, {500, 600}} {
		b.Run(fmt.Sprintf("intents=%d", size.intents), func(b *testing.B) {
			files := citytest.City(size.notices, size.intents)
			texts := addQuestions(b, files)
			folder, err := revision.Read(files)
			if err != nil {
				b.Fatal(err)
			}
			dsn, sealer := storetest.SQLite(b), storetest.Sealer(b)
			tickets := fileQuestions(b, dsn, sealer, texts)
			desk := followerOf(b, dsn, sealer, folder)
			desk.live.Filed = api.FiledQuestions(desk.live, tickets)
			known, _, err := desk.live.Differences(b.Context(), files, files)
			if err != nil || known < asked+filed*3/4 {
				b.Fatal(known, err)
			}
			var took []float64
			for round := 0; b.Loop(); round++ {
				d, err := desk.Draft(b.Context(), "wang", "改")
				if err != nil {
					b.Fatal(err)
				}
				text := strings.Replace(string(folder[file]), "utterances:\n", fmt.Sprintf("utterances:\n  - 遛狗绳子第%d次\n", round), 1)
				if _, err := desk.Put(b.Context(), "wang", d.ID, file, []byte(text), revision.DigestOf(folder[file])); err != nil {
					b.Fatal(err)
				}
				begun := time.Now()
				_, err = desk.Submit(b.Context(), "wang", d.ID, nil)
				if _, worse := errors.AsType[*revision.WorseError](err); err != nil && !worse { // the trial said so
					b.Fatal(err)
				}
				took = append(took, time.Since(begun).Seconds())
			}
			b.ReportMetric(median(took), "s/trial")
			b.ReportMetric(median(took)/10, "of-10s-aim")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// addQuestions has a folder know as many questions as asked says, none of which an intent teaches as it is, and gives others like them.
func addQuestions(b *testing.B, files fstest.MapFS) (texts []string) {
	b.Helper()
	c, problems := city.Read(files, time.Now())
	if c == nil {
		b.Fatal(problems)
	}
	var known strings.Builder
	for _, lead := range []string{"那个", "请问一下"} {
		for _, id := range slices.Sorted(maps.Keys(c.Intents)) {
			for _, u := range c.Intents[id].Utterances {
				text := lead + u
				texts = append(texts, text)
				if len(texts) > asked {
					continue
				}
				line, err := json.Marshal(map[string]string{"q": text, "topic": id})
				if err != nil {
					b.Fatal(err)
				}
				fmt.Fprintf(&known, "%s\n", line)
			}
		}
	}
	files["questions/made.jsonl"] = &fstest.MapFile{Data: []byte(known.String())}
	return texts[asked:]
}

// fileQuestions files and answers questions in a database.
func fileQuestions(b *testing.B, dsn string, sealer *seal.Sealer, texts []string) *inbox.Inbox {
	b.Helper()
	ctx := context.Background()
	tickets := inbox.New(storetest.Open(b, dsn, sealer).Inbox(), time.Now)
	for i := range filed {
		t, err := tickets.File(ctx, inbox.Filing{Kind: inbox.Question, From: fmt.Sprint("o", i), Text: texts[i]})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := tickets.Answer(ctx, "staff:wang", t.Number, "王", "请到示例办事处办理。"); err != nil {
			b.Fatal(err)
		}
	}
	return tickets
}
