package parts

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"towncrier/problem"
)

// spot is a place in a part of a folder.
type spot struct {
	kind       Kind
	key, place string
}

// String is what officials read for it: 联系方式“hotline”的电话.
func (s spot) String() string {
	said := s.kind.Label + "“" + s.key + "”"
	if s.place != "" {
		said += "的" + s.kind.LabelOf(s.place)
	}
	return said
}

// LabelOf is what officials read for a place in a part: 下级按钮第2项.名称. What a city names itself, as a variable, stays.
func (k Kind) LabelOf(place string) string {
	var said []string
	fields := k.Fields
	for step := range strings.SplitSeq(place, ".") {
		name, item, _ := strings.Cut(step, "[")
		f, known := fieldOf(fields, name)
		if known {
			name = f.Label
		}
		if i, err := strconv.Atoi(strings.TrimSuffix(item, "]")); err == nil {
			name += fmt.Sprintf("第%d项", i+1)
		}
		said = append(said, name)
		fields = f.Within
	}
	return strings.Join(said, ".")
}

// speaker says what is wrong with a folder to who fills in forms: a field is called by its label, another part by its name; keys and lines of
// files say nothing to them.
type speaker struct{ files Folder }

// find is where a line of a file stands.
func (s speaker) find(file string, line int) (spot, bool) {
	for _, k := range kinds {
		if ok, _ := path.Match(k.Path, file); !ok {
			continue
		}
		for _, at := range k.entries(file, s.files[file]) {
			if line == 0 && !k.single() {
				break
			}
			if place, inside := at.find(problem.Problem{File: file, Line: line}); inside {
				return spot{k, at.key, place}, true
			}
		}
	}
	return spot{}, false
}

func (s speaker) elsewhere(p problem.Problem) string {
	at, known := s.find(p.File, p.Line)
	if !known {
		return p.String()
	}
	return at.String() + "：" + s.of(p, at)
}

// said are the pieces of a text that may have to be said otherwise: names of fields, words, files and lines. What somebody wrote stands in
// quotes or braces, and stays.
var said = regexp.MustCompile(`“[^”]*”|\$?\{[^}]*\}|第[0-9]+行|[A-Za-z0-9_][A-Za-z0-9_./#\[\]-]*(:[0-9]+)?`)

// of is a problem in the words of the form in which it is.
func (s speaker) of(p problem.Problem, at spot) string {
	text := strings.TrimPrefix(p.Text, at.key+"：")
	var b strings.Builder
	last := 0
	for _, found := range said.FindAllStringIndex(text, -1) {
		was := text[found[0]:found[1]]
		now := s.word(was, p.File, at)
		if now == was {
			continue
		}
		before, after := text[last:found[0]], text[found[1]:]
		if cut := strings.TrimSuffix(before, " "); endsInHan(cut) {
			before = cut
		}
		b.WriteString(before)
		b.WriteString(now)
		last = found[1]
		if cut := strings.TrimPrefix(after, " "); beginsWithHan(cut) {
			after, last = cut, last+len(after)-len(cut)
		}
		if twice := "（" + now + "）"; strings.HasPrefix(after, twice) {
			last += len(twice)
		}
	}
	b.WriteString(text[last:])
	return b.String()
}

func endsInHan(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return wide(r)
}

func beginsWithHan(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return wide(r)
}

// wide says whether a character needs no space beside Chinese.
func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || strings.ContainsRune("，。：；、（）“”", r)
}

// word is what a piece of a text is called in a form.
func (s speaker) word(was, file string, at spot) string {
	if line, ok := strings.CutPrefix(was, "第"); ok {
		number, _ := strconv.Atoi(strings.TrimSuffix(line, "行"))
		switch there, known := s.find(file, number); {
		case !known:
			return was
		case there.key == at.key:
			return at.kind.LabelOf(there.place) + "里"
		default:
			return "“" + there.key + "”里"
		}
	}
	name, line, _ := strings.Cut(was, ":")
	if path.Ext(name) != "" {
		number, _ := strconv.Atoi(line)
		if there, known := s.find(name, number); known {
			return spot{there.kind, there.key, ""}.String()
		}
		for _, k := range kinds {
			if k.Path == name && k.Under == "" {
				return "“" + k.Label + "”"
			}
		}
	}
	if label := at.kind.fieldAt(at.place).Read(was); label != any(was) {
		return label.(string)
	}
	for _, fields := range at.scopes() {
		for _, f := range fields {
			switch {
			case f.Name == was:
				return f.Label
			case strings.HasPrefix(was, f.Name+"[") || strings.HasPrefix(was, f.Name+"."):
				return at.kind.LabelOf(was)
			}
			if label := f.Read(was); label != any(was) {
				return label.(string)
			}
		}
	}
	return was
}

// scopes are the fields that a text may name, the nearest first.
func (s spot) scopes() (scopes [][]Field) {
	for place := s.place; place != ""; place = place[:max(0, strings.LastIndex(place, "."))] {
		scopes = append(scopes, s.kind.fieldAt(place).Within)
	}
	return append(scopes, s.kind.Fields)
}
