package plaintext

import (
	"bytes"
	"regexp"
	"strings"
)

var (
	twice     = regexp.MustCompile(`mapping key "([^"]*)" already defined`)
	wideColon = regexp.MustCompile(`^[\s-]*[^:"'\s：]+：`)
	noSpace   = regexp.MustCompile(`^[\s-]*\w+:\S`)
	inQuotes  = regexp.MustCompile(`quote|end character`)
	brackets  = regexp.MustCompile(`must be specified|\bflow\b|end token|could not find '|expected sequence element`)
)

// YAMLFault says in Chinese what most likely is wrong with text that is no YAML, at a line from 1: the parser said it in English, as a
// program sees it.
func YAMLFault(said string, text []byte, number int) string {
	line := lineOf(text, number)
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	switch m := twice.FindStringSubmatch(said); {
	case m != nil:
		return Quote(m[1]) + "写了两次，请只留一个"
	case strings.Contains(indent, "\t"), strings.Contains(said, `\t`):
		return "缩进里有制表符（Tab），请改用空格"
	case wideColon.MatchString(line):
		return "冒号写成了全角的“：”，应写半角的冒号，后面空一格"
	case noSpace.MatchString(line):
		return "冒号后面要空一格"
	case inQuotes.MatchString(said):
		return "引号没有成对"
	case brackets.MatchString(said):
		return "括号没有成对，或者两项之间没有半角的逗号"
	}
	return "写法不对：每一项写成“名称: 内容”，同一层的各项左边对齐；内容里有冒号、# 或引号的，整个内容用引号括起来"
}

// maxDepth is how deep YAML may nest. The deepest file of a city has three levels, and a parser's time grows with the square of the depth: 64 KiB
// of brackets took it 15 s.
const maxDepth = 32

// DeepYAML finds the line at which flow brackets or block dashes nest too deep for a parser to be given the text; 0 when none does. Brackets within
// texts and comments count, too.
func DeepYAML(src []byte) int {
	open, number := 0, 0
	for text := range bytes.Lines(src) {
		number++
		if lead := len(text) - len(bytes.TrimLeft(text, " -?")); lead > 2*maxDepth {
			return number
		}
		dashes := 0
		for i, c := range text {
			switch {
			case c == '[' || c == '{':
				open++
			case c == ']' || c == '}':
				open = max(open-1, 0)
			case (c == '-' || c == '?') && i+1 < len(text) && text[i+1] == ' ':
				dashes++
			}
			if open > maxDepth || dashes > maxDepth {
				return number
			}
		}
	}
	return 0
}

// lineOf is a line of text by its number, "" when there is none.
func lineOf(text []byte, number int) string {
	lines := strings.Split(string(text), "\n")
	if number < 1 || number > len(lines) {
		return ""
	}
	return lines[number-1]
}
