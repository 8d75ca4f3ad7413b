// Package sends has the pages about broadcasts: the list of them, one with how far it has come, and the report on what came of it.
package sends

import (
	"embed"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

//go:embed *.html
var templates embed.FS

type (
	one    = api.BroadcastInput
	reason = api.BroadcastBody[wire.Reason]
)

var (
	listBroadcasts  = page.NewAct[api.ListBroadcastsInput, wire.Page[wire.Broadcast]]("list-broadcasts")
	countBroadcasts = page.NewAct[api.CountBroadcastsInput, wire.Page[wire.BroadcastCount]]("count-broadcasts")
	listDrafts      = page.NewAct[api.Nothing, wire.Page[wire.Draft]]("list-drafts")
	getBroadcast    = page.NewAct[one, wire.Broadcast]("get-broadcast")
	listTexts       = page.NewAct[one, wire.Page[wire.MessageText]]("list-broadcast-texts")
	watchBroadcast  = page.NewAct[one, wire.Progress]("progress-broadcast")
	report          = page.NewAct[api.CountedInput, wire.Report]("report-broadcast")
	reach           = page.NewAct[api.CountedInput, wire.Reached]("reach-broadcast")
	arrivals        = page.NewAct[api.ArrivalsInput, wire.Arrivals]("list-arrivals")

	createBroadcast   = page.NewAct[api.Body[wire.CreateBroadcast], wire.Broadcast]("create-broadcast")
	changeBroadcast   = page.NewAct[api.BroadcastBody[wire.ChangeBroadcast], wire.Broadcast]("change-broadcast")
	approveBroadcast  = page.NewAct[api.BroadcastBody[wire.Approval], wire.Broadcast]("approve-broadcast")
	confirmBroadcast  = page.NewAct[one, wire.Broadcast]("confirm-broadcast")
	copyBroadcast     = page.NewAct[one, wire.Broadcast]("copy-broadcast")
	deleteBroadcast   = page.NewAct[one, api.Nothing]("delete-broadcast")
	scheduleBroadcast = page.NewAct[one, wire.Broadcast]("schedule-broadcast")
	pauseBroadcast    = page.NewAct[api.BroadcastBody[*wire.OptionalReason], wire.Broadcast]("pause-broadcast")
	resumeBroadcast   = page.NewAct[one, wire.Broadcast]("resume-broadcast")
	cancelBroadcast   = page.NewAct[reason, wire.Broadcast]("cancel-broadcast")
	resendBroadcast   = page.NewAct[one, wire.Resent]("resend-broadcast")
	fallbackBroadcast = page.NewAct[one, wire.FellBack]("fallback-broadcast")
)

const (
	section = "/desk/sends"
	area    = "sends"
)

// Register adds the pages to the desk.
func Register(k *page.Kit) {
	k.Templates(templates, area)
	k.Section(section, listBroadcasts)
	k.Handle("GET /desk/sends", list, listBroadcasts, countBroadcasts, listDrafts)
	k.Handle("GET /desk/sends/{id}", detail, getBroadcast, listTexts, watchBroadcast, report)
	k.Watch("GET /desk/sends/{id}/live", live, watchBroadcast, getBroadcast)
	k.Handle("GET /desk/sends/{id}/report", showReport, report, reach, arrivals)
	k.Watch("GET /desk/sends/{id}/report/live", liveReport, report, reach, arrivals)
	registerFiles(k)
	registerSteps(k)
}

// counted asks for what is counted of a broadcast, without waiting for it.
func counted(id string) api.CountedInput {
	return api.CountedInput{BroadcastInput: one{ID: id}, Soon: api.Soon{Soon: true}}
}

func pathOf(id string) string { return section + "/" + id }
