// Package parts reads and writes the entries of a city's folder as forms: a contact, a topic, a button of the menu, a notice. One machine does it for
// all kinds: each has a file, a field that names a part, and fields (kinds.go). What is written keeps every other byte of its file, comments included
// (edit.go), reads back as it was written, and is checked as the whole folder is (check.go).
package parts

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"towncrier/content"
	"towncrier/problem"
)

// Folder is a city's folder: what each file holds, by its path.
type Folder = map[string][]byte

// Part is one entry of a folder.
type Part struct {
	Key, Path string
	Value     map[string]any // string, bool, int, []any and map[string]any
	Fault     string         // why it has no value: its file must be mended first
	Use       string         // of a phrase: when it is said
	BuiltIn   string         // of a phrase: its text when the city has none of its own
}

// Digest names what a part holds, "" when there is none.
func (p Part) Digest() string {
	if p.Value == nil {
		return ""
	}
	text, err := json.Marshal(p.Value) // keys are sorted
	if err != nil {                    // there is nothing in it that could fail
		panic(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Text is a part for people who compare two of them: every field after its label, but for those that are left out.
func (k Kind) Text(p Part, without ...string) string {
	var lines []string
	for _, f := range k.Fields {
		v, given := p.Value[f.Name]
		switch {
		case !given || slices.Contains(without, f.Name):
		case k.Path == noticesPath && f.Name == passagesField:
			for _, p := range v.([]any) {
				lines = append(lines, passageLine(p))
			}
		default:
			lines = append(lines, writer{}.lines(0, f.Label+":", f.labelled(v))...)
		}
	}
	return strings.Join(append(lines, ""), "\n")
}

// labelled is a value with labels for the names in it.
func (f Field) labelled(v any) any {
	switch v := v.(type) {
	case []any:
		all := make([]any, len(v))
		for i, item := range v {
			all[i] = f.labelled(item)
		}
		return all
	case map[string]any:
		all := map[string]any{}
		for name, inner := range v {
			label := name
			of, known := f.Inner(name)
			if known {
				label = of.Label
			}
			all[label] = of.labelled(inner)
		}
		return all
	}
	return f.Read(v)
}

// ErrNoPart says that there is no part of this kind with this key.
var ErrNoPart = problem.NotFound("没有这一项：请先列出这一类的各项，再写它的编号或名称")

// FileError says that a file has no form: it is mended as a file first.
type FileError struct {
	File     string
	Why      string
	Problems problem.List
}

func (e *FileError) Error() string {
	if len(e.Problems) > 0 {
		e.File, e.Why = e.Problems[0].File, e.Problems[0].Text
		if line := e.Problems[0].Line; line > 0 {
			e.Why = fmt.Sprintf("第%d行：%s", line, e.Why)
		}
	}
	if e.Why == "" {
		e.Why = "里面有按项编辑认不出的写法"
	}
	return fmt.Sprintf("%s 要先作为整个文件改好：%s", e.File, e.Why)
}

// All are the parts of a kind, in the order of the file. The error is a *FileError.
func (k Kind) All(f Folder) ([]Part, error) {
	if !k.single() {
		list, err := k.read(f)
		return list.parts, err
	}
	var all []Part
	for _, file := range slices.Sorted(maps.Keys(f)) {
		if ok, _ := path.Match(k.Path, file); ok {
			p, err := k.one(f, k.keyOf(file))
			if bad, ok := errors.AsType[*FileError](err); ok {
				p = Part{Key: k.keyOf(file), Path: file, Fault: bad.Error()}
			}
			all = append(all, p)
		}
	}
	return all, nil
}

// Page is at most limit parts of a kind, in the order of All, from the one after the key after on, "" for the first; more says that others follow.
// problem.ErrCursor when there is nothing to go on from.
func (k Kind) Page(f Folder, after string, limit int) (page []Part, more bool, err error) {
	if k.single() { // what is not of the page is not read
		f = maps.Clone(f)
		maps.DeleteFunc(f, func(file string, _ []byte) bool {
			ok, _ := path.Match(k.Path, file)
			return !ok || after != "" && file <= k.file(after)
		})
		files := slices.Sorted(maps.Keys(f))
		for _, file := range files[min(len(files), limit):] {
			delete(f, file)
		}
		page, err = k.All(f)
		return page, len(files) > limit, err
	}
	all, err := k.All(f)
	if err != nil {
		return nil, false, err
	}
	if after != "" {
		_, at := find(all, after)
		if at < 0 {
			return nil, false, problem.ErrCursor
		}
		all = all[at+1:]
	}
	return all[:min(len(all), limit)], len(all) > limit, nil
}

// One is the part with a key. The error is a *FileError or ErrNoPart.
func (k Kind) One(f Folder, key string) (Part, error) {
	if k.single() {
		return k.one(f, key)
	}
	all, err := k.All(f)
	if err != nil {
		return Part{}, err
	}
	p, at := find(all, key)
	if at < 0 {
		return Part{}, ErrNoPart
	}
	return p, nil
}

// find is the part with a key and where it is, -1 for none.
func find(parts []Part, key string) (Part, int) {
	i := slices.IndexFunc(parts, func(p Part) bool { return p.Key == key })
	if i < 0 {
		return Part{}, i
	}
	return parts[i], i
}

// one is a part that has a file of its own.
func (k Kind) one(f Folder, key string) (Part, error) {
	file := k.file(key)
	src, there := f[file]
	if !there {
		return Part{}, ErrNoPart
	}
	if path.Ext(file) == ".md" {
		n, err := readNotice(file, src)
		if err != nil {
			return Part{}, err
		}
		return Part{Key: key, Path: file, Value: n.value}, nil
	}
	_, v, err := parseText(file, src)
	if err != nil {
		return Part{}, err
	}
	value, ok := v.(map[string]any)
	if !ok {
		return Part{}, &FileError{File: file}
	}
	return Part{Key: key, Path: file, Value: value}, nil
}

// list is a file of several parts.
type list struct {
	root  any // of the file
	parts []Part
}

func (k Kind) read(f Folder) (list, error) {
	src, there := f[k.Path]
	if k.lines() {
		lines, err := k.readLines(src)
		return list{parts: partsOf(lines)}, err
	}
	var l list
	if there {
		var err error
		if _, l.root, err = parseText(k.Path, src); err != nil {
			return list{}, err
		}
	}
	if k.Name == phrasesKind {
		own, ok := l.root.(map[string]any)
		if l.root != nil && !ok {
			return list{}, &FileError{File: k.Path}
		}
		l.parts = phraseParts(k.Path, own)
		return l, nil
	}
	entries, ok := l.root, true
	if k.Under != "" {
		var whole map[string]any
		if whole, ok = l.root.(map[string]any); ok {
			entries = whole[k.Under]
		}
	}
	all, isList := entries.([]any)
	if !ok || !isList && entries != nil && entries != "" {
		return list{}, &FileError{File: k.Path}
	}
	for i, entry := range all {
		m, _ := entry.(map[string]any)
		key, _ := m[k.Key].(string)
		if key == "" || slices.ContainsFunc(l.parts, func(p Part) bool { return p.Key == key }) {
			field, _ := k.Field(k.Key)
			return list{}, &FileError{File: k.Path, Why: fmt.Sprintf("第%d项没有%s，或者与前面的相同", i+1, field.Label)}
		}
		l.parts = append(l.parts, Part{Key: key, Path: k.Path, Value: m})
	}
	return l, nil
}

// write is the file, src, with other parts than those of l, which were read from it.
func (k Kind) write(src []byte, l list, parts []Part) ([]byte, error) {
	if k.lines() {
		return k.writeLines(src, parts)
	}
	return rewrite(k.Path, src, k.with(l, parts))
}

// with is the root of the file with other parts.
func (k Kind) with(l list, parts []Part) any {
	if k.Name == phrasesKind {
		own := map[string]any{}
		for _, p := range parts {
			if p.Value != nil && p.Value["text"] != nil {
				own[p.Key] = p.Value["text"]
			}
		}
		return own
	}
	entries := make([]any, len(parts))
	for i, p := range parts {
		entries[i] = p.Value
	}
	if k.Under == "" {
		return entries
	}
	whole, _ := l.root.(map[string]any)
	whole = maps.Clone(whole)
	whole[k.Under] = entries
	return whole
}

const phrasesKind = "phrases"

// phraseParts are all phrases, those of the city's own with their text.
func phraseParts(file string, own map[string]any) []Part {
	var all []Part
	for _, p := range content.Phrases() {
		part := Part{Key: p.ID, Path: file, Use: p.Use, BuiltIn: p.Text}
		if text, ok := own[p.ID]; ok {
			part.Value = map[string]any{"id": p.ID, "text": text}
		}
		all = append(all, part)
	}
	for _, id := range slices.Sorted(maps.Keys(own)) {
		if !slices.ContainsFunc(all, func(p Part) bool { return p.Key == id }) {
			all = append(all, Part{Key: id, Path: file, Value: map[string]any{"id": id, "text": own[id]}})
		}
	}
	return all
}
