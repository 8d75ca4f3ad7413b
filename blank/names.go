package blank

import (
	"strings"
	"unicode"
)

// takeCalled takes out what follows 我叫, 住在, 网名 and their like.
func takeCalled(r *reading) {
	for i := range r.text {
		if n := r.longest(i, called); n > 0 {
			r.take(i+n, r.placeEnd(i+n))
		}
		if n := r.longest(i, nicknames); n > 0 {
			r.take(i+n, r.partEnd(i+n))
		}
		calls := r.text[i] == '叫' && (r.starts(i) || r.after(i, addressed))
		lives := r.text[i] == '住' && !r.within(i) && (r.starts(i) || r.is(i-1, "我俺咱们家他她"))
		if (calls || lives) && (r.at(i+1, givenNames) || r.longest(i+1, commonWords) < 2) {
			r.take(i+1, r.nameEnd(i+1))
		}
	}
}

// placeEnd is where a name or an address ends that begins at i: at a word that is never part of one.
func (t text) placeEnd(i int) int {
	to := i
	for t.han(to) && to-i < maxName && !t.at(to, around) {
		to++
	}
	return to
}

// nameEnd is where a person's name ends that begins at i: it has two characters at least, and more until a word begins.
func (t text) nameEnd(i int) int {
	end := t.placeEnd(i)
	for to := i + 2; to < end; to++ {
		if t.longest(to, commonWords) >= 2 || to >= i+3 && t.longest(to, functionWords) == 1 {
			return to
		}
	}
	return end
}

// partEnd is where the part of a sentence ends that begins at i, with or without a colon before it.
func (t text) partEnd(i int) int {
	if t.is(i, ":：是叫 ") {
		i++
	}
	for i < len(t) && !unicode.IsPunct(t[i]) {
		i++
	}
	return i
}

// takeLabelled takes out the name behind a word that says whose it is: whatever is no common word when 叫, a colon or their like stands
// between, and else what begins with a surname, is a given name, or is not known.
func takeLabelled(r *reading) {
	for i := range r.text {
		n := r.longest(i, labels)
		if n == 0 {
			continue
		}
		from, named := i+n, false
		for k := r.longest(from, naming); k > 0; k = r.longest(from, naming) {
			named = named || r.text[from] != '是'
			from += k
		}
		for r.is(from, " ") {
			from++
		}
		if !r.han(from) || r.gone[from] || isSpoken(r.text[from]) {
			continue
		}
		common := r.longest(from, commonWords)
		switch given := r.longest(from, givenNames); {
		case r.surnameAt(from), named && r.is(from, surnames):
			r.take(from, min(from+3, r.ownerEnd(from)))
		case given > 0:
			r.take(from, from+given)
		case from > i+n && (common == 0 || common == 1 && !r.at(from, functionWords)):
			r.take(from, r.nameEnd(from))
		case common == 0 && !r.pair(from) && !r.official:
			r.take(from, min(from+2, r.placeEnd(from)))
		}
	}
}

// ownerEnd is where the run of Chinese characters ends that has i, or where 的 stands in it.
func (t text) ownerEnd(i int) int {
	for t.han(i) && t[i] != '的' {
		i++
	}
	return i
}

// takeAddressed takes out names before and after forms of address, and behind 老 and 小: 王建国先生, 村长王大力, 老高.
func takeAddressed(r *reading) {
	for i := range r.text {
		if n := r.longest(i, addressed); n > 0 {
			r.know(i, n)
			if from := i + n; r.is(from, surnames) && r.longest(from, commonWords) < 2 && !r.isTerm(from) {
				r.take(from, min(from+3, r.ownerEnd(from)))
			}
			for n := 3; n >= 1; n-- { // 王, 小王, 王建国
				if r.surnameAt(i-n) || n == 1 && r.anySurname(i-n) && r.starts(i-n) || n > 1 && r.is(i-n, surnames) && !r.within(i-n) {
					r.take(i-n, i)
					break
				}
			}
		}
		if r.is(i, familiar) && (r.is(i+1, surnames) && !r.within(i+1) || r.han(i+1) && r.after(i, callsMe)) && !r.within(i) {
			r.take(i, i+2)
		}
	}
}

// takeForeignNames takes out compound surnames with what follows them, names of other peoples, and both sides of a · between names.
func takeForeignNames(r *reading) {
	for i := range r.text {
		if n := r.longest(i, doubleSurnames); n > 0 && !r.is(i-1, "公") { // 公司马上
			to := i + n
			for r.han(to) && to-i-n < 2 && !r.at(to, around) && !r.at(to, addressed) {
				to++
			}
			r.take(i, to)
		}
		r.take(i, i+r.longest(i, foreignNames))
		if r.is(i, "·") && r.han(i-1) && r.han(i+1) {
			from := i
			for r.han(from-1) && i-from < maxName && !r.after(from, around) {
				from--
			}
			r.take(from, r.nameEnd(i+1))
		}
	}
}

// takeSpacedNames takes out names with blanks or signs between their characters: 王 建 国, 高。建。设.
func takeSpacedNames(r *reading) {
	for i := range r.text {
		if !r.is(i, surnames) || !r.starts(i) {
			continue
		}
		to := i + 1
		for to+1 < len(r.text) && to-i < 5 && (r.text[to] == ' ' || unicode.IsPunct(r.text[to])) && r.han(to+1) {
			to += 2
		}
		if to == i+3 && r.han(to) && !r.at(to, around) { // 王 建国
			to++
		}
		if to > i+1 {
			r.take(i, to)
		}
	}
}

// takeChildrensNames takes out what children are called, and whose parents somebody is: 妞妞的, 小强爸爸; and a character that is said to be in
// a name.
func takeChildrensNames(r *reading) {
	inName := strings.Contains(string(r.text), "名字")
	for i := range r.text {
		doubled := r.han(i) && r.han(i+1) && r.text[i] == r.text[i+1] && r.longest(i, commonWords) < 2 && r.longest(i, kin) < 2
		if doubled && r.at(i+2, ofChildren) && (r.starts(i) || r.after(i, labels, around)) {
			r.take(i, i+2)
		}
		if r.at(i, parents) {
			from := i
			for r.han(from-1) && i-from <= 3 {
				from--
			}
			if r.starts(from) && i-from >= 2 && i-from <= 3 && !r.madeOf(from, i, commonWords) {
				r.take(from, i)
			}
		}
		if inName && r.text[i] == '字' && r.han(i-1) && !r.within(i) && !r.within(i-1) && !r.at(i-1, functionWords) {
			r.take(i-1, i)
		}
	}
}

// takeGivenNames takes out given names that are words, by what stands around them: 国庆的爸爸, 我是建设, 党开放想问, 建设小学.
func takeGivenNames(r *reading) {
	for i := range r.text {
		n := r.longest(i, givenNames)
		if n == 0 {
			continue
		}
		to := i + n
		if r.anySurname(i-1) && (r.starts(i-1) || r.after(i-1, around, labels)) && (!r.han(to) || r.is(to, "家") || r.at(to, around) || r.at(to, functionWords) || r.at(to, addressed)) {
			r.take(i-1, to)
		}
		if r.is(to, "和跟") {
			if k := r.longest(to+1, givenNames); k > 0 { // 建设和国庆
				r.take(i, to+1+k)
			}
		}
		named := r.after(i, people) && !r.han(to) || r.after(i, beside) && !r.pair(to-1) || r.after(i, calling) && !r.within(i-1) || r.is(i-1, "“‘「'\"") && r.after(i-1, calling)
		acts := r.at(to, doing) && (r.starts(i) || r.after(i, people, beside))
		related := r.at(to, kin) || r.is(to, "的他她") && r.at(to+1, kin) || r.is(to, "家") && !r.within(to) || r.at(to, addressed) || r.at(to, institutions)
		if named || acts || related {
			r.take(i, to)
		}
	}
}

// takeRests takes out what touches what is taken out and belongs to nothing else: 国 of 建国的, 和 of 和平, 小 of 小芳.
func takeRests(r *reading) {
	for i, c := range r.text { // 狗子 of 二狗子家
		for k := i - 1; c == '家' && !r.within(i) && k >= i-3 && r.han(k) && !r.within(k); k-- {
			if r.out(k) {
				r.take(k, i)
			}
		}
	}
	for again := true; again; {
		again = false
		for i := range r.text {
			if r.han(i) && !r.out(i) && (r.out(i-1) && !isSpoken(r.text[i-1]) || r.out(i+1)) && !r.belongs(i) {
				r.gone[i], again = true, true
			}
		}
	}
}

// belongs reports whether a known character that may be part of a name is part of something that is left.
func (r *reading) belongs(i int) bool {
	function := func(i int) bool { return functionWords.words[string(r.text[i])] }
	mayBeName := r.is(i, inNames+familiar) || r.is(i+1, "的家") && !r.at(i, commonWords)
	return !mayBeName || r.within(i) || r.pair(i-1) && !r.out(i-1) && !function(i-1) || r.pair(i) && !r.out(i+1) && !function(i+1)
}
