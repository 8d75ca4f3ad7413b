package bot

import (
	"regexp"
	"slices"
	"strings"

	"towncrier/city"
	"towncrier/content"
	"towncrier/intents"
)

// lookUp answers an intent that depends on a detail: at once when the message names it, else after asking. An intent
// has one slot that is asked for, its first.
func (x *exchange) lookUp(in *intents.Intent, card city.Card, confidence float64, named intents.SlotValue) draft {
	card.Related = nil
	general, _ := x.city.Render(card)
	s := x.flowing(in.ID, "")
	s.Confidence, s.Cites = confidence, card.Cites
	x.st.Topics = []string{in.ID}
	x.open(nil, false)
	slot := in.Slots[0]
	switch rows := x.rows(slot, named); {
	case len(rows) == 1:
		s.Kind, s.Text = Answered, x.city.Fill(slot.Found, rows[0])+"\n\n"+general
	case len(rows) > 1:
		s.Text = x.whichRow(rows)
		s.Cites = nil
	case named.Text != "":
		s.Text = general + "\n\n" + slot.Unknown
		x.offer(in.ID, in.ID)
	default:
		s.Text = general + "\n\n" + slot.Ask
		x.st.Step = StepSlot
	}
	return s
}

// rows are the table's rows that a value may mean.
func (x *exchange) rows(slot intents.Slot, v intents.SlotValue) []content.Row {
	var rows []content.Row
	for _, name := range v.Entries {
		rows = append(rows, x.city.Lookup(slot.Table, name)...)
	}
	if len(rows) == 0 && v.Text != "" {
		rows = x.rowsCalled(slot, fold(v.Text))
	}
	return slices.DeleteFunc(rows, func(row content.Row) bool { return !couldMean(x.said, row) })
}

var (
	numbered = regexp.MustCompile(`[0-9]+|\b[a-z]\b`)
	yearSaid = regexp.MustCompile(`[0-9]{4}年`)
)

// couldMean is false when a text says other numbers than every name of the row: 2号院 is not 1号院, B区 is not A区.
func couldMean(said string, row content.Row) bool {
	numbers := numbered.FindAllString(yearSaid.ReplaceAllString(fold(said), ""), -1)
	return len(numbers) == 0 || slices.ContainsFunc(append(row.Aliases(), row.Values["name"]), func(name string) bool {
		for _, n := range numbered.FindAllString(fold(name), -1) {
			if !slices.Contains(numbers, n) {
				return false
			}
		}
		return true
	})
}

// maxRows bounds a menu of rows.
const maxRows = 9

func (x *exchange) whichRow(rows []content.Row) string {
	x.st.Step, x.st.Names = StepSlot, nil
	var b strings.Builder
	b.WriteString(x.say("which_row"))
	for i, row := range rows[:min(len(rows), maxRows)] {
		name := row.Values["name"]
		x.st.Names = append(x.st.Names, name)
		b.WriteString("\n" + string(rune('1'+i)) + ". " + name)
	}
	return b.String()
}

// slotNamed takes the message as the detail that was asked for.
func (x *exchange) slotNamed() (draft, bool) {
	names := x.st.Names
	x.st.Names = nil
	in := x.city.Intents[x.st.topic()]
	if in == nil || len(in.Slots) == 0 {
		return draft{}, false
	}
	slot := in.Slots[0]
	if i, ok := choice(x.key, len(names)); ok && len(names) > 0 {
		if i >= 0 {
			return x.found(in, x.city.Lookup(slot.Table, names[i]))
		}
		x.st.Step, x.st.Names = StepSlot, names
		return x.flowing(in.ID, x.say("out_of_range")), true
	}
	if len(names) > 0 && saysAll(x.key) {
		return x.allOf(in, names), true
	}
	if i := onlyWith(names, x.key); i >= 0 {
		return x.found(in, x.city.Lookup(slot.Table, names[i]))
	}
	switch {
	case saysCancel(x.key), saysSkip(x.key):
		return x.flowing(in.ID, x.say("no_offer")), true
	case saysRecord(x.key), saysYes(x.key):
		return draft{}, false
	}
	if other := x.sureOf(); other != nil && other.Action != intents.NoAction {
		return draft{}, false // 选小区 is no name
	}
	m := x.meaning(x.said)
	v := m.Slots[slot.Name]
	rows := x.rows(slot, v)
	if len(rows) == 0 {
		rows = x.rowsCalled(slot, x.key)
	}
	if len(rows) > 0 {
		return x.found(in, rows)
	}
	if id, ok := sure(m); ok && id != in.ID && v.Text == "" {
		return draft{}, false
	}
	if n, _ := letters(x.said); v.Text == "" && (n < 2 || n > 16 || looksAsked(x.said) || onlyDigits(x.key)) {
		return draft{}, false
	}
	x.offer(in.ID, in.ID)
	return x.flowing(in.ID, slot.Unknown), true
}

// found answers with the row, or asks which of several.
func (x *exchange) found(in *intents.Intent, rows []content.Row) (draft, bool) {
	switch len(rows) {
	case 0:
		return draft{}, false
	case 1:
		s := x.flowing(in.ID, x.city.Fill(in.Slots[0].Found, rows[0]))
		s.Kind = Answered
		return s, true
	}
	return x.flowing(in.ID, x.whichRow(rows)), true
}

// allOf answers with every row of the menu.
func (x *exchange) allOf(in *intents.Intent, names []string) draft {
	var lines []string
	for _, name := range names {
		for _, row := range x.city.Lookup(in.Slots[0].Table, name) {
			lines = append(lines, x.city.Fill(in.Slots[0].Found, row))
		}
	}
	s := x.flowing(in.ID, strings.Join(lines, "\n"))
	s.Kind = Answered
	return s
}

// onlyWith is the index of the one name that contains the words, or -1: 西区 of 东区 and 西区.
func onlyWith(names []string, folded string) int {
	words := strings.TrimSuffix(strings.TrimRight(strings.TrimPrefix(folded, "那"), particles), "那个")
	if n, _ := letters(words); n < 2 {
		return -1
	}
	found := -1
	for i, name := range names {
		if !strings.Contains(fold(name), words) {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
	return found
}

// rowsCalled are the rows whose name or alias is exactly these words; when there is none, those whose name begins with
// them: 阳光花园 of 阳光花园东区 and 阳光花园西区.
func (x *exchange) rowsCalled(slot intents.Slot, folded string) []content.Row {
	table := x.city.Library.Tables[slot.Table]
	if n, _ := letters(folded); table == nil || n < 2 {
		return nil
	}
	var exact, begun []content.Row
	for _, row := range table.Rows {
		for _, name := range append(row.Aliases(), row.Values["name"]) {
			if name = fold(name); name == folded {
				exact = append(exact, row)
				break
			}
			if strings.HasPrefix(name, folded) {
				begun = append(begun, row)
				break
			}
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return begun
}
