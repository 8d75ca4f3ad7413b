package intents

// trie finds words of runes or of syllables.
type trie struct {
	next  map[uint64]int32 // parent node and symbol -> node
	value []int32          // of the word that ends at the node, or -1
}

func newTrie() *trie { return &trie{next: map[uint64]int32{}, value: []int32{-1}} }

func edge[T rune | syllable](node int32, symbol T) uint64 {
	return uint64(node)<<32 | uint64(uint32(symbol))
}

// add puts a word in, and returns its value: the first value of a word stays. There is no empty word.
func add[T rune | syllable](t *trie, word []T, value int32) int32 {
	node := int32(0)
	for _, s := range word {
		e := edge(node, s)
		child, ok := t.next[e]
		if !ok {
			child = int32(len(t.value))
			t.next[e] = child
			t.value = append(t.value, -1)
		}
		node = child
	}
	if node != 0 && t.value[node] < 0 {
		t.value[node] = value
	}
	return t.value[node]
}

// longest is the length of the longest word that text starts with, and its value; 0 when there is none.
func longest[T rune | syllable](t *trie, text []T) (length int, value int32) {
	node, ok := int32(0), false
	for i, s := range text {
		if node, ok = t.next[edge(node, s)]; !ok {
			break
		}
		if v := t.value[node]; v >= 0 {
			length, value = i+1, v
		}
	}
	return length, value
}
