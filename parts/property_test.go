package parts

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// texts are what people and attackers fill in.
var texts = []string{"", " ", "好的", "a: b", "# x", "- a", "'", `"`, `\`, "{a}", "[a]", "true", "null", "12345", "0x1f", "2023-11-14", "1.5", "~", "&a", "*a", "!a", "|", ">", "%", "@a", "`",
	"甲\n乙", "甲\n\n  乙", "甲\r\n乙", "\t甲", "<b>", "\x00", "\u2028", "\ufeff", "yes", "a,b", "甲：乙", "${x}", "---", "...", "? a", "a #b", "a#b", "19900000009", "0000-5550101",
	"L1#1", "https://example.com/a", "sms", "subscription", strings.Repeat("长", 700)}

// TestAnyEditsLeaveAFileThatReads: of any sequence of edits each is refused whole, or reads back as it was written, with every other part as it was and
// every line outside of it the same.
func TestAnyEditsLeaveAFileThatReads(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := folder(t, os.DirFS("../testdata/littletown"), rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(r, "eol"))
		f["contacts.yaml"] = drawContacts(r)
		for range rapid.IntRange(1, 6).Draw(r, "edits") {
			k := rapid.SampledFrom(Kinds()).Draw(r, "kind")
			all, err := k.All(f)
			if err != nil {
				r.Fatal(err)
			}
			p := Part{Key: "new"}
			if i := slices.IndexFunc(all, func(p Part) bool { return p.Key == "new" }); i >= 0 {
				p = all[i]
			} else if len(all) > 0 && rapid.Bool().Draw(r, "there") {
				p = rapid.SampledFrom(all).Draw(r, "part")
			}
			var e Edit
			if rapid.IntRange(0, 5).Draw(r, "remove") == 0 {
				e, err = k.Remove(f, p.Key, p.Digest())
			} else {
				form := maps.Clone(p.Value)
				if form == nil {
					form = map[string]any{}
				}
				for range rapid.IntRange(1, 3).Draw(r, "fields") {
					field := rapid.SampledFrom(k.Fields).Draw(r, "field")
					form[field.Name] = drawValue(r, field, form[field.Name])
				}
				e, err = k.Put(f, p.Key, form, p.Digest(), "")
			}
			if err != nil {
				if _, ok := errors.AsType[*InvalidError](err); !ok && !errors.Is(err, ErrNoPart) {
					r.Fatalf("%s %s: %v", k.Name, p.Key, err)
				}
				continue
			}
			if err := kept(k, f, e, p); err != nil {
				r.Fatalf("%s %s: %v\n%s", k.Name, p.Key, err, e.Text)
			}
			if _, err := k.Check(f, e, day); err != nil {
				continue
			}
			if e.Text == nil {
				delete(f, e.Path)
			} else {
				f[e.Path] = e.Text
			}
		}
		for _, k := range Kinds() {
			if _, err := k.All(f); err != nil {
				r.Fatal(err)
			}
		}
	})
}

// drawContacts is a file as people lay one out.
func drawContacts(r *rapid.T) []byte {
	entries := []string{
		"- {id: a%d, name: 甲, phone: \"1\", for: 问, source: 栏} # a\n",
		"- id: b%d # b\n  name: 乙\n\n  # within\n  phone: \"1\"\n  for: 问\n    答\n  source: '栏'\n",
		"-\n  id: c%d\n  name: 丙\n  phone: \"1\"\n  for: |\n    问\n\n    # 答\n  source: >-\n    栏\n    二\n",
		"-   id: d%d\n    name: {x: 1}\n    phone: \"1\"\n    for: [问,\n      答]\n    source: \"栏\n      三\"\n",
		"- source: 栏\n  for: |+\n    问\n\n\n  phone: \"1\"\n  name: 丁\n  id: e%d\n",
	}
	var b strings.Builder
	for i := range rapid.IntRange(1, 5).Draw(r, "contacts") {
		b.WriteString(rapid.SampledFrom([]string{"", "# c\n", "\n", "\n  # deep\n\n", "#\n# d\n"}).Draw(r, "between"))
		fmt.Fprintf(&b, rapid.SampledFrom(entries).Draw(r, "entry"), i)
	}
	text := b.String() + rapid.SampledFrom([]string{"", "# end\n", "\n"}).Draw(r, "end")
	if rapid.Bool().Draw(r, "without an end") {
		text = strings.TrimSuffix(text, "\n")
	}
	return []byte(text)
}

func drawValue(r *rapid.T, field Field, now any) any {
	text := rapid.SampledFrom(texts)
	list, _ := now.([]any)
	if !field.Many {
		return text.Draw(r, "text")
	}
	list = slices.Clone(list)
	if len(list) > 0 && rapid.Bool().Draw(r, "shorter") {
		i := rapid.IntRange(0, len(list)-1).Draw(r, "without")
		return slices.Delete(list, i, i+1)
	}
	at := rapid.IntRange(0, len(list)).Draw(r, "at")
	switch field.Name {
	case passagesField:
		return slices.Insert(list, at, any(map[string]any{"number": rapid.IntRange(1, 99).Draw(r, "number"), "text": text.Draw(r, "text")}))
	case "buttons", "vars", "slots":
		return slices.Insert(list, at, any(map[string]any{"name": text.Draw(r, "text"), "url": "https://example.com", "label": text.Draw(r, "label")}))
	}
	return slices.Insert(list, at, any(text.Draw(r, "text")))
}

// kept says what an edit did that it should not have done.
func kept(k Kind, f Folder, e Edit, p Part) error {
	if e.Text == nil || f[e.Path] == nil {
		return nil
	}
	after := maps.Clone(f)
	after[e.Path] = e.Text
	was, err := k.All(f)
	if err != nil {
		return err
	}
	is, err := k.All(after)
	if err != nil {
		return err
	}
	for _, before := range was {
		i := slices.IndexFunc(is, func(p Part) bool { return p.Key == before.Key })
		if before.Key != p.Key && (i < 0 || !same(is[i].Value, before.Value)) {
			return fmt.Errorf("%s is another", before.Key)
		}
	}
	old, now := bytes.Split(f[e.Path], []byte("\n")), bytes.Split(e.Text, []byte("\n"))
	at := k.placesOf(Edit{p.Key, e.Path, f[e.Path]})
	if at.file == "" || len(is) == 0 {
		return nil // a new one, or the only one
	}
	if at.from > 1 && strings.TrimSpace(string(old[at.from-2])) == "-" {
		at.from-- // the dash stands alone
	}
	for i := range min(at.from-1, len(old)) {
		if !bytes.Equal(old[i], now[i]) {
			return fmt.Errorf("line %d changed", i+1)
		}
	}
	for i := range len(old) - min(at.to-1, len(old)) {
		if !bytes.Equal(old[len(old)-1-i], now[len(now)-1-i]) {
			return fmt.Errorf("line %d changed", len(old)-i)
		}
	}
	return nil
}
