// Package problem says what is wrong with what people hand in: at which place of a file, in which field of a request, or that there is no
// such thing.
package problem

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Problem is one fault at one place. It is for officials, who write a city's files.
type Problem struct {
	File    string // path inside the content folder; "" when no single file is at fault
	Line    int    // 1-based; 0 when the whole file is meant
	Text    string // in Chinese: what is wrong and what would be right
	Warning bool   // worth a look, but nothing is refused for it
	Lack    bool   // a fault: something is not filled in yet, as it is while it is written
}

// String begins as editors can jump to it: notices/N1.md:12: 公告N1：what is wrong.
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
		b.WriteString("提醒：")
	}
	if of := p.Of(); of != "" {
		b.WriteString(of + "：")
	}
	b.WriteString(p.Text)
	return b.String()
}

// Of is what officials call the file: 公告N1 for notices/N1.md; "" when it has no name of its own.
func (p Problem) Of() string {
	if name, ok := called[p.File]; ok {
		return name
	}
	dir, base := path.Split(p.File)
	ext := path.Ext(base)
	if what, ok := called[dir+"*"+ext]; ok {
		return what + strings.TrimSuffix(base, ext)
	}
	return ""
}

// called is what the files of a city hold, by path, or by the pattern of many alike.
var called = map[string]string{
	"city.yaml": "城市设置", "contacts.yaml": "联系方式", "menu.yaml": "公众号菜单", "templates.yaml": "消息模板", "phrases.yaml": "机器人自己的话",
	"matching/lexicon.txt": "同义词表", "matching/fillers.txt": "不计的字词", "matching/negatives.txt": "不归本市答的问题",
	"notices/*.md": "公告", "intents/*.yaml": "问答", "tables/*.csv": "查询表", "broadcasts/*.yaml": "群发稿", "questions/*.jsonl": "已知问题",
}

// List is every problem found in one pass. As an error it prints one a line.
type List []Problem

// Addf appends a fault at a place.
func (l *List) Addf(file string, line int, format string, args ...any) {
	*l = append(*l, Problem{File: file, Line: line, Text: fmt.Sprintf(format, args...)})
}

// Lackf appends a fault at a place: something is not filled in yet.
func (l *List) Lackf(file string, line int, format string, args ...any) {
	*l = append(*l, Problem{File: file, Line: line, Text: fmt.Sprintf(format, args...), Lack: true})
}

// Warnf appends a warning at a place.
func (l *List) Warnf(file string, line int, format string, args ...any) {
	*l = append(*l, Problem{File: file, Line: line, Text: fmt.Sprintf(format, args...), Warning: true})
}

// enough is how many problems of one file are worth reading before it is mended.
const enough = 100

// Enough says whether a file has enough problems since the list had before, and notes that the rest of the file, from a line, is not looked at.
func (l *List) Enough(file string, line, before int) bool {
	if len(*l)-before <= enough {
		return false
	}
	l.Addf(file, line, "问题超过%d处，后面的没有检查：请先改正这些", enough)
	return true
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
