package bench

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"towncrier/city"
	"towncrier/city/citytest"
	"towncrier/intents"
)

// BenchmarkCity loads cities of several sizes in a process of their own, the first of which is the one that ships: content, checks and
// training, from exec to exit. It is compared with the aims of 10 s and 400 MiB for 600 intents, and with the first: what an intent costs
// should not grow. Then it asks each city the development questions, and some of its own utterances with a word before them; the aim is
// 150 us a question. A question counts as the best of its times, so that a busy machine does not show.
func BenchmarkCity(b *testing.B) {
	binary := buildBinary(b)
	var first float64 // processor time an intent of the city that ships
	for _, size := range []struct{ notices, intents int }{{5, 63}, {100, 200}, {500, 600}} {
		b.Run(fmt.Sprintf("intents=%d", size.intents), func(b *testing.B) {
			files := citytest.City(size.notices, size.intents)
			folder := b.TempDir()
			if err := os.CopyFS(folder, files); err != nil {
				b.Fatal(err)
			}
			var wall, work, memory []float64
			for b.Loop() {
				cmd := exec.CommandContext(b.Context(), binary, "intents", "eval", one(b))
				cmd.Env = []string{"TOWNCRIER_CONTENT=" + folder, "TOWNCRIER_DATA=" + b.TempDir()}
				start := time.Now()
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%.2000s", err, out)
				}
				used := cmd.ProcessState.SysUsage().(*syscall.Rusage)
				wall = append(wall, time.Since(start).Seconds())
				work = append(work, float64(used.Utime.Nano()+used.Stime.Nano())/1e9)
				memory = append(memory, float64(used.Maxrss)/1024)
			}
			each := median(work) / float64(size.intents)
			if first == 0 {
				first = each
			}
			b.ReportMetric(median(wall), "s/load")
			b.ReportMetric(median(wall)/10, "of-10s-aim")
			b.ReportMetric(median(work), "cpu-s/load")
			b.ReportMetric(each/first, "of-the-first's-cpu-an-intent")
			b.ReportMetric(median(memory), "MiB-peak")
			b.ReportMetric(median(memory)/400, "of-400MiB-aim")
			b.ReportMetric(0, "ns/op")
			times := matchTimes(b, files)
			p50, p95 := times[len(times)/2], times[len(times)*95/100]
			b.ReportMetric(p50, "us/question")
			b.ReportMetric(p95, "us/question-p95")
			b.ReportMetric(p95/150, "of-150us-aim-p95")
		})
	}
}

// one is a file of one question.
func one(b *testing.B) string {
	b.Helper()
	file := filepath.Join(b.TempDir(), "one.jsonl")
	if err := os.WriteFile(file, []byte(`{"q":"遛狗要牵绳吗","topic":"dog.leash"}`+"\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	return file
}

// matchTimes gives the time of each question in microseconds, sorted.
func matchTimes(b *testing.B, files fs.FS) []float64 {
	b.Helper()
	c, problems := city.Load(files, time.Date(2026, time.November, 13, 4, 0, 0, 0, time.UTC))
	if c == nil {
		b.Fatal(problems)
	}
	f, err := os.Open("../testdata/eval/dev2.jsonl")
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	questions, problems := intents.ReadQuestions("dev2.jsonl", f)
	if problems.Faults() > 0 {
		b.Fatal(problems)
	}
	var texts []string
	for _, q := range questions {
		texts = append(texts, q.Text)
	}
	for _, in := range c.Intents {
		for i := 0; i < len(in.Utterances); i += 12 {
			texts = append(texts, "那个"+in.Utterances[i])
		}
	}
	best := make([]float64, len(texts))
	for round := range 7 {
		for i, text := range texts {
			start := time.Now()
			c.Matcher.Match(text, intents.Context{})
			if us := float64(time.Since(start).Nanoseconds()) / 1e3; round == 0 || us < best[i] {
				best[i] = us
			}
		}
	}
	slices.Sort(best)
	return best
}
