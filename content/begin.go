package content

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing/fstest"

	"towncrier/problem"
)

//go:embed begin
var begin embed.FS

// cityName is what a city and what it serves may be called: nothing that would end a text between quotes.
var cityName = regexp.MustCompile(`^[\p{Han}A-Za-z0-9]([\p{Han}A-Za-z0-9 ·（）()、.&—-]*[\p{Han}A-Za-z0-9）)])?$`)

const maxCityName = 30 // characters

// shared is what every city has as the built-in one has it, but for the lines that are that one's own.
var shared = []string{"contacts.yaml", "matching/fillers.txt", "matching/negatives.txt", "intents/chat.*.yaml", "intents/suggest.submit.yaml"}

// Begin is the smallest folder of a city: it answers what residents ask of any such service (for a person, of their own data, to stop), says how
// their data are used, and has no notice. name is what it calls itself, area what it serves.
//
// It is made of the files that are shared, and of begin/: own.txt has the words of the lines that are left out, intents/ what stands after an
// intent's questions, the rest are whole files.
func Begin(name, area string) (fs.FS, error) {
	for field, value := range map[string]string{"name": name, "area": area} {
		if !cityName.MatchString(value) || len([]rune(value)) > maxCityName {
			return nil, &problem.Invalid{Field: field, Reason: fmt.Sprintf("请写1到%d个字的名称：汉字、字母和数字，中间可以有空格、·、（）、-", maxCityName)}
		}
	}
	own, err := ownWords()
	if err != nil {
		return nil, err
	}
	files := fstest.MapFS{} // the standard library's fs.FS in memory
	for _, pattern := range shared {
		names, err := fs.Glob(Embedded(), pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text, err := fs.ReadFile(Embedded(), name)
			if err != nil {
				return nil, err
			}
			files[name] = &fstest.MapFile{Data: []byte(without(string(text), own)), Mode: 0o644}
		}
	}
	fill := strings.NewReplacer("{name}", name, "{area}", area)
	err = fs.WalkDir(begin, "begin", func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || file == ownFile {
			return err
		}
		raw, err := begin.ReadFile(file)
		text := fill.Replace(string(raw))
		file = strings.TrimPrefix(file, "begin/")
		if path.Dir(file) == "intents" {
			questions, _, _ := strings.Cut(string(files[file].Data), "\nanswer:")
			text = questions + "\n" + text
		}
		files[file] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
		return err
	})
	return files, err
}

const ownFile = "begin/own.txt"

// ownWords are the words of the built-in city.
func ownWords() (all []string, err error) {
	text, err := begin.ReadFile(ownFile)
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			all = append(all, strings.Fields(line)...)
		}
	}
	return all, err
}

// without is a text without the lines that have one of the words.
func without(text string, words []string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(line, w) }) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
