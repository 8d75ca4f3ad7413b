package intents

import (
	"slices"
	"strings"
	"sync"
)

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

// Blur writes a text by its sounds, one rune for each, as many people do not tell them apart: zh and z, ch and c, sh and s, a final n and
// ng. 辛福 and 幸福 are one. Of a polyphone it takes the usual reading; what is no syllable stands for itself.
func Blur(text string) string {
	var b strings.Builder
	for _, u := range split([]rune(key(text)), nil, nil) {
		switch {
		case u.read[0] != 0 && u.read[0] < nameSound:
			b.WriteRune(blurred()[u.read[0]])
		case u.value != 0:
			b.WriteRune(firstValue + rune(u.value%maxValues))
		default:
			b.WriteRune(u.r)
		}
	}
	return b.String()
}

// Runes of Blur, in private planes: of syllables, and of numbers and words by what they say.
const (
	firstSound = 0xF0000
	firstValue = 0x100000
	maxValues  = 0xFFFD
)

// blurred is the rune of each syllable.
var blurred = sync.OnceValue(func() map[syllable]rune {
	same := strings.NewReplacer("zh", "z", "ch", "c", "sh", "s", "ng", "n")
	of, runes := map[string]rune{}, map[syllable]rune{}
	for name, s := range chinese().syllables {
		sound := same.Replace(name)
		if of[sound] == 0 {
			of[sound] = firstSound + rune(s)
		}
		runes[s] = of[sound]
	}
	return runes
})
