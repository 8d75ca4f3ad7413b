package intents

import (
	"reflect"
	"slices"
	"testing"
)

// TestLessonsAreAllThatIsLearnt: whatever else is changed in a set, a matcher of the same lessons is the same.
func TestLessonsAreAllThatIsLearnt(t *testing.T) {
	gazetteer := map[string][]Entry{"waterpoints": {{Name: "东街取水点", Aliases: []string{"大槐树"}}}}
	made := func(change func(*Set)) (*Set, *Matcher) {
		set, problems := Load(folder())
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		set.Intents[0].Slots = []Slot{{Name: placeSlot, Table: "waterpoints", Ask: "哪里", Found: "{name}", Unknown: "不知道"}}
		change(set)
		return set, Train(set, gazetteer)
	}
	_, was := made(func(*Set) {})
	told := map[string]bool{"ID": true, "Title": true, "Utterances": true, "FollowUps": true, "Slots": true, "Urgent": true, "Whole": true, "Quotes": true, "Written": true}
	for field := range reflect.TypeFor[Intent]().Fields() {
		_, is := made(func(s *Set) { disturb(reflect.ValueOf(s.Intents[1]).Elem().FieldByIndex(field.Index)) })
		if same := is.Lessons() == was.Lessons(); same == told[field.Name] {
			t.Errorf("another %s gives the same lessons: %v", field.Name, same)
		} else if same && !alike(was, is) {
			t.Errorf("another %s gives another matcher of the same lessons", field.Name)
		}
	}
	for field := range reflect.TypeFor[Slot]().Fields() {
		_, is := made(func(s *Set) { disturb(reflect.ValueOf(&s.Intents[0].Slots[0]).Elem().FieldByIndex(field.Index)) })
		if same := is.Lessons() == was.Lessons(); same == (field.Name == "Name" || field.Name == "Table") {
			t.Errorf("another %s of a slot gives the same lessons: %v", field.Name, same)
		} else if same && !alike(was, is) {
			t.Errorf("another %s of a slot gives another matcher of the same lessons", field.Name)
		}
	}
	for field := range reflect.TypeFor[Set]().Fields() {
		set, is := made(func(s *Set) { disturb(reflect.ValueOf(s).Elem().FieldByIndex(field.Index)) })
		if same := is.Lessons() == was.Lessons(); same != (field.Name == "Questions") {
			t.Errorf("other %s give the same lessons: %v", field.Name, same)
		}
		if LessonsOf(set, nil) == is.Lessons() {
			t.Error("another gazetteer gives the same lessons")
		}
	}
}

// disturb makes another value of what a field holds.
func disturb(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int:
		v.SetInt(v.Int() + 1)
	case reflect.Slice:
		if v.Len() > 0 {
			v.Set(v.Slice(0, v.Len()-1))
		} else {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
	}
}

// alike says whether two matchers rank and decide alike.
func alike(a, b *Matcher) bool {
	for _, text := range []string{"养狗怎么办", "牵绳要不要", "今天天气", "狗", "东街取水点在哪", "天上有什么"} {
		was, is := a.Match(text, Context{}), b.Match(text, Context{})
		if was.Decision != is.Decision || was.Confidence != is.Confidence || !slices.Equal(was.Ranked, is.Ranked) || !reflect.DeepEqual(was.Slots, is.Slots) {
			return false
		}
	}
	return true
}
