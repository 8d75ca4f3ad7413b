package content

import "path"

// MaxFile bounds every file of a city's folder, in bytes: a notice of a thousand passages stays far below it.
const MaxFile = 1 << 20

// Layout is what a city's folder holds, as patterns of paths.
var Layout = []string{
	"city.yaml", "contacts.yaml", "menu.yaml", "phrases.yaml", "templates.yaml",
	"notices/*.md", "tables/*.csv", "intents/*.yaml", "matching/*.txt", "broadcasts/*.yaml", "emergencies/*.yaml",
	"questions/*.jsonl", // what residents asked, each with the right answer: a new version is tried on them
}

// Holds says whether a city's folder holds a file of this path.
func Holds(name string) bool {
	for _, pattern := range Layout {
		if ok, _ := path.Match(pattern, name); ok && path.Base(name)[0] != '.' {
			return true
		}
	}
	return false
}
