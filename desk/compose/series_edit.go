package compose

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
)

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
	case s.Rejected:
		e.Schedule.Note = "被退回：" + strings.TrimRight(s.Why, "。") + "。改好以后存，重新等人批准。"
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
