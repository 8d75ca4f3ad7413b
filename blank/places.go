package blank

// takePlaces takes out the names that tables list.
func takePlaces(r *reading) {
	for i := 0; i < len(r.text); i++ {
		if n := r.longest(i, r.words.places); n > 0 {
			r.take(i, i+n)
			i += n - 1
		}
	}
}

// takeAddresses takes out what stands before the kind of a place, which stays, and numbers of houses, floors, rooms and classes.
func takeAddresses(r *reading) {
	for i := range r.text {
		r.take(i, i+r.longest(i, flats))
		if n := r.longest(i, housing); n > 0 && !r.at(i, notHouses) {
			from := r.numberBefore(i)
			if r.text[i] == '班' && r.after(from, grades) {
				from = r.numberBefore(from - grades.max)
			} else if r.text[i] == '班' && r.is(from-1, "高初大") {
				from--
			}
			if from < i && !r.is(from-1, "月") { // 12月5号
				r.take(from, r.roomEnd(i+n))
			}
		}
		if n := r.longest(i, estates); n > 0 && !r.inside(i, n, notPlaces) && (n > 1 || !r.within(i)) {
			r.takeNameBefore(i)
			r.know(i, n)
		}
	}
}

// numberBefore is where the number begins that ends at i.
func (r *reading) numberBefore(i int) int {
	for i > 0 && (isSpoken(r.text[i-1]) || isFigure(r.text[i-1]) || r.gone[i-1] && !isHan(r.text[i-1])) {
		i--
	}
	return i
}

// roomEnd is where the number of a room ends that stands at i: it has three digits at least.
func (t text) roomEnd(i int) int {
	to := i
	for to < len(t) && isFigure(t[to]) {
		to++
	}
	if to-i < 3 {
		return i
	}
	return to
}

// maxName is the longest name of a place that is looked for.
const maxName = 6

// takeNameBefore takes out the name that ends at i: what stands there back to a word that is never part of one.
func (r *reading) takeNameBefore(i int) {
	from := i
	for r.han(from-1) && i-from < maxName && !r.gone[from-1] && !r.after(from, r.words.areas, around, bounds) && !(r.official && r.afterWord(from)) {
		from--
	}
	for n := r.longest(from, leading); r.official && n > 0 && from < i; n = r.longest(from, leading) {
		from += n
	}
	if !r.madeOf(from, i, generic) {
		r.take(from, i)
	}
}

// afterWord reports whether a common word of several characters that is nobody's name ends before i.
func (t text) afterWord(i int) bool {
	for n := min(commonWords.max, i); n >= 2; n-- {
		if word := string(t[i-n : i]); commonWords.words[word] && !givenNames.words[word] {
			return true
		}
	}
	return false
}
