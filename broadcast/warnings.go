package broadcast

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"towncrier/content"
)

// A warning that has a name is accepted by name, by the person who submits and again by the person who approves: then two people saw it. What they
// accepted is part of what is approved. Only an approval asks for it: what was approved goes its way.

// reservations are the warnings with a name, and what else is asked before an approval and not after it: that what is stated is printed in what
// is cited. last is when b is sent, of a series the last time.
func (s *Service) reservations(b Broadcast, last time.Time) []Fault {
	lib := s.Content()
	today, day := content.DateOf(s.Now().In(Zone)), content.DateOf(last.In(Zone))
	faults := append(reviewFaults(lib, b.Cites, today, day), deadlineFaults(lib, b.Cites, day)...)
	for _, m := range b.Messages {
		faults = append(faults, linkFaults(lib, m)...)
		faults = append(faults, s.unprintedFaults(lib, b.Cites, m)...)
	}
	return faults
}

// unprintedFaults refuses figures, dates and official names that residents would read and that nothing cited prints. Nobody can accept
// these: what is said in an official's name stands in a notice.
func (s *Service) unprintedFaults(lib *content.Library, cites []Cite, m Message) []Fault {
	t := lib.Templates[m.Template]
	if s.Unprinted == nil || t == nil || Channel(t.Channel) != m.Channel {
		return nil
	}
	var faults []Fault
	for _, u := range s.Unprinted(cites, m) {
		where := "的模板文字"
		if v, ok := t.Var(u.Variable); ok {
			where = "的“" + v.Label + "”"
		}
		faults = append(faults, Fault{Channel: m.Channel, Variable: u.Variable,
			Text: m.Channel.Label() + where + "写了“" + u.Text + "”，引用的公告里没有：请照公告的写法改，或者引用写明它的段落"})
	}
	return faults
}

// sending is when b is sent at the earliest: now, or at its time.
func (s *Service) sending(b Broadcast) time.Time {
	if now := s.instant(); b.SendAt.Before(now) {
		return now
	}
	return b.SendAt
}

// reviewFaults warns of notices that nobody has reviewed in time: residents would take old news for new. The warning has no name: a city
// whose notices are all past their review would learn to accept it unread. It is shown again with every step instead.
func reviewFaults(lib *content.Library, cites []Cite, today, last content.Date) []Fault {
	var faults []Fault
	told := map[string]bool{}
	for _, c := range cites {
		n := lib.Notices[c.Notice]
		if n == nil || told[c.Notice] || n.Status != content.InForce || n.ReviewBy == (content.Date{}) || !n.ReviewBy.Before(last) {
			continue
		}
		told[c.Notice] = true
		when := "已过"
		if !n.ReviewBy.Before(today) {
			when = "到发送时已过"
		}
		faults = append(faults, Fault{Field: "cites", Warning: true,
			Text: "引用的公告" + c.Notice + when + "复核日期（" + n.ReviewBy.String() + "），请核实内容仍然有效"})
	}
	return faults
}

// deadlineFaults warns of passages whose deadline is over when residents read of them.
func deadlineFaults(lib *content.Library, cites []Cite, last content.Date) []Fault {
	var faults []Fault
	for i, c := range cites {
		n := lib.Notices[c.Notice]
		if n == nil || slices.Contains(cites[:i], c) {
			continue
		}
		p, ok := n.Passage(c.Passage)
		if !ok {
			continue
		}
		if end, ok := n.Deadline(p); ok && end.Before(last) {
			name := fmt.Sprintf("%s#%d", c.Notice, c.Passage)
			faults = append(faults, Fault{Field: "cites", Name: "deadline:" + name, Warning: true,
				Text: "引用的" + name + "写明的期限是" + end.String() + "，发送时期限已过，请核实内容仍然适用"})
		}
	}
	return faults
}

// linkFaults warns of what leads to hosts that are not the city's, in the address that a tap opens and in the text. An address is
// https alone: anybody between a resident and an http server can read along, and show another page.
func linkFaults(lib *content.Library, m Message) []Fault {
	var faults []Fault
	var hosts []string
	at := Fault{Channel: m.Channel, Variable: "url"}
	u, err := url.Parse(m.URL)
	opened := err == nil && u.Host != "" && m.Channel != SMS // else messageFaults says what is wrong
	if opened {
		if u.Scheme == "http" {
			at.Text = "网址以http://开头，内容可能在途中被人偷看或篡改：请换成https://开头的网址"
			faults = append(faults, at)
		}
		if hosts = []string{strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))}; !plainHost.MatchString(hosts[0]) {
			at.Text = "网址的域名里有不能用的字符：只能用英文字母、数字、点和连字符，中文域名写成xn--开头的形式"
			return append(faults, at)
		}
	}
	if t := lib.Templates[m.Template]; t != nil {
		text := t.Text // an SMS may have no address in a value: content refuses it
		if m.Channel != SMS {
			text = t.Render(m.Data)
		}
		hosts = append(hosts, content.LinkedHosts(text)...)
	}
	for i, host := range hosts {
		if lib.City.OwnHost(host) || slices.Contains(hosts[:i], host) {
			continue
		}
		f := Fault{Channel: m.Channel, Name: "link:" + host, Warning: true, Text: "链接指向" + host + "，不在本市自己的域名之列，请核实它安全、可信"}
		if i == 0 && opened {
			f.Variable = "url"
		}
		faults = append(faults, f)
	}
	return faults
}

// acceptedLabel is what an official reads for the name of a warning that was accepted, as long after as they may.
func acceptedLabel(name string) string {
	kind, of, _ := strings.Cut(name, ":")
	switch kind {
	case "superseded":
		return "引用的公告" + of + "已被取代"
	case "deadline":
		return "引用的" + of + "写明的期限，到发送时已过"
	case "link":
		return "链接指向" + of
	}
	return name
}

var plainHost = regexp.MustCompile(`^([a-z0-9.-]+|[0-9a-f:]+)$`)

// admitted refuses b's faults, and warnings with a name that are not in accept, each with what would be right. What it returns is the
// names that were accepted, sorted.
func admitted(faults []Fault, accept []string) ([]string, error) {
	var names []string
	var open FaultsError
	for _, f := range faults {
		switch {
		case f.Name == "" && !f.Warning:
			open = append(open, f)
		case f.Name != "":
			names = append(names, f.Name)
			if !slices.Contains(accept, f.Name) {
				f.Text += "；看过并接受，请勾选它（接口和命令行：accept：" + f.Name + "）"
				open = append(open, f)
			}
		}
	}
	if slices.ContainsFunc(accept, func(name string) bool { return !slices.Contains(names, name) }) {
		open = append(open, Fault{Text: "accept里有这条通知没有的提醒：只写预览时列出的提醒名"})
	}
	if len(open) > 0 {
		return nil, open
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// acceptedToo refuses an approver who does not accept all that was accepted when b was submitted, and a warning that nobody was shown then.
func (b Broadcast) acceptedToo(faults []Fault, accept []string) error {
	var late FaultsError
	shown := slices.Clone(faults)
	for _, f := range faults {
		if f.Name != "" && !slices.Contains(b.Accepted, f.Name) {
			f.Text += "；撰稿员送审时没有接受这条提醒：请退回或修改，由撰稿员接受后再审批"
			late = append(late, f)
		}
	}
	if len(late) > 0 {
		return late
	}
	for _, name := range b.Accepted {
		if !slices.ContainsFunc(faults, func(f Fault) bool { return f.Name == name }) {
			shown = append(shown, Fault{Name: name, Warning: true, Text: "撰稿员送审时接受过这条提醒"}) // which no longer holds
		}
	}
	_, err := admitted(shown, accept)
	return err
}
