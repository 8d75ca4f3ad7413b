// Package problem says what is wrong with what people hand in: at which place of a file, in which field of a request, or that there is no
// such thing.
package problem

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is one fault at one place. Text says what is wrong and what would be right.
type Problem struct {
	File    string // path inside the content folder; "" when no single file is at fault
	Line    int    // 1-based; 0 when the whole file is meant
	Text    string
	Warning bool // worth a look, but nothing is refused for it
}

// String is the form that editors can jump to: file:line: text.
func (p Problem) String() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d", p.Line)
		}
		b.WriteString(": ")
	}
	if p.Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Text)
	return b.String()
}

// List is every problem found in one pass. As an error it prints one a line.
type List []Problem

// Addf appends a fault at a place.
func (l *List) Addf(file string, line int, format string, args ...any) {
	*l = append(*l, Problem{File: file, Line: line, Text: fmt.Sprintf(format, args...)})
}

// Warnf appends a warning at a place.
func (l *List) Warnf(file string, line int, format string, args ...any) {
	*l = append(*l, Problem{File: file, Line: line, Text: fmt.Sprintf(format, args...), Warning: true})
}

// Sort orders by file, then line, faults before warnings: what has to be mended is read first.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Problem) int {
		if a.Warning != b.Warning {
			if b.Warning {
				return -1
			}
			return 1
		}
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
}

// Faults counts the problems that are not warnings.
func (l List) Faults() int {
	n := 0
	for _, p := range l {
		if !p.Warning {
			n++
		}
	}
	return n
}

// OnlyFaults leaves out the warnings.
func (l List) OnlyFaults() List {
	return slices.DeleteFunc(slices.Clone(l), func(p Problem) bool { return p.Warning })
}

// In says whether a file has a fault. What rests on such a file cannot be judged: each of its readers would repeat the fault in
// words of its own.
func (l List) In(file string) bool {
	return slices.ContainsFunc(l, func(p Problem) bool { return p.File == file && !p.Warning })
}

// Err is nil when nothing but warnings was found.
func (l List) Err() error {
	if l.Faults() == 0 {
		return nil
	}
	return l
}

func (l List) Error() string {
	lines := make([]string, len(l))
	for i, p := range l {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}
