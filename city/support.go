package city

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"towncrier/content"
	"towncrier/intents"
)

// support is what an answer may rely on: its cited passages, their front matter and the contacts. An answer without
// citations, as a greeting is, may name what the notices name, but states no figure of theirs.
type support struct {
	lib     *content.Library
	notices func() []string // what all notices print, folded
	cited   bool
	texts   []string // folded
	figures map[figure]bool
	dates   []date
	phones  []string
}

// newSupport is what every text of a city may rely on.
func newSupport(lib *content.Library) *support {
	s := &support{lib: lib, figures: map[figure]bool{}}
	s.notices = sync.OnceValue(func() (texts []string) {
		for _, n := range lib.Notices {
			texts = append(texts, fold(n.Headline), fold(n.Issuer), fold(n.Publisher), fold(n.Area))
			for _, p := range n.Passages {
				texts = append(texts, fold(p.Text))
			}
		}
		return texts
	})
	s.add(lib.City.Name, lib.City.Area)
	for _, c := range lib.Contacts {
		s.add(c.Name, c.For, c.Source)
		s.phones = append(s.phones, c.Phone)
	}
	return s
}

// citing is s with what citations lead to.
func (s *support) citing(citations []intents.Citation) *support {
	with := *s
	with.cited = len(citations) > 0
	with.texts, with.figures, with.dates = slices.Clip(s.texts), maps.Clone(s.figures), slices.Clip(s.dates)
	for _, cite := range citations {
		n := s.lib.Notices[cite.Notice]
		if n == nil {
			continue
		}
		p, _ := n.Passage(cite.Passage)
		with.add(p.Text, n.Headline, n.Issuer, n.Publisher, n.Area, n.Date.String())
	}
	return &with
}

func (s *support) add(texts ...string) {
	for _, text := range texts {
		text = fold(text)
		s.texts = append(s.texts, text)
		dates, rest := joinDates(figures(text))
		for d := range dates {
			s.dates = append(s.dates, d)
		}
		for _, f := range rest {
			s.figures[f.key()] = true
		}
	}
}

// key is the figure without where and how it is printed.
func (f figure) key() figure { return figure{value: f.value, approx: f.approx, unit: f.unit} }

func (s *support) prints(text string) bool {
	has := func(printed string) bool { return strings.Contains(printed, text) }
	return slices.ContainsFunc(s.texts, has) || !s.cited && slices.ContainsFunc(s.notices(), has)
}

// unsupportedFigures are the numbers of a folded answer that nothing prints, as the answer prints them.
func (s *support) unsupportedFigures(answer string) []string {
	for _, phone := range s.phones {
		answer = maskPhone(answer, phone)
	}
	var missing []string
	dates, rest := joinDates(figures(answer))
	for d, text := range dates {
		if !s.hasDate(d) {
			missing = append(missing, text)
		}
	}
	slices.Sort(missing) // dates come from a map
	for _, f := range rest {
		if !s.hasFigure(f) {
			missing = append(missing, f.text)
		}
	}
	return missing
}

func (s *support) hasDate(d date) bool {
	for _, printed := range s.dates {
		if d.within(printed) {
			return true
		}
	}
	return false
}

func (s *support) hasFigure(f figure) bool {
	key := f.key()
	if s.figures[key] {
		return true
	}
	if f.unit != "大" {
		return false
	}
	// 五大关系 is how people say 五个重大关系.
	for _, unit := range []string{"个", "项", "条"} {
		key.unit = unit
		if s.figures[key] {
			return true
		}
	}
	return false
}

// maskPhone takes a contact's number out of the figures, unless what follows makes a count of it: 110元 is no call.
func maskPhone(text, phone string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(text, phone)
		if !ok || phone == "" {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(before)
		last, _ := utf8.DecodeLastRuneInString(before)
		next, _ := utf8.DecodeRuneInString(strings.TrimLeft(after, ".-"))
		number := isDigit(last) || last == '.' || last == '-' || isDigit(next) || magnitudes[next] > 0 ||
			longestPrefix(strings.TrimLeft(after, "余多来"), measures) != ""
		if number {
			b.WriteString(phone)
		} else {
			b.WriteRune('☎') // keeps what stands before and after apart
		}
		text = after
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }
