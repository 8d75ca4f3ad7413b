package compose

import (
	"slices"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
)

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

// moment is 12月1日 周二 09:00.
func moment(at time.Time) string {
	at = at.In(broadcast.Zone)
	return at.Format("1月2日") + " 周" + string([]rune("日一二三四五六")[at.Weekday()]) + at.Format(" 15:04")
}
