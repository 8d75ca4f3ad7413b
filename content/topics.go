package content

import (
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

const (
	// maxTopics is what one menu shows by single digits.
	maxTopics = 9
	// maxTopicName keeps an entry on one line of a phone, in bytes: twelve Chinese characters.
	maxTopicName = 36
	// maxBinding leaves room in a reply of 2048 bytes for the question that follows the notice.
	maxBinding = 1600
)

// topicID is also part of what the database keeps of a resident's choices.
var topicID = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

// topics reads the subjects of notices. No two may be called by the same word: a resident who says it must mean one.
func (m mapping) topics() []Topic {
	nodes := m.list("topics")
	if len(nodes) > maxTopics {
		m.problems.Addf(m.file, lineOf(nodes[maxTopics]), "%d topics: a menu shows at most %d", len(nodes), maxTopics)
	}
	var topics []Topic
	ids, words := map[string]int{}, map[string]int{}
	for _, node := range nodes {
		t, ok := newMapping(m.file, node, m.problems, "id", "name", "also")
		if !ok {
			continue
		}
		topic := Topic{ID: t.text("id"), Name: t.text("name")}
		switch first, taken := ids[topic.ID]; {
		case topic.ID == "":
		case !topicID.MatchString(topic.ID):
			m.problems.Addf(m.file, t.at("id"), "topic id %q: write 1 to 32 of a-z, 0-9 and _, a letter first", topic.ID)
		case taken:
			m.problems.Addf(m.file, t.at("id"), "topic id %s is given twice: first on line %d", topic.ID, first)
		default:
			ids[topic.ID] = t.at("id")
		}
		if n := len(topic.Name); n > maxTopicName {
			m.problems.Addf(m.file, t.at("name"), "the topic's name has %d bytes of UTF-8: at most %d fit on a menu line", n, maxTopicName)
		}
		t.word(words, topic.Name, t.at("name"))
		for _, node := range t.list("also") {
			if word, ok := t.alias(node); ok {
				t.word(words, word, lineOf(node))
				topic.Also = append(topic.Also, word)
			}
		}
		topics = append(topics, topic)
	}
	return topics
}

// alias is one entry of also.
func (m mapping) alias(node ast.Node) (string, bool) {
	s, ok := node.(*ast.StringNode)
	if !ok || len([]rune(strings.TrimSpace(s.Value))) < 2 {
		m.problems.Addf(m.file, lineOf(node), "also: write words of at least two characters, such as 养狗")
		return "", false
	}
	return strings.TrimSpace(s.Value), true
}

// word notes what a topic is called.
func (m mapping) word(words map[string]int, word string, line int) {
	if first, taken := words[word]; taken && word != "" {
		m.problems.Addf(m.file, line, "%q names two topics: also on line %d", word, first)
		return
	}
	words[word] = line
}
