package content

import (
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"towncrier/plaintext"
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
		m.problems.Addf(m.file, lineOf(nodes[maxTopics]), "有%d个主题，菜单最多列%d个：请合并", len(nodes), maxTopics)
	}
	var topics []Topic
	ids, words := map[string]int{}, map[string]int{}
	for _, node := range nodes {
		t, ok := newMapping(m.file, node, m.problems, "id", "name", "also")
		if !ok {
			continue
		}
		topic := Topic{ID: t.text("id"), Name: t.plain("name")}
		switch first, taken := ids[topic.ID]; {
		case topic.ID == "":
		case !topicID.MatchString(topic.ID):
			m.problems.Addf(m.file, t.at("id"), "主题编号%s不对：用1到32个小写字母、数字和 _，并以字母开头", plaintext.Quote(topic.ID))
		case taken:
			m.problems.Addf(m.file, t.at("id"), "主题编号%s写了两次：第%d行已写，请换一个编号", topic.ID, first)
		default:
			ids[topic.ID] = t.at("id")
		}
		if n := len(topic.Name); n > maxTopicName {
			m.problems.Addf(m.file, t.at("name"), "主题名称有%d字节，菜单一行最多%d字节（一个汉字3字节）：请缩短", n, maxTopicName)
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
		m.problems.Addf(m.file, lineOf(node), "also 的每一项写至少两个字的说法，例如 养狗")
		return "", false
	}
	if why := plaintext.Unfit(s.Value); why != "" {
		m.problems.Addf(m.file, lineOf(node), "also 的这一项不能这样写：%s", why)
		return "", false
	}
	return strings.TrimSpace(s.Value), true
}

// word notes what a topic is called.
func (m mapping) word(words map[string]int, word string, line int) {
	if first, taken := words[word]; taken && word != "" {
		m.problems.Addf(m.file, line, "%s是两个主题的名称：第%d行已写，请改一个", plaintext.Quote(word), first)
		return
	}
	words[word] = line
}
