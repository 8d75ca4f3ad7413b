package propose

import (
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/mozillazg/go-pinyin"
)

// Format is the file of a proposed intent.
func (p Proposal) Format() []byte {
	cites := make([]string, len(p.Citations))
	for i, c := range p.Citations {
		cites[i] = c.Notice + "#" + strconv.Itoa(c.Passage)
	}
	fields := yaml.MapSlice{{Key: "id", Value: p.ID}, {Key: "title", Value: p.Title}}
	if len(p.Utterances) > 0 {
		fields = append(fields, yaml.MapItem{Key: "utterances", Value: p.Utterances})
	}
	if len(p.Proposed) > 0 {
		fields = append(fields, yaml.MapItem{Key: "proposed", Value: p.Proposed})
	}
	fields = append(fields, yaml.MapSlice{
		{Key: "answer", Value: p.Answer + "\n"}, {Key: "citations", Value: cites},
	}...)
	if len(p.FollowUps) > 0 {
		fields = append(fields, yaml.MapItem{Key: "follow_ups", Value: p.FollowUps})
	}
	if p.Silent {
		fields = append(fields, yaml.MapItem{Key: "silent", Value: true})
	}
	if len(p.Whole) > 0 {
		fields = append(fields, yaml.MapItem{Key: "whole", Value: p.Whole})
	}
	text, err := yaml.MarshalWithOptions(fields, yaml.IndentSequence(true), yaml.UseLiteralStyleIfMultiline(true))
	if err != nil { // texts and a flag: there is nothing that could fail
		panic(err)
	}
	return text
}

// IDOf is an id for a subject: its name as it is read.
func IDOf(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch read := pinyin.SinglePinyin(r, pinyin.NewArgs()); {
		case len(read) > 0:
			b.WriteString(read[0])
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			b.WriteRune(r + 'a' - 'A')
		}
	}
	id := b.String()
	if id == "" || id[0] < 'a' {
		id = "s" + id
	}
	return id
}
