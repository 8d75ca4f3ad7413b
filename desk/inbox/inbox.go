// Package inbox is the pages in which officials answer what residents left for a person: /desk/inbox.
package inbox

import (
	"embed"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/page"
)

//go:embed *.html
var templates embed.FS

var (
	listGroups  = page.NewAct[api.ListTicketGroupsInput, wire.Page[wire.TicketMatter]]("list-ticket-groups")
	countAll    = page.NewAct[api.Nothing, wire.TicketCounts]("count-tickets")
	getTicket   = page.NewAct[api.TicketInput, wire.TicketGroup]("get-ticket")
	getWork     = page.NewAct[api.TicketInput, wire.TicketWork]("get-ticket-work")
	suggest     = page.NewAct[api.TicketInput, wire.SuggestedAnswers]("suggest-answers")
	hold        = page.NewAct[api.TicketBody[wire.HoldTicket], wire.TicketHold]("hold-ticket")
	hand        = page.NewAct[api.TicketBody[wire.HandTicket], wire.TicketHold]("hand-ticket")
	note        = page.NewAct[api.TicketBody[wire.NoteTicket], api.Nothing]("note-ticket")
	separate    = page.NewAct[api.TicketBody[wire.SeparateTickets], api.Nothing]("separate-tickets")
	answer      = page.NewAct[api.TicketBody[wire.AnswerTicket], wire.SettledTickets]("answer-ticket")
	approve     = page.NewAct[api.TicketBody[wire.ApproveAnswer], wire.SettledTickets]("approve-answer")
	closeTicket = page.NewAct[api.TicketInput, wire.SettledTickets]("close-ticket")
	stopSender  = page.NewAct[api.TicketInput, api.Nothing]("stop-sender")
	reopen      = page.NewAct[api.TicketInput, wire.SettledTickets]("reopen-ticket")
	standard    = page.NewAct[api.TicketInput, wire.ContentDraft]("make-standard-answer")
)

// Register adds the pages of the inbox.
func Register(k *page.Kit) {
	k.Templates(templates, "inbox")
	k.Section("/desk/inbox", listGroups)
	for word, sentence := range map[string]string{
		"held": "这条留言由您在办，10分钟内同事会看到您的名字。", "handed": "已转交。", "noted": "备注已记下。", "separated": "已把不同的留言分开。",
		"answered": "已答复，正在送给提问的居民。", "proposed": "已拟好，等另一位同事批准后送出。", "approved": "已批准。", "closed": "已关闭，没有答复。",
		"stopped": "不再给这个号码发短信，留言已关闭。", "reopened": "已重新打开。此前的答复记在备注里。",
	} {
		k.Says(word, sentence)
	}
	k.Handle("GET /desk/inbox", list, listGroups, countAll)
	k.Handle("POST /desk/inbox/{number}/open", open, hold)
	k.Handle("GET /desk/inbox/{number}", show, getTicket, getWork, suggest)
	k.Handle("POST /desk/inbox/{number}/answer", write, answer, getTicket, getWork, suggest, separate)
	k.Handle("POST /desk/inbox/{number}/preview", preview, answer)
	k.Handle("POST /desk/inbox/{number}/approve", yes, approve)
	k.Handle("POST /desk/inbox/{number}/hand", handOn, hand, getTicket, getWork, suggest)
	k.Handle("POST /desk/inbox/{number}/notes", addNote, note, getTicket, getWork, suggest)
	k.Handle("POST /desk/inbox/{number}/reopen", again, reopen)
	k.Handle("POST /desk/inbox/{number}/standard", makeStandard, standard)
	k.Handle("GET /desk/inbox/{number}/close", askClose, closeTicket, getTicket)
	k.Handle("POST /desk/inbox/{number}/close", doClose, closeTicket)
	k.Handle("POST /desk/inbox/{number}/stop", doStop, stopSender)
}

// day is 11月30日, with the year where it is not this one; "" for no time.
func day(at, now time.Time) string {
	if at.IsZero() {
		return ""
	}
	at, now = at.In(broadcast.Zone), now.In(broadcast.Zone)
	if at.Year() != now.Year() {
		return at.Format("2006年1月2日")
	}
	return at.Format("1月2日")
}

// moment is day with the time of day.
func moment(at, now time.Time) string {
	if at.IsZero() {
		return ""
	}
	return day(at, now) + " " + at.In(broadcast.Zone).Format("15:04")
}

func address(number string) string { return "/desk/inbox/" + number }
