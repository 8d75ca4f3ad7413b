package parts

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towncrier/content"
)

const contacts = "# Where to turn.\n- id: a\n  name: 甲\n  phone: \"1\"\n  for: 问\n  source: 栏\n# the second\n- {id: b, name: 乙, phone: \"2\", for: 问, source: 栏}\n- {id: c, name: 丙, phone: \"3\", for: 问, source: 栏}\n"

// edited is contacts after forms were written and removed; "-" removes.
func edited(t testing.TB, text string, changes map[string]string) []byte {
	t.Helper()
	k := kind(t, "contacts")
	f := Folder{k.Path: []byte(text)}
	for _, key := range slices.Sorted(maps.Keys(changes)) {
		p, err := k.One(f, key)
		if err != nil && !errors.Is(err, ErrNoPart) {
			t.Fatal(err)
		}
		var e Edit
		if changes[key] == "-" {
			e, err = k.Remove(f, key, p.Digest())
		} else {
			form := maps.Clone(p.Value)
			if form == nil {
				form = map[string]any{"name": key, "phone": "9", "source": "栏"}
			}
			form["for"] = changes[key]
			e, err = k.Put(f, key, form, p.Digest(), "")
		}
		if err != nil {
			t.Fatal(err)
		}
		f[k.Path] = e.Text
	}
	return f[k.Path]
}

// TestMergeOfParts: what two authors made of different parts stands side by side; a part that both made something else of is named.
func TestMergeOfParts(t *testing.T) {
	no := func(string) content.Side { return content.Undecided }
	mine := edited(t, contacts, map[string]string{"a": "咨询", "d": "新的", "c": "-"})
	theirs := edited(t, strings.Replace(contacts, "# the second", "# the second one", 1), map[string]string{"b": "报警", "e": "别的"})
	merged, conflicts, ok := Merge("contacts.yaml", []byte(contacts), mine, theirs, no)
	want := "# Where to turn.\n- id: a\n  name: 甲\n  phone: \"1\"\n  for: 咨询\n  source: 栏\n# the second one\n- id: b\n  name: 乙\n  phone: \"2\"\n  for: 报警\n  source: 栏\n" +
		"- id: e\n  name: e\n  phone: \"9\"\n  for: 别的\n  source: 栏\n- id: d\n  name: d\n  phone: \"9\"\n  for: 新的\n  source: 栏\n"
	if !ok || conflicts != nil || string(merged) != want {
		t.Errorf("%v %v\n%s", ok, conflicts, merged)
	}

	both := edited(t, contacts, map[string]string{"a": "投诉", "c": "求助"})
	if _, conflicts, ok = Merge("contacts.yaml", []byte(contacts), mine, both, no); !ok || strings.Join(conflicts, " ") != "a c" {
		t.Errorf("%v %v", ok, conflicts)
	}
	merged, conflicts, ok = Merge("contacts.yaml", []byte(contacts), mine, both, func(string) content.Side { return content.Mine })
	if !ok || conflicts != nil || !strings.Contains(string(merged), "for: 咨询") || strings.Contains(string(merged), "id: c") {
		t.Errorf("%v %v\n%s", ok, conflicts, merged)
	}
	if merged, _, ok = Merge("phrases.yaml", nil, []byte("not_bound: 甲\n"), []byte("# ours\nnonsense: 乙\n"), no); !ok || string(merged) != "# ours\nnonsense: 乙\nnot_bound: 甲\n" && string(merged) != "# ours\nnot_bound: 甲\nnonsense: 乙\n" {
		t.Errorf("%v %q", ok, merged)
	}

	// What is more than parts is never lost unseen.
	for name, mine := range map[string]string{
		"a comment":    strings.Replace(contacts, "# the second", "# mine", 1),
		"the order":    contacts[strings.Index(contacts, "# the second"):] + contacts[:strings.Index(contacts, "# the second")],
		"no YAML":      "- id: [",
		"another form": strings.Replace(contacts, "name: 甲", "name: '甲'", 1),
	} {
		if _, _, ok := Merge("contacts.yaml", []byte(contacts), []byte(mine), theirs, no); ok {
			t.Errorf("%s was merged", name)
		}
	}
	for _, file := range []string{"notices/L1.md", "tables/x.csv", "intents/a.yaml"} {
		if _, _, ok := Merge(file, nil, nil, nil, no); ok {
			t.Errorf("%s was merged", file)
		}
	}
	city := "name: 镇 # ours\ntopics:\n  - {id: water, name: 水}\nhosts: []\n"
	merged, conflicts, ok = Merge("city.yaml", []byte(city), []byte(strings.Replace(city, "hosts", "  - id: more\n    name: 更多\nhosts", 1)), []byte(strings.Replace(city, "镇", "新镇", 1)), no)
	if want := "name: 新镇 # ours\ntopics:\n  - {id: water, name: 水}\n  - id: more\n    name: 更多\nhosts: []\n"; !ok || conflicts != nil || string(merged) != want {
		t.Errorf("%v %v\n%s", ok, conflicts, merged)
	}
}

// TestMergesLoseNothing: of any changes on both sides, each part is as the side has it that changed it, or it is named.
func TestMergesLoseNothing(t *testing.T) {
	k := kind(t, "contacts")
	rapid.Check(t, func(r *rapid.T) {
		changes := rapid.MapOf(rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}), rapid.SampledFrom([]string{"-", "一", "二"}))
		side := func(name string) (map[string]string, []byte) {
			drawn := changes.Draw(r, name)
			maps.DeleteFunc(drawn, func(key, text string) bool { return text == "-" && key > "c" }) // it is not there
			return drawn, edited(t, contacts, drawn)
		}
		mine, myText := side("mine")
		theirs, theirText := side("theirs")
		merged, conflicts, ok := Merge(k.Path, []byte(contacts), myText, theirText, func(string) content.Side { return content.Undecided })
		if !ok {
			if mine["a"] == "-" && mine["b"] == "-" && mine["c"] == "-" {
				return // comments between them may have gone too
			}
			r.Fatal("not merged")
		}
		for _, key := range []string{"a", "b", "c", "d", "e"} {
			want := mine[key]
			if want == "" {
				want = theirs[key]
			}
			clash := mine[key] != "" && theirs[key] != "" && mine[key] != theirs[key]
			if slices.Contains(conflicts, key) != clash {
				r.Fatalf("%s: %v of %v and %v", key, conflicts, mine, theirs)
			}
			if clash || conflicts != nil {
				continue
			}
			p, err := k.One(Folder{k.Path: merged}, key)
			is, _ := p.Value["for"].(string)
			if errors.Is(err, ErrNoPart) {
				is = "-"
			}
			if want == "" { // as it was
				want = map[bool]string{true: "问", false: "-"}[key <= "c"]
			}
			if is != want {
				r.Fatalf("%s: %q, want %q\n%s", key, is, want, merged)
			}
		}
	})
}
