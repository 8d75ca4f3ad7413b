package city

import (
	"math/big"
	"regexp"
	"strings"
	"unicode"
)

// figure is a number as a text prints it, with what it counts.
type figure struct {
	text   string // as printed
	value  string // exact, so that 12 and 十二, 2.12万 and 21200 are one
	approx string // 余, 多 or 来 after the number
	unit   string
	start  int // in runes of the folded text
	end    int
}

// date is year, month and day of a printed date; "" where it prints none.
type date [3]string

// measures are the words that a number counts. The longest that fits is the unit, so that 平方米 is not 平方公里.
var measures = words(`平方公里 平方千米 平方米 立方米 个工作日 工作日 公里 千米 公斤 千克 公顷 分钟 小时 个月 人次 周岁
	个 条 项 只 户 栋 幢 场 份 起 人 次 名 家 件 处 座 台 辆 元 块 年 月 日 号 天 周 岁 米 亩 吨 斤 所 间 套 层 楼 倍 成 % 级
	期 批 届 位 种 类 支 组 班 篇 页 秒 分 点 度 大 例 宗 张 片 席 床 时 册 本`)

// hanMeasures are those after which a number in Chinese numerals is a count and not part of a word, as 十分 or 四面 are.
var hanMeasures = words(`平方公里 平方千米 平方米 立方米 个工作日 工作日 公里 千米 公斤 千克 公顷 分钟 小时 个月 人次 周岁
	个 条 项 只 户 栋 幢 场 份 起 人 次 名 家 件 处 座 台 辆 元 块 年 月 日 号 天 周 岁 米 亩 吨 斤 所 间 套 层 倍 级
	期 批 届 位 种 类 大 例 宗 时 点 成 册`)

// oneMeasures are those with which 一 states a count; with others, as in 一个, it is an article.
var oneMeasures = words(`个工作日 工作日 公里 千米 公斤 千克 公顷 分钟 小时 个月 周岁 只 户 元 年 月 日 天 周 岁 亩 吨 斤 倍 级 期 批 届`)

func words(s string) []string { return strings.Fields(s) }

var hanDigits = map[rune]int64{'〇': 0, '零': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

var magnitudes = map[rune]int64{'十': 10, '百': 100, '千': 1000, '万': 1e4, '亿': 1e8}

// fold makes digits of other scripts and full-width letters ASCII, writes times, dates and numerals of accounts in one way, and drops the spaces
// that some people put around them.
func fold(s string) string {
	var b strings.Builder
	var last rune
	space := false
	for _, r := range s {
		switch {
		case r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ', r == '％', r == '．':
			r -= '０' - '0'
		case r > unicode.MaxASCII && unicode.Is(unicode.Nd, r):
			r = '0' + digitOf(r)
		case r == ' ' || r == '\t' || r == '\u3000':
			space = true
			continue
		}
		if space && isWordASCII(last) && isWordASCII(r) {
			b.WriteByte(' ')
		}
		space, last = false, r
		b.WriteRune(r)
	}
	return everyday(spoken(b.String()))
}

// digitOf is what a digit of any script is worth: Unicode has them in tens, from zero.
func digitOf(r rune) rune {
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return (r - rune(t.Lo)) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return (r - rune(t.Lo)) % 10
		}
	}
	return 0
}

var (
	account = regexp.MustCompile(`[壹贰叁肆伍陆柒捌玖][拾佰仟][壹贰叁肆伍陆柒捌玖拾佰仟零]*`)
	plainly = strings.NewReplacer("壹", "一", "贰", "二", "叁", "三", "肆", "四", "伍", "五", "陆", "六", "柒", "七", "捌", "八", "玖", "九", "拾", "十", "佰", "百", "仟", "千")
)

// everyday writes numerals of accounts, 伍佰, as others are.
func everyday(text string) string {
	if !strings.ContainsAny(text, "拾佰仟") {
		return text
	}
	return account.ReplaceAllStringFunc(text, plainly.Replace)
}

func isWordASCII(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// figures finds every number of a folded text: all that are written in digits, and those in Chinese numerals that
// stand before a measure word. The digits that number a list at the start of a line are none.
func figures(text string) []figure {
	var found []figure
	rs := []rune(text)
	for i := 0; i < len(rs); {
		var f figure
		var ok bool
		switch _, han := hanDigits[rs[i]]; {
		case isDigit(rs[i]):
			f, ok = digitFigure(rs, i)
		case rs[i] == '半':
			f, ok = halfFigure(rs, i)
		case han || rs[i] == '十' || strings.HasPrefix(string(rs[i:min(i+3, len(rs))]), "百分之"):
			f, ok = hanFigure(rs, i)
		default:
			i++
			continue
		}
		if ok {
			f.text = string(rs[f.start:f.end])
			found = append(found, f)
		}
		i = max(f.end, i+1)
	}
	return found
}

func digitFigure(rs []rune, start int) (figure, bool) {
	total := new(big.Rat)
	end := start
	for end < len(rs) && isDigit(rs[end]) {
		number, next := decimal(rs, end)
		end = next
		scale := int64(0)
		for end < len(rs) && magnitudes[rs[end]] > 0 {
			scale = magnitudes[rs[end]]
			number.Mul(number, big.NewRat(scale, 1))
			end++
		}
		total.Add(total, number)
		if scale == 0 {
			break
		}
	}
	f := figure{start: start, end: end, value: total.RatString()}
	if isListNumber(rs, start, end) {
		return f, false
	}
	f.readUnit(rs, measures)
	if f.unit == "" && f.end < len(rs) && unicode.Is(unicode.Han, rs[f.end]) && f.end-f.start < phoneDigits {
		f.unit = string(rs[f.end]) // 104国道 is not 104县道
	}
	return f, true
}

// phoneDigits are those of a telephone number, which counts nothing: what follows it is no unit.
const phoneDigits = 7

// decimal reads digits with a decimal point or thousands separators.
func decimal(rs []rune, i int) (*big.Rat, int) {
	var b strings.Builder
	point := false
	for i < len(rs) {
		next := i+1 < len(rs) && isDigit(rs[i+1])
		switch {
		case isDigit(rs[i]):
		case rs[i] == '.' && next && !point:
			point = true
		case rs[i] == ',' && next && !point && thousands(rs[i+1:]):
			i++
			continue
		default:
			n, _ := new(big.Rat).SetString(b.String())
			return n, i
		}
		b.WriteRune(rs[i])
		i++
	}
	n, _ := new(big.Rat).SetString(b.String())
	return n, i
}

func thousands(rs []rune) bool {
	n := 0
	for n < len(rs) && isDigit(rs[n]) {
		n++
	}
	return n == 3
}

// isListNumber tells "1. " and "（2）" at the start of a line from a figure.
func isListNumber(rs []rune, start, end int) bool {
	if end-start > 2 || end == len(rs) || !strings.ContainsRune(".、)）", rs[end]) {
		return false
	}
	if start > 0 && strings.ContainsRune("(（", rs[start-1]) {
		start--
	}
	return start == 0 || rs[start-1] == '\n'
}

func hanFigure(rs []rune, start int) (figure, bool) {
	i := start
	percent := strings.HasPrefix(string(rs[i:min(i+3, len(rs))]), "百分之")
	if percent {
		i += 3
	}
	first := i
	for i < len(rs) {
		if _, digit := hanDigits[rs[i]]; !digit && magnitudes[rs[i]] == 0 {
			break
		}
		i++
	}
	f := figure{start: start, end: i, value: hanValue(rs[first:i])}
	if percent {
		f.unit = "%"
		return f, i > first
	}
	allowed := hanMeasures
	if string(rs[first:i]) == "一" {
		if start > 0 && strings.ContainsRune("哪某每同这那另统", rs[start-1]) {
			return f, false // 哪一年 asks and states nothing
		}
		allowed = oneMeasures
	}
	f.readUnit(rs, allowed)
	_, digit := hanDigits[rs[first]]
	return f, f.unit != "" || digit && strings.ContainsAny(string(rs[first+1:i]), "百千万亿") // 罚三百
}

// halfFigure reads 半小时, and 八点半; 上半年 is a part of the year and counts nothing.
func halfFigure(rs []rune, start int) (figure, bool) {
	f := figure{start: start, end: start + 1, value: big.NewRat(1, 2).RatString()}
	if start > 0 && strings.ContainsRune("上下前后大", rs[start-1]) {
		return f, false
	}
	if start > 1 && strings.ContainsRune("点时", rs[start-1]) && (isDigit(rs[start-2]) || strings.ContainsRune("一二两三四五六七八九十", rs[start-2])) {
		f.value, f.unit = "30", "分"
		return f, true
	}
	f.readUnit(rs, oneMeasures)
	return f, f.unit != ""
}

// hanValue reads 二〇二三 digit by digit and 三百九十 by its magnitudes.
func hanValue(rs []rune) string {
	var total, section, digit, positional int64
	plain := true
	for _, r := range rs[:min(len(rs), 18)] { // 18 digits fit an int64
		switch scale := magnitudes[r]; {
		case scale == 0:
			digit = hanDigits[r]
			positional = positional*10 + digit
			continue
		case scale < 1e4:
			section += max(digit, 1) * scale
		default:
			total = (total + section + digit) * scale
			section = 0
		}
		plain, digit = false, 0
	}
	if plain {
		return big.NewRat(positional, 1).RatString()
	}
	return big.NewRat(total+section+digit, 1).RatString()
}

// readUnit takes 余 and the longest unit that follow the number.
func (f *figure) readUnit(rs []rune, units []string) {
	rest := string(rs[f.end:min(f.end+8, len(rs))])
	for _, approx := range []string{"余", "多", "来"} {
		if after, ok := strings.CutPrefix(rest, approx); ok && longestPrefix(after, measures) != "" {
			f.approx, rest = approx, after
			f.end++
		}
	}
	f.unit = longestPrefix(rest, units)
	f.end += len([]rune(f.unit))
	if f.unit == "点" { // 8点 is 8时
		f.unit = "时"
	}
}

func longestPrefix(s string, prefixes []string) string {
	best := ""
	for _, p := range prefixes {
		if len(p) > len(best) && strings.HasPrefix(s, p) {
			best = p
		}
	}
	return best
}

// joinDates puts 2020年, 3月 and 1日 that stand together into one date, so that parts of two dates do not support a third.
func joinDates(found []figure) (dates map[date]string, rest []figure) {
	dates = map[date]string{}
	order := map[string]int{"年": 0, "月": 1, "日": 2, "号": 2}
	for i := 0; i < len(found); {
		part, ok := order[found[i].unit]
		if !ok || found[i].approx != "" {
			rest = append(rest, found[i])
			i++
			continue
		}
		d, text, end := date{}, "", found[i].start
		for next := part; i < len(found) && found[i].start == end; i++ {
			if part, ok = order[found[i].unit]; !ok || part != next {
				break
			}
			d[part] = found[i].value
			text, end, next = text+found[i].text, found[i].end, part+1
		}
		dates[d] = text
	}
	return dates, rest
}

// within reports whether a printed date d states no more than s does.
func (d date) within(s date) bool {
	if d[0] == "" && d[1] == "" && (s[0] != "" || s[1] != "") {
		return false // 1日 is a length of time where 3月1日 is a day
	}
	for i, part := range d {
		if part != "" && part != s[i] {
			return false
		}
	}
	return true
}
