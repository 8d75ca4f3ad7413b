package city

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"towncrier/blank"
	"towncrier/content"
	"towncrier/intents"
	"towncrier/plaintext"
	"towncrier/problem"
)

// maxTitle keeps a menu line on one line of a phone, in characters.
const maxTitle = 20

// checker looks across content and intents for what neither package can see alone.
type checker struct {
	city     *City
	now      time.Time
	problems *problem.List
	before   problem.List // what was wrong with the files themselves; what rests on a faulty one is not judged
}

const contactsFile = "contacts.yaml"

func (k *checker) run() {
	k.before = slices.Clone(*k.problems)
	k.reviewDates()
	k.menu()
	k.phrases()
	k.drafts()
	k.emergencies()
	for _, in := range k.city.Intents {
		k.intent(in)
	}
}

func (k *checker) intent(in *intents.Intent) {
	sound := k.citations(in)
	if sound { // against a wrong citation every figure would look invented
		k.statements(in)
	}
	sound = k.slots(in) && sound
	if n := utf8.RuneCountInString(in.Title); n > maxTitle {
		k.problems.Addf(in.File, in.Lines["title"], "标题有%d个字，菜单一行最多%d个字：请缩短", n, maxTitle)
	}
	if sound && in.Whole != nil {
		k.whole(in)
	}
	if sound {
		k.weight(in)
	}
	if takenOut(in.Answer) && !k.city.common().citing(in.Citations).prints(string(blank.Mark)) {
		k.problems.Lackf(in.File, in.Lines["answer"], "答复里有“%c”：这里去掉了居民的号码、姓名或地址，请改写成对所有人的答复，或者删去", blank.Mark)
	}
}

// takenOut reports whether a mark stands in text for what was taken out of it; behind a figure it multiplies.
func takenOut(text string) bool {
	before := ' '
	for _, r := range text {
		if r == blank.Mark && !unicode.IsDigit(before) {
			return true
		}
		before = r
	}
	return false
}

// whole holds an answer of a whole matter to what it says of itself: that what it does not quote is not published. Each passage must fit a reply.
func (k *checker) whole(in *intents.Intent) {
	if in.Action != intents.NoAction || in.Slots != nil || in.Silent || in.Urgent != nil {
		k.problems.Addf(in.File, in.Lines["whole"], "whole（整份公告）的问答只照引公告：不能同时写 action、slots、silent 或 urgent")
	}
	if len(in.Citations) == 0 {
		k.problems.Addf(in.File, in.Lines["whole"], "whole（整份公告）的问答没有写 citations（依据）：请引用公告的每一段")
		return
	}
	for i, w := range in.Whole {
		if intents.Generic(w) {
			k.problems.Warnf(in.File, at(in, fmt.Sprintf("whole[%d]", i), "whole"), "整份公告的叫法%s哪份公告都会写到，不起作用：请写只有这件事才用的叫法", plaintext.Quote(w))
		}
	}
	card, _ := k.city.Card(in.ID, never)
	for i, cite := range in.Citations {
		n := k.city.Library.Notices[cite.Notice]
		for _, p := range n.Passages {
			if i == slices.IndexFunc(in.Citations, func(c intents.Citation) bool { return c.Notice == cite.Notice }) && !slices.Contains(in.Citations, intents.Citation{Notice: n.ID, Passage: p.Number}) {
				k.problems.Addf(in.File, in.Lines["citations"], "没有引用 %s#%d：整份公告的问答要引用公告的每一段，没有引用的，居民会当作公告没有写", n.ID, p.Number)
			}
		}
		if card.Quotes == nil { // withdrawn
			continue
		}
		if body := card.quoting(in.Answer, []int{i}, k.city.Library.Say("whole_more", "99")); !k.city.fits(card, body, 0) {
			k.problems.Addf(in.File, at(in, fmt.Sprintf("citations[%d]", i), "citations"), "%s#%d 太长，一条回复放不下：请把这一段切开", cite.Notice, cite.Passage)
		}
	}
}

// properNames are the names that the notices put between marks, sorted, so that problems come in the same order every time.
func properNames(lib *content.Library) []string {
	var names []string
	for _, n := range lib.Notices {
		for _, p := range n.Passages {
			text := fold(p.Text)
			for _, name := range append(between(text, "《", "》"), quoted(text)...) {
				if utf8.RuneCountInString(name) > 1 {
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (k *checker) reviewDates() {
	today := content.DateOf(k.now.In(k.city.zone))
	for _, n := range k.city.Library.Notices {
		if n.Status == content.InForce && n.ReviewBy != (content.Date{}) && n.ReviewBy.Before(today) {
			k.problems.Warnf(n.File, n.Lines["review_by"],
				"复核日期 %s 已过：答复会写明这一点，请复核后改 review_by", n.ReviewBy.ISO())
		}
	}
}

func (k *checker) menu() {
	for _, first := range k.city.Library.Menu {
		for _, b := range append([]content.MenuButton{first}, first.Buttons...) {
			in := k.city.Intents[b.Topic]
			if b.Topic != "" && in == nil && !k.before.In("intents/"+b.Topic+".yaml") {
				k.problems.Addf("menu.yaml", b.Line, "没有问答%s：菜单的 topic 请写有的问答的编号", plaintext.Quote(b.Topic))
			}
			s := k.city.common()
			if in != nil {
				s = s.citing(in.Citations)
			}
			for _, said := range s.unsupportedFigures(fold(b.Name)) {
				k.problems.Addf("menu.yaml", b.Line, "按钮名称写了%s：所开的问答引用的段落里没有，请删去", plaintext.Quote(said))
			}
		}
	}
}

// phrases holds sentences of the bot to the figures of the built-in ones: nothing is cited by them.
func (k *checker) phrases() {
	for _, p := range content.Phrases() {
		own, ok := k.city.Library.Phrases[p.ID]
		if !ok || k.before.In(contactsFile) {
			continue
		}
		s := k.city.common().citing(nil)
		s.add(p.Text)
		for _, said := range s.unsupportedFigures(fold(own)) {
			k.problems.Addf("phrases.yaml", k.city.Library.PhraseLines[p.ID], "%s：写了%s：原文和联系方式里都没有，请写在有依据的答复里", p.ID, plaintext.Quote(said))
		}
	}
}

// citations reports whether there are citations where they are due, and every one leads to a passage.
func (k *checker) citations(in *intents.Intent) bool {
	if len(in.Citations) == 0 {
		if in.Action == intents.NoAction {
			k.problems.Lackf(in.File, in.Lines["answer"], "答复没有写 citations（依据）：请写依据的段落；没有公告写到的，写最相近的一段")
			return false
		}
		return true
	}
	sound, current := true, false
	for i, cite := range in.Citations {
		line := at(in, fmt.Sprintf("citations[%d]", i), "citations")
		n := k.city.Library.Notices[cite.Notice]
		if k.before.In(noticeFile(cite.Notice)) {
			sound = false
			continue
		}
		if n == nil {
			k.problems.Addf(in.File, line, "依据 %s#%d 不对：没有公告%s，请核对编号", cite.Notice, cite.Passage, cite.Notice)
			sound = false
			continue
		}
		if _, ok := n.Passage(cite.Passage); !ok {
			k.problems.Addf(in.File, line, "依据 %s#%d 不对：公告%s只有第%s段，请核对段落号", cite.Notice, cite.Passage, n.ID, n.Numbers())
			sound = false
		}
		current = current || n.Status == content.InForce
	}
	if sound && !current {
		k.problems.Warnf(in.File, in.Lines["citations"], "所引的公告都已被取代或撤回：请重写答复")
	}
	return sound
}

// at is the line of a place in an intent's file, or of what holds it.
func at(in *intents.Intent, places ...string) int {
	for _, place := range places {
		if line := in.Lines[place]; line > 0 {
			return line
		}
	}
	return 0
}

// statements compares everything that an intent can say with what it may rely on.
func (k *checker) statements(in *intents.Intent) {
	if k.before.In(contactsFile) {
		return // every number to call would look invented
	}
	s := k.city.common().citing(in.Citations)
	k.statement(in, s, in.Title, in.Lines["title"])
	k.statement(in, s, in.Answer, in.Lines["answer"])
	for i, slot := range in.Slots {
		parts, _ := parseTemplate(slot.Found) // slots reports what does not parse
		_, found := columns(parts)
		for _, said := range [][2]string{{"ask", slot.Ask}, {"found", found}, {"unknown", slot.Unknown}} {
			k.statement(in, s, said[1], at(in, fmt.Sprintf("slots[%d].%s", i, said[0]), "slots"))
		}
	}
}

// unprinted is said of a figure or an official name that nothing prints on which a text rests.
const unprinted = "引用的段落和联系方式里都没有，请照公告的写法改，或者引用写明它的段落"

func (k *checker) statement(in *intents.Intent, s *support, text string, line int) {
	text = fold(text)
	why := unprinted
	if len(in.Citations) == 0 {
		why = "没有写 citations（依据）的答复里只能有联系方式里的号码和名称：请写依据的段落，或者删去"
	}
	for _, said := range append(s.unsupportedFigures(text), s.unsupportedNames(text, k.city.proper())...) {
		k.problems.Addf(in.File, line, "写了%s：%s", plaintext.Quote(said), why)
	}
	for _, host := range content.LinkedHosts(text) { // a phone makes a link of it
		if !k.city.Library.City.OwnHost(host) && !s.prints(host) {
			k.problems.Addf(in.File, line, "写了网址%s：引用的段落和联系方式里都没有，也不在 city.yaml 的 hosts 里，请核对", plaintext.Quote(host))
		}
	}
}

// slots reports whether every slot has a table and templates that fit it.
func (k *checker) slots(in *intents.Intent) bool {
	before := k.problems.Faults()
	for i, slot := range in.Slots {
		place := fmt.Sprintf("slots[%d].", i)
		line := at(in, place+"found", "slots")
		parts, err := parseTemplate(slot.Found)
		if err != nil {
			k.problems.Addf(in.File, line, "found 写得不对：%v", err)
		}
		table := k.city.Library.Tables[slot.Table]
		if k.before.In("tables/" + slot.Table + ".csv") {
			return false
		}
		if table == nil {
			k.problems.Addf(in.File, at(in, place+"table", "slots"), "没有 tables/%s.csv 这个表：请核对名称", slot.Table)
			continue
		}
		if len(table.Rows) > 0 && DeniesList(in.Answer) {
			k.problems.Warnf(in.File, in.Lines["answer"], "答复说没有公布名单，而 %s 有%d行：有行时不说这条答复，只读表里的行、问名称；请改写", table.File, len(table.Rows))
		}
		names, _ := columns(parts)
		for _, name := range names {
			if !slices.Contains(table.Columns, name) {
				k.problems.Addf(in.File, line, "found 里写了 {%s}，%s 只有这些列：%s", name, table.File, strings.Join(table.Columns, "、"))
			}
		}
	}
	return k.problems.Faults() == before
}

// never is a day past every review-by date, when an answer weighs most.
var never = time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)

// weight composes what the bot would send at most: the stale answer with all its questions and one slot text.
func (k *checker) weight(in *intents.Intent) {
	card, _ := k.city.Card(in.ID, never)
	heaviest, place := 0, ""
	for i, slot := range in.Slots {
		texts := map[string]int{"ask": len(slot.Ask), "unknown": len(slot.Unknown)}
		for _, row := range k.city.Library.Tables[slot.Table].Rows {
			texts["found"] = max(texts["found"], len(k.city.Fill(slot.Found, row)))
		}
		for _, key := range []string{"ask", "found", "unknown"} {
			if texts[key] > heaviest {
				heaviest, place = texts[key], fmt.Sprintf("连同 slots[%d].%s ", i, key)
			}
		}
	}
	related := MaxRelated
	if in.Whole != nil { // as many passages are quoted as there is room for
		related = 0
	}
	n := len(k.city.compose([]Card{card}, k.city.offered([]Card{card}, nil, related)))
	if heaviest > 0 {
		n += len("\n\n") + heaviest
	}
	if n > MaxReply {
		k.problems.Addf(in.File, in.Lines["answer"], "整条回复（答复加来源和选项）%s有%d字节，最多%d字节（一个汉字3字节）：请把答复缩短%d字节",
			place, n, MaxReply, n-MaxReply)
	}
}
