package bot

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"towncrier/city"
	"towncrier/content"
	"towncrier/intents"
)

// lookUp answers an intent that depends on a detail: at once when the question names it, else after asking. An intent has one slot that is
// asked for, its first. What a row says stands alone, and what says that there is no list is said only while there is none.
func (x *exchange) lookUp(in *intents.Intent, card city.Card, confidence float64, question string) draft {
	card.Related = nil
	general, _ := x.city.Render(card)
	s := x.flowing(in.ID, "")
	s.Confidence = confidence
	x.st.Topics, x.st.Told = []string{in.ID}, nil
	x.open(nil, false)
	if x.city.IsStopped(in.ID) {
		s.Kind, s.Text, s.Cites = Answered, general, card.Cites
		return s
	}
	slot := in.Slots[0]
	list := x.city.List(slot)
	found := x.found(slot, question)
	if d, ok := x.rowsFound(s, slot, found); ok {
		return d
	}
	switch alike := x.city.Alike(slot, question); {
	case len(alike) > 0:
		s.Text = x.choose(x.say("near_row"), alike)
	case found.Missing > 0:
		s.Text = x.lacking(in, general, question)
		if strings.HasSuffix(s.Text, general) {
			s.Cites = card.Cites
		}
	case len(list.Rows) > 0 && len(list.Rows) <= maxListed && asksList.MatchString(x.key):
		s.Text = x.sayList("list_is", list) + x.say("list_names", strings.Join(namesOf(list.Rows), "、")) + "\n\n" + slot.Ask
		x.st.Step = StepSlot
	case len(list.Rows) > 0 && city.DeniesList(card.Body):
		s.Text = slot.Ask + "\n\n" + x.sayList("list_is", list)
		x.st.Step = StepSlot
	default:
		s.Text, s.Cites = general+"\n\n"+slot.Ask, card.Cites
		x.st.Step = StepSlot
	}
	return s
}

// found is what the table has of what a question names.
func (x *exchange) found(slot intents.Slot, question string) city.Found {
	return x.city.LookUp(slot, x.meaning(question).Slots[slot.Name], question)
}

// names reports whether a question names something that an intent's table has, or almost; while that table is asked of, something at all.
func (x *exchange) names(in *intents.Intent, question string) bool {
	slot := in.Slots[0]
	found := x.found(slot, question)
	return len(found.Rows)+len(found.Which) > 0 || found.Missing > 0 && x.st.topic() == in.ID || len(x.city.Alike(slot, question)) > 0
}

// asksList matches a resident who wants to read the names.
var asksList = regexp.MustCompile(`名单|哪些|哪几|都有谁`)

// maxListed bounds a list of rows that is read out: of ten characters each they are half a reply.
const maxListed = 30

func namesOf(rows []content.Row) (names []string) {
	for _, row := range rows {
		names = append(names, row.Values["name"])
	}
	return names
}

// rowsFound answers with the rows that a message names, and asks which of several.
func (x *exchange) rowsFound(s draft, slot intents.Slot, found city.Found) (draft, bool) {
	var parts []string
	for _, row := range found.Rows {
		parts = append(parts, x.city.Fill(slot.Found, row))
	}
	if len(parts) > 0 {
		s.Kind = Answered
		if found.Missing > 0 {
			parts = append(parts, x.sayList("others_lacking", x.city.List(slot)))
		}
	}
	if len(found.Which) > 0 {
		parts = append(parts, x.choose(x.say("which_row"), found.Which))
	}
	s.Text = strings.Join(parts, "\n\n")
	return s, len(parts) > 0
}

// lacking says that the table has nothing of what a question names, and what the table is; while it is empty, what is said in general.
// Who asks of the same again reads less.
func (x *exchange) lacking(in *intents.Intent, general, question string) string {
	x.offer(in.ID, in.ID)
	slot := in.Slots[0]
	parts := []string{slot.Unknown, general}
	if list := x.city.List(slot); len(list.Rows) > 0 {
		parts = []string{x.sayList("list_lacks", list), slot.Unknown}
	}
	text := strings.TrimSpace(strings.Join(parts, "\n\n"))
	named := cmp.Or(x.meaning(question).Slots[slot.Name].Text, fold(question))
	mark := markOf(text + named)
	if slices.Contains(x.st.Said, mark) {
		return slot.Unknown
	}
	x.st.Said = []uint32{mark}
	return text
}

func (x *exchange) sayList(phrase string, l city.List) string {
	return x.say(phrase, l.Name, strconv.Itoa(len(l.Rows)), l.Sources)
}

// maxRows bounds a menu of rows.
const maxRows = 9

// choose numbers the names of rows, to choose from.
func (x *exchange) choose(lead string, rows []content.Row) string {
	x.st.Step, x.st.Names = StepSlot, namesOf(rows[:min(len(rows), maxRows)])
	var b strings.Builder
	b.WriteString(lead)
	for i, name := range x.st.Names {
		b.WriteString("\n" + string(rune('1'+i)) + ". " + name)
	}
	return b.String()
}

// slotNamed takes the message as the detail that was asked for.
func (x *exchange) slotNamed() (draft, bool) {
	names := x.st.Names
	x.st.Names = nil
	in := x.city.Intents[x.st.topic()]
	if in == nil || len(in.Slots) == 0 || x.city.IsStopped(in.ID) {
		return draft{}, false
	}
	slot := in.Slots[0]
	s := x.flowing(in.ID, "")
	if i, ok := choice(x.key, len(names)); ok && len(names) > 0 {
		if i >= 0 {
			return x.rowsFound(s, slot, city.Found{Rows: x.city.Lookup(slot.Table, names[i])})
		}
		x.st.Step, x.st.Names = StepSlot, names
		return x.flowing(in.ID, x.say("out_of_range")), true
	}
	if len(names) > 0 && saysAll(x.key) {
		return x.allOf(in, names), true
	}
	if len(names) == 1 && saysYes(x.key) {
		return x.rowsFound(s, slot, city.Found{Rows: x.city.Lookup(slot.Table, names[0])})
	}
	if i := onlyWith(names, x.key); i >= 0 {
		return x.rowsFound(s, slot, city.Found{Rows: x.city.Lookup(slot.Table, names[i])})
	}
	if len(names) > 0 && (saysNoneOfThese(x.key) || saysNo(x.key)) {
		s.Text = x.lacking(in, "", x.said)
		return s, true
	}
	switch {
	case saysCancel(x.key), saysSkip(x.key):
		return x.flowing(in.ID, x.say("no_offer")), true
	case saysRecord(x.key), saysYes(x.key), asksList.MatchString(x.key):
		return draft{}, false
	}
	if other := x.sureOf(); other != nil && other.Action != intents.NoAction {
		return draft{}, false // 选小区 is no name
	}
	m := x.meaning(x.said)
	v := m.Slots[slot.Name]
	found := x.found(slot, x.said)
	if len(found.Rows)+len(found.Which) == 0 {
		found = x.city.LookUp(slot, intents.SlotValue{Text: x.key}, x.said)
	}
	if d, ok := x.rowsFound(s, slot, found); ok {
		return d, true
	}
	if id, ok := sure(m); ok && id != in.ID && v.Text == "" {
		return draft{}, false
	}
	if n, _ := letters(x.said); v.Text == "" && (n < 2 || n > 16 || looksAsked(x.said) || onlyDigits(x.key)) {
		return draft{}, false
	}
	if alike := x.city.Alike(slot, x.said); len(alike) > 0 {
		s.Text = x.choose(x.say("near_row"), alike)
		return s, true
	}
	s.Text = x.lacking(in, "", x.said)
	return s, true
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
