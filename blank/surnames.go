package blank

// surnameAt reports whether a surname is at i that is part of no word there.
func (r *reading) surnameAt(i int) bool {
	return r.is(i, surnames) && !r.within(i) && !r.isTerm(i)
}

// anySurname also knows the surnames that are words by themselves.
func (r *reading) anySurname(i int) bool { return r.is(i, surnames+rareSurnames) && !r.within(i) }

// isTerm reports whether the character at i is part of a word of the city's texts.
func (r *reading) isTerm(i int) bool {
	for n := 2; n <= maxTerm; n++ {
		for from := max(i-n+1, 0); from <= i && from+n <= len(r.text); from++ {
			if r.words.terms[string(r.text[from:from+n])] {
				return true
			}
		}
	}
	return false
}

// inGiven reports whether a character of a given name may stand at i: letters may hide one.
func (r *reading) inGiven(i int) bool {
	return i < len(r.text) && (isHan(r.text[i]) || isLatin(r.text[i])) && !r.at(i, around)
}

// mayName reports whether the surname at i may begin a name where it stands: neither is it counted (两张), nor does nothing follow. One that is a
// word by itself as well, such as 钱, does so where somebody is named.
func (r *reading) mayName(i int) bool {
	if !r.inGiven(i+1) || i > 0 && (isFigure(r.text[i-1]) || isSpoken(r.text[i-1])) {
		return false
	}
	return !r.at(i, commonWords) || !r.at(i+1, commonWords) && (r.starts(i) || r.after(i, around, labels))
}

// takeSurnames takes out each surname that is not known and the two characters behind it: given names are often words. A word is taken out
// as well that an unknown character makes a name of: 李子涵.
func takeSurnames(r *reading) {
	for i := range r.text {
		if !r.is(i, surnames) || r.gone[i] {
			continue
		}
		if r.out(i+2) && !r.gone[i+2] && (r.starts(i) || r.after(i, around, labels, beside)) && !r.goesOn(i+3) {
			r.take(i, i+3)
		}
		if r.known[i] || !r.mayName(i) {
			continue
		}
		r.gone[i] = true
		for k, given := i+1, 0; given < 2 && r.inGiven(k) && !r.at(k, addressed); k++ {
			r.gone[k] = true
			if isHan(r.text[k]) {
				given++
			}
		}
	}
}

// goesOn reports whether a name may go on at i: neither does a sentence end there, nor a word begin.
func (r *reading) goesOn(i int) bool {
	return r.han(i) && !r.at(i, around) && !r.at(i, commonWords) && !r.at(i, addressed) && !r.is(i, "的家")
}
