package intents

// lexicon finds concepts in units, by characters and by sound.
type lexicon struct {
	written *trie
	spoken  *trie
}

// minSpoken is the fewest syllables that a word is recognised by: single ones have too many homophones.
const minSpoken = 2

func newLexicon(concepts []Concept) *lexicon {
	l := &lexicon{written: newTrie(), spoken: newTrie()}
	for i, c := range concepts {
		l.add(c.Name, int32(i))
		for _, v := range c.Variants {
			l.add(v, int32(i))
		}
	}
	return l
}

func (l *lexicon) add(word string, value int32) {
	runes := []rune(key(word))
	add(l.written, runes, value)
	if len(runes) >= minSpoken {
		for _, s := range readings(runes) {
			add(l.spoken, s, value)
		}
	}
}

// readings lists how a word of Han characters may be read, at most eight ways; nil when a part has no reading.
func readings(word []rune) [][]syllable {
	const most = 8
	ways := [][]syllable{nil}
	for _, u := range split(word, nil, nil) {
		if u.read[0] == 0 {
			return nil
		}
		var longer [][]syllable
		for _, s := range u.read {
			for _, w := range ways {
				if s != 0 && len(longer) < most {
					longer = append(longer, append(w[:len(w):len(w)], s))
				}
			}
		}
		ways = longer
	}
	return ways
}

// find is the longest concept that units start with: as written, else as it sounds.
func (l *lexicon) find(units []unit) (n int, concept int32) {
	if n, concept = longestWritten(l.written, units); n > 0 {
		return n, concept
	}
	if n, concept = longestSpoken(l.spoken, units); n >= minSpoken {
		return n, concept
	}
	return 0, 0
}

func longestWritten(t *trie, units []unit) (length int, value int32) {
	return longestWrittenOf(t, units, anyWord)
}

// anyWord is for words whose value is their own: what a number or Latin letters say does not matter.
func anyWord(_ []unit, value int32) int32 { return value }

// longestWrittenOf is longestWritten among words of which means has a value, negative for none, in place of the trie's.
func longestWrittenOf(t *trie, units []unit, means func(said []unit, value int32) int32) (length int, value int32) {
	node, ok := int32(0), false
	for i := range units {
		if node, ok = t.next[edge(node, units[i].r)]; !ok {
			break
		}
		if v := t.value[node]; v >= 0 {
			if v = means(units[:i+1], v); v >= 0 {
				length, value = i+1, v
			}
		}
	}
	return length, value
}

// longestSpoken tries every reading of polyphones.
func longestSpoken(t *trie, units []unit) (length int, value int32) {
	return longestSpokenOf(t, units, anyWord)
}

// longestSpokenOf is to longestSpoken what longestWrittenOf is to longestWritten.
func longestSpokenOf(t *trie, units []unit, means func(said []unit, value int32) int32) (length int, value int32) {
	var walk func(node int32, depth int)
	walk = func(node int32, depth int) {
		if v := t.value[node]; v >= 0 && depth > length {
			if v = means(units[:depth], v); v >= 0 {
				length, value = depth, v
			}
		}
		if depth == len(units) {
			return
		}
		for _, s := range units[depth].read {
			if s == 0 {
				break
			}
			if child, ok := t.next[edge(node, s)]; ok {
				walk(child, depth+1)
			}
		}
	}
	walk(0, 0)
	return length, value
}
