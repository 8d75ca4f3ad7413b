package approve

import (
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

var (
	getBroadcast   = page.NewAct[api.BroadcastInput, wire.Broadcast]("get-broadcast")
	getSigned      = page.NewAct[api.BroadcastInput, wire.Signed]("get-broadcast-signed")
	getDifference  = page.NewAct[api.DifferenceInput, wire.Difference]("get-broadcast-difference")
	listRevisions  = page.NewAct[api.BroadcastInput, wire.Page[wire.BroadcastRevision]]("list-broadcast-revisions")
	listApprovers  = page.NewAct[api.BroadcastInput, wire.Page[wire.Approver]]("list-broadcast-approvers")
	preview        = page.NewAct[api.CountedInput, wire.Preview]("preview-broadcast")
	approve        = page.NewAct[api.BroadcastBody[wire.Approval], wire.Broadcast]("approve-broadcast")
	reject         = page.NewAct[api.BroadcastBody[wire.Reason], wire.Broadcast]("reject-broadcast")
	schedule       = page.NewAct[api.BroadcastInput, wire.Broadcast]("schedule-broadcast")
	confirmSending = page.NewAct[api.BroadcastInput, wire.Broadcast]("confirm-broadcast")
	getCity        = page.NewAct[api.Nothing, wire.CitySettings]("get-city-settings")

	getSeries           = page.NewAct[api.SeriesInput, wire.Series]("get-series")
	getSeriesSigned     = page.NewAct[api.SeriesInput, wire.Signed]("get-series-signed")
	getSeriesDifference = page.NewAct[api.SeriesDifferenceInput, wire.Difference]("get-series-difference")
	listSeriesRevisions = page.NewAct[api.SeriesInput, wire.Page[wire.BroadcastRevision]]("list-series-revisions")
	listSeriesApprovers = page.NewAct[api.SeriesInput, wire.Page[wire.Approver]]("list-series-approvers")
	approveSeries       = page.NewAct[api.SeriesBody[wire.Approval], wire.Series]("approve-series")
	rejectSeries        = page.NewAct[api.SeriesBody[wire.Reason], wire.Series]("reject-series")
)

// kind is a kind of matter that is approved, with what the API does for it.
type kind struct {
	list              page.Crumb // where all of the kind are
	shown             []page.AnyAct
	approves, rejects page.AnyAct

	find       func(*page.Visit) (matter, error)
	signed     func(*page.Visit) (wire.Signed, error)
	difference func(*page.Visit, api.Compared) (wire.Difference, error)
	revisions  func(*page.Visit) (wire.Page[wire.BroadcastRevision], error)
	approvers  func(*page.Visit) (wire.Page[wire.Approver], error)
	now        func(*page.Visit) (wire.Preview, error) // nil when nobody is counted
	approve    func(*page.Visit, wire.Approval) (matter, error)
	reject     func(*page.Visit, wire.Reason) error
}

// matter is a broadcast or a series, as far as an approver has to do with either.
type matter struct {
	wire.Colleagues
	ID, Path, Title          string
	Status, StatusLabel, Why string
	Waits                    bool // for a signature
	Version                  int64
	Signatures               int
	Size                     *int

	hash                             string
	all, emergency                   bool
	committee                        string
	found                            []wire.BroadcastFault
	accepted                         []string
	confirmer                        string
	createdAt, approvedAt, confirmed time.Time
}

var broadcasts = kind{
	list:     page.Crumb{Label: "群发", Path: "/desk/sends"},
	shown:    []page.AnyAct{getBroadcast, getSigned, getDifference, listRevisions, listApprovers, preview},
	approves: approve, rejects: reject,

	find:   func(v *page.Visit) (matter, error) { return ofBroadcast(getBroadcast.Do(v, broadcastOf(v))) },
	signed: func(v *page.Visit) (wire.Signed, error) { return getSigned.Do(v, broadcastOf(v)) },
	revisions: func(v *page.Visit) (wire.Page[wire.BroadcastRevision], error) {
		return listRevisions.Do(v, broadcastOf(v))
	},
	approvers: func(v *page.Visit) (wire.Page[wire.Approver], error) { return listApprovers.Do(v, broadcastOf(v)) },
	now: func(v *page.Visit) (wire.Preview, error) {
		return preview.Do(v, api.CountedInput{BroadcastInput: broadcastOf(v), Soon: api.Soon{Soon: true}})
	},
	difference: func(v *page.Visit, c api.Compared) (wire.Difference, error) {
		return getDifference.Do(v, api.DifferenceInput{BroadcastInput: broadcastOf(v), Compared: c})
	},
	approve: func(v *page.Visit, yes wire.Approval) (matter, error) {
		return ofBroadcast(approve.Do(v, api.BroadcastBody[wire.Approval]{ID: v.Path("id"), Body: yes}))
	},
	reject: func(v *page.Visit, why wire.Reason) error {
		_, err := reject.Do(v, api.BroadcastBody[wire.Reason]{ID: v.Path("id"), Body: why})
		return err
	},
}

var series = kind{
	list:     page.Crumb{Label: "定期发送", Path: "/desk/series"},
	shown:    []page.AnyAct{getSeries, getSeriesSigned, getSeriesDifference, listSeriesRevisions, listSeriesApprovers},
	approves: approveSeries, rejects: rejectSeries,

	find:   func(v *page.Visit) (matter, error) { return ofSeries(getSeries.Do(v, seriesOf(v))) },
	signed: func(v *page.Visit) (wire.Signed, error) { return getSeriesSigned.Do(v, seriesOf(v)) },
	revisions: func(v *page.Visit) (wire.Page[wire.BroadcastRevision], error) {
		return listSeriesRevisions.Do(v, seriesOf(v))
	},
	approvers: func(v *page.Visit) (wire.Page[wire.Approver], error) { return listSeriesApprovers.Do(v, seriesOf(v)) },
	difference: func(v *page.Visit, c api.Compared) (wire.Difference, error) {
		return getSeriesDifference.Do(v, api.SeriesDifferenceInput{SeriesInput: seriesOf(v), Compared: c})
	},
	approve: func(v *page.Visit, yes wire.Approval) (matter, error) {
		return ofSeries(approveSeries.Do(v, api.SeriesBody[wire.Approval]{ID: v.Path("id"), Body: yes}))
	},
	reject: func(v *page.Visit, why wire.Reason) error {
		_, err := rejectSeries.Do(v, api.SeriesBody[wire.Reason]{ID: v.Path("id"), Body: why})
		return err
	},
}

func broadcastOf(v *page.Visit) api.BroadcastInput { return api.BroadcastInput{ID: v.Path("id")} }

func seriesOf(v *page.Visit) api.SeriesInput { return api.SeriesInput{ID: v.Path("id")} }

func ofBroadcast(b wire.Broadcast, err error) (matter, error) {
	return matter{
		Colleagues: b.Colleagues, ID: b.ID, Path: "/desk/sends/" + b.ID, Title: b.Proposal.Title, Status: b.Status, StatusLabel: b.StatusLabel, Why: b.Why,
		Waits: b.Status == "submitted", Version: b.Version, Signatures: b.Signatures, Size: b.Size, hash: b.Hash, all: b.Proposal.Audience.All, emergency: b.Emergency,
		committee: b.Proposal.Committee, found: b.Warnings, accepted: b.Accepted, confirmer: b.ConfirmerLabel, createdAt: b.CreatedAt, approvedAt: b.ApprovedAt, confirmed: b.ReleasedAt,
	}, err
}

func ofSeries(s wire.Series, err error) (matter, error) {
	status, label := page.SeriesStatus(s)
	return matter{
		Colleagues: s.Colleagues, ID: s.ID, Path: "/desk/series/" + s.ID, Title: s.Proposal.Title, Status: status, StatusLabel: label, Why: s.Why,
		Waits: s.Approver == "" && !s.Stopped, Version: s.Version, Signatures: s.Signatures, Size: s.Size, hash: s.Hash, all: s.Proposal.Audience.All,
		committee: s.Proposal.Committee, found: s.Warnings, accepted: s.Accepted, createdAt: s.CreatedAt,
	}, err
}
