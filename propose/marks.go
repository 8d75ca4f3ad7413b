package propose

import (
	"regexp"
	"slices"
	"unicode/utf8"

	"towncrier/content"
)

// Kind is what a mark is of.
type Kind string

const (
	Figure Kind = "figure"
	Date   Kind = "date"
	Name   Kind = "name"
	Phone  Kind = "phone"
)

// Label is what an official reads.
func (k Kind) Label() string {
	return map[Kind]string{Figure: "数字", Date: "日期时间", Name: "名称", Phone: "电话"}[k]
}

// Mark is something of a passage that its author has to look at twice.
type Mark struct {
	Kind    Kind
	Passage int
	Start   int // in characters of the passage
	End     int
	Text    string
}

// finders are tried in this order; what one has found belongs to no other.
var finders = []struct {
	kind Kind
	re   *regexp.Regexp
}{
	{Phone, phone},
	{Date, regexp.MustCompile(`(?:[0-9]{4}年)?(?:[0-9]{1,2}月)?[0-9]{1,2}日(?:[0-9]{1,2}(?:[:：][0-9]{2}|[时点](?:[0-9]{1,2}分|半)?))?|[0-9]{4}年(?:[0-9]{1,2}月)?|[0-9]{1,2}月(?:底|初|中旬|上旬|下旬)|[0-9]{1,2}(?:[:：][0-9]{2}|[时点](?:[0-9]{1,2}分|半)?)|星期[一二三四五六日天]|周[一二三四五六日]`)},
	{Name, regexp.MustCompile(`《[^》]+》|“[^”]{2,20}”|\p{Han}{2,14}?(?:小区|社区|家属院|花园|公司|管理局|教育局|民政局|公安局|街道办事处|卫生院|医院|小学|中学|服务站|服务中心|大街|路段)`)},
	{Figure, regexp.MustCompile(`[0-9]+(?:[.,][0-9]+)*\s*(?:余|多)?[万亿]?(?:个工作日|工作日|平方米|平方公里|公里|千米|小时|分钟|周岁|个月|人次|[\p{Han}%])?`)},
	{Figure, regexp.MustCompile(`[一二三四五六七八九十两百千]+(?:余)?(?:个|年|月|日|天|小时|分钟|次|户|人|元|米|公里|套|栋|辆|桶|张|份|条|项|期|周)`)},
}

// phone finds a telephone number; a short one before a unit is a figure: 120元.
var phone = regexp.MustCompile(`\b(?:((?:0[0-9]{2,3}[-— ]?[0-9]{7,8}|400[- ]?[0-9]{3}[- ]?[0-9]{4}|1[3-9][0-9]{9})(?:转[0-9]{1,5})?)\b|(9[56][0-9]{3,6}|123[0-9]{2}|11[0-9]|12[02])(?:[^0-9.,%元米个户人名位次天日月年周度平吨页万亿小分岁套栋幢件张份条台辆亩斤公层号室路余多]|$))`)

// leadIn stands before a name and is no part of it.
var leadIn = regexp.MustCompile(`^(?:为配合|为|包括|位于|在|由|到|至|和|与|经|对|从|向|及)+`)

func marksOf(p content.Passage) (all []Mark) {
	text := narrowDigits(p.Text)
	taken := make([]bool, len(text)+1)
	for _, f := range finders {
		for _, at := range f.re.FindAllStringSubmatchIndex(text, -1) {
			at := span(at)
			if slices.Contains(taken[at[0]:at[1]], true) {
				continue
			}
			for i := at[0]; i < at[1]; i++ {
				taken[i] = true
			}
			if lead := leadIn.FindString(text[at[0]:at[1]]); f.kind == Name {
				at[0] += len(lead)
			}
			start := utf8.RuneCountInString(text[:at[0]])
			found := text[at[0]:at[1]]
			all = append(all, Mark{f.kind, p.Number, start, start + utf8.RuneCountInString(found), found})
		}
	}
	slices.SortFunc(all, func(a, b Mark) int { return a.Start - b.Start })
	return all
}

// span is where the group of a match stands that found something, else all of it.
func span(at []int) []int {
	for i := 2; i < len(at); i += 2 {
		if at[i] >= 0 {
			return at[i : i+2]
		}
	}
	return at[:2]
}

// hasPhone reports whether a telephone number stands in a text.
func hasPhone(text string) bool { return phone.MatchString(narrowDigits(text)) }
