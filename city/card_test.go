package city

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"towncrier/content"
)

var update = flag.Bool("update", false, "write the golden files anew")

// day is a time by the town's clock, told in another zone.
func day(month time.Month, d, hour, minute int) time.Time {
	return time.Date(2030, month, d, hour, minute, 0, 0, time.FixedZone("town", 8*3600)).UTC()
}

// Every way in which a card can read, as a resident sees it.
func TestRenderGolden(t *testing.T) {
	whole := load(t, town(t), fresh)
	superseded, withdrawn := town(t), town(t)
	edit(t, superseded, "notices/L1.md", "status: in_force", "status: superseded\nsuperseded_by: W1")
	edit(t, withdrawn, "notices/L1.md", "status: in_force", "status: withdrawn")
	two := town(t)
	edit(t, two, "intents/library.card.yaml", "citations: [L1#3]", "citations: [L1#3, W1#3, L1#1]")
	var b strings.Builder
	for _, c := range []struct {
		name   string
		city   *City
		topics []string
		now    time.Time
	}{
		{"fresh", whole, []string{"water.stop"}, day(8, 31, 23, 59)},
		{"past its review date", whole, []string{"water.stop"}, day(9, 1, 0, 0)},
		{"year inferred", whole, []string{"library.hours"}, fresh},
		{"superseded", load(t, superseded, fresh), []string{"library.hours"}, fresh},
		{"withdrawn", load(t, withdrawn, fresh), []string{"library.hours"}, time.Date(2031, time.January, 1, 0, 0, 0, 0, time.UTC)},
		{"two notices", load(t, two, fresh), []string{"library.card"}, day(9, 1, 0, 0)},
		{"two questions", whole, []string{"water.stop", "library.hours"}, day(9, 1, 0, 0)},
		{"greeting", whole, []string{"chat.greet"}, fresh},
	} {
		var cards []Card
		for _, id := range c.topics {
			card, ok := c.city.Card(id, c.now)
			if !ok {
				t.Fatalf("no card for %s", id)
			}
			cards = append(cards, card)
		}
		text, options := c.city.Render(cards...)
		b.WriteString("=== " + c.name + "\n" + text + "\n--- options: " + strings.Join(options, " ") + "\n\n")
	}
	const golden = "testdata/cards.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the cards read otherwise than %s; run with -update and look at the difference. Now:\n%s", golden, b.String())
	}
}

func TestWithdrawnStatesNothing(t *testing.T) {
	files := town(t)
	edit(t, files, "notices/L1.md", "status: in_force", "status: withdrawn")
	c := load(t, files, fresh)
	for _, id := range []string{"library.hours", "library.card"} {
		card, _ := c.Card(id, fresh)
		text, _ := c.Render(card)
		for _, fact := range []string{"9时", "星期一", "1200", "21天", "三册", "亲子角"} {
			if strings.Contains(text, fact) {
				t.Errorf("%s still states %s: %s", id, fact, text)
			}
		}
		if id == "library.card" && !strings.Contains(text, "19900000001") {
			t.Errorf("whom to call is lost: %s", text)
		}
		if len(card.Cites) == 0 || card.Cites[0].Notice != "L1" || !strings.Contains(text, "已经撤回") {
			t.Errorf("%s does not say what was withdrawn: %+v", id, card)
		}
	}
}

func TestCard(t *testing.T) {
	c := load(t, town(t), fresh)
	card, ok := c.Card("library.hours", fresh)
	want := Cite{Notice: "L1", Passage: 1, Headline: "柳巷图书屋试开放", Issuer: "示例镇文化站", Publisher: "示例镇公告栏", Date: "2030-04-20"}
	if !ok || len(card.Cites) != 2 || card.Cites[0] != want || !slices.Equal(card.Related, []string{"library.card"}) {
		t.Errorf("card: %+v", card)
	}
	card.Related[0], card.Cites[0].Issuer = "chat.help", "别人"
	if again, _ := c.Card("library.hours", fresh); again.Related[0] != "library.card" || again.Cites[0] != want {
		t.Error("a caller's change reached the City")
	}
	for _, age := range []struct {
		at   time.Time
		line bool
	}{{never, true}, {fresh, false}, {never, true}} { // what was composed for one day is not said on another
		if card, _ := c.Card("library.hours", age.at); (card.Freshness != "") != age.line {
			t.Errorf("on %v the freshness line is %q", age.at, card.Freshness)
		}
	}
	if _, ok := c.Card("library.years", fresh); ok {
		t.Error("an unknown topic has a card")
	}
}

// Related questions go first; then whole cards, which are offered instead; never a source or a freshness line.
func TestRenderFits(t *testing.T) {
	c := load(t, town(t), fresh)
	now := day(9, 1, 0, 0)
	first, _ := c.Card("water.stop", now)
	second, _ := c.Card("library.hours", now)
	fixed := func(cards ...Card) int { return len(c.compose(cards, nil)) }
	pad := func(card Card, bytes int) Card {
		card.Body += strings.Repeat("x", bytes)
		return card
	}

	full := pad(first, MaxReply-fixed(first, second))
	text, options := c.Render(full, second)
	if len(text) != MaxReply || len(options) != 0 {
		t.Errorf("two cards that just fit: %d bytes, options %v", len(text), options)
	}
	text, options = c.Render(pad(full, 1), second)
	if strings.Contains(text, second.Body) || !slices.Equal(options[:1], []string{"library.hours"}) || len(text) > MaxReply {
		t.Errorf("one byte more: %d bytes, options %v", len(text), options)
	}
	for _, keep := range []string{full.Body, first.Source, first.Freshness} {
		if !strings.Contains(text, keep) {
			t.Errorf("%q was dropped", keep)
		}
	}
	text, options = c.Render(pad(first, MaxReply-fixed(first)))
	if len(text) != MaxReply || len(options) != 0 || !strings.HasSuffix(text, first.Freshness) {
		t.Errorf("a full card: %d bytes, options %v", len(text), options)
	}
	card := first
	card.Body = strings.Repeat("长", MaxReply)
	if text, _ = c.Render(card); len(text) > MaxReply || !utf8.ValidString(text) {
		t.Errorf("too much: %d bytes, valid %v", len(text), utf8.ValidString(text))
	}
	if text, options = c.Render(); text != "" || options != nil {
		t.Errorf("no cards: %q, %v", text, options)
	}
}

func TestFill(t *testing.T) {
	c := load(t, town(t), fresh)
	found := c.Intents["water.point"].Slots[0].Found
	for _, v := range []struct{ name, want string }{
		{"槐树取水点", "槐树取水点在东街槐树下，8时至18时开放。资料来源：示例水站登记（虚构）。"},
		{"石桥取水点", "石桥取水点在石桥北头。资料来源：示例水站登记（虚构）。"},
	} {
		rows := c.Lookup("waterpoints", v.name)
		if len(rows) != 1 || c.Fill(found, rows[0]) != v.want {
			t.Errorf("%s: %v", v.name, rows)
		}
	}
	if rows := c.Lookup("waterpoints", "大槐树"); rows != nil {
		t.Errorf("an alias is no canonical name: %v", rows)
	}
	if rows := c.Lookup("wells", "槐树取水点"); rows != nil {
		t.Errorf("an unknown table: %v", rows)
	}
	// A value is text, never a template.
	row := content.Row{Values: map[string]string{"a": "{b}[x]", "b": "!", "empty": ""}}
	if got := c.Fill("{a}[{b}][{empty}{b}]", row); got != "{b}[x]!" {
		t.Errorf("got %q", got)
	}
}
