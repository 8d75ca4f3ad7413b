package blank_test

import (
	_ "embed"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/blank"
	"towncrier/city"
	"towncrier/content"
)

var (
	//go:embed testdata/personal.txt
	personal string
	//go:embed testdata/plain.txt
	plain string
	//go:embed testdata/answers.txt
	answers string
)

// shipped is the city that ships: its texts have thousands of words, of which names can be made.
var shipped = sync.OnceValue(func() *city.City {
	c, _ := city.Load(content.Embedded(), time.Date(2023, time.November, 20, 0, 0, 0, 0, time.UTC))
	return c
})

func linesOf(file string) (all []string) {
	for line := range strings.Lines(file) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			all = append(all, line)
		}
	}
	return all
}

// secretLeft are the characters that are left of what stands in [] in a line, and do not stand around it.
func secretLeft(w *blank.Words, line string) (text, secret string) {
	var frame, hidden strings.Builder
	part := &frame
	for _, c := range line {
		switch c {
		case '[':
			part = &hidden
		case ']':
			part = &frame
		default:
			part.WriteRune(c)
		}
	}
	text, _ = w.Blank(strings.NewReplacer("[", "", "]", "").Replace(line))
	for _, c := range strings.ToLower(hidden.String()) {
		if strings.ContainsRune(text, c) && !strings.ContainsRune(frame.String(), c) && !strings.ContainsRune(" ·，。.\u200b", c) {
			secret += string(c)
		}
	}
	return text, secret
}

func TestPersonalIsTakenOut(t *testing.T) {
	w := shipped().Words()
	for _, line := range linesOf(personal) {
		known := strings.HasPrefix(line, "~")
		if text, secret := secretLeft(w, strings.TrimPrefix(line, "~")); (secret != "") != known {
			t.Errorf("%s: %s of %s", line, secret, text)
		}
	}
}

// TestNamesOfKnownWords makes names of words that the city prints: few are left.
func TestNamesOfKnownWords(t *testing.T) {
	w := shipped().Words()
	all, left := 0, 0
	for surname := range strings.SplitSeq("王李张高黄林马方金白周文江夏石", "") {
		for _, given := range strings.Fields(`志强 桂英 建华 子涵 长明 明亮 安全 大力 养正 管理 清水 绿化 发展 伟 明 安 方`) {
			for _, frame := range strings.Fields(`% %的社保卡在哪补办 我是%，低保怎么办 请问%什么时候发补贴 %家的狗没拴绳 把%的户口迁走 户主是%改造要交钱吗 %先生的补贴 狗是%养的 他叫%你们认识吗`) {
				all++
				if text, secret := secretLeft(w, strings.ReplaceAll(frame, "%", "["+surname+given+"]")); secret != "" {
					left++
					t.Logf("%s in %s", secret, text)
				}
			}
		}
	}
	if left > all/50 {
		t.Errorf("of %d names %d are left", all, left)
	}
}

// TestPlainQuestionsStayWhole: who reads examples must understand them.
func TestPlainQuestionsStayWhole(t *testing.T) {
	w := shipped().Words()
	torn := func(text string) bool {
		left, _ := w.Blank(text)
		return strings.ContainsRune(left, blank.Mark)
	}
	all, bad := linesOf(plain), 0
	for _, text := range all {
		if torn(text) {
			bad++
			t.Log(text)
		}
	}
	if bad > len(all)/40 {
		t.Errorf("of %d plain questions %d have marks", len(all), bad)
	}
	n, bad := 0, 0
	for _, in := range shipped().Intents {
		for _, u := range in.Utterances {
			n++
			if torn(u) {
				bad++
			}
		}
	}
	if bad > n/10 {
		t.Errorf("of %d utterances %d have marks", n, bad)
	}
}

// TestAnswersKeepWhatTheyAreTypedWith: only what stands in [] is taken out of what officials wrote.
func TestAnswersKeepWhatTheyAreTypedWith(t *testing.T) {
	w := shipped().Words()
	for _, line := range linesOf(answers) {
		want := ""
		for i, part := range strings.Split(line, "[") {
			_, rest, hidden := strings.Cut(part, "]")
			if i > 0 && hidden {
				want += string(blank.Mark) + rest
			} else {
				want += part
			}
		}
		if got := w.Answer(strings.NewReplacer("[", "", "]", "").Replace(line)); got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}
