package compose

import (
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
