package compose

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"towncrier/api/wire"
	"towncrier/desk/page"
)

// sources are the notices that a broadcast may rest on.
type sources struct {
	Found []noticeView
	Lost  []passageView // ticked, and not there any more
	Note  string
}

type noticeView struct {
	wire.Notice
	Ticked   bool // a passage of it is
	Off      bool // it is withdrawn: nothing more of it can be ticked
	Note     string
	Passages []passageView
}

type passageView struct {
	Cite, Text string
	Number     int
	Ticked     bool
	Off        bool
}

// mostFound is how many notices a search shows besides those that are ticked.
const mostFound = 12

// sources are the ticked notices, and those that hold what is looked for.
func (e *editor) sources() (s sources) {
	left := slices.Clone(e.said["cite"])
	search, more := strings.TrimSpace(e.said.Get("search")), 0
	for _, n := range e.can.notices {
		view := noticeView{Notice: n, Off: n.Status == "withdrawn"}
		for _, p := range n.Passages {
			cite := wire.Cite{Notice: n.ID, Passage: p.Number}.String()
			ticked := slices.Contains(left, cite)
			left = slices.DeleteFunc(left, func(said string) bool { return said == cite })
			view.Ticked = view.Ticked || ticked
			view.Passages = append(view.Passages, passageView{Cite: cite, Text: p.Text, Number: p.Number, Ticked: ticked, Off: view.Off && !ticked})
		}
		switch {
		case view.Off && view.Ticked:
			view.Note = "已撤回，不能作为依据：请去掉勾选的段落"
		case view.Off:
			view.Note = "已撤回，不能作为依据"
		case n.Successor != "":
			view.Note = "已被" + n.Successor + "取代：请看看是否改用新公告"
		case n.Overdue:
			view.Note = "复核日期（" + n.ReviewBy + "）已过：请核实内容仍然有效"
		}
		switch {
		case view.Ticked:
			s.Found = append([]noticeView{view}, s.Found...)
		case !holds(n, search):
		case more < mostFound:
			more++
			s.Found = append(s.Found, view)
		default:
			s.Note = fmt.Sprintf("只列出%d份。要找别的，请写几个字再查", mostFound)
		}
	}
	for _, cite := range left {
		s.Lost = append(s.Lost, passageView{Cite: cite, Ticked: true})
	}
	if more == 0 && search != "" {
		s.Note = "没有公告写着“" + search + "”：请换个说法，或者先在“内容”里发布公告"
	}
	return s
}

// holds says whether a notice says all words that are looked for.
func holds(n wire.Notice, search string) bool {
	said := n.ID + n.Headline + n.Issuer
	for _, p := range n.Passages {
		said += p.Text
	}
	for word := range strings.FieldsSeq(search) {
		if !strings.Contains(strings.ToLower(said), strings.ToLower(word)) {
			return false
		}
	}
	return true
}

// channelView is what is written for a channel.
type channelView struct {
	Channel, Label string
	On             bool
	Choices        []page.Choice // templates
	Template       wire.Template
	Fields         []variableView
	WeChat         bool
	Hidden         []hidden // typed for a template that is not chosen now
	Tests          bool     // a test of it may go to one's own phone
}

type variableView struct {
	Name, Label, Hint string
	Choices           []page.Choice
	Max               int
}

type hidden struct{ Name, Value string }

var channelLabels = map[string]string{"subscription": "微信订阅通知", "template": "微信模板消息", "sms": "短信"}

func (e *editor) channels() (all []channelView) {
	for _, channel := range channels {
		view := channelView{Channel: channel, Label: channelLabels[channel], On: slices.Contains(e.said["channel"], channel), WeChat: channel != "sms"}
		found := e.can.templates.of(channel)
		for _, t := range found {
			view.Choices = append(view.Choices, page.Choice{Value: t.ID, Label: t.Title + "（" + t.ID + "）"})
		}
		chosen := e.said.Get(channel + ".template")
		view.Template = e.can.templates[chosen]
		view.Tests = view.On && !e.Series
		shown := map[string]bool{}
		for _, variable := range view.Template.Vars {
			name := dataField(channel, variable.Name)
			shown[name] = true
			view.Fields = append(view.Fields, e.variable(name, variable))
		}
		for name, values := range e.said {
			if strings.HasPrefix(name, channel+".data.") && !shown[name] && len(values) > 0 && values[0] != "" {
				view.Hidden = append(view.Hidden, hidden{name, values[0]})
			}
		}
		slices.SortFunc(view.Hidden, func(a, b hidden) int { return strings.Compare(a.Name, b.Name) })
		if len(found) > 0 {
			all = append(all, view)
		}
	}
	return all
}

// variable says what a field takes, and how much of it is used.
func (e *editor) variable(name string, variable wire.TemplateVariable) variableView {
	view := variableView{Name: name, Label: variable.Label, Max: variable.Most}
	var hints []string
	if variable.Most > 0 {
		hints = append(hints, fmt.Sprintf("最多%d个字，现在%d个", variable.Most, utf8.RuneCountInString(strings.TrimSpace(e.said.Get(name)))))
	}
	if variable.Form != "" {
		hints = append(hints, variable.Form)
	}
	view.Hint = strings.Join(hints, "；")
	if len(variable.Values) > 0 {
		view.Choices = []page.Choice{{Label: "不写"}}
		for _, value := range variable.Values {
			view.Choices = append(view.Choices, page.Choice{Value: value, Label: value})
		}
	}
	return view
}

// ruleView is a condition, or a group of them, with its buttons.
type ruleView struct {
	At, Kind, Label, Value string
	Fault                  string
	Choices                []page.Choice
	More                   bool // there are more values than Choices
	Parts                  []ruleView
	Negated                bool   // it stands behind a not
	Negate                 string // where the button stands that turns it round
	Level                  int
	Kinds                  []page.Choice
	Empty                  bool
	Any                    string // the label of the button for a group of the other kind
}

func (e *editor) ruleView(n node, at string) ruleView {
	view := ruleView{At: at, Kind: n.Kind, Label: e.can.kind(n.Kind), Value: n.Value, Negate: at, Level: strings.Count(at, ".") + 1, Kinds: e.can.kinds, Empty: n.Kind == "", Any: "满足任一"}
	for _, field := range []string{at + ".kind", at + ".value"} {
		if view.Fault == "" {
			view.Fault = e.Fault(field)
		}
	}
	if n.Kind == "or" {
		view.Any = "都要满足"
	}
	if slices.Contains(valued, n.Kind) {
		view.More, view.Choices = e.can.more[n.Kind], e.can.values[n.Kind]
		if !view.More && n.Value != "" && !slices.ContainsFunc(view.Choices, func(c page.Choice) bool { return c.Value == n.Value }) {
			view.Choices = append([]page.Choice{{Value: n.Value, Label: n.Value}}, view.Choices...)
		}
	}
	for i, part := range n.Parts {
		view.Parts = append(view.Parts, e.ruleView(part, fmt.Sprintf("%s.%d", at, i)))
	}
	if n.Kind == "not" {
		view.Parts[0].Negated, view.Parts[0].Negate = true, at
	}
	return view
}
