package intents

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"path"
	"strings"

	"towncrier/plaintext"
	"towncrier/problem"
)

// Set is a city's intents with what the matcher learns from beside them.
type Set struct {
	Intents   []*Intent // by ID
	Lexicon   []Concept
	Fillers   []string   // words that carry no meaning of their own
	Negatives []string   // questions that no intent answers
	Questions []Question // that a change is tried on; nothing is learnt from them
}

// Concept is a canonical word with the variants that people say for it.
type Concept struct {
	Name     string
	Variants []string
}

// minUtterances an intent: with fewer the matcher measured 5 points worse.
const minUtterances = 10

// Places of a set in its folder.
const (
	intentsDir    = "intents"
	lexiconFile   = "matching/lexicon.txt"
	fillersFile   = "matching/fillers.txt"
	negativesFile = "matching/negatives.txt"
)

// Load reads intents/*.yaml, matching/{lexicon,fillers,negatives}.txt and questions/*.jsonl, and checks all that can be checked without
// the notices. The set is usable when the list has no faults.
func Load(fsys fs.FS) (*Set, problem.List) {
	var problems problem.List
	set := &Set{}
	files, err := fs.Glob(fsys, intentsDir+"/*")
	if err != nil || len(files) == 0 {
		problems.Addf(intentsDir, 0, "no intents here: write one YAML file an intent, intents/ID.yaml")
	}
	for _, file := range files {
		if base := path.Base(file); strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~") {
			continue // an editor's
		}
		if path.Ext(file) != ".yaml" {
			problems.Addf(file, 0, "not an intent: the files here are named ID.yaml")
			continue
		}
		data, ok := read(fsys, file, &problems)
		if !ok {
			continue
		}
		if in := parseIntent(file, data, &problems); in != nil {
			set.Intents = append(set.Intents, in)
		}
	}
	set.Lexicon = loadLexicon(fsys, &problems)
	for _, l := range loadLines(fsys, fillersFile, &problems) {
		set.Fillers = append(set.Fillers, l.text)
	}
	negatives := loadLines(fsys, negativesFile, &problems)
	for _, l := range negatives {
		set.Negatives = append(set.Negatives, l.text)
	}
	check(set, negatives, &problems)
	loadQuestions(fsys, set, &problems)
	problems.Sort()
	return set, problems
}

// read gives a file's text without a byte-order mark, its lines ending in \n.
func read(fsys fs.FS, file string, problems *problem.List) (text []byte, ok bool) {
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		problems.Addf(file, 0, "cannot be read: %v", reason(err))
		return nil, false
	}
	text, err = plaintext.Decode(data)
	if bad, is := errors.AsType[*plaintext.Error](err); is {
		problems.Addf(file, bad.Line, "%s", bad.Reason())
		return nil, false
	}
	return text, true
}

// line is one line of a text file that says something.
type line struct {
	number int
	text   string
}

// loadLines reads a file of one phrase a line; # starts a comment line. A repeated phrase is a fault.
func loadLines(fsys fs.FS, file string, problems *problem.List) []line {
	lines := readLines(fsys, file, problems)
	first := map[string]int{}
	var kept []line
	for _, l := range lines {
		k := key(l.text)
		if k == "" {
			k = l.text // of punctuation only
		}
		if n, ok := first[k]; ok {
			problems.Addf(file, l.number, "%q stands here twice: also on line %d", l.text, n)
			continue
		}
		first[k] = l.number
		kept = append(kept, l)
	}
	return kept
}

func readLines(fsys fs.FS, file string, problems *problem.List) []line {
	data, ok := read(fsys, file, problems)
	if !ok {
		return nil
	}
	var lines []line
	scanner := bufio.NewScanner(bytes.NewReader(data))
	n := 0
	for scanner.Scan() {
		n++
		text := strings.TrimSpace(scanner.Text())
		if text != "" && !strings.HasPrefix(text, "#") {
			lines = append(lines, line{n, text})
		}
	}
	if err := scanner.Err(); err != nil {
		problems.Addf(file, n+1, "cannot be read: %v", err)
	}
	return lines
}

// loadLexicon reads lines of a canonical word, a tab, and its variants separated by |.
func loadLexicon(fsys fs.FS, problems *problem.List) []Concept {
	var concepts []Concept
	names := map[string]int{}
	variants := map[string]int{}
	for _, l := range readLines(fsys, lexiconFile, problems) {
		name, rest, ok := strings.Cut(l.text, "\t")
		if name = strings.TrimSpace(name); !ok || name == "" {
			problems.Addf(lexiconFile, l.number, "no variants: write the word, a tab, and its variants separated by |")
			continue
		}
		if n, ok := names[name]; ok {
			problems.Addf(lexiconFile, l.number, "%q stands here twice: also on line %d", name, n)
			continue
		}
		if len(concepts) == maxConcepts {
			problems.Addf(lexiconFile, l.number, "too many words: at most %d are told apart", maxConcepts)
			break
		}
		names[name] = l.number
		c := Concept{Name: name}
		for _, v := range strings.Split(rest, "|") {
			v = strings.TrimSpace(v)
			if v == "" {
				problems.Addf(lexiconFile, l.number, "an empty variant of %q: remove the | too many", name)
				continue
			}
			if n, ok := variants[v]; ok {
				problems.Warnf(lexiconFile, l.number, "the variant %q already stands on line %d, which counts", v, n)
				continue
			}
			variants[v] = l.number
			c.Variants = append(c.Variants, v)
		}
		concepts = append(concepts, c)
	}
	return concepts
}

// reason is an error of the file system without the path, which the problem already names.
func reason(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}
