package compose

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
)

// channels are what a broadcast may go by, in the order of the page.
var channels = []string{string(broadcast.Subscription), string(broadcast.Template), string(broadcast.SMS)}

// templates are the city's, by id.
type templates map[string]wire.Template

const (
	dayForm    = "2006-01-02"
	clockForm  = "15:04"
	secondForm = "15:04:05"
)

// fill writes a proposal into the fields of a form. Fields that a proposal says nothing of stay.
func fill(form url.Values, p wire.Proposal) {
	for name, value := range map[string]string{"title": p.Title, "topic": p.Topic, "committee": p.Committee} {
		form.Set(name, value)
	}
	form.Del("cite")
	for _, c := range p.Cites {
		form.Add("cite", c.String())
	}
	fillMessages(form, p.Messages)
	nodeOf(p.Audience).put(form)
	from, to, _ := strings.Cut(cmp.Or(p.Window, broadcast.DefaultWindow.String()), "-")
	form.Set("window.from", from)
	form.Set("window.to", to)
	fillTime(form, "send", p.SendAt)
	fillTime(form, "expire", p.ExpireAt)
	form.Set("wait", strconv.Itoa(p.Fallback.WaitMinutes))
	tick(form, "doubtful", p.Fallback.Doubtful)
	tick(form, "emergency", p.Emergency)
}

// fillMessages switches the channels on that have a message. What was typed for others stays, in case they are switched on again.
func fillMessages(form url.Values, messages []wire.Message) {
	form.Del("channel")
	for _, m := range messages {
		form.Add("channel", m.Channel)
		form.Set(m.Channel+".template", m.Template)
		form.Set(m.Channel+".url", m.URL)
		for name, value := range m.Data {
			form.Set(dataField(m.Channel, name), value)
		}
	}
}

// dataField is the field of a channel's variable.
func dataField(channel, variable string) string { return channel + ".data." + variable }

func tick(form url.Values, name string, on bool) {
	form.Del(name)
	if on {
		form.Set(name, "yes")
	}
}

func fillTime(form url.Values, name string, at time.Time) {
	if at.IsZero() {
		form.Set(name, "")
		form.Set(name+".date", "")
		form.Set(name+".time", "")
		return
	}
	at = at.In(broadcast.Zone)
	clock := clockForm
	if at.Second() != 0 {
		clock = secondForm
	}
	form.Set(name, "at")
	form.Set(name+".date", at.Format(dayForm))
	form.Set(name+".time", at.Format(clock))
}

// read is the proposal that a form says, and what of it cannot be one. What it lacks only is for the API to say.
func read(form url.Values, known templates) (p wire.Proposal, faults []page.FieldFault) {
	r := reader{form: form}
	p = wire.Proposal{Title: r.line("title"), Topic: form.Get("topic"), Committee: form.Get("committee"), Emergency: form.Get("emergency") != "",
		SendAt: r.time("send"), ExpireAt: r.time("expire"), Window: form.Get("window.from") + "-" + form.Get("window.to")}
	if p.Window == "-" {
		p.Window = ""
	}
	p.Fallback = wire.Fallback{WaitMinutes: r.number("wait"), Doubtful: form.Get("doubtful") != ""}
	for _, said := range form["cite"] {
		if c, ok := citeOf(said); !ok {
			r.refuse("cite", "依据里有一段认不出来：请重新勾选")
		} else if !slices.Contains(p.Cites, c) {
			p.Cites = append(p.Cites, c)
		}
	}
	for _, channel := range form["channel"] {
		if !slices.Contains(channels, channel) {
			r.refuse("channel", "没有这个渠道：请重新勾选")
		}
	}
	for _, channel := range channels {
		if slices.Contains(form["channel"], channel) {
			p.Messages = append(p.Messages, r.message(channel, known))
		}
	}
	whole, wrong := readRule(form)
	if len(wrong) == 0 {
		p.Audience, wrong = whole.rule()
	}
	return p, append(r.faults, wrong...)
}

type reader struct {
	form   url.Values
	faults []page.FieldFault
}

func (r *reader) refuse(field, text string) {
	r.faults = append(r.faults, page.FieldFault{Field: field, Text: text})
}

// line is a text of one line, without the spaces that a copy brings along.
func (r *reader) line(name string) string { return strings.TrimSpace(r.form.Get(name)) }

// message has the variables of its template. A form may hold more, from a template that was chosen before.
func (r *reader) message(channel string, known templates) wire.Message {
	m := wire.Message{Channel: channel, Template: r.form.Get(channel + ".template"), URL: r.line(channel + ".url")}
	if m.Template == "" {
		r.refuse(channel+".template", "没有选模板：请选一个，或者关掉这个渠道")
	}
	for _, v := range known[m.Template].Vars {
		if value := r.line(dataField(channel, v.Name)); value != "" {
			if m.Data == nil {
				m.Data = map[string]string{}
			}
			m.Data[v.Name] = value
		}
	}
	return m
}

// time is the instant of a date and a time of day in the city's zone, zero when there is to be none.
func (r *reader) time(name string) time.Time {
	if r.form.Get(name) == "" {
		return time.Time{}
	}
	day, clock := r.form.Get(name+".date"), r.form.Get(name+".time")
	switch {
	case day == "":
		r.refuse(name+".date", "没有选日期")
		return time.Time{}
	case clock == "":
		r.refuse(name+".time", "没有填时间，例如 09:00")
		return time.Time{}
	}
	for _, form := range []string{clockForm, secondForm} {
		if at, err := time.ParseInLocation(dayForm+" "+form, day+" "+clock, broadcast.Zone); err == nil {
			return at.UTC()
		}
	}
	r.refuse(name+".date", "日期或时间不对：日期写成 2026-12-01，时间写成 09:00")
	return time.Time{}
}

// number is a whole number that is not negative; nothing is 0.
func (r *reader) number(name string) int {
	said := r.line(name)
	if said == "" {
		return 0
	}
	n, err := strconv.Atoi(said)
	if err != nil || n < 0 {
		r.refuse(name, "要填整数，不等待就填 0")
	}
	return max(n, 0)
}

// citeForm is N2#4.
var citeForm = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9_-]{0,63})#([0-9]{1,6})$`)

func citeOf(said string) (wire.Cite, bool) {
	parts := citeForm.FindStringSubmatch(said)
	if parts == nil {
		return wire.Cite{}, false
	}
	n, err := strconv.Atoi(parts[2])
	return wire.Cite{Notice: parts[1], Passage: n}, err == nil && n > 0
}

// fieldOf is the field of the form that a fault of the API's is about: body.proposal.messages.sms.data.title, which has a channel, or
// body.proposal.messages[1].template, which has a place among p's. "" is the whole.
func fieldOf(location string, p wire.Proposal) string {
	if location == "body.channel" { // of a test
		return "channel"
	}
	_, place, _ := strings.Cut("."+location, ".proposal")
	place = strings.TrimPrefix(place, ".")
	head, rest, _ := strings.Cut(place, ".")
	switch {
	case strings.HasPrefix(place, "audience"):
		return ruleField(place)
	case strings.HasPrefix(head, "cites"):
		return "cite"
	case place == "messages":
		return "channel"
	case head == "messages":
		if !strings.Contains(rest, ".") {
			return rest + ".template"
		}
		return strings.Replace(rest, ".data.?", ".template", 1)
	case strings.HasPrefix(head, "messages["):
		i, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(head, "messages["), "]"))
		if err != nil || i >= len(p.Messages) {
			return "channel"
		}
		return fmt.Sprintf("%s.%s", p.Messages[i].Channel, cmp.Or(rest, "template"))
	case head == "send_at":
		return "send.date"
	case head == "expire_at":
		return "expire.date"
	case head == "window":
		return "window.from"
	case head == "fallback":
		return "wait"
	}
	return head
}
