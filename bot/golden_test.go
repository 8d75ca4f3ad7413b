package bot_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/bot"
	"towncrier/inbox"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata with what the bot says now")

// TestTranscripts plays the conversations of testdata/*.txt. A line begins with
//
//	city    the folder that answers, on the first line; "sms off" after it, without a provider
//	#       a remark
//	>       what the resident does: a text, or a [kind] before it; {code} is the code that was texted last, {wrong} is not,
//	        {split} is it with spaces
//	!       an official answers the newest open ticket
//	+       time passes
//
// and what the bot says stands below it: "=" with kind, topic and options, then the reply's lines after "|".
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(src))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(src) {
				t.Errorf("%s differs; what the bot says now (go test ./bot -update rewrites it):\n%s", file, got)
			}
		})
	}
}

func play(t *testing.T, src string) string {
	t.Helper()
	var out strings.Builder
	var w *fixture
	for line := range strings.Lines(src) {
		line = strings.TrimRight(line, "\n")
		mark, rest, _ := strings.Cut(line, " ")
		switch mark {
		case "=", "|":
			continue
		case "city":
			name, off := strings.CutSuffix(rest, ", sms off")
			w = newFixture(t, name)
			if off {
				w = newFixture(t, name, smsOff)
			}
		case "+":
			d, err := time.ParseDuration(rest)
			if err != nil {
				t.Fatal(err)
			}
			w.clock = w.clock.Add(d)
		case "!":
			answerNewest(t, w, rest)
		}
		fmt.Fprintln(&out, line)
		if mark == ">" {
			out.WriteString(heard(t, w, rest))
		}
	}
	return out.String()
}

func answerNewest(t *testing.T, w *fixture, answer string) {
	t.Helper()
	open, err := w.inbox.List(t.Context(), inbox.Filter{})
	if err != nil || len(open) == 0 {
		t.Fatalf("no open ticket to answer: %v", err)
	}
	answer = strings.ReplaceAll(answer, "(long)", strings.Repeat("请以窗口公布的内容为准。", 49))
	if _, err := w.inbox.Answer(t.Context(), audit.Staff("wang"), open[len(open)-1].Number, "王科", answer); err != nil {
		t.Fatal(err)
	}
}

func heard(t *testing.T, w *fixture, did string) string {
	t.Helper()
	code := w.texts.code()
	wrong := "000000"
	if code == wrong {
		wrong = "111111"
	}
	did = strings.NewReplacer("{code}", code, "{wrong}", wrong, "{split}", strings.Join(strings.Split(code, ""), " ")).Replace(did)
	msg := bot.Message{From: "resident", Kind: bot.Text, Text: did, At: w.clock}
	if kind, text, ok := strings.Cut(strings.TrimPrefix(did, "["), "]"); ok && strings.HasPrefix(did, "[") {
		msg.Kind, msg.Text = bot.Kind(kind), strings.TrimSpace(text)
	}
	r, err := w.Reply(t.Context(), msg)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "= %s", r.Kind)
	for _, s := range append([]string{r.Topic}, r.Options...) {
		if s != "" {
			b.WriteString(" " + s)
		}
	}
	if r.Handoff {
		b.WriteString(" handoff")
	}
	for _, c := range r.Cites {
		fmt.Fprintf(&b, " %s#%d", c.Notice, c.Passage)
	}
	b.WriteByte('\n')
	if r.Text == "" {
		return b.String()
	}
	for l := range strings.SplitSeq(r.Text, "\n") {
		b.WriteString(strings.TrimRight("| "+l, " ") + "\n")
	}
	return b.String()
}
