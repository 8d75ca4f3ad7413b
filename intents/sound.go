package intents

import "slices"

// SoundsLike reports whether two names are spoken alike, tones left out: 向阳 and 象杨, 向阳 and xiangyang. Names of one
// syllable never are: too many words sound like them.
func SoundsLike(a, b string) bool {
	x, y := split([]rune(key(a)), nil, nil), split([]rune(key(b)), nil, nil)
	if len(x) < 2 || len(x) != len(y) {
		return false
	}
	for i := range x {
		if !x[i].soundsLike(y[i]) {
			return false
		}
	}
	return true
}

func (u unit) soundsLike(v unit) bool {
	if u.read[0] == 0 || u.read[0] > nameSound-1 { // a number or a word that is no pinyin
		return u.r == v.r && u.value == v.value
	}
	return slices.ContainsFunc(u.read[:], func(s syllable) bool { return s != 0 && slices.Contains(v.read[:], s) })
}
