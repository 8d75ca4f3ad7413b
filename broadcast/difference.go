package broadcast

import "slices"

// Fate is what became of a line, or of a part of its text.
type Fate string

const (
	Kept    Fate = "kept"
	Removed Fate = "removed"
	Added   Fate = "added"
	Changed Fate = "changed"
)

var fateLabels = map[Fate]string{Kept: "未变", Removed: "删", Added: "增", Changed: "改"}

// Label is what an official reads for it, in Chinese.
func (f Fate) Label() string { return fateLabels[f] }

// Change is a line that is in one of two versions only, or reads otherwise in the later.
type Change struct {
	Line           // of the later version; of the earlier one when Removed
	Fate   Fate    // Removed, Added or Changed
	Before string  // of Changed
	Pieces []Piece // of Changed: Before and Value in one
}

// Piece is a part of a text.
type Piece struct {
	Fate Fate // Kept, Removed or Added
	Text string
}

// changes are the lines in which two versions differ. A line of the same field in the place of another is the same line, changed.
func changes(before, after []Line) []Change {
	var all []Change
	align(before, after, func(fate Fate, l Line) {
		if fate == Kept {
			return
		}
		one := Change{Line: l, Fate: fate}
		i := slices.IndexFunc(all, func(c Change) bool {
			return c.Fate != Changed && c.Fate != fate && c.Group == l.Group && c.Part == l.Part && c.Field == l.Field
		})
		if i < 0 {
			all = append(all, one)
			return
		}
		was, is := all[i].Line, l
		if fate == Removed {
			was, is = l, all[i].Line
		}
		all[i] = Change{Line: is, Fate: Changed, Before: was.Value, Pieces: pieces(was.Value, is.Value)}
	})
	return all
}

// pieces is what became of a text, character by character.
func pieces(before, after string) []Piece {
	var all []Piece
	align([]rune(before), []rune(after), func(fate Fate, r rune) {
		if n := len(all); n > 0 && all[n-1].Fate == fate {
			all[n-1].Text += string(r)
			return
		}
		all = append(all, Piece{fate, string(r)})
	})
	return all
}

// maxCompared bounds the work of align: two texts of two thousand characters. What is longer is taken as replaced.
const maxCompared = 4 << 20

// align says of each item, in order, whether it was kept, removed or added, with the longest common subsequence kept.
func align[T comparable](before, after []T, say func(fate Fate, item T)) {
	sayAll := func(fate Fate, items []T) {
		for _, item := range items {
			say(fate, item)
		}
	}
	start := 0
	for start < len(before) && start < len(after) && before[start] == after[start] {
		start++
	}
	sayAll(Kept, before[:start])
	before, after = before[start:], after[start:]
	end := 0
	for end < len(before) && end < len(after) && before[len(before)-1-end] == after[len(after)-1-end] {
		end++
	}
	same := before[len(before)-end:]
	before, after = before[:len(before)-end], after[:len(after)-end]
	if len(before)*len(after) > maxCompared {
		sayAll(Removed, before)
		sayAll(Added, after)
		before, after = nil, nil
	}
	length := common(before, after)
	i, j := 0, 0
	for i < len(before) && j < len(after) {
		switch {
		case before[i] == after[j]:
			say(Kept, before[i])
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			say(Removed, before[i])
			i++
		default:
			say(Added, after[j])
			j++
		}
	}
	sayAll(Removed, before[i:])
	sayAll(Added, after[j:])
	sayAll(Kept, same)
}

// common is the length of the longest common subsequence of before[i:] and after[j:].
func common[T comparable](before, after []T) [][]uint16 {
	length := make([][]uint16, len(before)+1)
	for i := range length {
		length[i] = make([]uint16, len(after)+1)
	}
	for i := len(before) - 1; i >= 0; i-- {
		for j := len(after) - 1; j >= 0; j-- {
			if before[i] == after[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	return length
}
