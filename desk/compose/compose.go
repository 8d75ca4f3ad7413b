package compose

import (
	"embed"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

//go:embed *.html
var files embed.FS

var (
	previewProposal = page.NewAct[api.Body[wire.PreviewProposal], wire.ProposalPreview]("preview-proposal")
	previewSchedule = page.NewAct[api.Body[wire.PreviewSchedule], wire.Schedule]("preview-schedule")
	listFacets      = page.NewAct[api.FacetsInput, wire.Facets]("list-facets")
	listLists       = page.NewAct[api.Nothing, wire.Page[wire.NumberList]]("list-lists")
	listNotices     = page.NewAct[api.ListNoticesInput, wire.Page[wire.Notice]]("list-notices")
	getNotice       = page.NewAct[api.NoticeInput, wire.Notice]("get-notice")
	listTemplates   = page.NewAct[api.Nothing, wire.Page[wire.Template]]("list-templates")
	listDrafts      = page.NewAct[api.Nothing, wire.Page[wire.Draft]]("list-drafts")

	listBroadcasts  = page.NewAct[api.ListBroadcastsInput, wire.Page[wire.Broadcast]]("list-broadcasts")
	getBroadcast    = page.NewAct[api.BroadcastInput, wire.Broadcast]("get-broadcast")
	listRevisions   = page.NewAct[api.BroadcastInput, wire.Page[wire.BroadcastRevision]]("list-broadcast-revisions")
	createBroadcast = page.NewAct[api.Body[wire.CreateBroadcast], wire.Broadcast]("create-broadcast")
	changeBroadcast = page.NewAct[api.BroadcastBody[wire.ChangeBroadcast], wire.Broadcast]("change-broadcast")
	submitBroadcast = page.NewAct[api.BroadcastBody[*wire.Acceptance], wire.Broadcast]("submit-broadcast")
	testBroadcast   = page.NewAct[api.BroadcastBody[wire.TestBroadcast], wire.Tested]("test-broadcast")
	deleteBroadcast = page.NewAct[api.BroadcastInput, api.Nothing]("delete-broadcast")

	listSeries    = page.NewAct[api.ListSeriesInput, wire.Page[wire.Series]]("list-series")
	getSeries     = page.NewAct[api.SeriesInput, wire.Series]("get-series")
	createSeries  = page.NewAct[api.CreateSeriesInput, wire.Series]("create-series")
	changeSeries  = page.NewAct[api.ChangeSeriesInput, wire.Series]("change-series")
	approveSeries = page.NewAct[api.SeriesBody[wire.Approval], wire.Series]("approve-series")
	stopSeries    = page.NewAct[api.SeriesBody[wire.Reason], wire.Series]("stop-series")
)

// needed is what the form of either kind is made with.
var needed = []page.AnyAct{listFacets, listLists, listNotices, getNotice, listTemplates, listDrafts}

// Register adds the pages to a kit.
func Register(k *page.Kit) {
	k.Templates(files, "compose")
	k.Section(seriesHome, listSeries)
	registerSends(k)
	registerSeries(k)
}

const (
	sendsHome  = "/desk/sends"
	seriesHome = "/desk/series"
)
