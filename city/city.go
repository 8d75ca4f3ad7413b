// Package city binds one city's folder into what can answer: published content, curated intents and the matcher
// trained on them, loaded and checked whole. A City is immutable; Live swaps it when the folder changes.
package city

import (
	"maps"
	"sync"
	"time"

	"towncrier/blank"
	"towncrier/content"
	"towncrier/intents"
)

// City is one checked snapshot of a folder. Safe for concurrent use.
type City struct {
	Library *content.Library
	Intents map[string]*intents.Intent
	Matcher *intents.Matcher
	// Questions are what residents are known to ask: a change is tried on them before it is published.
	Questions []intents.Question

	zone   *time.Location  // of city.yaml: a review-by date passes at midnight here
	common func() *support // what every text may rely on
	proper func() []string // names that the notices put between marks
	words  func() *blank.Words
	cards  sync.Map // intent ID to dated: what Card composed last
	keys   sync.Map // of tables to [][]rowName: the names of each row
}

// Cite is the source that stands behind a statement, complete enough to show.
type Cite struct {
	Notice    string `json:"notice"`
	Passage   int    `json:"passage"`
	Headline  string `json:"headline"`
	Issuer    string `json:"issuer"`
	Publisher string `json:"publisher"`
	Date      string `json:"date"` // 2023-11-13
}

// MaxReply is the most a reply may weigh, in bytes of UTF-8: WeChat shows a failure notice for a passive text reply
// above it (measured, not documented by the platform).
const MaxReply = 2048

// Card is one intent's answer, composed for a day: what is said, where it stands, and how fresh it is.
type Card struct {
	Topic     string   // intent ID
	Body      string   // the curated answer
	Source    string   // one line a distinct cited notice: issuer, paper, date, inferred year marked; "" without citations
	Freshness string   // said past a cited notice's review-by date, or when it was superseded or withdrawn; else ""
	Related   []string // intent IDs, at most three
	Cites     []Cite
	Quotes    []Quote // of a whole matter: Body has as many as a reply holds, and Cites are of these
}

// Quote is a passage, word for word.
type Quote struct {
	Cite Cite
	Text string
}

// Withdraw is the city with more of its notices withdrawn: nothing is answered from them, and nothing rests on them. It is c
// itself when that changes nothing.
func (c *City) Withdraw(notices []string) *City {
	lib := *c.Library
	lib.Notices = maps.Clone(lib.Notices)
	changed := false
	for _, id := range notices {
		if n := lib.Notices[id]; n != nil && n.Status != content.Withdrawn {
			withdrawn := *n
			withdrawn.Status, withdrawn.SupersededBy = content.Withdrawn, ""
			lib.Notices[id], changed = &withdrawn, true
		}
	}
	if !changed {
		return c
	}
	return &City{Library: &lib, Intents: c.Intents, Matcher: c.Matcher, Questions: c.Questions, zone: c.zone, common: c.common, proper: c.proper, words: c.words}
}

// Zone is the city's time zone: the times that residents read are in it.
func (c *City) Zone() *time.Location { return c.zone }
