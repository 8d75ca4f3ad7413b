package broadcast

import (
	"fmt"
	"reflect"
	"slices"

	"towncrier/problem"
)

// Rule chooses residents. Exactly one field is set; And and Or hold at least one rule.
type Rule struct {
	All       bool   `json:"all,omitempty"`
	Area      string `json:"area,omitempty"`      // district or county of the committee
	Street    string `json:"street,omitempty"`    // street office above the committee
	Committee string `json:"committee,omitempty"` // code
	Community string `json:"community,omitempty"` // name
	Tag       string `json:"tag,omitempty"`
	Topic     string `json:"topic,omitempty"` // residents who subscribed to it explicitly
	List      string `json:"list,omitempty"`  // an uploaded list of numbers
	And       []Rule `json:"and,omitempty"`
	Or        []Rule `json:"or,omitempty"`
	Not       *Rule  `json:"not,omitempty"`
}

const (
	// maxDepth is what an official can still read; it also bounds the recursion.
	maxDepth = 6
	// maxRules bounds what every resident is held against: a city has some hundred committees, which areas and lists
	// stand for.
	maxRules = 200
	// maxOperand is the longest name or id, in bytes: a community's name has at most 40 Chinese characters.
	maxOperand = 120
)

// Validate checks the form of a rule, whatever it names. The error is an *problem.Invalid whose Field is the path to the fault, such
// as audience.and[1].not.
func (r Rule) Validate() error {
	rules := 0
	return r.validate("audience", 1, &rules)
}

func (r Rule) validate(path string, depth int, rules *int) error {
	if *rules++; *rules > maxRules {
		return &problem.Invalid{Field: "audience", Reason: fmt.Sprintf("条件超过%d个，请改用区县，或者上传名单", maxRules)}
	}
	if depth > maxDepth {
		return &problem.Invalid{Field: path, Reason: fmt.Sprintf("条件套了超过%d层，请把同类条件并到一个“且”（and）或“或”（or）里", maxDepth)}
	}
	set := 0
	for _, is := range []bool{r.All, r.And != nil, r.Or != nil, r.Not != nil} {
		if is {
			set++
		}
	}
	for _, operand := range []string{r.Area, r.Street, r.Committee, r.Community, r.Tag, r.Topic, r.List} {
		if operand != "" {
			set++
		}
		if len(operand) > maxOperand {
			return &problem.Invalid{Field: path, Reason: fmt.Sprintf("名称太长，有%d字节，最多%d字节（约40个汉字）", len(operand), maxOperand)}
		}
	}
	if set != 1 {
		return &problem.Invalid{Field: path, Reason: fmt.Sprintf("这里写了%d个条件，只能写一个："+
			"全部（all）、区县（area）、街道（street）、社区（committee）、小区（community）、标签（tag）、主题（topic）、名单（list）、且（and）、或（or）、非（not）", set)}
	}
	for name, parts := range map[string][]Rule{"and": r.And, "or": r.Or} {
		if parts != nil && len(parts) == 0 {
			return &problem.Invalid{Field: path + "." + name, Reason: "里面没有条件，至少写一个"}
		}
		for i, part := range parts {
			if err := part.validate(fmt.Sprintf("%s.%s[%d]", path, name, i), depth+1, rules); err != nil {
				return err
			}
		}
	}
	if r.Not != nil {
		return r.Not.validate(path+".not", depth+1, rules)
	}
	return nil
}

// Match says whether a valid rule chooses a resident. One that is not valid chooses nobody.
func (r Rule) Match(c Candidate) bool {
	switch {
	case r.All:
		return true
	case r.Area != "":
		return c.Area == r.Area
	case r.Street != "":
		return c.Street == r.Street
	case r.Committee != "":
		return c.Committee == r.Committee
	case r.Community != "":
		return c.Community == r.Community
	case r.Tag != "":
		return slices.Contains(c.Tags, r.Tag)
	case r.Topic != "":
		return c.resident().Subscribed(r.Topic)
	case r.List != "":
		return slices.Contains(c.Lists, r.List)
	case len(r.And) > 0:
		return !slices.ContainsFunc(r.And, func(part Rule) bool { return !part.Match(c) })
	case len(r.Or) > 0:
		return slices.ContainsFunc(r.Or, func(part Rule) bool { return part.Match(c) })
	case r.Not != nil:
		return !r.Not.Match(c)
	}
	return false
}

// none says that nothing is chosen yet.
func (r Rule) none() bool { return reflect.DeepEqual(r, Rule{}) }

// Lists are the uploaded lists that the rule names, sorted, each once.
func (r Rule) Lists() []string {
	var ids []string
	r.walk(func(part Rule) {
		if part.List != "" {
			ids = append(ids, part.List)
		}
	})
	slices.Sort(ids)
	return slices.Compact(ids)
}

// mixesLists says that a list stands beside other conditions, or behind a not: counting such an audience would tell of each number on
// the list what the others say.
func (r Rule) mixesLists() bool { return r.List == "" && len(r.Lists()) > 0 }

func (r Rule) walk(visit func(Rule)) {
	visit(r)
	for _, part := range r.And {
		part.walk(visit)
	}
	for _, part := range r.Or {
		part.walk(visit)
	}
	if r.Not != nil {
		r.Not.walk(visit)
	}
}

// Reaches says whether b is for a resident: its rule chooses them and, when a committee sends it, they are of that committee.
func (b Broadcast) Reaches(c Candidate) bool {
	return (b.Committee == "" || b.Committee == c.Committee) && b.Audience.Match(c)
}
