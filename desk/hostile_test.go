package desk_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"towncrier/desk/desktest"
	"towncrier/inbox"
)

// hostile are texts that an attacker writes, from long ones to short ones: fields have room for different lengths, and some refuse marks that
// turn a line round.
var hostile = []string{
	`</textarea></title></script><script src=/desk/tripped></script><img src=/desk/tripped onerror=alert(1)>{{.}}${7*7}` + "\u202e\u2066\u200b😀" + `'"&=+1`,
	`</textarea></title></script><script src=/desk/tripped></script><img src=/desk/tripped onerror=alert(1)>{{.}}${7*7}😀'"&=+1`,
	`"><img src=/desk/tripped>` + "\u202e", `<img src=/desk/tripped>`, "<b>",
}

// plain are what fields want that take no such text, and hold none at first.
var plain = map[string]string{"id": "hostile", "committee": "hostile-1", "sms_code": "123456", "cron": "0 9 * * 1", "hours": "24", "sure": "删除",
	"wait": "60", "since": "00:30", "until": ""}

// phones counts the numbers that were written.
var phones atomic.Int32

// secret are fields that no page shows again.
var secret = map[string]bool{"code": true, "present": true, "passphrase": true, "passphrase_again": true}

// writing is a form that is pressed again and again, with less and less of what an attacker would write.
type writing struct {
	form
	texts  []string
	first  map[string]string // what the fields held
	level  map[string]int    // of what is written into a field
	filled *desktest.Form
}

// writingOf is nil when a form is there no more.
func writingOf(f form, b *desktest.Browser) *writing {
	b.MayShow("tca_")
	filled := f.open(b)
	if filled == nil {
		return nil
	}
	w := &writing{form: f, texts: filled.Texts(), first: map[string]string{}, level: map[string]int{}, filled: filled}
	for _, name := range w.texts {
		w.first[name] = filled.Held(name)
	}
	if w.first["phone"] == "" {
		w.first["phone"] = fmt.Sprintf("1990000%04d", 7000+phones.Add(1))
	}
	return w
}

func (w *writing) hasText() bool { return w != nil && len(w.texts) > 0 }

// does says whether a form's button does something: some only show what would be.
func (f form) does() bool {
	what, _, of := strings.Cut(f.value, ":")
	return f.name != "do" || !of && !slices.Contains(looks, what)
}

// fill writes into every field what comes next for it.
func (w *writing) fill() {
	for _, name := range w.texts {
		value, is := plain[name]
		switch n := w.level[name]; {
		case n < len(hostile) && (n == 0 || !secret[name]):
			w.filled.Put(name, hostile[n])
		case secret[name]: // as the page has it
		case w.first[name] != "":
			w.filled.Put(name, w.first[name])
		case is:
			w.filled.Put(name, value)
		case strings.HasSuffix(name, ".url"):
			w.filled.Put(name, "")
		default:
			w.filled.Put(name, "样例")
		}
	}
}

// press sends the form until it is taken, or refused for something else than what was written. What is refused keeps what was written.
func (w *writing) press(t *testing.T, d *desktest.Desk) (taken bool) {
	t.Helper()
	for range 2 * len(hostile) {
		w.fill()
		got := w.filled.Press()
		if got.Status == http.StatusOK {
			takenOnce(t, d, w.form, w.filled, got)
			return true
		}
		if got.Status == http.StatusNotFound || !w.hasText() {
			return false // done meanwhile, or not to be done now
		}
		again := w.on(got)
		if again == nil {
			t.Errorf("%v: %d without the form: %s", w.form, got.Status, got.Text())
			return false
		}
		for _, name := range w.texts {
			if kept, was := again.Held(name), w.filled.Held(name); kept != was && !secret[name] {
				t.Errorf("%v: %s was %q and is %q", w.form, name, was, kept)
			}
		}
		faulty := got.Faulty()
		if got.Status == http.StatusUnprocessableEntity && len(faulty) == 0 && !slices.ContainsFunc(ofNoField, got.Has) {
			t.Errorf("%v is refused, and no field says why: %s", w.form, got.Text())
		}
		if !slices.ContainsFunc(faulty, func(name string) bool { return slices.Contains(w.texts, name) }) {
			return false
		}
		for _, name := range faulty {
			w.level[name]++
		}
		w.filled = again
	}
	return false
}

// ofNoField are reasons that lie in no field.
var ofNoField = []string{"次数太多", "所依据的公告"}

// long is what somebody pastes into a field that wants a line.
var long = strings.Repeat("很长的话😀", 2000)

// overfill writes ten thousand characters into one field of a form after another: what is too long is refused beside the field, and kept.
func overfill(t *testing.T, d *desktest.Desk, f form) {
	t.Helper()
	b := d.SignIn(t, f.who)
	w := writingOf(f, b)
	if !w.hasText() {
		return
	}
	for _, name := range w.texts {
		w.level[name] = len(hostile) // all others are as they should be
	}
	for _, name := range w.texts {
		if secret[name] || slices.Contains([]string{"search", "how-text", "cron", "place"}, name) { // what is kept of them, or not, says another field
			continue
		}
		w.fill()
		w.filled.Put(name, long)
		got := w.filled.Press()
		if got.Status == http.StatusOK {
			t.Errorf("%v takes ten thousand characters as %s", f, name)
			return
		}
		if w.filled = f.on(got); w.filled == nil {
			t.Errorf("%v, %s: %d without the form: %s", f, name, got.Status, got.Text())
			return
		}
		if w.filled.Held(name) != long {
			t.Errorf("%v: %s is not kept", f, name)
		}
		if faulty := got.Faulty(); !slices.Contains(faulty, name) && !slices.ContainsFunc(faulty, func(other string) bool { return !slices.Contains(w.texts, other) }) {
			t.Errorf("%v: %s of ten thousand characters: %d with faults beside %q: %.300s", f, name, got.Status, got.Faulty(), got.Text())
		}
	}
}

// looks are buttons that only show what would be, and what says more of what is kept already.
var looks = []string{"show", "find", "prefill", "count", "check", "look", "preview", "phrase", "more", "submit"}

// TestEveryForm writes what an attacker would into every text field of every form that a colleague finds, and has residents write it: as much
// of it as is taken. What is refused is kept beside its reason; what was taken is done once however often it is pressed, and is text wherever
// it shows, and makes no page wider than a small phone.
func TestEveryForm(t *testing.T) {
	desktest.InFull(t)
	d := ownFull(t)
	residentsWrite(t, d)
	all, done := formsOf(followAll(t, d), http.MethodPost), map[string]bool{}
	for _, f := range slices.Backward(all) { // what is changed says more than what is new
		if w := writingOf(f, d.As(t, f.who)); w.hasText() && f.does() && !done[strings.Join(w.texts, " ")] {
			done[strings.Join(w.texts, " ")] = true
			overfill(t, d, f)
		}
	}
	taken := 0
	for _, texts := range []bool{true, false} { // what ends something comes after what writes into it
		for _, f := range all {
			w := writingOf(f, d.SignIn(t, f.who))
			if w == nil || w.hasText() != texts || !f.does() && (done[f.pattern] || !texts) {
				continue
			}
			done[f.pattern] = true
			if w.press(t, d) {
				taken++
			}
		}
	}
	if shown := lookForText(t, d); taken < 40 || shown < 25 {
		t.Errorf("%d forms took it, and %d pages show it", taken, shown)
	}
}

// lookForText looks at all pages that show an attacker's text, and counts them. Chromium complains of what it loads or runs.
func lookForText(t *testing.T, d *desktest.Desk) int {
	looked := map[string]bool{}
	for who, w := range followAll(t, d) {
		tab := d.Tab(t, who, desktest.View{Width: desktest.Reflow})
		for pattern, pages := range w.pages {
			for _, page := range pages {
				text := page.Text()
				if page.Header.Get("Content-Disposition") != "" {
					continue
				}
				for _, fault := range runsOn(page.Body) {
					t.Errorf("%s at %s: turned round: %q", who, page.URL, fault)
				}
				if looked[pattern] || !strings.Contains(text, "<img") && !strings.Contains(text, "<b>") {
					continue
				}
				looked[pattern] = true
				for _, fault := range tab.Open(page.URL.RequestURI()).Looks() {
					t.Errorf("%s at %s: %s", who, page.URL, fault)
				}
			}
		}
	}
	return len(looked)
}

// runsOn are texts that run on after what an attacker wrote to turn them round, in the same piece of text: no element keeps the two apart. A text as
// a phone shows it is one whole, and so is a file's name.
func runsOn(body string) (all []string) {
	const mark = "\u202e"
	rest := hostile[0][strings.LastIndex(hostile[0], mark)+len(mark):]
	in := ""
	for z := html.NewTokenizer(strings.NewReader(body)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return all
		case html.StartTagToken:
			name, _ := z.TagName()
			in = string(name)
		case html.TextToken:
			text := z.Token().Data
			if i := strings.LastIndex(text, mark); i >= 0 && !slices.Contains([]string{"textarea", "title", "option"}, in) {
				after := strings.Trim(strings.TrimPrefix(text[i+len(mark):], rest), "… \n")
				if after != "" && after != ".csv" && !strings.HasPrefix(text, "【") {
					all = append(all, text)
				}
			}
		}
	}
}

// residentsWrite has residents ask, and a committee hand a file in, in an attacker's words.
func residentsWrite(t *testing.T, d *desktest.Desk) {
	t.Helper()
	tickets := inbox.New(d.App.Store().Inbox(), time.Now)
	for i, text := range hostile {
		if _, err := tickets.File(t.Context(), inbox.Filing{From: fmt.Sprintf("oSomebodyWhoAsked000000000%02d", i), Kind: inbox.Question, Text: text}); err != nil {
			t.Errorf("%q is no question: %v", text, err)
		}
	}
	rows := "手机号,居委会代码,小区,标签,依据,同意时间\n"
	for _, text := range append(hostile, long) {
		cell := `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		rows += strings.Repeat(cell+",", 5) + "2023-11-01\n"
	}
	d.As(t, "committee").Open("/desk/residents/import").Form("上传并检查").Attach("居民的表格", "<b>\u202e.csv", rows).Press()
}
