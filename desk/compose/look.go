package compose

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
)

// look is what a form would do, as the API says it.
type look struct {
	Audience  string // in words
	People    string
	CountedAt string // "" when nobody was counted, or the audience is another one by now
	Stale     bool   // it is another one
	Cost      string
	When      string
	Fallback  string
	Faults    []lookFault // to be mended
	Warnings  []lookFault // worth a look
	Accept    []acceptView
	Phone     page.Phone
	Cited     []passageView
	Count     *count // when it was just counted
	Schedule  *wire.Schedule
}

type lookFault struct{ Field, Text string }

// acceptView is a warning that is accepted by its name.
type acceptView struct {
	Name, Text string
	Ticked     bool
}

// count is what was just counted.
type count struct {
	wire.Estimate
	Sample []wire.Sample
}

// countedFields carry what was counted from one showing of the form to the next.
var countedFields = []string{"counted", "counted.at", "counted.people", "counted.cost"}

// Counted are the hidden fields of what was counted.
func (e *editor) Counted() (all []hidden) {
	for _, name := range countedFields {
		if value := e.said.Get(name); value != "" {
			all = append(all, hidden{name, value})
		}
	}
	return all
}

// lookAt asks what the form would do. Residents are counted only when somebody asks: each count is on record.
func (e *editor) lookAt(counting bool) error {
	p, faults := e.read()
	e.Look = look{When: e.when(p), Fallback: fallback(p.Fallback), Phone: page.Phone{ID: "phone", Label: "居民手机上的样子"}, Cited: e.cited()}
	for _, f := range faults {
		e.Look.Faults = append(e.Look.Faults, lookFault(f))
	}
	if len(faults) > 0 {
		return nil
	}
	shown, err := e.preview(p, counting)
	if r, ok := errors.AsType[*api.Refusal](err); ok {
		for _, f := range r.Errors {
			e.Look.Faults = append(e.Look.Faults, lookFault{e.placed(f.Location, p), f.Message})
		}
		if len(r.Errors) == 0 {
			e.Look.Faults = append(e.Look.Faults, lookFault{"", r.Detail})
		}
		return nil
	}
	if err != nil {
		return err
	}
	e.Look.say(e, p, shown)
	return nil
}

// preview asks the API. One count runs at a time for a person: a look waits a moment for the one before it, which its browser has given up.
func (e *editor) preview(p wire.Proposal, counting bool) (shown wire.ProposalPreview, err error) {
	nonce := e.v.Form.Get("nonce")
	e.v.NonceOf("") // a look is no change, and is taken as often as the form changes
	defer e.v.NonceOf(nonce)
	for range 10 {
		shown, err = previewProposal.Do(e.v, api.Body[wire.PreviewProposal]{Body: wire.PreviewProposal{Proposal: p, Uncounted: !counting}})
		if r, ok := errors.AsType[*api.Refusal](err); !ok || r.Name() != "counting" {
			return shown, err
		}
		select {
		case <-e.v.Context().Done():
			return shown, e.v.Context().Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	return shown, err
}

// say puts a preview into words.
func (l *look) say(e *editor, p wire.Proposal, shown wire.ProposalPreview) {
	key := countKey(p, shown.Parts)
	if !shown.CountedAt.IsZero() {
		l.Count = &count{shown.Estimate, shown.Sample}
		e.said.Set("counted", key)
		e.said.Set("counted.at", shown.CountedAt.In(broadcast.Zone).Format(clockForm))
		e.said.Set("counted.people", shown.People)
		e.said.Set("counted.cost", cost(shown.Bill))
	}
	l.Audience, l.People = shown.AudienceLabel, e.said.Get("counted.people")
	switch counted := e.said.Get("counted"); {
	case counted == key:
		l.CountedAt, l.Cost = e.said.Get("counted.at"), e.said.Get("counted.cost")
	case p.Audience.List != "":
		l.People = shown.People
	default:
		l.Stale, l.People = counted != "", ""
	}
	if e.said.Get("rule.kind") == "" {
		l.Audience = ""
	}
	for _, f := range shown.Faults {
		at := lookFault{faultField(f), f.Text}
		switch {
		case e.Series && f.Field == "send_at": // of a broadcast that would go now
		case !f.Warning && f.Name == "":
			l.Faults = append(l.Faults, at)
		case f.Name == "":
			l.Warnings = append(l.Warnings, at)
		default:
			l.Accept = append(l.Accept, acceptView{f.Name, f.Text, slices.Contains(e.said["accept"], f.Name)})
		}
	}
	for _, m := range p.Messages {
		l.Phone.Screens = append(l.Phone.Screens, screen(m, e.can.templates[m.Template], shown))
	}
}

// faultField is the field of the form that a fault of a preview is about.
func faultField(f wire.BroadcastFault) string {
	switch {
	case f.Channel != "" && f.Variable == "url":
		return f.Channel + ".url"
	case f.Channel != "" && f.Variable != "":
		return dataField(f.Channel, f.Variable)
	case f.Channel != "":
		return f.Channel + ".template"
	}
	return fieldOf("proposal."+f.Field, wire.Proposal{})
}

// screen is what a channel shows.
func screen(m wire.Message, t wire.Template, shown wire.ProposalPreview) page.Screen {
	s := page.Screen{Channel: channelLabels[m.Channel], From: "公众号"}
	if m.Channel != "sms" {
		card := &page.Card{Title: t.Title}
		for _, v := range t.Vars {
			card.Rows = append(card.Rows, page.CardRow{Label: v.Label, Value: m.Data[v.Name]})
		}
		if m.URL != "" {
			card.More = "查看详情"
		}
		s.Card = card
		return s
	}
	s.From = "短信"
	for _, text := range shown.Texts {
		if text.Channel == m.Channel {
			s.Bubbles = []page.Bubble{{Text: text.Text}}
		}
	}
	s.Note = fmt.Sprintf("连签名按%d条计费", shown.Parts)
	return s
}

// countKey changes with all that a count depends on.
func countKey(p wire.Proposal, parts int) string {
	said := []any{p.Audience, p.Committee, p.Topic, p.Emergency, p.Fallback.Doubtful, parts}
	for _, m := range p.Messages {
		said = append(said, m.Channel)
		if m.Channel == "subscription" {
			said = append(said, m.Template)
		}
	}
	text, _ := json.Marshal(said) // has texts and numbers only
	return fmt.Sprintf("%x", sha256.Sum256(text))[:16]
}

func cost(b wire.Bill) string {
	if b.Parts == 0 {
		return "不发短信，没有费用"
	}
	text := "约" + b.Cost.Label
	if b.Cost.Label != b.CostMost.Label {
		text += "，最多" + b.CostMost.Label
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "约约", "约"), "最多至多", "最多")
}

func (e *editor) when(p wire.Proposal) string {
	if e.Series {
		return ""
	}
	text := "批准并排期以后马上发"
	if !p.SendAt.IsZero() {
		text = p.SendAt.In(broadcast.Zone).Format("1月2日 15:04") + "起"
	}
	if !p.ExpireAt.IsZero() {
		text += "，到" + p.ExpireAt.In(broadcast.Zone).Format("1月2日 15:04") + "为止"
	}
	if p.Emergency {
		return text + "，应急：不论时段"
	}
	return text + "，每天" + cmp.Or(p.Window, broadcast.DefaultWindow.String()) + "之间"
}

func fallback(f wire.Fallback) string {
	switch {
	case f.WaitMinutes == 0 && !f.Doubtful:
		return "确定没有送到的，改走下一个渠道"
	case f.WaitMinutes == 0:
		return "没有送到和不能确定的，都改走下一个渠道"
	}
	text := fmt.Sprintf("等%d分钟没有回执，改走下一个渠道", f.WaitMinutes)
	if f.Doubtful {
		text += "；不能确定的也改走"
	}
	return text
}

// cited are the ticked passages, to be read while writing.
func (e *editor) cited() (all []passageView) {
	for _, n := range e.can.notices {
		for _, p := range n.Passages {
			if cite := (wire.Cite{Notice: n.ID, Passage: p.Number}).String(); slices.Contains(e.said["cite"], cite) {
				all = append(all, passageView{Cite: cite, Text: p.Text, Number: p.Number})
			}
		}
	}
	return all
}

// accepted are the warnings that are ticked and shown still.
func (e *editor) accepted() (names []string) {
	for _, a := range e.Look.Accept {
		if a.Ticked {
			names = append(names, a.Name)
		}
	}
	return names
}

// difference is a part of a proposal that two people wrote otherwise.
type difference struct{ Name, Mine, Theirs string }

// conflict is what somebody else kept meanwhile.
type conflict struct {
	Who         string
	Path        string // of the page with what is kept
	Differences []difference
}

// conflictWith compares what the form says with what is kept.
func (e *editor) conflictWith(who string, theirs wire.Proposal) {
	other := url.Values{}
	fill(other, theirs)
	e.Conflict = &conflict{Who: who, Path: e.Path}
	add := func(name, mine, theirs string) {
		if mine != theirs {
			e.Conflict.Differences = append(e.Conflict.Differences, difference{name, mine, theirs})
		}
	}
	mine, _ := e.read()
	ours := e.words(mine)
	for i, their := range e.words(theirs) {
		add(their.Name, ours[i].Value, their.Value)
	}
}

// words are all parts of a proposal, each with its name.
func (e *editor) words(p wire.Proposal) (all []hidden) {
	cites := make([]string, len(p.Cites))
	for i, c := range p.Cites {
		cites[i] = c.String()
	}
	sentence := "没有选"
	if nodeOf(p.Audience).Kind != "" {
		sentence = "条件不完整"
		if shown, err := e.preview(p, false); err == nil {
			sentence = shown.AudienceLabel
		}
	}
	all = []hidden{{"标题", p.Title}, {"主题", e.valueLabel("topic", p.Topic)}, {"由谁发", e.valueLabel("committee", p.Committee)}, {"依据", strings.Join(cites, "、")},
		{"发给谁", sentence}, {"什么时候", e.when(p)}, {"送不到时", fallback(p.Fallback)}}
	for _, channel := range channels {
		text := ""
		for _, m := range p.Messages {
			if m.Channel == channel {
				text = e.messageWords(m)
			}
		}
		all = append(all, hidden{channelLabels[channel], text})
	}
	return all
}

func (e *editor) messageWords(m wire.Message) string {
	t := e.can.templates[m.Template]
	lines := []string{"模板：" + cmp.Or(t.Title, m.Template)}
	for _, v := range t.Vars {
		lines = append(lines, v.Label+"："+m.Data[v.Name])
	}
	if m.URL != "" {
		lines = append(lines, "链接："+m.URL)
	}
	return strings.Join(lines, "\n")
}

func (e *editor) valueLabel(kind, value string) string {
	for _, c := range e.can.values[kind] {
		if c.Value == value {
			return c.Label
		}
	}
	return value
}
