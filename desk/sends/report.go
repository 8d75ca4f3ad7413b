package sends

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
	"towncrier/desk/plot"
	"towncrier/staff"
)

// Report is the page that says what came of a broadcast.
type Report struct {
	wire.Report
	AsOf       string
	Counted    page.Counted // what only the rows of deliveries tell
	Headline   string
	Waiting    string // why there are no receipts yet
	Forgotten  string
	Drawings   []plot.Drawing
	Committees []Committee // in the order of their names
	Twice      string
	Resend     string
	MayResend  bool
	Fallback   string
	Files      []File
}

// File is something to download.
type File struct{ Label, Path string }

func showReport(v *page.Visit) (page.Result, error) {
	data, err := reportOf(v)
	if err != nil {
		return nil, err
	}
	b := data.Broadcast
	shown := page.Page{Title: "报告：" + b.Proposal.Title, Name: area + "/report", Nav: section, Data: data,
		Crumbs: []page.Crumb{{Label: "群发", Path: section}, {Label: b.Proposal.Title, Path: pathOf(b.ID)}, {Label: "报告"}}}
	if data.Counted.Making {
		shown.Refresh = 10
	}
	return v.Show(shown)
}

func liveReport(v *page.Visit) (page.Result, error) {
	data, err := reportOf(v)
	if err != nil {
		return nil, err
	}
	return v.Counting(area+"/report", "report", data, data.Counted)
}

// reportOf is the report as it is known at once: of a million deliveries the tally is, and what the rows say was counted a while ago.
func reportOf(v *page.Visit) (*Report, error) {
	id := v.Path("id")
	r, err := report.Do(v, counted(id))
	if err != nil {
		return nil, err
	}
	b := r.Broadcast
	data := &Report{Report: r, AsOf: "截至" + clock(v.Now()), Files: files(v, b), Counted: page.CountedAt(r.CountedAt, r.Counting, pathOf(id)+"/report/live")}
	var people wire.Reached
	if r.Counting && r.CountedAt.IsZero() {
		data.Headline = "正在清点多少人收到、多少人没有收到。"
	} else if people, err = reach.Do(v, counted(id)); err != nil {
		return nil, err
	} else {
		data.Headline = headline(r, people.Total)
	}
	if value(people.Total.Delivered) == 0 && value(people.Total.Accepted) > 0 {
		data.Waiting = "还没有回执：回执一般几分钟内到，最长72小时。"
	}
	if !b.ForgottenAt.IsZero() {
		data.Forgotten = clock(b.ForgottenAt) + "起只保留数字，每个人的记录已经删除：不能再补发，也查不到某个人收到没有。"
	}
	if own(v, b) && released(v, b) && v.May(resendBroadcast) {
		data.Resend, data.Fallback = some(r.ResendLabel), some(r.FallbackLabel)
	}
	if !r.Few && !b.BegunAt.IsZero() {
		data.Drawings = append(data.Drawings, states("states", r.Counts))
		if r.Committee == "" {
			over, err := arrivals.Do(v, api.ArrivalsInput{ID: id})
			if err != nil {
				return nil, err
			}
			data.Drawings = append(data.Drawings, overTime(over))
		}
		data.Drawings = append(data.Drawings, reasons(r)...)
		if r.Committee == "" && r.Parts > 0 && !(r.Counting && r.CountedAt.IsZero()) {
			data.Drawings = append(data.Drawings, costs(r))
		}
	}
	if n := value(r.Doubles); n > 0 {
		data.Twice = number(r.Doubles)
	}
	slices.SortStableFunc(people.Items, func(a, b wire.Reach) int {
		return cmp.Or(strings.Compare(a.CommitteeLabel, b.CommitteeLabel), strings.Compare(a.Committee, b.Committee))
	})
	for _, one := range people.Items {
		data.Committees = append(data.Committees, Committee{one})
	}
	return data, nil
}

// headline is what came of it in a sentence, counted in people: each by the best that came of what was sent to them.
func headline(r wire.Report, all wire.Reach) string {
	if r.Broadcast.BegunAt.IsZero() {
		return "还没有开始发送。"
	}
	if all.Recipients == nil {
		return "接收人" + all.RecipientsLabel + "，不显示数字。"
	}
	count := func(n *int) string {
		switch {
		case n == nil:
			return "少于10"
		case strings.HasPrefix(all.RecipientsLabel, "约") && *n > 0:
			return "约" + number(n)
		}
		return number(n)
	}
	text := fmt.Sprintf("%s人里%s人收到", count(all.Recipients), count(all.Delivered))
	for _, more := range []struct {
		n    *int
		text string
	}{{all.Accepted, "人可能收到，还没有回执"}, {all.Open, "人还没有发"}} {
		if more.n == nil || *more.n > 0 {
			text += "，" + count(more.n) + more.text
		}
	}
	if all.Missed == nil || *all.Missed > 0 {
		return text + "；" + count(all.Missed) + "人没有收到，原因如下。"
	}
	return text + "。"
}

// overTime is when messages were taken, arrived and failed.
func overTime(a wire.Arrivals) plot.Times {
	t := plot.Times{ID: "times", Title: "什么时候收到（" + a.SpanLabel + "）", Zone: broadcast.Zone, Lines: []plot.Line{{Label: "平台收下", Tone: plot.Going}, {Label: "已送达", Tone: plot.Good}, {Label: "没有成功", Tone: plot.Bad}}}
	switch broadcast.Span(a.Span) {
	case broadcast.PerMinute:
		t.Span, t.Form = time.Minute, "1月2日15:04"
	case broadcast.PerHour:
		t.Span, t.Form = time.Hour, "1月2日15时"
	default:
		t.Span, t.Form = 24*time.Hour, "1月2日"
	}
	for _, item := range a.Items {
		last := len(t.Points) - 1
		if last < 0 || !t.Points[last].At.Equal(item.At) {
			t.Points, last = append(t.Points, plot.Point{At: item.At, N: make([]int64, len(t.Lines))}), last+1
		}
		for i, n := range []int{item.Accepted, item.Delivered, item.Failed} {
			t.Points[last].N[i] += int64(n)
		}
	}
	return t
}

// reasons are why people got nothing, and why messages failed.
func reasons(r wire.Report) (all []plot.Drawing) {
	left := plot.Bars{ID: "left", Title: "没有发给他们的原因", Headings: []string{"原因", "人数"}}
	for _, c := range r.Left {
		left.Bars = append(left.Bars, plot.Bar{Label: c.Label, Parts: []plot.Part{{N: int64(value(c.N)), Says: c.NLabel, Tone: plot.Neutral}}})
	}
	failed := plot.Bars{ID: "failed", Title: "没有成功的原因", Headings: []string{"原因", "条数"}}
	for _, f := range r.Failures {
		label := f.ChannelLabel + f.StateLabel + "：" + cmp.Or(f.CodeLabel, "平台没有说明原因")
		if f.Code != "" {
			label += "（" + f.Code + "）"
		}
		failed.Bars = append(failed.Bars, plot.Bar{Label: label, Parts: []plot.Part{{N: int64(f.N), Says: number(&f.N) + "条", Tone: plot.Bad}}})
	}
	for _, bars := range []plot.Bars{left, failed} {
		if len(bars.Bars) > 0 {
			all = append(all, bars)
		}
	}
	return all
}

// costs holds what texts cost against what they were to cost.
func costs(r wire.Report) plot.Bars {
	bars := plot.Bars{ID: "costs", Title: "短信费用", Headings: []string{"项目", "金额"}}
	for _, line := range []struct {
		label string
		money wire.Money
		tone  plot.Tone
	}{{"送审时预计", r.Expected.Cost, plot.Neutral}, {"已送达的短信", r.Cost, plot.Good}, {"最多", r.CostMost, plot.Waiting}, {"先走微信节省", r.Saved, plot.Going}} {
		amount := int64(0)
		if line.money.Amount != nil {
			amount = *line.money.Amount
		}
		bars.Bars = append(bars.Bars, plot.Bar{Label: line.label, Parts: []plot.Part{{N: amount, Says: line.money.Label, Tone: line.tone}}})
	}
	return bars
}

// Labels are the headings of the table of committees, after their names.
func (Report) Labels() []string {
	return []string{"接收人", "已送达", "可能收到", "待发送", "未收到"}
}

// Committee is a line of the table of committees.
type Committee struct{ wire.Reach }

// Cells are its counts, in the order of the table. Few are not shown, nor what would tell them.
func (c Committee) Cells() []string {
	cells := []string{c.RecipientsLabel}
	if c.Recipients != nil {
		cells[0] = number(c.Recipients)
	}
	for _, n := range []*int{c.Delivered, c.Accepted, c.Open, c.Missed} {
		if n == nil {
			cells = append(cells, "不显示")
			continue
		}
		cells = append(cells, number(n))
	}
	return cells
}

// files are what can be downloaded of a broadcast. A list of few people is for who may read residents.
func files(v *page.Visit, b wire.Broadcast) (all []File) {
	for _, f := range downloads {
		if f.people && b.Frozen == nil && !v.Person.Role.May(staff.ReadResidents) {
			continue
		}
		for _, format := range []string{"csv", "xlsx"} {
			all = append(all, File{f.label + "（" + strings.ToUpper(format) + "）", pathOf(b.ID) + "/" + f.name + "." + format})
		}
	}
	return all
}
