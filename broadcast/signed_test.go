package broadcast

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"towncrier/content"
)

func signedLines(b Broadcast, lib *content.Library, sign string) []Line {
	b.Hash = []byte("submitted")
	return b.canonical(reading{lib: lib, sign: sign, price: 45}).lines
}

// encoded reads the names of the fields of an encoding, but for those that are always the same.
func encoded(t *testing.T, e *encoder) (names []string) {
	t.Helper()
	for text := e.String(); text != ""; {
		head, rest, ok := strings.Cut(text, ":")
		name, size, _ := cutLast(head)
		n, err := strconv.Atoi(size)
		if !ok || err != nil {
			t.Fatalf("no field at %q", text)
		}
		if text = rest[n+1:]; name == "end" && n == 0 {
			continue
		}
		names = append(names, name)
	}
	return names
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, ' ')
	return s[:max(i, 0)], s[i+1:], i >= 0
}

// TestEveryEncodedFieldIsALine: what is hashed and what people are shown are the same fields in the same order, each with a label.
func TestEveryEncodedFieldIsALine(t *testing.T) {
	b := approvable()
	b.Audience = Rule{Or: []Rule{{All: true}, {Area: "甲"}, {Street: "乙"}, {Committee: "C1"}, {Community: "丙"}, {Tag: "丁"}, {Topic: "dogs"},
		{And: []Rule{{List: "LAAAAAAAAAA"}, {Not: &Rule{Area: "戊"}}}}}}
	b.Accepted = []string{"deadline:N1#1"}
	series := Series{ID: "SAAAAAAAAAA", Cron: "0 9 * * 1", Until: local(20, 0, 0), Proposal: b.Proposal(), Accepted: b.Accepted}
	as := reading{lib: library(), sign: sign}
	for what, e := range map[string]*encoder{"broadcast": b.canonical(as), "series": series.canonical(as)} {
		var shown []string
		for _, l := range e.lines {
			shown = append(shown, l.Field)
			if l.Label == "" || l.Group.Label() == "" {
				t.Errorf("%s: %q has no label", what, l.Field)
			}
		}
		if names := encoded(t, e); !slices.Equal(names, shown) {
			t.Errorf("%s: hashed are %q\nshown are %q", what, names, shown)
		}
	}
}

// TestSignedShowsAllThatIsApproved changes every field of what is approved in turn: what people are shown changes with the hash. Counts are
// shown to the ten, and those of few people not at all.
func TestSignedShowsAllThatIsApproved(t *testing.T) {
	base := signedLines(approvable(), library(), sign)
	differs := func(name string, b Broadcast, lib *content.Library) {
		t.Helper()
		if slices.Equal(signedLines(b, lib, sign), base) {
			t.Errorf("%s is not shown", name)
		}
	}
	eachChange(t, "proposal", reflect.TypeFor[Proposal](), func(name string, change func(reflect.Value)) {
		b := approvable()
		p := b.Proposal()
		change(reflect.ValueOf(&p).Elem())
		b.propose(p)
		if b.SendAt.Equal(moment(approvable().SendAt)) && b.ExpireAt.Equal(moment(approvable().ExpireAt)) && reflect.DeepEqual(p, approvable().Proposal()) {
			t.Fatalf("%s did not change", name)
		}
		differs(name, b, library())
	})
	eachChange(t, "list", reflect.TypeFor[ListContent](), func(name string, change func(reflect.Value)) {
		b := approvable()
		change(reflect.ValueOf(&b.Lists[0]).Elem())
		differs(name, b, library())
	})
	for name, change := range map[string]func(*Broadcast){
		"size":       func(b *Broadcast) { b.Size += Few },
		"parts":      func(b *Broadcast) { b.Expected.Parts++ },
		"cost":       func(b *Broadcast) { b.Expected.Cost += Few * 45 },
		"cost most":  func(b *Broadcast) { b.Expected.CostMost += Few * 45 },
		"saved":      func(b *Broadcast) { b.Expected.Saved = Few * 45 },
		"series":     func(b *Broadcast) { b.Series = "SB" },
		"occurrence": func(b *Broadcast) { b.DueAt = local(10, 9, 0) },
		"nonce":      func(b *Broadcast) { b.Nonce = nil },
		"accepted":   func(b *Broadcast) { b.Accepted = []string{"deadline:N1#1"} },
	} {
		b := approvable()
		change(&b)
		differs(name, b, library())
	}
	for name, change := range map[string]func(*content.Library){
		"passage": func(lib *content.Library) { lib.Notices["N1"].Passages[0].Text = "遛狗不用牵绳。" },
		"form":    func(lib *content.Library) { lib.Templates["text"].Text += "！" },
		"code":    func(lib *content.Library) { lib.Templates["text"].Code = "SMS_2" },
		"title":   func(lib *content.Library) { lib.Templates["notice"].Title = "别的" },
	} {
		lib := library()
		change(lib)
		differs(name, approvable(), lib)
	}
	if slices.Equal(signedLines(approvable(), library(), "别市"), base) {
		t.Error("the sign is not shown")
	}
}

// TestSignedHidesFew: what people are shown tells neither a small count nor how many numbers of a list are kept.
func TestSignedHidesFew(t *testing.T) {
	b := approvable()
	b.Size, b.Expected = 3, Bill{Parts: 1, Cost: 135, CostMost: 135}
	for _, l := range signedLines(b, library(), sign) {
		if l.Field == "size" && l.Value != "少于10人" || l.Field == "cost" && l.Value != CostUntold || l.Field == "numbers" && strings.Contains(l.Value, "20") {
			t.Errorf("%s is shown as %s", l.Label, l.Value)
		}
	}
	b.Audience = Rule{List: "LAAAAAAAAAA"}
	for _, l := range signedLines(b, library(), sign) {
		if l.Field == "size" && l.Value != "至多21人" || l.Field == "cost" && l.Value != CostUntold || l.Field == "cost most" && l.Value != "至多0.945元" {
			t.Errorf("of a list, %s is shown as %s", l.Label, l.Value)
		}
	}
}

func TestChanges(t *testing.T) {
	line := func(field, value string) Line {
		return Line{Group: OfContent, Part: "短信", Field: field, Label: field, Value: value}
	}
	before := []Line{line("title", "养犬"), line("value", "请于11月办理。"), line("url", "")}
	after := []Line{line("title", "养犬"), line("value", "请于11月底前办理"), line("form", "模板"), line("url", "")}
	got := changes(before, after)
	want := []Change{
		{Line: after[1], Fate: Changed, Before: "请于11月办理。", Pieces: []Piece{{Kept, "请于11月"}, {Added, "底前"}, {Kept, "办理"}, {Removed, "。"}}},
		{Line: after[2], Fate: Added},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := changes(after, after); got != nil {
		t.Errorf("of the same: %+v", got)
	}
	if got := changes(after, before); len(got) != 2 || got[1].Fate != Removed {
		t.Errorf("back: %+v", got)
	}
}

// TestPiecesMakeBothTexts, whatever the two are, long ones included.
func TestPiecesMakeBothTexts(t *testing.T) {
	long := strings.Repeat("甲乙丙", 1500)
	for _, pair := range [][2]string{
		{"", ""}, {"", "新"}, {"旧", ""}, {"abcabba", "cbabac"}, {"请到西街，不收费", "请到东街办理，不另收费"}, {"a\u202eb😀", "a😀b"},
		{"前" + long, strings.Repeat("丁乙", 2500) + "后"},
	} {
		var before, after strings.Builder
		for i, p := range pieces(pair[0], pair[1]) {
			if p.Fate != Added {
				before.WriteString(p.Text)
			}
			if p.Fate != Removed {
				after.WriteString(p.Text)
			}
			if p.Text == "" {
				t.Errorf("piece %d of %q is empty", i, fmt.Sprint(pair))
			}
		}
		if before.String() != pair[0] || after.String() != pair[1] {
			t.Errorf("pieces of %.20q and %.20q make %.20q and %.20q", pair[0], pair[1], before.String(), after.String())
		}
	}
}
