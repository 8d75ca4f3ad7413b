package compose

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
)

// editor is the page on which a broadcast or a series is written.
type editor struct {
	page.Form
	v    *page.Visit
	said url.Values // what the form holds
	can  choices

	Series   bool
	Title    string // of the page
	Path     string // that the form is posted to
	ID       string // "" of what is not kept yet
	Status   string
	Label    string
	Autosave string // path; "" when nothing is kept by itself
	Saved    string // when it was kept last, or why not
	Unsaved  bool
	Refused  bool   // something was not done: what is wrong stands above the form
	Say      string // what was done, or why not
	Returned string // why an approver returned it
	Own      bool   // a committee's official, who sends to that committee only
	Removes  bool   // the person may delete it

	Topics, Senders, Hours []page.Choice
	Sources                sources
	Channels               []channelView
	Rule                   ruleView
	Kinds                  []page.Choice
	ValuesCounted          string        // of how the values of conditions are counted
	Prepared               []page.Choice // drafts that may fill in the texts
	Look                   look
	Conflict               *conflict
	Schedule               scheduleView
}

// newEditor is the page with a form that holds what was posted, or else nothing.
func newEditor(v *page.Visit) *editor {
	e := &editor{v: v, said: url.Values{}, Own: v.Person.Committee != "", Title: "新写一份群发"}
	for name, values := range v.Form {
		if name != "nonce" && name != "do" {
			e.said[name] = values
		}
	}
	e.ID = cmp.Or(v.Path("id"), e.said.Get("id"))
	return e
}

// begin fills an empty form for something new.
func (e *editor) begin() {
	fill(e.said, wire.Proposal{Committee: e.v.Person.Committee})
}

// read is the proposal that the form says.
func (e *editor) read() (wire.Proposal, []page.FieldFault) {
	p, faults := read(e.said, e.can.templates)
	if e.Own {
		p.Committee = e.v.Person.Committee
	}
	return p, faults
}

// press does what a button asks of the form itself, and says whether it was one of those.
func (e *editor) press(button string) bool {
	what, at, _ := strings.Cut(button, ":")
	switch what {
	case addPart, addAny, negate, drop:
		whole, faults := readRule(e.said)
		for _, f := range faults {
			e.Refuse(f.Field, f.Text)
		}
		whole.change(what, at, e.said.Get(at+".new")).put(e.said)
	case "prefill":
		e.prefill()
	case "show", "find":
	default:
		return false
	}
	return true
}

// prefill puts the texts of a prepared draft in, and ticks what it rests on.
func (e *editor) prefill() {
	i := slices.IndexFunc(e.can.drafts, func(d wire.Draft) bool { return d.ID == e.said.Get("draft") })
	if i < 0 {
		e.Refuse("draft", "没有选底稿：请选一份")
		return
	}
	p := e.can.drafts[i].Proposal
	fillMessages(e.said, p.Messages)
	for _, c := range p.Cites {
		if !slices.Contains(e.said["cite"], c.String()) {
			e.said.Add("cite", c.String())
		}
	}
	for name, value := range map[string]string{"title": p.Title, "topic": p.Topic} {
		e.said.Set(name, cmp.Or(e.said.Get(name), value))
	}
}

// show makes the page of what the form holds now. lookErr says that the look at it is not to be had, which the page says by itself.
func (e *editor) show() page.Page {
	faults := e.Faults()
	e.Form = e.v.NewForm()
	for name := range e.v.Form {
		e.Set(name)
	}
	for name, values := range e.said {
		e.Set(name, values...)
	}
	for _, f := range faults {
		e.Refuse(f.Field, f.Text)
	}
	e.Topics = append([]page.Choice{{Label: "请选择"}}, e.can.values["topic"]...)
	e.Senders = append([]page.Choice{{Label: "全市"}}, e.can.values["committee"]...)
	e.Hours = hours(e.said.Get("window.from"), e.said.Get("window.to"))
	e.Sources = e.sources()
	e.Channels = e.channels()
	whole, _ := readRule(e.said)
	e.Rule = e.ruleView(whole, root)
	e.Kinds, e.ValuesCounted = e.can.kinds, e.can.countedWords()
	e.Prepared = e.prepared()
	section, label := sendsHome, "群发"
	if e.Series {
		section, label = seriesHome, "定期发送"
	}
	return page.Page{Title: e.Title, Name: "compose/edit", Nav: section, Crumbs: []page.Crumb{{Label: label, Path: section}, {Label: e.Title}}, Data: e}
}

// hours are the full hours, and whatever else was chosen.
func hours(also ...string) (all []page.Choice) {
	said := slices.Clone(also)
	for h := range 25 {
		said = append(said, fmt.Sprintf("%02d:00", h))
	}
	slices.Sort(said)
	for _, at := range slices.Compact(said) {
		if at != "" {
			all = append(all, page.Choice{Value: at, Label: at})
		}
	}
	return all
}

// prepared are the drafts that rest on what is ticked, or all when nothing is.
func (e *editor) prepared() (all []page.Choice) {
	for _, d := range e.can.drafts {
		fits := len(e.said["cite"]) == 0
		for _, c := range d.Proposal.Cites {
			fits = fits || slices.ContainsFunc(e.said["cite"], func(said string) bool { return strings.HasPrefix(said, c.Notice+"#") })
		}
		if fits {
			all = append(all, page.Choice{Value: d.ID, Label: d.Proposal.Title})
		}
	}
	return all
}

// refuse shows what the API did not do beside the fields that it is about. Nothing that was typed is lost.
func (e *editor) refuse(err error) (page.Result, error) {
	r, ok := errors.AsType[*api.Refusal](err)
	if !ok {
		return nil, err
	}
	p, _ := e.read()
	for _, fault := range r.Errors {
		e.Refuse(e.placed(fault.Location, p), fault.Message)
	}
	if len(r.Errors) == 0 {
		e.Refuse("", r.Detail)
	}
	e.Refused = true
	return e.again(r.Status)
}

// again shows the page with what is wrong.
func (e *editor) again(status int) (page.Result, error) {
	if status == http.StatusForbidden || status < http.StatusBadRequest {
		status = http.StatusUnprocessableEntity
	}
	return e.v.ShowAs(status, e.show())
}

// placed is the field of the form that a place of an operation's input stands in, "" for none.
func (e *editor) placed(location string, p wire.Proposal) string {
	if field := e.scheduleField(location); e.Series && field != "" {
		return field
	}
	return fieldOf(location, p)
}

// refuseAll notes faults; it says whether there are any.
func (e *editor) refuseAll(faults []page.FieldFault) bool {
	for _, f := range faults {
		e.Refuse(f.Field, f.Text)
	}
	e.Refused = e.Refused || len(faults) > 0
	return len(faults) > 0
}

// stamp is an instant as people read it.
func stamp(v *page.Visit) string { return v.Now().In(broadcast.Zone).Format(clockForm) }
