package content

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"towncrier/problem"
)

// Phrase is a sentence that the bot says of itself.
type Phrase struct {
	ID     string
	Use    string   // the part of a conversation in which it is said
	Text   string   // with {…} where something is filled in
	Places []string // what is filled in, each once, in the order in which the program gives it
}

const (
	phrasesFile = "phrases.yaml"
	// maxPhrase is the most that a phrase weighs, in bytes of UTF-8: three of them stand in one reply of 2048, and leave room for what
	// is filled in.
	maxPhrase = 600
)

//go:embed phrases.yaml
var builtIn []byte

// place is where something is filled in.
var place = regexp.MustCompile(`\{([^{}]*)\}`)

// Phrases are the built-in ones, in the order of a conversation.
var Phrases = sync.OnceValue(func() []Phrase {
	var groups []struct {
		Use     string
		Phrases yaml.MapSlice
	}
	if err := yaml.Unmarshal(builtIn, &groups); err != nil { // a test reads it
		panic(err)
	}
	var all []Phrase
	for _, g := range groups {
		for _, item := range g.Phrases {
			text := item.Value.(string)
			all = append(all, Phrase{item.Key.(string), g.Use, text, placesOf(text)})
		}
	}
	return all
})

func placesOf(text string) []string {
	var names []string
	for _, found := range place.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	return names
}

var phrasesByID = sync.OnceValue(func() map[string]Phrase {
	all := map[string]Phrase{}
	for _, p := range Phrases() {
		all[p.ID] = p
	}
	return all
})

// Say is a phrase as the city says it, with values in its places. An id that there is none of, and values that do not fit the places, are
// programming errors.
func (l *Library) Say(id string, values ...string) string {
	p, known := phrasesByID()[id]
	if !known || len(values) != len(p.Places) {
		panic(fmt.Sprintf("phrase %s with %d values", id, len(values)))
	}
	text := p.Text
	if own, ok := l.Phrases[id]; ok {
		text = own
	}
	return place.ReplaceAllStringFunc(text, func(name string) string {
		return values[slices.Index(p.Places, name[1:len(name)-1])]
	})
}

// loadPhrases reads phrases.yaml, which a city without phrases of its own does without.
func loadPhrases(fsys fs.FS, problems *problem.List) (own map[string]string, lines map[string]int) {
	if _, err := fs.Stat(fsys, phrasesFile); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	src, ok := read(fsys, phrasesFile, problems)
	if !ok {
		return nil, nil
	}
	root := parseYAML(phrasesFile, src, problems)
	if root == nil {
		return nil, nil
	}
	if m, ok := root.(*ast.MappingNode); ok && len(m.Values) == 0 {
		return nil, nil
	}
	m, ok := newMapping(phrasesFile, root, problems, slices.Sorted(maps.Keys(phrasesByID()))...)
	if !ok {
		return nil, nil
	}
	own = map[string]string{}
	for id := range m.fields {
		if text := m.text(id); text != "" {
			m.phrase(phrasesByID()[id], text)
			own[id] = text
		}
	}
	return own, m.lines()
}

// phrase compares a city's text with the built-in one that it stands for.
func (m mapping) phrase(p Phrase, text string) {
	fault := func(format string, args ...any) {
		m.problems.Addf(m.file, m.at(p.ID), p.ID+"："+format, args...)
	}
	if len(text) > maxPhrase {
		fault("有%d字节，最多%d字节（约%d个汉字），放进一条微信消息才不会太长", len(text), maxPhrase, maxPhrase/3)
	}
	has := placesOf(text)
	for _, name := range p.Places {
		switch n := len(has) - len(slices.DeleteFunc(slices.Clone(has), func(h string) bool { return h == name })); {
		case n == 0:
			fault("少了{%s}：程序会在这里填上内容，请照原文写上", name)
		case n > 1:
			fault("{%s}写了%d次，请只写一次", name, n)
		}
	}
	for _, name := range has {
		if !slices.Contains(p.Places, name) {
			fault("多了{%s}：这一句没有这样的内容可填，请去掉", name)
		}
	}
	rest := place.ReplaceAllString(text, "")
	if strings.ContainsAny(rest, "{}") {
		fault("花括号要成对，里面写要填的内容")
	}
}
