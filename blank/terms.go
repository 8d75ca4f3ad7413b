package blank

import "strings"

// termFinder finds words of texts that have a surname's character: what stands there between different neighbours. 建设 is one in 提高建设水平
// and 城市建设, and 高建 is none.
type termFinder map[string]*sides

// sides are what stands on both sides of a piece of text: whether more than one thing does, which is so where a sentence or a function word is.
type sides struct {
	before, after         rune
	openBefore, openAfter bool
}

// maxTerm is the longest word that is found.
const maxTerm = 3

func (f termFinder) read(text []rune) {
	at := func(i int) rune {
		if i < 0 || i >= len(text) || !isHan(text[i]) || functionWords.words[string(text[i])] {
			return 0
		}
		return text[i]
	}
	for i, r := range text {
		if !strings.ContainsRune(surnames, r) {
			continue
		}
		for n := 2; n <= maxTerm; n++ {
			for from := max(i-n+1, 0); from <= i && from+n <= len(text); from++ {
				if at(from) == 0 || at(from+n-1) == 0 || at(from+1) == 0 {
					continue
				}
				f.see(string(text[from:from+n]), at(from-1), at(from+n))
			}
		}
	}
}

func (f termFinder) see(term string, before, after rune) {
	s := f[term]
	if s == nil {
		s = &sides{before: before, after: after}
		f[term] = s
	}
	s.openBefore = s.openBefore || before == 0 || before != s.before
	s.openAfter = s.openAfter || after == 0 || after != s.after
}

func (f termFinder) words() map[string]bool {
	words := map[string]bool{}
	for term, s := range f {
		if s.openBefore && s.openAfter {
			words[strings.Clone(term)] = true
		}
	}
	return words
}
