// Package content has the desk's pages of what the city says: notices, answers, tables, drafts of them until a second person publishes them, what
// residents asked in vain, and what cannot wait.
package content

import (
	"embed"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

//go:embed *.html
var templates embed.FS

const home = "/desk/content"

var (
	getStatus     = page.NewAct[api.Nothing, wire.ContentStatus]("get-content")
	listNotices   = page.NewAct[api.ListNoticesInput, wire.Page[wire.Notice]]("list-notices")
	getNotice     = page.NewAct[api.NoticeInput, wire.Notice]("get-notice")
	lookWithdraw  = page.NewAct[api.PreviewWithdrawalInput, wire.Withdrawal]("preview-withdrawal")
	withdraw      = page.NewAct[api.WithdrawInput, wire.Revision]("withdraw-notice")
	reinstate     = page.NewAct[api.NoticeInput, wire.Revision]("reinstate-notice")
	listRevisions = page.NewAct[api.ListRevisionsInput, wire.Page[wire.Revision]]("list-revisions")
	getRevision   = page.NewAct[api.RevisionInput, wire.Revision]("get-revision")
	listFiles     = page.NewAct[api.ListRevisionFilesInput, wire.Page[wire.ContentFile]]("list-revision-files")
	rollBack      = page.NewAct[api.RollBackInput, wire.ContentDraft]("roll-back-content")

	listDrafts      = page.NewAct[api.ListContentDraftsInput, wire.Page[wire.ContentDraft]]("list-content-drafts")
	createDraft     = page.NewAct[api.Body[wire.NewContentDraft], wire.ContentDraft]("create-content-draft")
	getDraft        = page.NewAct[api.ContentDraftInput, wire.ContentDraft]("get-content-draft")
	listChanges     = page.NewAct[api.ContentDraftInput, wire.Page[wire.ContentChange]]("list-content-changes")
	listDifferences = page.NewAct[api.ContentDraftInput, wire.ContentDifferences]("list-content-differences")
	askDraft        = page.NewAct[api.ContentDraftBody[wire.ContentQuestions], wire.Page[wire.ContentAsked]]("ask-content-draft")
	removeFile      = page.NewAct[api.ChangeFileInput, wire.ContentDraft]("remove-content-file")
	rebaseDraft     = page.NewAct[api.ContentDraftBody[wire.RebaseContent], wire.ContentDraft]("rebase-content-draft")
	submitDraft     = page.NewAct[api.ContentDraftBody[wire.SubmitContent], wire.ContentDraft]("submit-content-draft")
	dropDraft       = page.NewAct[api.ContentDraftInput, wire.ContentDraft]("drop-content-draft")
	returnDraft     = page.NewAct[api.ContentDraftBody[wire.ReturnContent], wire.ContentDraft]("return-content-draft")
	publishDraft    = page.NewAct[api.ContentDraftBody[wire.PublishContent], wire.Revision]("publish-content-draft")
	propose         = page.NewAct[api.Body[wire.ProposeContent], wire.ContentProposal]("propose-content")

	listKinds      = page.NewAct[api.Nothing, wire.Page[wire.ContentKind]]("list-content-kinds")
	listNowParts   = page.NewAct[api.RevisionPartsInput, wire.Page[wire.ContentPart]]("list-revision-parts")
	listParts      = page.NewAct[api.DraftPartsInput, wire.Page[wire.ContentPart]]("list-content-parts")
	getPart        = page.NewAct[api.PartInput, wire.ContentPart]("get-content-part")
	putPart        = page.NewAct[api.PutPartInput, wire.ContentPart]("put-content-part")
	removePart     = page.NewAct[api.RemovePartInput, wire.ContentDraft]("remove-content-part")
	moreUtterances = page.NewAct[api.ProposeUtterancesInput, wire.ContentPart]("propose-utterances")

	getFile     = page.NewAct[api.ContentFileInput, wire.ContentText]("get-content-file")
	putTable    = page.NewAct[api.PutTableInput, wire.TableWritten]("put-content-table")
	getTable    = page.NewAct[api.DraftTableInput, api.File]("get-content-table")
	getNowTable = page.NewAct[api.RevisionTableInput, api.File]("get-revision-table")
	handIn      = page.NewAct[api.HandInTableInput, wire.TableWritten]("hand-in-content-table")

	listQuestions   = page.NewAct[api.ListQuestionsInput, wire.Page[wire.QuestionGroup]]("list-questions")
	leaveQuestions  = page.NewAct[api.QuestionInput, wire.QuestionGroup]("leave-questions")
	answerQuestions = page.NewAct[api.QuestionInput, wire.ContentDraft]("answer-questions")
)

// Register adds the pages to a kit.
func Register(k *page.Kit) {
	k.Templates(templates, "content")
	k.Section(home, getStatus)
	registerNotices(k)
	registerDrafts(k)
	registerChecks(k)
	registerParts(k)
	registerTables(k)
	registerQuestions(k)
	registerEmergencies(k)
}

// crumb is the page that the others stand below.
var crumb = page.Crumb{Label: "内容", Path: home}

func crumbs(more ...page.Crumb) []page.Crumb { return append([]page.Crumb{crumb}, more...) }

// done sends the browser to a page that says what was done.
func done(path, word string) (page.Result, error) { return page.See(path + "?done=" + word), nil }

// whole reads all pages of a list; next asks for the one after a place.
func whole[T any](next func(after string) (wire.Page[T], error)) ([]T, error) {
	var all []T
	for after := ""; ; {
		p, err := next(after)
		if err != nil {
			return nil, err
		}
		if all = append(all, p.Items...); p.Next == "" {
			return all, nil
		}
		after = p.Next
	}
}

// undoFor is how long a withdrawn notice can be brought back.
const undoFor = time.Hour
