package city

import (
	"towncrier/blank"
	"towncrier/content"
	"towncrier/intents"
)

// Words are what may be left of what residents wrote when it is kept without them: the words of the city's own texts.
func (c *City) Words() *blank.Words { return c.words() }

// knownWords reads a city's texts. Its tables are left out: they list places, which tell where somebody lives.
func knownWords(lib *content.Library, set *intents.Set) *blank.Words {
	texts := []string{lib.City.Name, lib.City.Example}
	for _, t := range lib.City.Topics {
		texts = append(append(texts, t.Name), t.Also...)
	}
	for _, n := range lib.Notices {
		texts = append(texts, n.Headline, n.Issuer, n.Publisher)
		for _, p := range n.Passages {
			texts = append(texts, p.Text)
		}
	}
	for _, c := range lib.Contacts {
		texts = append(texts, c.Name, c.For, c.Phone)
	}
	for _, in := range set.Intents {
		texts = append(append(texts, in.Title, in.Answer), in.Utterances...)
	}
	for _, c := range set.Lexicon {
		texts = append(append(texts, c.Name), c.Variants...)
	}
	texts = append(append(texts, set.Fillers...), set.Negatives...)
	var places []string
	for _, t := range lib.Tables {
		for _, row := range t.Rows {
			places = append(places, row.Names()...)
		}
	}
	return blank.New(texts, places, []string{lib.City.Area})
}
