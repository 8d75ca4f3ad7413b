package intents

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// spell writes features in letters, so that the golden lists can be read.
func spell(keys []uint64, concepts []Concept) []string {
	h := chinese()
	sound := make([]string, int(numberSound)+1)
	for name, s := range h.syllables {
		sound[s] = name
	}
	sound[nameSound], sound[numberSound] = "NAME", "NUMBER"
	symbol := func(r uint64) string {
		switch {
		case r >= conceptMark && r < conceptMark+uint64(len(concepts)):
			return "<" + concepts[r-conceptMark].Name + ">"
		case r >= 0xD800 && r < 0xDC00:
			return sound[r-0xD800]
		case r == nameMark:
			return "NAME"
		case r == numberMark:
			return "NUMBER"
		case r == wordMark:
			return "WORD"
		}
		return string(rune(r))
	}
	var out []string
	for _, k := range keys {
		v := k & (1<<60 - 1)
		switch k & (0xF << 60) {
		case groupCharacters:
			if v&(1<<59) != 0 {
				out = append(out, fmt.Sprintf("c:=%d", v&(1<<32-1)))
				continue
			}
			s := ""
			for ; v > 0; v >>= 16 {
				s = symbol(v&0xFFFF) + s
			}
			out = append(out, "c:"+s)
		case groupSounds:
			s := sound[v&0xFFFF]
			if a := v >> 16; a > 0 {
				s = sound[a] + "-" + s
			}
			out = append(out, "s:"+s)
		case groupConcepts:
			s := concepts[v&0xFFFF].Name
			if v&(1<<32) != 0 {
				s = concepts[v>>16&0xFFFF].Name + "+" + s
			}
			out = append(out, "k:"+s)
		case groupRewritten:
			out = append(out, "r:"+symbol(v>>16)+symbol(v&0xFFFF))
		}
	}
	slices.Sort(out)
	return out
}

func TestFeatures(t *testing.T) {
	concepts := []Concept{{"狗", []string{"犬", "狗狗"}}, {"登记", []string{"狗证", "上户口"}}}
	l := newLexicon(concepts)
	for text, want := range map[string]string{
		"犬要登记":      "c:犬 c:犬要 c:犬要登 c:登 c:登记 c:要 c:要登 c:要登记 c:记 k:狗 k:狗+登记 k:登记 r:<狗>要 r:要<登记> s:de s:de-ji s:deng s:deng-ji s:ji s:quan s:quan-yao s:yao s:yao-de s:yao-deng",
		"gou zheng": "k:登记 s:gou s:gou-zheng s:zheng", // by sound, and no characters
		"狗，有":       "c:有 c:狗 k:狗 s:gou s:wei s:you",  // nothing crosses the comma
		"2000年":     "c:=2000 c:NUMBER c:NUMBER年 c:年 r:NUMBER年 s:NUMBER s:NUMBER-nian s:NUMBER-ning s:nian s:ning",
		"":          "",
		"。。。！":      "",
		"狗gou":      "c:狗 k:狗 r:<狗>gou s:gou s:gou-gou",
	} {
		s := newScratch()
		s.text = normalise(text, nil)
		s.units = split(s.text, nil, nil)
		if got := strings.Join(spell(s.keysOf(l), concepts), " "); got != want {
			t.Errorf("%q\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestVectoriseScalesGroups(t *testing.T) {
	keys := []uint64{groupCharacters | 1, groupCharacters | 2, groupConcepts | 7, groupRewritten | 9}
	vocabulary := map[uint64]int32{keys[0]: 0, keys[1]: 1, keys[2]: 2} // the last group has no known feature
	var v vector
	v.vectorise(keys, vocabulary, []float32{3, 4, 5})
	if want := []float32{groupWeight[0] * 0.6, groupWeight[0] * 0.8, groupWeight[2]}; !slices.Equal(v.value, want) {
		t.Errorf("values %v, want %v", v.value, want)
	}
}
