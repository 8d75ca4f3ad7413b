package compose

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
)

// scheduleView is what of a schedule the form offers.
type scheduleView struct {
	Week, Month []page.Choice
	Note        string // that an approval is void once it is saved
}

func page31() (all []page.Choice) {
	for i := range 31 {
		all = append(all, page.Choice{Value: strconv.Itoa(i + 1), Label: fmt.Sprintf("%d日", i+1)})
	}
	return append(all, page.Choice{Value: "last", Label: "最后一天"})
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
