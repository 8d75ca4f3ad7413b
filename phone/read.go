package phone

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// read returns the number, or else why there is none, in Chinese.
func read(s string) (number Number, reason string) {
	text := strings.TrimFunc(s, isWrapping)
	if text == "" {
		return "", "未填手机号：请填11位手机号"
	}
	text, ok := WholeNumber(text, 11)
	if !ok {
		return "", "号码被表格软件舍入，末几位已丢失：请把该列设为文本格式后重新填写"
	}
	digits, abroad, sign := digitsOf(text)
	switch number := withoutPrefix(digits.all); {
	case sign == "" && isMobile(number) && !abroad:
		return Number(number), ""
	case several.MatchString(digits.all):
		return "", "一格里有两个号码：请只填一个，或分成两行"
	case manyMore.MatchString(digits.all):
		return "", "一格里有几个号码：请只填一个，或分成几行"
	case IsLandline(digits.beforeSign):
		return "", "是固定电话，收不到短信：请填手机号"
	case sign != "":
		return "", describeSign(sign)
	case abroad:
		return "", "是境外号码：请填中国大陆手机号"
	case digits.all == "":
		return "", "没有数字：请填11位手机号"
	case len(digits.all) == 11:
		return "", "不是手机号：应以13至19开头"
	case localLandline.MatchString(digits.all):
		return "", fmt.Sprintf("不是手机号：有%d位数字，应为11位（像是没有区号的固定电话）", len(digits.all))
	}
	return "", fmt.Sprintf("不是手机号：有%d位数字，应为11位", len(digits.all))
}

const (
	aMobile   = `(?:(?:(?:00)?86)?0?1[3-9]\d{9})`
	aLandline = `(?:0` + areaCode + `[2-8]\d{6,7})`
	areaCode  = `(?:10|2\d|[3-9]\d{2})`
)

var (
	several       = regexp.MustCompile(`^(?:` + aMobile + `|` + aLandline + `){2}$`)
	manyMore      = regexp.MustCompile(`^(?:` + aMobile + `|` + aLandline + `){3,}$`)
	landline      = regexp.MustCompile(`^(?:(?:00)?86)?` + aLandline + `$|^(?:00)?86` + areaCode + `[2-8]\d{6,7}$`)
	localLandline = regexp.MustCompile(`^[2-8]\d{6,7}$`)
)

// IsLandline reports whether digits are a fixed line with its area code: 03592222222.
func IsLandline(digits string) bool { return landline.MatchString(digits) }

// isWrapping reports whether a sign around a number means nothing: spaces and signs that nobody sees, the ="…" by which
// spreadsheets keep a number as text, quotation marks and apostrophes, and what separates a number from the next.
func isWrapping(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("=\"“”＂'‘’＇`，,、；;。", r)
}

// IsBetween reports whether a sign may stand between the digits of a number: spaces, signs that nobody sees, dashes, dots and
// parentheses in any width.
func IsBetween(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Pd, r) ||
		strings.ContainsRune("−ーｰ⁃˗.．·•・･‧∙()（）", r)
}

// digitsRead are the digits of a text: all of them, and those before the first sign that no number has.
type digitsRead struct{ all, beforeSign string }

// digitsOf collects the digits of a text. abroad is for a + that is not followed by 86. sign is the first thing in the way, ""
// when there is none.
func digitsOf(text string) (digits digitsRead, abroad bool, sign string) {
	var all []byte
	plus := false
	foreign := func(rest string) {
		if sign == "" {
			sign, digits.beforeSign = signAt(rest), string(all)
		}
	}
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			all = append(all, byte(r))
		case r >= '０' && r <= '９':
			all = append(all, byte(r-'０')+'0')
		case (r == '+' || r == '＋') && len(all) == 0 && !plus:
			plus = true
		case (r == '.' || r == '．') && len(all) == 1: // 1.99: a quantity, not a number written in groups
			foreign(text[i:])
		case !IsBetween(r):
			foreign(text[i:])
		}
	}
	digits.all = string(all)
	if sign == "" {
		digits.beforeSign = digits.all
	}
	return digits, plus && !strings.HasPrefix(digits.all, "86"), sign
}

// signAt is the sign at the beginning of rest, or the word: at most six letters of it.
func signAt(rest string) string {
	n := 0
	for i, r := range rest {
		if n == 6 || n > 0 && (!unicode.IsLetter(r) || isSpokenDigit(r)) {
			return rest[:i]
		}
		if n++; !unicode.IsLetter(r) || isSpokenDigit(r) {
			return string(r)
		}
	}
	return rest
}

func isSpokenDigit(r rune) bool {
	return strings.ContainsRune("〇零一二三四五六七八九幺两", r)
}

func describeSign(sign string) string {
	first := []rune(sign)[0]
	switch {
	case isSpokenDigit(first), unicode.IsDigit(first):
		return "号码里有“" + sign + "”：请用数字0至9填写"
	case strings.ContainsRune("OoＯｏ〇", first) && len([]rune(sign)) == 1:
		return "号码里有字母“" + sign + "”：是不是数字0？"
	case strings.ContainsRune("lIＩｌ|", first) && len([]rune(sign)) == 1:
		return "号码里有“" + sign + "”：是不是数字1？"
	}
	return "号码里有“" + sign + "”：请只留下号码"
}

// WholeNumber writes out a number of so many digits that a spreadsheet took for a quantity: 19900001234.0 and
// 1.9900001234E+10. digits is 0 when any number of them will do. Any other text is returned as it is. A spreadsheet that shows
// E+10 has rounded the digits that it does not show, so all ten decimals must be there, and ok is false when they are not;
// programs that write E10 write a number in full.
func WholeNumber(text string, digits int) (whole string, ok bool) {
	match := quantity.FindStringSubmatch(text)
	if match == nil {
		return text, true
	}
	whole, decimals, exponent := match[1], match[2], match[4]
	if exponent == "" {
		if strings.Trim(decimals, "0") == "" {
			return whole, true
		}
		return text, true
	}
	places, _ := strconv.Atoi(exponent) // two digits
	if len(whole) != 1 || digits > 0 && places != digits-1 {
		return text, true // no number of so many digits
	}
	if len(decimals) > places && strings.Trim(decimals[places:], "0") == "" {
		decimals = decimals[:places]
	}
	if len(decimals) > places || match[3] == "+" && len(decimals) < places {
		return "", false
	}
	return whole + decimals + strings.Repeat("0", places-len(decimals)), true
}

var quantity = regexp.MustCompile(`^(\d+)(?:\.(\d*))?(?:[eE](\+?)(\d{1,2}))?$`)

// isMobile reports whether digits are a mobile number without anything in front.
func isMobile(digits string) bool {
	return len(digits) == 11 && digits[0] == '1' && digits[1] >= '3'
}

// withoutPrefix takes off the country's code and the trunk prefix 0, if a mobile number stands behind.
func withoutPrefix(digits string) string {
	for _, prefix := range []string{"0086", "86", ""} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok {
			if rest = strings.TrimPrefix(rest, "0"); isMobile(rest) {
				return rest
			}
		}
	}
	return digits
}
