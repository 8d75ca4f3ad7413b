package page

import "strings"

// Change is a piece of a text that was compared with another.
type Change struct {
	Kind string // "same", "cut" or "add"
	Text string
}

// Diff is what became of a text, character by character; of long texts that differ much, line by line.
func Diff(before, after string) []Change {
	a, b := []rune(before), []rune(after)
	if len(a)*len(b) <= maxCells {
		return changes(strings.Split(before, ""), strings.Split(after, ""))
	}
	return changes(strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n"))
}

// maxCells is how many cells the table of a comparison may have: 16 MiB of them.
const maxCells = 4 << 20

// changes is the shortest way from a to b. What both begin and end with is set aside first.
func changes(a, b []string) []Change {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var out []Change
	out = join(out, "same", a[:start]...)
	out = between(out, a[start:len(a)-end], b[start:len(b)-end])
	return join(out, "same", a[len(a)-end:]...)
}

// between compares by the longest common subsequence. Texts beyond its table are one cut and one addition.
func between(out []Change, a, b []string) []Change {
	width := len(b) + 1
	if (len(a)+1)*width > maxCells {
		return join(join(out, "cut", a...), "add", b...)
	}
	common := make([]int32, (len(a)+1)*width) // of a[i:] and b[j:], at i*width+j
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = join(out, "same", a[i])
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[(i+1)*width+j] >= common[i*width+j+1]):
			out = join(out, "cut", a[i])
			i++
		default:
			out = join(out, "add", b[j])
			j++
		}
	}
	return out
}

// join puts texts behind changes, into the last one when it is of the same kind.
func join(out []Change, kind string, texts ...string) []Change {
	text := strings.Join(texts, "")
	switch last := len(out) - 1; {
	case text == "":
	case last >= 0 && out[last].Kind == kind:
		out[last].Text += text
	default:
		out = append(out, Change{Kind: kind, Text: text})
	}
	return out
}
