package blank

// latinWord is a word in Latin letters with those next to it, "" where other text is.
type latinWord struct {
	at            int
	text          string
	before, after string
}

func isLatin(r rune) bool { return r >= 'a' && r <= 'z' }

func latinWords(text []rune) (words []latinWord) {
	end := 0 // of the word before, when nothing but blanks and apostrophes follow it
	for i := 0; i < len(text); i++ {
		from := i
		for i < len(text) && isLatin(text[i]) {
			i++
		}
		if i == from {
			if text[i] != ' ' && text[i] != '\'' && text[i] != '’' && text[i] != '-' {
				end = 0
			}
			continue
		}
		w := latinWord{at: from, text: string(text[from:i])}
		if end > 0 {
			last := &words[len(words)-1]
			w.before, last.after = last.text, w.text
		}
		words = append(words, w)
		end = i
		i--
	}
	return words
}

// knowsLatin reports whether the city's texts have a word alone when it stands alone, and else next to one of those that it stands next to: in
// pinyin each syllable of a name is a word of the city's. A single letter is known with what follows it, as in B超.
func (w *Words) knowsLatin(l latinWord, text []rune) bool {
	switch next := l.at + len(l.text); {
	case l.before != "" || l.after != "":
		return l.before != "" && w.latin[[2]string{l.before, l.text}] || l.after != "" && w.latin[[2]string{l.text, l.after}]
	case len(l.text) == 1:
		return next < len(text) && w.pairs[[2]rune{text[l.at], text[next]}]
	}
	return w.latin[[2]string{"", l.text}] && w.latin[[2]string{l.text, ""}]
}

// mailSigns are how people say the signs of an e-mail address.
var mailSigns = dictOf([]string{"艾特", "爱特", "圈a", "小老鼠", "@", "at qq", "at 163", "at 126", "at gmail", "at sina", "at foxmail", "at outlook", "at hotmail", "点com", "点cn", "点net", "dot com", ".com", ".cn", ".net"})

// maxMail is the longest part of an e-mail address that is looked for.
const maxMail = 20

// takeMails takes out e-mail addresses, those in words included: 张三艾特qq点com, 张三 at qq.
func takeMails(r *reading) {
	for i := range r.text {
		n := r.longest(i, mailSigns)
		if n == 0 || isLatin(r.text[i]) && i > 0 && isLatin(r.text[i-1]) {
			continue
		}
		inWords := r.han(i-1) || r.is(i-1, " ") && r.han(i-2)
		from, to := i, i+n
		for from > 0 && i-from < maxMail && r.inMail(from-1) && (inWords || !isHan(r.text[from-1])) && !r.after(from, around) {
			from--
		}
		for to < len(r.text) && to-i < maxMail && r.inMail(to) && !isHan(r.text[to]) {
			to++
		}
		r.take(from, to)
	}
}

// inMail reports whether what stands at i may be part of an e-mail address, a blank next to letters included.
func (t text) inMail(i int) bool {
	c := t[i]
	return isHan(c) || isLatin(c) || isFigure(c) || c == '.' || c == '_' || c == ' ' && (i+1 < len(t) && isLatin(t[i+1]) || i > 0 && isLatin(t[i-1]))
}

// pinyinNaming stands before a name or an address in pinyin.
var pinyinNaming = [][2]string{{"wo", "jiao"}, {"wo", "xing"}, {"xing", "ming"}, {"ming", "zi"}, {"zi", "jiao"}, {"ming", "jiao"}, {"wo", "shi"}, {"zhu", "zai"}, {"jia", "zai"}, {"wo", "zhu"}, {"jia", "zhu"}}

// maxPinyin is how many syllables of a name are looked for.
const maxPinyin = 3

// takePinyinNames takes out the syllables behind what names somebody, or where they live.
func takePinyinNames(r *reading) {
	words := latinWords(r.text)
	for i := 1; i < len(words); i++ {
		for _, naming := range pinyinNaming {
			if words[i].before != naming[0] || words[i].text != naming[1] {
				continue
			}
			for k := i + 1; k < len(words) && k <= i+maxPinyin && words[k].before == words[k-1].text; k++ {
				r.take(words[k].at, words[k].at+len(words[k].text))
			}
		}
	}
}
