package roster

import (
	"regexp"
	"slices"
	"strings"
)

// Columns of a table may say whether residents want notices: 是否同意接收短信, 退订. No field holds that, and a “no” must not become a
// consent because the whole sheet is said to have one: what such a column says of a row decides whether the row can be imported.

var (
	refusing = regexp.MustCompile(`(?:不再|不|未|没有|没|拒绝|取消|停止|勿)(?:同意|愿意|愿|想|接收|接受|授权|订阅|收短信|发短信|发送)+|退订|拒收|拒绝|免打扰|勿扰|optout|unsubscribe`)
	agreeing = regexp.MustCompile(`同意|接收|授权|订阅|收短信|收通知|optin|subscribe|consent|agree`)
)

// wish is what a column asks residents, by its heading.
type wish struct {
	column  int
	refusal bool // a yes there refuses
	both    bool // it speaks of agreeing and refusing: yes and no alone mean nothing
}

// Wishes are the columns of a table that speak of consent or refusal.
type Wishes []wish

// WishesOf are the columns with one of these headings that no field of a resident reads and that speak of consent or refusal.
func WishesOf(headings []string) (wishes Wishes) {
	for i, heading := range headings {
		heading = strings.Join(strings.Fields(PlainCell(heading)), "")
		if _, known := residentsForm.fieldOf(heading); known || slices.Contains(ourColumns, heading) {
			continue
		}
		for _, text := range []string{headingKey(heading), strings.ToLower(heading)} { // what is in parentheses counts when nothing else speaks of it
			refuses := refusing.MatchString(text)
			agrees := agreeing.MatchString(refusing.ReplaceAllString(text, " "))
			if refuses || agrees {
				wishes = append(wishes, wish{column: i, refusal: refuses, both: refuses && agrees})
				break
			}
		}
	}
	return wishes
}

// Wrong says why what a row says of its resident's wishes keeps it out, in Chinese; "" when nothing does.
func (w Wishes) Wrong(row Row) string {
	for _, one := range w {
		if wrong := one.wrong(PlainCell(row.Cell(one.column))); wrong != "" {
			return wrong
		}
	}
	return ""
}

// wrong says why a cell of the column keeps its row out, "" when it does not.
func (w wish) wrong(cell string) string {
	text := headingKey(cell)
	var refuses, clear bool
	switch {
	case refusing.MatchString(text):
		refuses, clear = true, !agreeing.MatchString(refusing.ReplaceAllString(text, " "))
	case agreeing.MatchString(text):
		clear = true
	case w.both:
	case isYes(cell):
		refuses, clear = w.refusal, true
	case isNo(cell), text == "" && cell == "" && w.refusal:
		refuses, clear = !w.refusal, true
	}
	switch {
	case !clear:
		return "看不出本人是否同意接收：请填 同意 或 不同意；这一列与接收通知无关的，请改名或删去"
	case refuses:
		return "本人不同意接收：请删去这一行"
	}
	return ""
}

func isYes(cell string) bool {
	return slices.Contains([]string{"是", "√", "✓", "✔", "☑", "对", "有", "1", "y", "yes", "true"}, strings.ToLower(cell))
}

func isNo(cell string) bool {
	return slices.Contains([]string{"否", "×", "✗", "✘", "x", "不", "无", "没有", "0", "n", "no", "false"}, strings.ToLower(cell))
}
