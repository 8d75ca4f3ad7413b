package content

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"towncrier/problem"
)

// Filled is a template with values in it. It stands by itself: the template may change after.
type Filled struct {
	Values map[string]string // by field: texts, and times as in 2026-11-30 19:00
	Says   Statement
	Ends   Statement // with {ended} where the time stands at which it was over
}

// Fill fills the template with what an official wrote, by field or by its label, at a time in the city's zone. Everything that is wrong is
// said at once: the error joins a *problem.Invalid a fault, at fields.ID.
func (t *EmergencyTemplate) Fill(lib *Library, values map[string]string, at time.Time) (Filled, error) {
	f := filling{template: t, at: at, places: map[string]string{}, values: map[string]string{}}
	f.read(values)
	if err := errors.Join(f.faults...); err != nil {
		return Filled{}, err
	}
	f.moment("declared", at)
	made := Filled{Values: f.values, Says: t.Says.with(f.places), Ends: t.Ends.with(f.places)}
	f.fit(lib, t.Says, made.Says)
	f.fit(lib, t.Ends, made.Ends.Over(longest(at)))
	return made, errors.Join(f.faults...)
}

// longest is a time of the year that no other is longer than when it is written.
func longest(at time.Time) time.Time {
	return time.Date(at.Year(), time.December, 31, 23, 59, 0, 0, at.Location())
}

// Samples are the values that a template is checked with.
func (t *EmergencyTemplate) Samples() map[string]string {
	all := map[string]string{}
	for _, f := range t.Fields {
		all[f.ID] = f.Sample
	}
	return all
}

// Over is what is said when it was over at a time in the city's zone.
func (s Statement) Over(at time.Time) Statement {
	f := filling{places: map[string]string{}}
	f.moment("ended", at)
	return s.with(f.places)
}

// with is s with texts in their places. Places of which nothing is known stay.
func (s Statement) with(texts map[string]string) Statement {
	put := func(text string) string {
		return valuePlace.ReplaceAllStringFunc(text, func(p string) string {
			if said, ok := texts[p]; ok {
				return said
			}
			return p
		})
	}
	out := Statement{Headline: put(s.Headline), Issuer: put(s.Issuer)}
	texts = maps.Clone(texts)
	for i, p := range s.Passages {
		out.Passages = append(out.Passages, put(p))
		texts["{"+strconv.Itoa(i+1)+"}"] = out.Passages[i]
	}
	out.Answer = put(s.Answer) + unsaid(s.Silent, out.Passages)
	for _, m := range s.Messages {
		filled := m
		filled.Data = map[string]string{}
		for name, text := range m.Data {
			filled.Data[name] = put(text)
		}
		out.Messages = append(out.Messages, filled)
	}
	return out
}

// callable is a number that people call, which speaks of a telephone without a word for it.
var callable = regexp.MustCompile(`(?:^|[^0-9])(?:1[12][0-9]|[0-9]{5,}|[0-9]{3,4}[-－—][0-9]{3,})(?:$|[^0-9])`)

// unsaid is the sentence that says of what the passages do not speak, "" when there is nothing.
func unsaid(asked []Silence, passages []string) string {
	text := strings.Join(passages, "")
	if callable.MatchString(text) {
		text += "电话"
	}
	var about []string
	for _, s := range asked {
		if !slices.ContainsFunc(s.Unless, func(word string) bool { return strings.Contains(text, word) }) {
			about = append(about, s.About)
		}
	}
	if len(about) == 0 {
		return ""
	}
	return "公告没有写" + strings.Join(about, "、") + "。"
}

// filling is one template being filled.
type filling struct {
	template *EmergencyTemplate
	at       time.Time
	values   map[string]string // by field
	places   map[string]string // what stands where
	faults   []error
}

func (f *filling) fault(field EmergencyField, format string, args ...any) {
	f.faults = append(f.faults, &problem.Invalid{Field: "fields." + field.ID, Reason: field.Label + "：" + fmt.Sprintf(format, args...)})
}

func (f *filling) read(given map[string]string) {
	said := map[string]string{}
	for _, called := range slices.Sorted(maps.Keys(given)) {
		field, ok := f.template.Field(called)
		if !ok {
			f.faults = append(f.faults, &problem.Invalid{Field: "fields", Reason: "模板没有这一项，可以写：" + f.template.fieldNames()})
			continue
		}
		said[field.ID] = strings.TrimSpace(given[called])
	}
	for _, field := range f.template.Fields {
		switch value := said[field.ID]; {
		case value == "" && field.Optional:
			f.places["{"+field.ID+"}"] = field.Unsaid
		case value == "":
			f.fault(field, "没有填写")
		case field.Kind == TimeField:
			f.time(field, value)
		default:
			f.text(field, value)
		}
	}
	f.inOrder()
}

func (t *EmergencyTemplate) fieldNames() string {
	var all []string
	for _, field := range t.Fields {
		all = append(all, field.ID+"（"+field.Label+"）")
	}
	return strings.Join(all, "、")
}

// markup are characters that the files, the answers or the platforms read as more than text, and marks of quoted names, which every
// answer of the city would be compared with.
const markup = "<>{}[]【】《》“”「」\"`*#|\\~^_"

// text takes a text. What ends a sentence is left to the template.
func (f *filling) text(field EmergencyField, value string) {
	value = strings.TrimRight(value, "。；;，,！! ")
	n := utf8.RuneCountInString(value)
	switch i := strings.IndexAny(value, markup); {
	case value == "":
		f.fault(field, "没有填写")
	case strings.ContainsFunc(value, unprintable):
		f.fault(field, "有换行或看不见的字符：请写成一行")
	case i >= 0:
		r, _ := utf8.DecodeRuneInString(value[i:])
		f.fault(field, "有“%c”这样的符号：请只写文字、数字和逗号、顿号、句号", r)
	case n > field.Max:
		f.fault(field, "有%d个字，最多%d个字", n, field.Max)
	case mobile.MatchString(value):
		f.fault(field, "有手机号：请写座机或热线")
	case address.MatchString(narrow(value)):
		f.fault(field, "有网址：请去掉")
	default:
		f.put(field, "", value)
		f.values[field.ID] = value
	}
}

func (f *filling) put(field EmergencyField, form, value string) {
	f.places["{"+field.ID+form+"}"] = value
	if said := field.Said; form == "" && said != "" {
		own := Statement{Headline: said}.with(f.places) // of this value alone: the others are not read yet
		f.places["{"+field.ID+"}"] = own.Headline
	}
}

// kept is how a time is kept, and one way to write it.
const kept = "2006-01-02 15:04"

func (f *filling) time(field EmergencyField, value string) {
	at, ok := readMoment(value, f.at)
	if !ok {
		f.fault(field, "写成“19:00”（今天）、“明天6:00”或者“2026-11-30 19:00”")
		return
	}
	f.moment(field.ID, at)
	f.put(field, "", f.places["{"+field.ID+"}"])
	f.values[field.ID] = at.Format(kept)
}

// moment puts a time into the places of its forms.
func (f *filling) moment(name string, at time.Time) {
	for form, write := range timeForms {
		f.places["{"+name+form+"}"] = write(at)
	}
}

// timeForms are how a time is written. What is printed in a notice is 11月30日19时30分; a platform's keys want others.
var timeForms = map[string]func(time.Time) string{
	"":       func(at time.Time) string { return fmt.Sprintf("%d月%d日", int(at.Month()), at.Day()) + clock(at) },
	".full":  func(at time.Time) string { return DateOf(at).String() + clock(at) },
	".day":   func(at time.Time) string { return DateOf(at).String() },
	".clock": func(at time.Time) string { return DateOf(at).String() + at.Format(" 15:04") },
}

func clock(at time.Time) string {
	if at.Minute() == 0 {
		return fmt.Sprintf("%d时", at.Hour())
	}
	return fmt.Sprintf("%d时%d分", at.Hour(), at.Minute())
}

var momentForm = regexp.MustCompile(`^(?:(今天|今日|明天|明日|后天)|(?:(\d{4})[-年/.])?(\d{1,2})[-月/.](\d{1,2})日?)?[ T]?(\d{1,2})(?:[:：](\d{2})(?::00)?|[时点](?:(\d{1,2})分?|(半)|整)?)$`)

// readMoment reads a time as people write it, now being now.
func readMoment(text string, now time.Time) (time.Time, bool) {
	m := momentForm.FindStringSubmatch(strings.TrimSpace(strings.Map(halfWidth, text)))
	if m == nil {
		return time.Time{}, false
	}
	number := func(s string, missing int) int {
		if n, err := strconv.Atoi(s); err == nil {
			return n
		}
		return missing
	}
	year, month, day := now.Year(), int(now.Month()), now.Day()
	switch m[1] {
	case "明天", "明日":
		day++
	case "后天":
		day += 2
	}
	hour, minute := number(m[5], 0), number(m[6]+m[7], 0)
	if m[8] != "" {
		minute = 30
	}
	if m[3] != "" {
		year, month, day = number(m[2], year), number(m[3], 0), number(m[4], 0)
		if m[2] == "" && month == 1 && now.Month() == time.December {
			year++
		}
	}
	at := time.Date(year, time.Month(month), day, hour, minute, 0, 0, now.Location())
	exact := m[3] == "" || int(at.Month()) == month && at.Day() == day
	return at, exact && hour < 24 && minute < 60 && year < 3000
}

// inOrder refuses an end before its beginning, and one that is past: times are filled in in their order.
func (f *filling) inOrder() {
	var last time.Time
	for _, field := range f.template.Fields {
		at, err := time.ParseInLocation(kept, f.values[field.ID], f.at.Location())
		if field.Kind != TimeField || err != nil {
			continue
		}
		if !last.IsZero() && !at.After(last) {
			f.fault(field, "是%s，应晚于%s：第二天的请写“明天6:00”，或者写出日期", timeForms[""](at), timeForms[""](last))
		}
		if !last.IsZero() && at.Before(f.at) {
			f.fault(field, "是%s，已经过了：请写还没到的时间，还不知道的不用填", timeForms[""](at))
		}
		last = at
	}
}

// fit compares messages with what their platforms take, and says which fields to shorten.
func (f *filling) fit(lib *Library, pattern, filled Statement) {
	for i, m := range filled.Messages {
		t := lib.Templates[m.Template]
		if t == nil {
			f.faults = append(f.faults, &problem.Invalid{Field: "template", Reason: "模板表里没有" + m.Template + "：请改正这个应急模板"})
			continue
		}
		for _, unfit := range t.Check(m.Data) {
			what, said, of := ChannelLabels[m.Channel], t.Render(m.Data), strings.Join(slices.Collect(maps.Values(pattern.Messages[i].Data)), "")
			if v, ok := t.Var(unfit.Var); ok {
				what, said, of = what+"的“"+v.Label+"”", m.Data[v.Name], pattern.Messages[i].Data[v.Name]
			}
			fields := f.in(of)
			if len(fields) == 0 {
				f.faults = append(f.faults, &problem.Invalid{Field: "template", Reason: what + unfit.Text + "：请改正这个应急模板"})
				continue
			}
			f.fault(fields[0], "%s是“%s”，%s：请缩短或改写%s", what, said, unfit.Text, labelsOf(fields))
		}
	}
}

// in are the fields that stand in a pattern: first texts, which can be shortened, the longest of them first.
func (f *filling) in(pattern string) (fields []EmergencyField) {
	for _, p := range valuePlace.FindAllStringSubmatch(pattern, -1) {
		if field, ok := f.template.Field(p[1]); ok && !slices.Contains(fields, field) {
			fields = append(fields, field)
		}
	}
	slices.SortStableFunc(fields, func(a, b EmergencyField) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), utf8.RuneCountInString(f.values[b.ID])-utf8.RuneCountInString(f.values[a.ID]))
	})
	return fields
}

func labelsOf(fields []EmergencyField) string {
	var all []string
	for _, f := range fields {
		all = append(all, "“"+f.Label+"”")
	}
	return strings.Join(all, "、")
}
