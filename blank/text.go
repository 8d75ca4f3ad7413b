package blank

import "strings"

// text is what is read, in simplified characters and small letters, with what can be asked of a place in it.
type text []rune

func (t text) han(i int) bool { return i >= 0 && i < len(t) && isHan(t[i]) }

// is reports whether one of signs stands at i.
func (t text) is(i int, signs string) bool {
	return i >= 0 && i < len(t) && strings.ContainsRune(signs, t[i])
}

// starts reports whether a sentence or a part of one begins at i.
func (t text) starts(i int) bool { return !t.han(i - 1) }

// longest is how many characters the longest word of d has that begins at i, 0 when none does.
func (t text) longest(i int, d dict) int {
	if i >= len(t) {
		return 0
	}
	for n := min(d.first[t[i]], len(t)-i); n > 0; n-- {
		if d.words[string(t[i:i+n])] {
			return n
		}
	}
	return 0
}

// at reports whether a word of d begins at i.
func (t text) at(i int, d dict) bool { return t.longest(i, d) > 0 }

// after reports whether a word of one of dicts ends before i.
func (t text) after(i int, dicts ...dict) bool {
	for _, d := range dicts {
		if i <= 0 {
			return false
		}
		for n := min(d.last[t[i-1]], i); n > 0; n-- {
			if d.words[string(t[i-n:i])] {
				return true
			}
		}
	}
	return false
}

// inside reports whether the n characters at i are part of a word of d that has two at least.
func (t text) inside(i, n int, d dict) bool {
	for from := max(i+n-d.max, 0); from <= i; from++ {
		if k := t.longest(from, d); k >= 2 && from+k >= i+n {
			return true
		}
	}
	return false
}

// within reports whether the character at i is part of a common word of several characters.
func (t text) within(i int) bool { return t.inside(i, 1, commonWords) }

// madeOf reports whether words of d fill what stands between from and to.
func (t text) madeOf(from, to int, d dict) bool {
	for from < to {
		n := t.longest(from, d)
		if n == 0 || from+n > to {
			return false
		}
		from += n
	}
	return true
}
