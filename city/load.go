package city

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"towncrier/content"
	"towncrier/intents"
	"towncrier/problem"
)

// Load reads a city folder, checks it whole as of now, and trains the matcher. Every problem is reported at once,
// sorted. The City is nil when one of them is a fault.
func Load(fsys fs.FS, now time.Time) (*City, problem.List) { return new(City).Reload(fsys, now) }

// Reload is Load, for a folder of which much may be as it was when c was loaded: a matcher that would learn the same is c's.
func (before *City) Reload(fsys fs.FS, now time.Time) (*City, problem.List) {
	c, set, problems := read(fsys, now)
	if problems.Faults() > 0 {
		return nil, problems
	}
	if c.learnt = lessons(fsys); before.Matcher != nil && c.learnt == before.learnt {
		c.Matcher = before.Matcher
	} else {
		c.Matcher = intents.Train(set, gazetteer(c.Library))
	}
	return c, problems
}

// Check is what Load finds in a folder, without the training that follows.
func Check(fsys fs.FS, now time.Time) problem.List {
	_, _, problems := read(fsys, now)
	return problems
}

// read is a city but for its matcher, which learns from the set.
func read(fsys fs.FS, now time.Time) (*City, *intents.Set, problem.List) {
	lib, problems := content.Load(fsys)
	set, more := intents.Load(fsys)
	problems = append(problems, more...)
	c := &City{Library: lib, Intents: make(map[string]*intents.Intent, len(set.Intents)), Questions: set.Questions, zone: time.UTC}
	for _, in := range set.Intents {
		c.Intents[in.ID] = in
	}
	c.proper = sync.OnceValue(func() []string { return properNames(lib) })
	if zone, err := time.LoadLocation(lib.City.Timezone); err == nil {
		c.zone = zone
	}
	k := checker{city: c, now: now, problems: &problems}
	k.run()
	problems.Sort()
	return c, set, problems
}

// lessons is a digest of the files that a matcher learns from. One that cannot be read any more is none.
func lessons(fsys fs.FS) (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, pattern := range []string{"intents/*", "matching/*", "tables/*"} {
		names, _ := fs.Glob(fsys, pattern) // the pattern is sound
		for _, name := range names {
			text, _ := fs.ReadFile(fsys, name)
			fmt.Fprintf(h, "%q %d\n", name, len(text))
			h.Write(text)
		}
	}
	h.Sum(sum[:0])
	return sum
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
