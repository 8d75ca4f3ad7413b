package parts

import (
	"fmt"
	"maps"
	"math"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"towncrier/content"
	"towncrier/plaintext"
)

// Edit is what a change makes of a file: Text nil takes it away.
type Edit struct {
	Key, Path string
	Text      []byte
}

// ChangedError says that a part is another by now than the one that somebody looked at.
type ChangedError struct {
	Theirs Part
	kind   Kind
}

// Text is what the colleague wrote, as a form has it.
func (e *ChangedError) Text() string { return e.kind.Text(e.Theirs) }

func (e *ChangedError) Error() string { return "同事改过这一项，请核对后再写" }

// Fault is what is wrong with a field of a part; Field is "" for the part as a whole.
type Fault struct{ Field, Text string }

// InvalidError is every fault of a part.
type InvalidError struct{ Faults []Fault }

func (e *InvalidError) Error() string {
	texts := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		texts[i] = strings.TrimPrefix(f.Field+"："+f.Text, "：")
	}
	return strings.Join(texts, "\n")
}

// Put writes a part with a key, as the form has it. was is the digest of the part that the author looked at, "" for none. before names the part
// that it comes to stand before, "" leaves it where it is, or puts a new one at the end. The errors are *InvalidError, *ChangedError and *FileError.
func (k Kind) Put(f Folder, key string, form map[string]any, was, before string) (Edit, error) {
	had, _ := k.One(f, key)
	value, err := k.clean(key, form, had.Value)
	if err != nil {
		return Edit{}, err
	}
	if k.single() {
		return k.putFile(f, key, value, was, before)
	}
	l, err := k.read(f)
	if err != nil {
		return Edit{}, err
	}
	parts := slices.Clone(l.parts)
	now, at := find(parts, key)
	if at < 0 {
		at = len(parts)
		parts = append(parts, Part{})
	}
	value = unchanged(now, value)
	if now.Digest() != was && !same(now.Value, value) {
		return Edit{}, &ChangedError{now, k}
	}
	next := Part{Key: value[k.Key].(string), Path: k.Path, Value: value}
	if _, other := find(parts, next.Key); other >= 0 && other != at {
		return Edit{}, invalid(k.Key, "已有一项用这个编号或名称，请换一个")
	}
	parts[at] = next
	if before != "" {
		if parts, err = k.move(parts, at, before); err != nil {
			return Edit{}, err
		}
	}
	text, err := k.write(f[k.Path], l, parts)
	return Edit{next.Key, k.Path, text}, err
}

func (k Kind) putFile(f Folder, key string, value map[string]any, was, before string) (Edit, error) {
	file := k.file(key)
	if before != "" {
		return Edit{}, invalid("", "这一类各有文件，没有先后，请去掉 before")
	}
	src, there := f[file]
	if there {
		now, err := k.one(f, key)
		if err != nil {
			return Edit{}, err
		}
		value = unchanged(now, value)
		if now.Digest() != was && !same(now.Value, value) {
			return Edit{}, &ChangedError{now, k}
		}
	} else if was != "" {
		return Edit{}, &ChangedError{kind: k}
	}
	write := rewriteMap
	if path.Ext(file) == ".md" {
		write = writeNotice
	}
	text, err := write(file, src, value)
	return Edit{key, file, text}, err
}

func rewriteMap(file string, src []byte, want map[string]any) ([]byte, error) {
	return rewrite(file, src, want)
}

// move puts the part at an index before the one with a key.
func (k Kind) move(parts []Part, at int, before string) ([]Part, error) {
	if k.Name == phrasesKind || k.lines() {
		return nil, invalid("", "这一类没有先后，请去掉 before")
	}
	moved := parts[at]
	if moved.Key == before {
		return parts, nil
	}
	rest := slices.Delete(slices.Clone(parts), at, at+1)
	_, to := find(rest, before)
	if to < 0 {
		return nil, invalid("", "before 写的那一项不在这一类里：请写另一项的编号或名称")
	}
	return slices.Insert(rest, to, moved), nil
}

// unchanged is the part as the file has it when a form says the same: a file may have fields that say nothing.
func unchanged(now Part, value map[string]any) map[string]any {
	says := maps.Clone(now.Value)
	maps.DeleteFunc(says, func(_ string, v any) bool { return v == "" || empty(v) })
	if now.Value != nil && same(says, value) {
		return now.Value
	}
	return value
}

// Remove takes a part away, as Put changes one. A phrase is the built-in one again.
func (k Kind) Remove(f Folder, key, was string) (Edit, error) {
	now, err := k.One(f, key)
	if err != nil {
		return Edit{}, err
	}
	if now.Digest() != was {
		return Edit{}, &ChangedError{now, k}
	}
	if k.single() {
		return Edit{key, now.Path, nil}, nil
	}
	if now.Value == nil { // a phrase that is the built-in one
		return Edit{}, ErrNoPart
	}
	l, err := k.read(f)
	if err != nil {
		return Edit{}, err
	}
	parts := slices.DeleteFunc(slices.Clone(l.parts), func(p Part) bool { return p.Key == key })
	text, err := k.write(f[k.Path], l, parts)
	return Edit{key, k.Path, text}, err
}

func invalid(field, text string) *InvalidError { return &InvalidError{[]Fault{{field, text}}} }

// The most characters of what names a part; a line of a file is that whole.
const (
	maxKey  = 64
	maxLine = 200
)

// maxText are the characters of one text of a form: thrice what a reply to a resident has room for.
const maxText = 2000

func (k Kind) maxKey() int {
	if k.lines() {
		return maxLine
	}
	return maxKey
}

var fileKey = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// joiner stands within emoji, which residents write: what may not have one is refused by its reader.
const joiner = "\u200d"

// clean is a form as a file has it: texts without spaces around them, fields that say nothing left out. What a part that is there lacks, as one
// that a program began, need not be filled in before anything else of it is written.
func (k Kind) clean(key string, form, had map[string]any) (map[string]any, error) {
	var faults []Fault
	fault := func(field, text string) { faults = append(faults, Fault{field, text}) }
	value := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		f, known := k.Field(name)
		if !known || f.Name != name {
			fault("", "有认不出的项：可以写 "+strings.Join(k.labels(), "、")) // its name may be anything, a number of somebody too
			continue
		}
		v := cleaner{k, fault}.clean(name, form[name])
		_, isList := v.([]any)
		_, isBool := v.(bool)
		switch {
		case v == nil || v == "" || empty(v):
			continue
		case f.YesNo && !isBool:
			fault(name, "应为 true（是）或 false（否）")
		case isBool && !f.YesNo:
			fault(name, "应为文字，写在引号里")
		case f.Many && !isList:
			fault(name, "应为列表，一项一项写")
		case !f.Many && isList:
			fault(name, "不能是列表")
		}
		value[name] = v
	}
	switch id, given := value[k.Key]; {
	case !given:
		value[k.Key] = key
	case k.Key == "id" && id != key:
		fault(k.Key, "编号不能改：请删去这一项，再用新编号写一项")
	}
	if k.single() && !fileKey.MatchString(key) {
		fault(k.Key, "编号由字母、数字、- 、_ 和 . 组成，字母或数字开头，最多64个")
	}
	if name, isText := value[k.Key].(string); !isText || utf8.RuneCountInString(name) > k.maxKey() || strings.Contains(name, "\n") {
		fault(k.Key, fmt.Sprintf("应为一行文字，最多%d个字", k.maxKey()))
	}
	if k.Name == phrasesKind && !slices.ContainsFunc(content.Phrases(), func(p content.Phrase) bool { return p.ID == key }) {
		fault(k.Key, "没有这一句：请先列出“"+k.Label+"”，写其中的编号")
	}
	for _, f := range k.Fields {
		_, given := value[f.Name]
		lacked := had != nil && (had[f.Name] == nil || had[f.Name] == "" || empty(had[f.Name]))
		if f.Needed && !given && !lacked && !slices.ContainsFunc(faults, func(known Fault) bool { return known.Field == f.Name }) {
			fault(f.Name, "没有填写")
		}
	}
	if k.Path == noticesPath {
		passages(value, fault)
	}
	if faults != nil {
		return nil, &InvalidError{faults}
	}
	return value, nil
}

func (k Kind) labels() []string {
	var all []string
	for _, f := range k.Fields {
		all = append(all, f.Label)
	}
	return all
}

// cleaner reads the values of a form.
type cleaner struct {
	kind  Kind
	fault func(field, text string)
}

// clean is a value of a form, nil when there is none.
func (c cleaner) clean(place string, v any) any {
	switch v := v.(type) {
	case nil, bool:
		return v
	case string:
		v = strings.TrimSpace(strings.ReplaceAll(v, "\r\n", "\n"))
		if why := plaintext.Unfit(strings.ReplaceAll(v, joiner, "")); why != "" && !c.kind.lines() { // those are what residents write
			c.fault(place, why)
		} else if n := utf8.RuneCountInString(v); n > maxText {
			c.fault(place, fmt.Sprintf("有%d个字，最多%d个字", n, maxText))
		}
		return c.kind.fieldAt(place).Written(v)
	case int:
		return c.clean(place, float64(v))
	case float64: // as JSON has them
		if c.kind.Path == noticesPath && strings.HasPrefix(place, passagesField+"[") && v == math.Trunc(v) && math.Abs(v) < 1e6 {
			return int(v)
		}
	case []any:
		all := []any{}
		for i, item := range v {
			at := fmt.Sprintf("%s[%d]", place, i)
			if one := c.clean(at, item); one != nil && one != "" {
				all = append(all, one)
			} else {
				c.fault(at, "没有填写：请填写，或者去掉这一项")
			}
		}
		return all
	case map[string]any:
		all := map[string]any{}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if key == "" || len(key) > 64 || plaintext.Unfit(key) != "" {
				c.fault(place, "里面有一项的名称不对")
				continue
			}
			if one := c.clean(place+"."+key, v[key]); one != nil && one != "" && !empty(one) {
				all[key] = one
			}
		}
		return all
	}
	c.fault(place, "应为文字，写在引号里")
	return nil
}

// passages are those of a notice: a number and one line of text each. Nothing else of a form is a number.
func passages(value map[string]any, fault func(field, text string)) {
	all, _ := value[passagesField].([]any)
	for i, item := range all {
		place := fmt.Sprintf("%s[%d]", passagesField, i)
		p, _ := item.(map[string]any)
		number, isNumber := p["number"].(int)
		text, isText := p["text"].(string)
		switch {
		case len(p) != 2 || !isNumber || !isText:
			fault(place, "应有 number（条目的编号，数字）和 text（文字）两项")
		case number < 1 || number > 9999:
			fault(place+".number", "应为1到9999的数字")
		case strings.Contains(text, "\n"):
			fault(place+".text", "一条写成一段，不能换行")
		}
	}
}
