package blank

import (
	"slices"
	"strings"
	"unicode"
)

// spoken are digits and ranks as people say them.
const spoken = "零〇一二三四五六七八九十百千万亿两幺壹贰叁肆伍陆柒捌玖拾"

func isSpoken(c rune) bool { return strings.ContainsRune(spoken, c) }

func isFigure(c rune) bool { return unicode.IsNumber(c) && !isHan(c) }

// takeNumbers takes out figures with the letters and hyphens among them, and numbers in words of two digits or more.
func takeNumbers(r *reading) {
	code := func(c rune) bool {
		return isFigure(c) || c < unicode.MaxASCII && (unicode.IsLetter(c) || strings.ContainsRune("-_.@/:#*+", c))
	}
	for i := 0; i < len(r.text); i++ {
		from := i
		for i < len(r.text) && code(r.text[i]) {
			i++
		}
		if slices.ContainsFunc(r.text[from:i], func(c rune) bool { return isFigure(c) || c == '@' }) {
			r.take(from, i)
		}
		if i > from {
			i--
			continue
		}
		if n := r.spokenAt(i); n >= 2 {
			r.take(i, i+n)
			i += n - 1
		}
	}
}

// spokenAt is how many characters of a number in words begin at i.
func (t text) spokenAt(i int) (n int) {
	if t.at(i, notNumbers) {
		return 0
	}
	for t.is(i+n, spoken) {
		n++
	}
	return n
}

// takeDates takes out dates with a month and one more number, whole: 五月三号, 一八年五月, 五月初八.
func takeDates(r *reading) {
	for i := 0; i < len(r.text); i++ {
		from, parts, month := i, 0, false
		for n := r.dateNumber(i); n > 0; n = r.dateNumber(i) {
			parts++
			if i += n; r.is(i, "年月日号") {
				month = month || r.text[i] == '月'
				i++
			}
		}
		if parts > 1 && month {
			r.take(from, i)
		}
		if i > from {
			i--
		}
	}
}

// dateNumber is how many characters of a number in figures or words begin at i, 初 and 正 of 正月 included.
func (t text) dateNumber(i int) (n int) {
	if t.is(i, "初") || t.is(i, "正腊冬") && t.is(i+1, "月") {
		n++
	}
	for i+n < len(t) && (isSpoken(t[i+n]) || isFigure(t[i+n])) {
		n++
	}
	return n
}

const (
	plates = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼" // begin the numbers of cars
	units  = "元万亿户人平米吨度公次份条个块"                 // follow a number that counts
)

// takeLongNumbers takes out numbers of an official's text that name a person, an account, a car or a line. What the city's texts print
// stays, and so does an amount.
func takeLongNumbers(r *reading) {
	for i := 0; i < len(r.text); i++ {
		if n := r.spokenAt(i); n >= 7 { // the shortest number of a telephone
			r.take(i, i+n)
			i += n
		}
		from, digits, letters := i, 0, 0
		for ; i < len(r.text); i++ {
			if c := r.text[i]; isFigure(c) {
				digits++
			} else if isLatin(c) {
				letters++
			} else if digits+letters == 0 || !strings.ContainsRune("-_", c) && (c != ' ' || digits == 0) {
				break
			}
		}
		to := i
		for to > from && r.text[to-1] == ' ' {
			to--
		}
		long := digits > 4 || digits > 0 && letters > 0 && digits+letters > 4
		amount := letters == 0 && digits <= 6 && r.is(to, units)
		if long && !amount && !r.words.numbers[digitsOf(r.text[from:to])] {
			if letters > 0 && r.is(from-1, plates) {
				from--
			}
			r.take(from, to)
		}
	}
}

// digitsOf are the digits of a number as it is written.
func digitsOf(number []rune) string {
	return strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, string(number))
}
