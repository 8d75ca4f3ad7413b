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

// MinUtterances an intent: with fewer the matcher measured 5 points worse.
const MinUtterances = 10

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
		problems.Addf(intentsDir, 0, "没有问答：每个问答写成一个文件，例如 intents/dog.law.yaml")
	}
	for _, file := range files {
		if base := path.Base(file); strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~") {
			continue // an editor's
		}
		if path.Ext(file) != ".yaml" {
			problems.Addf(file, 0, "这不是问答：这里的文件名应以 .yaml 结尾")
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
	yield(set)
	loadQuestions(fsys, set, &problems)
	problems.Sort()
	return set, problems
}

// read gives a file's text without a byte-order mark, its lines ending in \n.
func read(fsys fs.FS, file string, problems *problem.List) (text []byte, ok bool) {
	data, err := fs.ReadFile(fsys, file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		problems.Addf(file, 0, "没有这个文件：请补上")
		return nil, false
	case err != nil:
		problems.Addf(file, 0, "读不出来：%v", reason(err))
		return nil, false
	}
	text, err = plaintext.Decode(data)
	if bad, is := errors.AsType[*plaintext.Error](err); is {
		problems.Addf(file, bad.Line, "读不出来：%s", bad.Reason())
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
	before := len(*problems)
	for _, l := range lines {
		if problems.Enough(file, l.number, before) {
			return kept
		}
		k := key(l.text)
		if k == "" {
			k = l.text // of punctuation only
		}
		if n, ok := first[k]; ok {
			problems.Addf(file, l.number, "%s写了两次：第%d行已写，请只留一个", plaintext.Quote(l.text), n)
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
		problems.Addf(file, n+1, "这一行太长：最多%d KiB，请分成几行", bufio.MaxScanTokenSize>>10)
	}
	return lines
}

// loadLexicon reads lines of a canonical word, a tab, and its variants separated by |.
func loadLexicon(fsys fs.FS, problems *problem.List) []Concept {
	var concepts []Concept
	names := map[string]int{}
	variants := map[string]int{}
	before := len(*problems)
	for _, l := range readLines(fsys, lexiconFile, problems) {
		if problems.Enough(lexiconFile, l.number, before) {
			return concepts
		}
		name, rest, ok := strings.Cut(l.text, "\t")
		if name = strings.TrimSpace(name); !ok || name == "" {
			problems.Addf(lexiconFile, l.number, "没有写同义词：先写词，再按一下 Tab 键，再写同义词，用 | 隔开")
			continue
		}
		if n, ok := names[name]; ok {
			problems.Addf(lexiconFile, l.number, "%s写了两次：第%d行已写，请合并", plaintext.Quote(name), n)
			continue
		}
		if len(concepts) == maxConcepts {
			problems.Addf(lexiconFile, l.number, "词太多，最多%d个：请删去用不到的", maxConcepts)
			break
		}
		names[name] = l.number
		c := Concept{Name: name}
		for v := range strings.SplitSeq(rest, "|") {
			if problems.Enough(lexiconFile, l.number, before) {
				return concepts
			}
			v = strings.TrimSpace(v)
			if v == "" {
				problems.Addf(lexiconFile, l.number, "%s有空的同义词：请删去多余的 |", plaintext.Quote(name))
				continue
			}
			if n, ok := variants[v]; ok {
				problems.Warnf(lexiconFile, l.number, "同义词%s第%d行已写：以那一行为准", plaintext.Quote(v), n)
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
