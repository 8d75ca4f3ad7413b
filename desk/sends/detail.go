package sends

import (
	"cmp"
	"time"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
)

// Detail is the page of one broadcast.
type Detail struct {
	*Progress
	Texts     []wire.MessageText
	Live      bool // it changes while somebody looks
	HasReport bool
	Resend    string // to how many people, in words; "" when it cannot be done
	Fallback  string
	Counting  bool // how many that are is being counted for the first time
}

// soon is how long before its time a page already watches a broadcast.
const soon = 10 * time.Minute

func detail(v *page.Visit) (page.Result, error) {
	id := v.Path("id")
	b, err := getBroadcast.Do(v, one{ID: id})
	if err != nil {
		return nil, err
	}
	w := watch{v: v, broadcast: b}
	p, _, err := w.look(id)
	if err != nil {
		return nil, err
	}
	if p.Version < b.Version { // counted before what was just done to it
		p.Broadcast, p.Status = b, b.Status
		p.Buttons, p.Help, p.Pace = buttons(v, b), help(b, p.Progress), pace(p.Progress)
		p.Seen.Version = b.Version
	}
	texts, err := listTexts.Do(v, one{ID: id})
	if err != nil {
		return nil, err
	}
	data := Detail{Progress: p, Texts: texts.Items, Live: watched(b, v.Now()), HasReport: !b.BegunAt.IsZero()}
	if own(v, b) && released(v, b) && v.May(resendBroadcast) && mayGoOn(p) {
		r, err := report.Do(v, counted(id))
		if err != nil {
			return nil, err
		}
		data.Resend, data.Fallback = some(r.ResendLabel), some(r.FallbackLabel)
		data.Counting = r.Counting && r.CountedAt.IsZero()
	}
	shown := page.Page{Title: b.Proposal.Title, Name: area + "/detail", Nav: section, Data: data}
	if data.Live {
		shown.Refresh = 10
	} else { // while it can be paused, that button comes before every link
		shown.Crumbs = []page.Crumb{{Label: "群发", Path: section}, {Label: b.Proposal.Title}}
	}
	return v.Show(shown)
}

// watched says whether a broadcast goes on while somebody looks.
func watched(b wire.Broadcast, now time.Time) bool {
	switch broadcast.Status(b.Status) {
	case broadcast.Freezing, broadcast.Sending, broadcast.Paused:
		return true
	case broadcast.Scheduled:
		at := cmp.Or(b.DueAt, b.Proposal.SendAt)
		return at.IsZero() || at.Sub(now) < soon
	}
	return false
}

// mayGoOn says whether something may be left that can be sent again, so that it is worth counting.
func mayGoOn(p *Progress) bool {
	status := broadcast.Status(p.Broadcast.Status)
	has := func(state broadcast.State) bool {
		for _, c := range p.Counts {
			if c.State == string(state) {
				return true
			}
		}
		return false
	}
	_, again := status.After(broadcast.Resends)
	_, next := status.After(broadcast.FallsBack)
	return again && value(p.Failed) > 0 || next && has(broadcast.Unknown) && has(broadcast.Planned)
}

// some is a number of people in words, "" for nobody.
func some(label string) string {
	if label == nobody {
		return ""
	}
	return label
}
