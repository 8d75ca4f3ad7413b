package compose

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
)

func registerSeries(k *page.Kit) {
	acts := append([]page.AnyAct{createSeries, previewProposal, previewSchedule, changeSeries, getSeries, getBroadcast}, needed...)
	k.Handle("GET /desk/series", seriesList, listSeries, listBroadcasts)
	k.Handle("GET /desk/series/new", newSeries, acts...)
	k.Handle("POST /desk/series/new", writeSeries, acts...)
	k.Handle("POST /desk/series/new/look", lookAtSeries, acts...)
	k.Handle("GET /desk/series/{id}", showSeries, getSeries, listBroadcasts)
	k.Handle("GET /desk/series/{id}/edit", editSeries, acts...)
	k.Handle("POST /desk/series/{id}/edit", writeSeries, acts...)
	k.Handle("POST /desk/series/{id}/look", lookAtSeries, acts...)
	k.Handle("GET /desk/series/{id}/stop", askStop, stopSeries, getSeries)
	k.Handle("POST /desk/series/{id}/stop", doStop, stopSeries, getSeries)
	k.Says("series-kept", "已保存，等没有写过它的审批员批准。批准以前一次也不会发。")
	k.Says("series-stopped", "已停止，以后不再发送。已经生成的群发请到“群发”里逐个处理。")
}

// seriesPage lists the series, and what they send, week by week.
type seriesPage struct {
	Series []wire.Series
	Weeks  []week
	Writes bool
}

// week is what is to come in a week that begins on a Monday.
type week struct {
	Label string
	Days  []day
}

type day struct {
	Label string
	Items []coming
}

// coming is a broadcast that is to be sent, or a time of a series that is none yet.
type coming struct {
	At, Title, Path, Status, Label string
	at                             time.Time
}

func seriesList(v *page.Visit) (page.Result, error) {
	all, err := listSeries.Do(v, api.ListSeriesInput{})
	if err != nil {
		return nil, err
	}
	sends, err := listBroadcasts.Do(v, api.ListBroadcastsInput{Status: []string{"submitted", "approved", "scheduled", "held"}, Limit: 200})
	if err != nil {
		return nil, err
	}
	p := seriesPage{Series: all.Items, Writes: v.May(createSeries), Weeks: weeks(v.Now(), all.Items, sends.Items)}
	return v.Show(page.Page{Title: "定期发送", Name: "compose/series", Nav: seriesHome, Data: p})
}

// weeks sorts what is to come into weeks and days of the city's zone.
func weeks(now time.Time, series []wire.Series, sends []wire.Broadcast) (all []week) {
	var items []coming
	there := map[string]bool{} // occurrences that are broadcasts by now
	for _, b := range sends {
		at := b.Proposal.SendAt
		if at.Before(now) {
			continue
		}
		there[b.Series+at.String()] = true
		items = append(items, coming{at: at, Title: b.Proposal.Title, Path: sendsHome + "/" + b.ID, Status: b.Status, Label: b.StatusLabel})
	}
	for _, s := range series {
		for _, at := range s.Upcoming {
			if s.Approver != "" && !there[s.ID+at.String()] {
				items = append(items, coming{at: at, Title: s.Proposal.Title, Path: seriesHome + "/" + s.ID, Status: "planned", Label: s.ScheduleLabel})
			}
		}
	}
	slices.SortStableFunc(items, func(a, b coming) int { return a.at.Compare(b.at) })
	for _, one := range items {
		at := one.at.In(broadcast.Zone)
		one.At = at.Format(clockForm)
		monday := at.AddDate(0, 0, -(int(at.Weekday())+6)%7)
		label := monday.Format("1月2日") + "至" + monday.AddDate(0, 0, 6).Format("1月2日")
		if len(all) == 0 || all[len(all)-1].Label != label {
			all = append(all, week{Label: label})
		}
		w := &all[len(all)-1]
		dayLabel := at.Format("1月2日") + " 周" + string([]rune("日一二三四五六")[at.Weekday()])
		if len(w.Days) == 0 || w.Days[len(w.Days)-1].Label != dayLabel {
			w.Days = append(w.Days, day{Label: dayLabel})
		}
		d := &w.Days[len(w.Days)-1]
		d.Items = append(d.Items, one)
	}
	return all
}

// seriesView is one series.
type seriesView struct {
	wire.Series
	State, StateLabel              string
	Times                          []string
	Until                          string
	Sends                          []wire.Broadcast
	Messages                       []messageView
	Writes, Approves, Stops, Waits bool
}

func showSeries(v *page.Visit) (page.Result, error) {
	s, err := getSeries.Do(v, api.SeriesInput{ID: v.Path("id")})
	if err != nil {
		return nil, err
	}
	sends, err := listBroadcasts.Do(v, api.ListBroadcastsInput{BroadcastFilter: api.BroadcastFilter{Series: s.ID}, Limit: 20})
	if err != nil {
		return nil, err
	}
	view := seriesView{Series: s, Until: s.Until.In(broadcast.Zone).Format("2006年1月2日"), Sends: sends.Items, Messages: messageViews(s.Proposal, s.Labels), Waits: s.Approver == "" && !s.Stopped,
		Writes: v.May(changeSeries), Approves: v.May(approveSeries), Stops: v.May(stopSeries) && !s.Stopped}
	for _, at := range s.Upcoming {
		view.Times = append(view.Times, moment(at))
	}
	view.State, view.StateLabel = page.SeriesStatus(s)
	return v.Show(page.Page{Title: s.Proposal.Title, Name: "compose/one-series", Nav: seriesHome, Crumbs: seriesCrumbs(s), Data: view})
}

func seriesCrumbs(s wire.Series, more ...page.Crumb) []page.Crumb {
	crumbs := []page.Crumb{{Label: "定期发送", Path: seriesHome}, {Label: s.Proposal.Title}}
	if len(more) > 0 {
		crumbs[1].Path = seriesHome + "/" + s.ID
	}
	return append(crumbs, more...)
}

// messageView is what is written for a channel, by the names of its variables.
type messageView struct {
	Label string
	Rows  []page.CardRow
}

func messageViews(p wire.Proposal, labels wire.Labels) (all []messageView) {
	for i, m := range p.Messages {
		view := messageView{Label: labels.MessageLabels[i].ChannelLabel + "，" + labels.MessageLabels[i].TemplateLabel}
		for _, v := range labels.MessageLabels[i].Variables {
			view.Rows = append(view.Rows, page.CardRow{Label: v.Label, Value: m.Data[v.Name]})
		}
		if m.URL != "" {
			view.Rows = append(view.Rows, page.CardRow{Label: "链接", Value: m.URL})
		}
		all = append(all, view)
	}
	return all
}

// moment is 12月1日 周二 09:00.
func moment(at time.Time) string {
	at = at.In(broadcast.Zone)
	return at.Format("1月2日") + " 周" + string([]rune("日一二三四五六")[at.Weekday()]) + at.Format(" 15:04")
}

// scheduleView is what of a schedule the form offers.
type scheduleView struct {
	Week, Month []page.Choice
	Note        string // that an approval is void once it is saved
}

func newSeries(v *page.Visit) (page.Result, error) {
	e, err := seriesEditor(v)
	if err != nil {
		return nil, err
	}
	e.begin()
	if from := v.Query("from"); from != "" {
		b, err := getBroadcast.Do(v, api.BroadcastInput{ID: from})
		if err != nil {
			return nil, err
		}
		fill(e.said, b.Proposal)
	} else if i := slices.IndexFunc(e.can.drafts, func(d wire.Draft) bool { return d.ID == v.Query("draft") }); i >= 0 {
		fill(e.said, e.can.drafts[i].Proposal)
	}
	for name, value := range map[string]string{"every": "week", "week": "1", "at": "09:00", "until.date": v.Now().In(broadcast.Zone).AddDate(0, 3, 0).Format(dayForm)} {
		e.said.Set(name, value)
	}
	return e.openSeries()
}

func seriesEditor(v *page.Visit) (*editor, error) {
	e, err := sendEditor(v)
	if err == nil {
		e.Series, e.Title = true, "新写一个定期发送"
		e.Schedule = scheduleView{Month: page31()}
		for i, name := range []rune("一二三四五六日") {
			e.Schedule.Week = append(e.Schedule.Week, page.Choice{Value: strconv.Itoa(i + 1), Label: "周" + string(name)})
		}
	}
	return e, err
}

func page31() (all []page.Choice) {
	for i := range 31 {
		all = append(all, page.Choice{Value: strconv.Itoa(i + 1), Label: fmt.Sprintf("%d日", i+1)})
	}
	return append(all, page.Choice{Value: "last", Label: "最后一天"})
}

func (e *editor) openSeries() (page.Result, error) {
	e.address()
	if err := e.lookAtSeries(false); err != nil {
		return nil, err
	}
	return e.v.Show(e.show())
}

// standsAs says on the page how a series stands.
func (e *editor) standsAs(s wire.Series) {
	e.ID, e.Title, e.Status = s.ID, "修改："+s.Proposal.Title, "series"
	switch {
	case s.Stopped:
		e.Schedule.Note = "它已经停止。存了就重新等人批准，批准以后再发。"
	case s.Approver != "":
		e.Schedule.Note = "它正在定期发送。一存，原来的批准就作废：要由没有写过它的审批员再批准一次，批准以前不再发。"
	}
}

func editSeries(v *page.Visit) (page.Result, error) {
	s, err := getSeries.Do(v, api.SeriesInput{ID: v.Path("id")})
	if err != nil {
		return nil, err
	}
	e, err := seriesEditor(v)
	if err != nil {
		return nil, err
	}
	e.standsAs(s)
	fill(e.said, s.Proposal)
	e.fillSchedule(s)
	return e.openSeries()
}

func (e *editor) fillSchedule(s wire.Series) {
	e.said.Set("version", version(s.Version))
	e.said.Set("until.date", s.Until.In(broadcast.Zone).Format(dayForm))
	e.said.Set("until.time", s.Until.In(broadcast.Zone).Format(secondForm))
	if s.ExpireMinutes > 0 {
		e.said.Set("hours", strconv.FormatFloat(float64(s.ExpireMinutes)/60, 'f', -1, 64))
	}
	e.said["accept"] = s.Accepted
	if s.Repeat == nil {
		e.said.Set("every", "cron")
		e.said.Set("cron", s.Cron)
		return
	}
	e.said.Set("every", s.Repeat.Every)
	e.said.Set("at", s.Repeat.At)
	for _, d := range s.Repeat.On {
		e.said.Add(s.Repeat.Every, strconv.Itoa(d))
	}
	if s.Repeat.Last {
		e.said.Add("month", "last")
	}
}

// schedule is when the form says that a series comes, and until when.
func (e *editor) schedule() (w wire.WrittenSeries, faults []page.FieldFault) {
	r := reader{form: e.said}
	switch every := e.said.Get("every"); every {
	case "cron":
		w.Cron = r.line("cron")
		if w.Cron == "" {
			r.refuse("cron", "没有填：五项用空格分开，分 时 日 月 星期，例如 0 9 * * 1")
		}
	case "day", "week", "month":
		w.Repeat = &wire.Repeat{Every: every, At: e.said.Get("at")}
		if every == "day" {
			break
		}
		for _, said := range e.said[every] {
			if said == "last" {
				w.Repeat.Last = true
				continue
			}
			n, err := strconv.Atoi(said)
			if err != nil {
				r.refuse(every, "有一天认不出来：请重新勾选")
				continue
			}
			w.Repeat.On = append(w.Repeat.On, n)
		}
		if len(w.Repeat.On) == 0 && !w.Repeat.Last {
			r.refuse(every, "没有选哪一天")
		}
	default:
		r.refuse("every", "没有选多久一次")
	}
	if w.Repeat != nil && w.Repeat.At == "" {
		r.refuse("at", "没有填几点发")
	}
	clock := e.said.Get("until.time")
	if clock == "" {
		clock = "23:59:59"
	}
	until, err := time.ParseInLocation(dayForm+" "+secondForm, e.said.Get("until.date")+" "+clock, broadcast.Zone)
	if err != nil {
		r.refuse("until.date", "没有选发到哪一天为止")
	}
	w.Until = until.UTC()
	if said := r.line("hours"); said != "" {
		hours, err := strconv.ParseFloat(said, 64)
		if err != nil || hours < 0 || hours > 72 {
			r.refuse("hours", "填0到72之间的小时数，不填就是24小时")
		}
		w.ExpireMinutes = int(hours*60 + .5)
	}
	return w, r.faults
}

// lookAtSeries is lookAt, with the next times.
func (e *editor) lookAtSeries(counting bool) error {
	if err := e.lookAt(counting); err != nil {
		return err
	}
	w, faults := e.schedule()
	for _, f := range faults {
		e.Look.Faults = append(e.Look.Faults, lookFault(f))
	}
	if len(faults) > 0 {
		return nil
	}
	nonce := e.v.Form.Get("nonce")
	e.v.NonceOf("")
	defer e.v.NonceOf(nonce)
	s, err := previewSchedule.Do(e.v, api.Body[wire.PreviewSchedule]{Body: wire.PreviewSchedule{Cron: w.Cron, Repeat: w.Repeat, Until: w.Until}})
	if r, ok := errors.AsType[*api.Refusal](err); ok {
		for _, f := range r.Errors {
			e.Look.Faults = append(e.Look.Faults, lookFault{e.scheduleField(f.Location), f.Message})
		}
		return nil
	}
	if err == nil {
		e.Look.Schedule = &s
		e.Look.When = s.Label + "，到" + w.Until.In(broadcast.Zone).Format("2006年1月2日") + "为止"
	}
	return err
}

// Times are the next five.
func (l look) Times() (all []string) {
	if l.Schedule != nil {
		for _, at := range l.Schedule.Upcoming {
			all = append(all, moment(at))
		}
	}
	return all
}

// scheduleField is the field of the form that a place of a schedule stands in.
func (e *editor) scheduleField(location string) string {
	every := e.said.Get("every")
	return map[string]string{"body.cron": "cron", "body.repeat": "every", "body.repeat.every": "every", "body.repeat.on": every, "body.repeat.last": every, "body.repeat.at": "at",
		"body.until": "until.date", "body.expire_minutes": "hours"}[location]
}

func writeSeries(v *page.Visit) (page.Result, error) {
	e, err := seriesEditor(v)
	if err != nil {
		return nil, err
	}
	if e.ID != "" {
		s, err := getSeries.Do(v, api.SeriesInput{ID: e.ID})
		if err != nil {
			return nil, err
		}
		e.standsAs(s)
	}
	e.address()
	button := v.Form.Get("do")
	if e.press(button) || button != "save" {
		if err := e.lookAtSeries(button == "count"); err != nil {
			return nil, err
		}
		if button == "check" {
			e.mark()
		}
		return v.Show(e.show())
	}
	s, err := e.keepSeries()
	if err == nil {
		return page.See(seriesHome + "/" + s.ID + "?done=series-kept"), nil
	}
	r, refused := errors.AsType[*api.Refusal](err)
	if refused && e.ID != "" && (r.Name() == "changed" || r.Name() == "key-reused") {
		return e.collideSeries()
	}
	if look := e.lookAtSeries(false); look != nil {
		return nil, look
	}
	if errors.Is(err, errRefused) {
		return e.again(http.StatusUnprocessableEntity)
	}
	if refused && r.Name() == "key-reused" {
		e.Refused = true
		e.Refuse("", "这份表单已经存过一次。再存会另存一个；要改存过的那一个，请到定期发送的列表里打开它")
		return e.again(http.StatusUnprocessableEntity)
	}
	return e.refuse(err)
}

// keepSeries makes the series, or changes it, and asks for its approval with it.
func (e *editor) keepSeries() (wire.Series, error) {
	p, faults := e.read()
	w, more := e.schedule()
	if e.refuseAll(append(faults, more...)) {
		return wire.Series{}, errRefused
	}
	w.Proposal = p
	if err := e.lookAt(false); err != nil {
		return wire.Series{}, err
	}
	w.Accept = e.accepted()
	if e.ID == "" {
		return createSeries.Do(e.v, api.CreateSeriesInput{Body: w})
	}
	return changeSeries.Do(e.v, api.ChangeSeriesInput{ID: e.ID, Body: wire.ChangeSeries{Version: number(e.said.Get("version")), WrittenSeries: w}})
}

func (e *editor) collideSeries() (page.Result, error) {
	s, err := getSeries.Do(e.v, api.SeriesInput{ID: e.ID})
	if err != nil {
		return nil, err
	}
	e.standsAs(s)
	e.said.Set("version", version(s.Version))
	who := ""
	if len(s.EditorLabels) > 0 {
		who = s.EditorLabels[len(s.EditorLabels)-1]
	}
	e.conflictWith(who, s.Proposal)
	if err := e.lookAtSeries(false); err != nil {
		return nil, err
	}
	if e.Look.Schedule != nil && e.Look.Schedule.Label != s.ScheduleLabel {
		e.Conflict.Differences = append(e.Conflict.Differences, difference{"什么时候", e.Look.Schedule.Label, s.ScheduleLabel})
	}
	return e.again(http.StatusConflict)
}

func lookAtSeries(v *page.Visit) (page.Result, error) {
	e, err := lookEditor(v)
	if err != nil {
		return nil, err
	}
	e.Series = true
	e.address()
	if err := e.lookAtSeries(false); err != nil {
		return nil, err
	}
	return v.Partial("compose/edit", "look", e)
}

// stopping is the page that asks whether a series is to end.
type stopping struct {
	page.Form
	wire.Series
}

func askStop(v *page.Visit) (page.Result, error) {
	p, _, err := stopPage(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func doStop(v *page.Visit) (page.Result, error) {
	_, err := stopSeries.Do(v, api.SeriesBody[wire.Reason]{ID: v.Path("id"), Body: wire.Reason{Why: v.Form.Get("why")}})
	if err == nil {
		return page.See(seriesHome + "/" + v.Path("id") + "?done=series-stopped"), nil
	}
	p, form, missing := stopPage(v)
	if missing != nil {
		return nil, missing
	}
	return v.Again(p, form, err)
}

func stopPage(v *page.Visit) (page.Page, *page.Form, error) {
	s, err := getSeries.Do(v, api.SeriesInput{ID: v.Path("id")})
	if err != nil {
		return page.Page{}, nil, err
	}
	data := &stopping{v.NewForm(), s}
	return page.Page{Title: "停止：" + s.Proposal.Title, Name: "compose/stop", Nav: seriesHome, Crumbs: seriesCrumbs(s, page.Crumb{Label: "停止"}), Data: data}, &data.Form, nil
}
