package city

import (
	"io/fs"
	"sync"
	"time"

	"towncrier/blank"
	"towncrier/content"
	"towncrier/intents"
	"towncrier/problem"
)

// Load reads a city folder, checks it whole as of now, and trains the matcher. Every problem is reported at once,
// sorted. The City is nil when one of them is a fault.
func Load(fsys fs.FS, now time.Time) (*City, problem.List) { return loadWith(fsys, now, intents.Train) }

// training gives the matcher of a set.
type training func(set *intents.Set, gazetteer map[string][]intents.Entry) *intents.Matcher

func loadWith(fsys fs.FS, now time.Time, train training) (*City, problem.List) {
	c, set, problems := read(fsys, now)
	if problems.Faults() > 0 {
		return nil, problems
	}
	c.Matcher = train(set, gazetteer(c.Library))
	return c, problems
}

// Check is what Load finds in a folder, without the training that follows.
func Check(fsys fs.FS, now time.Time) problem.List {
	_, _, problems := read(fsys, now)
	return problems
}

// Read is Load but for the matcher: the City tells what its files say, and understands nobody.
func Read(fsys fs.FS, now time.Time) (*City, problem.List) {
	c, _, problems := read(fsys, now)
	if problems.Faults() > 0 {
		return nil, problems
	}
	return c, problems
}

// read is a city but for its matcher, which learns from the set.
func read(fsys fs.FS, now time.Time) (*City, *intents.Set, problem.List) {
	c, problems := readLibrary(fsys)
	set, more := intents.Load(fsys)
	problems = append(problems, more...)
	c.Intents, c.Questions = make(map[string]*intents.Intent, len(set.Intents)), set.Questions
	for _, in := range set.Intents {
		c.Intents[in.ID] = in
		in.Quotes = quotes(c.Library, in)
	}
	c.words = sync.OnceValue(func() *blank.Words { return knownWords(c.Library, set) })
	k := checker{city: c, now: now, problems: &problems}
	k.run()
	problems.Sort()
	return c, set, problems
}

// readLibrary is a city of whose files only those are read that broadcasts rest on: a tenth of the work. It has no answers.
func readLibrary(fsys fs.FS) (*City, problem.List) {
	lib, problems := content.Load(fsys)
	c := &City{Library: lib, zone: time.UTC}
	c.common = sync.OnceValue(func() *support { return newSupport(lib) })
	c.proper = sync.OnceValue(func() []string { return properNames(lib) })
	if zone, err := time.LoadLocation(lib.City.Timezone); err == nil {
		c.zone = zone
	}
	return c, problems
}

// gazetteer names what the rows of each table can be called.
func gazetteer(lib *content.Library) map[string][]intents.Entry {
	names := make(map[string][]intents.Entry, len(lib.Tables))
	for _, t := range lib.Tables {
		entries := make([]intents.Entry, 0, len(t.Rows))
		for _, row := range t.Rows {
			entries = append(entries, intents.Entry{Name: row.Values["name"], Aliases: row.Aliases()})
		}
		names[t.Name] = entries
	}
	return names
}

// quotes are the texts of the passages that an intent of a whole matter quotes.
func quotes(lib *content.Library, in *intents.Intent) (all []string) {
	for _, cite := range in.Citations {
		if n := lib.Notices[cite.Notice]; n != nil && in.Whole != nil {
			if p, ok := n.Passage(cite.Passage); ok {
				all = append(all, p.Text)
			}
		}
	}
	return all
}
