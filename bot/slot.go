package bot

import (
	"strings"

	"towncrier/city"
	"towncrier/content"
	"towncrier/intents"
)

// lookUp answers an intent that depends on a detail: at once when the message names it, else after asking. An intent
// has one slot that is asked for, its first.
func (t *turn) lookUp(in *intents.Intent, card city.Card, confidence float64, named intents.SlotValue) say {
	card.Related = nil
	general, _ := t.city.Render(card)
	s := t.flowing(in.ID, "")
	s.Confidence, s.Cites = confidence, card.Cites
	t.st.Topics = []string{in.ID}
	t.open(nil, false)
	slot := in.Slots[0]
	switch rows := t.rows(slot, named); {
	case len(rows) == 1:
		s.Kind, s.Text = Answered, t.city.Fill(slot.Found, rows[0])+"\n\n"+general
	case len(rows) > 1:
		s.Text = t.whichRow(rows)
		s.Cites = nil
	case named.Text != "":
		s.Text = general + "\n\n" + slot.Unknown
		t.offer(in.ID, in.ID)
	default:
		s.Text = general + "\n\n" + slot.Ask
		t.st.Step = StepSlot
	}
	return s
}

// rows are the table's rows that a value may mean.
func (t *turn) rows(slot intents.Slot, v intents.SlotValue) []content.Row {
	var rows []content.Row
	for _, name := range v.Entries {
		rows = append(rows, t.city.Lookup(slot.Table, name)...)
	}
	if len(rows) == 0 && v.Text != "" {
		rows = t.rowsCalled(slot, fold(v.Text))
	}
	return rows
}

// maxRows bounds a menu of rows.
const maxRows = 9

func (t *turn) whichRow(rows []content.Row) string {
	t.st.Step, t.st.Names = StepSlot, nil
	var b strings.Builder
	b.WriteString(sayWhichRow)
	for i, row := range rows[:min(len(rows), maxRows)] {
		name := row.Values["name"]
		t.st.Names = append(t.st.Names, name)
		b.WriteString("\n" + string(rune('1'+i)) + ". " + name)
	}
	return b.String()
}

// slotNamed takes the message as the detail that was asked for.
func (t *turn) slotNamed() (say, bool) {
	names := t.st.Names
	t.st.Names = nil
	in := t.city.Intents[t.st.topic()]
	if in == nil || len(in.Slots) == 0 {
		return say{}, false
	}
	slot := in.Slots[0]
	if i, ok := choice(t.key, len(names)); ok && len(names) > 0 {
		if i >= 0 {
			return t.found(in, t.city.Lookup(slot.Table, names[i]))
		}
		t.st.Step, t.st.Names = StepSlot, names
		return t.flowing(in.ID, sayOutOfRange), true
	}
	if len(names) > 0 && saysAll(t.key) {
		return t.allOf(in, names), true
	}
	if i := onlyWith(names, t.key); i >= 0 {
		return t.found(in, t.city.Lookup(slot.Table, names[i]))
	}
	switch {
	case saysCancel(t.key), saysSkip(t.key):
		return t.flowing(in.ID, sayNoOffer), true
	case saysRecord(t.key), saysYes(t.key):
		return say{}, false
	}
	if other := t.sureOf(); other != nil && other.Action != intents.NoAction {
		return say{}, false // 选小区 is no name
	}
	m := t.meaning(t.said)
	v := m.Slots[slot.Name]
	rows := t.rows(slot, v)
	if len(rows) == 0 {
		rows = t.rowsCalled(slot, t.key)
	}
	if len(rows) > 0 {
		return t.found(in, rows)
	}
	if id, ok := sure(m); ok && id != in.ID && v.Text == "" {
		return say{}, false
	}
	if n, _ := letters(t.said); v.Text == "" && (n < 2 || n > 16 || looksAsked(t.said) || onlyDigits(t.key)) {
		return say{}, false
	}
	t.offer(in.ID, in.ID)
	return t.flowing(in.ID, slot.Unknown), true
}

// found answers with the row, or asks which of several.
func (t *turn) found(in *intents.Intent, rows []content.Row) (say, bool) {
	switch len(rows) {
	case 0:
		return say{}, false
	case 1:
		s := t.flowing(in.ID, t.city.Fill(in.Slots[0].Found, rows[0]))
		s.Kind = Answered
		return s, true
	}
	return t.flowing(in.ID, t.whichRow(rows)), true
}

// allOf answers with every row of the menu.
func (t *turn) allOf(in *intents.Intent, names []string) say {
	var lines []string
	for _, name := range names {
		for _, row := range t.city.Lookup(in.Slots[0].Table, name) {
			lines = append(lines, t.city.Fill(in.Slots[0].Found, row))
		}
	}
	s := t.flowing(in.ID, strings.Join(lines, "\n"))
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
func (t *turn) rowsCalled(slot intents.Slot, folded string) []content.Row {
	table := t.city.Library.Tables[slot.Table]
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
