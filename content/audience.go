package content

import (
	"strings"

	"github.com/goccy/go-yaml/ast"

	"towncrier/plaintext"
)

// Audience is a draft's proposal of an audience. Exactly one field is set; And and Or hold at least one.
type Audience struct {
	All       bool
	Area      string // district or county of the committee
	Street    string // street office above the committee
	Committee string // code or name: only the city's database knows which committees there are
	Community string // name
	Tag       string
	Topic     string // id; residents who subscribed to it
	And, Or   []Audience
	Not       *Audience
}

// audienceKeys choose residents; one of them makes a rule.
var audienceKeys = []string{"all", "area", "street", "committee", "community", "tag", "topic", "and", "or", "not"}

// audience reads a rule. It nests no deeper than parseYAML lets a file.
func (r draftReader) audience(file string, node ast.Node) Audience {
	before := r.problems.Faults()
	m, ok := newMapping(file, node, r.problems, audienceKeys...)
	if !ok || r.problems.Faults() > before {
		return Audience{}
	}
	if len(m.fields) != 1 {
		r.problems.Addf(file, m.line, "发送范围的每一层只写一项：%s", strings.Join(audienceKeys, "、"))
		return Audience{}
	}
	var a Audience
	texts := map[string]*string{"area": &a.Area, "street": &a.Street, "committee": &a.Committee, "community": &a.Community,
		"tag": &a.Tag, "topic": &a.Topic}
	for key, f := range m.fields {
		switch key {
		case "all":
			if a.All = m.flag(key); !a.All {
				r.problems.Addf(file, f.line, "all 只能写 true：不发给全体居民的，改写别的条件")
			}
		case "and":
			a.And = r.audiences(m, key)
		case "or":
			a.Or = r.audiences(m, key)
		case "not":
			rule := r.audience(file, f.value)
			a.Not = &rule
		default:
			*texts[key] = m.text(key)
		}
	}
	a.Topic = r.topic(m, a.Topic)
	r.area(m, a.Area)
	return a
}

// area warns of one that neither the city's area nor a notice's names. Which areas committees have, only the city's database knows.
func (r draftReader) area(m mapping, said string) {
	if said == "" || !r.topics || !r.notices || strings.Contains(r.lib.City.Area, said) {
		return
	}
	for _, n := range r.lib.Notices {
		if strings.Contains(n.Area, said) {
			return
		}
	}
	m.problems.Warnf(m.file, m.at("area"), "本市的地域是%s，没有区县%s：请核对，不改就不会发给任何人", plaintext.Quote(r.lib.City.Area), plaintext.Quote(said))
}

func (r draftReader) audiences(m mapping, key string) []Audience {
	before := m.problems.Faults()
	var rules []Audience
	for _, node := range m.list(key) {
		rules = append(rules, r.audience(m.file, node))
	}
	if len(rules) == 0 && m.problems.Faults() == before {
		m.problems.Addf(m.file, m.at(key), "%s 是空的：至少写一个发送范围", key)
	}
	return rules
}

// topic is the id of a subject that is written by id or by name. It refuses one that nobody can subscribe to.
func (r draftReader) topic(m mapping, said string) string {
	if t, ok := r.lib.City.TopicCalled(said); ok {
		return t.ID
	}
	if said != "" && r.topics {
		known := []string{}
		for _, t := range r.lib.City.Topics {
			known = append(known, t.ID+"（"+t.Name+"）")
		}
		m.problems.Addf(m.file, m.at("topic"), "没有主题%s：可以写 %s", plaintext.Quote(said), strings.Join(known, "、"))
	}
	return said
}
