package sends

import (
	"cmp"
	"net/url"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
)

// List is the page of broadcasts that somebody looks for.
type List struct {
	page.Form // the filters
	Tabs      page.Tabs
	Rows      []Row
	Pager     page.Pager
	Filtered  bool
	MayWrite  bool
	OfCity    bool         // whoever looks sees several committees'
	Drafts    []wire.Draft // what the city has ready, where there is nothing else
}

// Row is a broadcast in the list.
type Row struct {
	wire.Broadcast
	When, People string
	Channels     []string
	Buttons      []Button
}

const rowsAPage = 50

// list shows broadcasts, the newest first.
func list(v *page.Visit) (page.Result, error) {
	data := &List{Form: page.EmptyForm(), MayWrite: v.May(createBroadcast), OfCity: v.Person.Committee == ""}
	asked := filters(v, &data.Form)
	shown := page.Page{Title: "群发", Name: area + "/list", Nav: section, Data: data}
	data.Filtered = len(asked) > 0
	filter, err := filterOf(v, asked)
	if err != nil {
		return v.Again(shown, &data.Form, err)
	}
	counts, err := countBroadcasts.Do(v, api.CountBroadcastsInput{BroadcastFilter: filter})
	if err != nil {
		return v.Again(shown, &data.Form, err)
	}
	data.Tabs = page.Tabs{Label: "状态", Tabs: tabs(counts.Items, asked)}
	in := api.ListBroadcastsInput{BroadcastFilter: filter, Limit: rowsAPage}
	in.After = v.Query("after")
	if status := asked.Get("status"); status != "" {
		in.Status = []string{status}
	}
	found, err := listBroadcasts.Do(v, in)
	if err != nil {
		return v.Again(shown, &data.Form, err)
	}
	for _, b := range found.Items {
		data.Rows = append(data.Rows, rowOf(v, b))
	}
	if in.After != "" {
		data.Pager.First = listPath(asked)
	}
	if found.Next != "" {
		data.Pager.Next = listPath(asked, "after", found.Next)
	}
	if len(data.Rows) == 0 && !data.Filtered && data.MayWrite {
		ready, err := listDrafts.Do(v, api.Nothing{})
		if err != nil {
			return nil, err
		}
		data.Drafts = ready.Items
	}
	return v.Show(shown)
}

// filters are what is asked for, put into the form that shows it.
func filters(v *page.Visit, form *page.Form) url.Values {
	asked := url.Values{}
	for _, name := range []string{"status", "text", "mine", "topic", "month", "committee"} {
		form.Set(name)
		if value := v.Query(name); value != "" {
			form.Set(name, value)
			asked.Set(name, value)
		}
	}
	return asked
}

func filterOf(v *page.Visit, asked url.Values) (api.BroadcastFilter, error) {
	f := api.BroadcastFilter{Text: asked.Get("text"), Topic: asked.Get("topic"), Committee: asked.Get("committee")}
	if asked.Get("mine") != "" {
		f.Author = v.Person.ID
	}
	if month := asked.Get("month"); month != "" {
		from, err := time.ParseInLocation("2006-01", month, broadcast.Zone)
		if err != nil {
			return f, &page.FieldError{Field: "month", Text: "写成 2026-11 这样：四位年份，两位月份"}
		}
		f.From, f.To = from, from.AddDate(0, 1, 0)
	}
	return f, nil
}

// tabs lead to the statuses of which there are any, and to all.
func tabs(counts []wire.BroadcastCount, asked url.Values) []page.Tab {
	status, all := asked.Get("status"), 0
	of := []page.Tab{{Label: "全部", Path: listPath(asked, "status", ""), Current: status == ""}}
	for _, c := range counts {
		all += c.N
		if c.N > 0 || c.Status == status {
			of = append(of, page.Tab{Label: c.StatusLabel, Path: listPath(asked, "status", c.Status), Count: number(&c.N), Current: c.Status == status})
		}
	}
	of[0].Count = number(&all)
	return of
}

// listPath is the list as it was asked for, but for what changed says.
func listPath(asked url.Values, changed ...string) string {
	query := url.Values{}
	for name := range asked {
		query.Set(name, asked.Get(name))
	}
	for i := 0; i < len(changed); i += 2 {
		query.Set(changed[i], changed[i+1])
		if changed[i+1] == "" {
			query.Del(changed[i])
		}
	}
	if len(query) == 0 {
		return section
	}
	return section + "?" + query.Encode()
}

func rowOf(v *page.Visit, b wire.Broadcast) Row {
	r := Row{Broadcast: b, When: when(b, v.Now()), People: b.FrozenLabel}
	for _, button := range buttons(v, b) {
		if button.ID = ""; button.Kind != "danger" { // what ends a broadcast is on its own page
			r.Buttons = append(r.Buttons, button)
		}
	}
	if b.FrozenAt.IsZero() {
		if r.People = b.SizeLabel; b.Hash == "" {
			r.People = ""
		}
	}
	for _, m := range b.MessageLabels {
		r.Channels = append(r.Channels, m.ChannelLabel)
	}
	return r
}

// From says who wrote it, and who approved it.
func (r Row) From() string {
	name := cmp.Or(r.AuthorLabel, r.Author)
	if r.ApproverLabel != "" {
		name += " → " + r.ApproverLabel
	}
	return name
}
