package city

import (
	"maps"
	"slices"
	"strings"

	"towncrier/content"
	"towncrier/intents"
)

// Unprinted is a figure, a date or an official name that a message states and that nothing it may rely on prints.
type Unprinted struct {
	Text string // as the message prints it, folded
	Var  string // the variable that says it, "" for the template's own words
}

// Unprinted looks through what residents would read on one channel. A message may rely on the cited passages, their front matter and
// the contacts. It says nothing while a cited notice is missing: then everything would look invented.
func (c *City) Unprinted(cites []content.Citation, t *content.Template, data map[string]string) []Unprinted {
	if len(cites) == 0 || slices.ContainsFunc(cites, func(cite content.Citation) bool { return c.Library.Notices[cite.Notice] == nil }) {
		return nil
	}
	of := make([]intents.Citation, len(cites))
	for i, cite := range cites {
		of[i] = intents.Citation(cite)
	}
	return c.common().citing(of).unprinted(t, data, c.proper())
}

func (s *support) unprinted(t *content.Template, data map[string]string, proper []string) []Unprinted {
	text := fold(t.Render(data))
	variable := func(said string) string {
		for _, name := range slices.Sorted(maps.Keys(data)) {
			if strings.Contains(fold(data[name]), said) {
				return name
			}
		}
		return ""
	}
	var all []Unprinted
	for _, said := range append(s.unsupportedFigures(text), s.unsupportedNames(text, proper)...) {
		all = append(all, Unprinted{Text: said, Var: variable(said)})
	}
	return all
}
