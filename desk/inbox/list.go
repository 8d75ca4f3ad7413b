package inbox

import (
	"fmt"
	"net/url"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
)

// inboxList is the page of groups.
type inboxList struct {
	page.Form // what is looked for
	Tabs      page.Tabs
	Kinds     []page.Choice
	Matters   []matter
	Pager     page.Pager
	MayAnswer bool
	Filtered  bool
	Settled   bool // the list is of what ended
	Newest    []matter
	Hidden    []field // of the tab, which a search keeps
}

// field is a parameter of the address.
type field struct{ Name, Value string }

// matter is a line: what several people left about one thing.
type matter struct {
	Number, Path, Kind, Text, Where string
	Times                           int
	Filed, Due, DueTone, DueLabel   string
	Status, StatusLabel             string
	Who                             string // has it, or answered it
	Answer                          string
	Proposed                        bool
	Nonce                           string // of the button that opens and holds it; "" without one
}

// tabs are the views of the list, by their parameters.
var tabs = []struct{ label, name, value string }{
	{"待办", "", ""}, {"已逾期", "due", "overdue"}, {"今天到期", "due", "today"}, {"由我在办", "held", "yes"}, {"待批准", "proposed", "yes"},
	{"已答复", "status", "answered"}, {"已关闭", "status", "closed"},
}

func list(v *page.Visit) (page.Result, error) {
	counts, err := countAll.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	in := api.ListTicketGroupsInput{Status: "open", Kind: v.Query("kind"), Text: v.Query("text"), Due: v.Query("due"), Held: v.Query("held") != "", Proposed: v.Query("proposed") != "", Limit: 50}
	in.After = v.Query("after")
	if status := v.Query("status"); status != "" {
		in.Status = status
	}
	found, err := listGroups.Do(v, in)
	if err != nil {
		return nil, err
	}
	data := inboxList{Form: v.NewForm(), MayAnswer: v.May(hold), Filtered: in.Text != "" || in.Kind != "", Settled: in.Status != "open", Matters: matters(found, v.Now())}
	for i := range data.Matters {
		if data.MayAnswer && data.Matters[i].Status == "open" && found.Items[i].Hold == nil {
			data.Matters[i].Nonce = v.NewForm().Nonce
		}
	}
	data.Set("text", in.Text)
	data.Set("kind", in.Kind)
	data.Kinds = []page.Choice{{Value: "", Label: "全部"}}
	for _, k := range counts.Kinds {
		data.Kinds = append(data.Kinds, page.Choice{Value: k.Word, Label: k.Label})
	}
	data.Tabs = tabsOf(v, counts)
	for _, name := range []string{"status", "due", "held", "proposed"} {
		if value := v.Query(name); value != "" {
			data.Hidden = append(data.Hidden, field{name, value})
		}
	}
	if found.Next != "" {
		data.Pager = page.Pager{Next: with(v, "after", found.Next)}
		if in.After != "" {
			data.Pager.First = with(v, "after", "")
		}
	}
	if len(data.Matters) == 0 && in.Status == "open" && in.After == "" {
		newest, err := listGroups.Do(v, api.ListTicketGroupsInput{Status: "answered", Limit: 5})
		if err != nil {
			return nil, err
		}
		data.Newest = matters(newest, v.Now())
	}
	return v.Show(page.Page{Title: "留言", Name: "inbox/list", Nav: "/desk/inbox", Data: data})
}

// with is the address of the list with another parameter.
func with(v *page.Visit, name, value string) string {
	q := v.Request.URL.Query()
	q.Del("done")
	if value == "" {
		q.Del(name)
	} else {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return "/desk/inbox"
	}
	return "/desk/inbox?" + q.Encode()
}

func tabsOf(v *page.Visit, counts wire.TicketCounts) page.Tabs {
	n := map[string]int{"proposed=yes": counts.Proposed}
	for _, c := range counts.Status {
		n["status="+c.Word] = c.N
	}
	for _, c := range counts.Due {
		n["due="+c.Word] = c.N
	}
	n["="] = n["status=open"]
	all := page.Tabs{Label: "哪些留言"}
	for _, t := range tabs {
		tab := page.Tab{Label: t.label, Path: "/desk/inbox", Current: t.name != "" && v.Query(t.name) == t.value}
		if t.name != "" {
			tab.Path += "?" + url.Values{t.name: {t.value}}.Encode()
		} else {
			tab.Current = v.Query("status")+v.Query("due")+v.Query("held")+v.Query("proposed") == ""
		}
		if count, known := n[t.name+"="+t.value]; known {
			tab.Count = fmt.Sprint(count)
		}
		all.Tabs = append(all.Tabs, tab)
	}
	return all
}

func matters(found wire.Page[wire.TicketMatter], now time.Time) []matter {
	all := make([]matter, len(found.Items))
	for i, g := range found.Items {
		t := g.Ticket
		m := matter{Number: t.Number, Path: address(t.Number), Kind: t.KindLabel, Text: cut(t.Text, 60), Where: t.Where, Times: g.Tickets, Proposed: g.Proposed,
			Filed: moment(t.FiledAt, now), Due: day(t.DueAt, now), Status: t.Status, StatusLabel: t.StatusLabel, Who: t.Owner, Answer: t.Answer}
		if m.Text == "" {
			m.Text = "（没有写文字）"
		}
		if t.Status == "open" {
			m.DueTone, m.DueLabel = dueOf(t.DueAt, now)
		}
		if g.Hold != nil {
			m.Who = holder(*g.Hold, now)
		}
		all[i] = m
	}
	return all
}

// holder says who has a matter, and for how long.
func holder(h wire.TicketHold, now time.Time) string {
	who := h.Name
	if h.Mine {
		who = "您"
	}
	if h.Until.IsZero() {
		return who + "负责"
	}
	return who + "正在看（到" + h.Until.In(broadcast.Zone).Format("15:04") + "）"
}

// dueOf says how long is left until a ticket is due, and how it looks.
func dueOf(due, now time.Time) (tone, label string) {
	d, n := due.In(broadcast.Zone), now.In(broadcast.Zone)
	days := int(time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC).Sub(time.Date(n.Year(), n.Month(), n.Day(), 0, 0, 0, 0, time.UTC)).Hours() / 24)
	switch {
	case days < 0:
		return "bad", fmt.Sprintf("已逾期%d天", -days)
	case days == 0:
		return "held", "今天到期"
	}
	return "wait", fmt.Sprintf("还有%d天", days)
}
