package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/propose"
	"towncrier/revision"
	"towncrier/sheet"
	"towncrier/staff"
	"towncrier/unanswered"
)

// questionHandler has what residents asked in vain, as work for who writes answers.
type questionHandler struct {
	questions *unanswered.Service
	drafts    contentDraftHandler
	access    accessLog
}

func (h questionHandler) register(g *gate) {
	add(g, get("/questions", "list-questions", "List what residents asked in vain, by likeness, most asked first", staff.ReadInbox).labelled("query.status", labelOf[unanswered.Status]), h.list)
	add(g, get("/questions.csv", "list-questions-csv", "List what residents asked in vain as a file", staff.ReadInbox).labelled("query.status", labelOf[unanswered.Status]).streams(), h.file)
	add(g, post("/questions/{id}/leave", "leave-questions", "Leave like questions without an answer until more ask them", staff.AnswerInbox), repeatable(h.leave, h.shown, "question.leave"))
	add(g, post("/questions/{id}/draft", "answer-questions", "Begin a draft of content that answers like questions", staff.WriteContent), repeatable(h.draft, h.drafts.created, "content.draft"))
}

// QuestionStatus says which groups are listed.
type QuestionStatus struct {
	Status string `query:"status" enum:"open,drafted,left,any" default:"open"`
}

type ListQuestionsInput struct {
	QuestionStatus
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (h questionHandler) list(ctx context.Context, _ staff.Person, in *ListQuestionsInput) (*reply[wire.Page[wire.QuestionGroup]], error) {
	return listed(h.view)(h.questions.Groups(ctx, unanswered.Status(in.Status), in.Limit))
}

// maxQuestionRows bounds the file.
const maxQuestionRows = 2000

func (h questionHandler) file(ctx context.Context, caller staff.Person, in *QuestionStatus) (*streamed, error) {
	all, err := h.questions.Groups(ctx, unanswered.Status(in.Status), maxQuestionRows)
	if err == nil {
		err = h.access.record(ctx, caller, "question.list", "", fmt.Sprintf("groups=%d format=csv", len(all)))
	}
	if err != nil {
		return nil, err
	}
	rows := [][]string{{"编号", "状态", "相近题目", "次数", "人数", "最早", "最近", "走势", "每周次数（由远到近）", "问法", "问到的小区", "稿件"}}
	for _, g := range each(all, h.view) {
		weeks := each(g.Weeks, strconv.Itoa)
		places := each(g.Places, func(p wire.QuestionPlace) string { return fmt.Sprintf("%s%d次", p.Name, p.N) })
		rows = append(rows, []string{g.ID, g.StatusLabel, g.TopicLabel, strconv.Itoa(g.Count), g.People, g.First, g.Last, g.Trend,
			strings.Join(weeks, " "), saidIn(g), strings.Join(places, "、"), g.Draft})
	}
	return tableFile("questions", sheet.CSV, rowsOf(rows)), nil
}

// saidIn is what was asked, as a cell of a file.
func saidIn(g wire.QuestionGroup) string {
	if g.NothingLeft {
		return "（没有剩下可读的话，只记次数）"
	}
	return strings.Join(g.Examples, "；")
}

func (h questionHandler) view(g unanswered.Group) wire.QuestionGroup {
	out := wire.QuestionGroup{
		ID: questionID(g.ID), Status: string(g.Status), StatusLabel: g.Status.Label(), Topic: g.Topic, Count: g.Count, People: "不到3人",
		First: g.First.String(), Last: g.Last.String(), Weeks: g.Trend, Trend: trendOf(g.Trend), Draft: g.Draft, NothingLeft: g.NothingLeft,
		Examples: each(g.Examples, func(s string) string { return s }),
		Places:   each(g.Places, func(p unanswered.Place) wire.QuestionPlace { return wire.QuestionPlace{Name: p.Name, N: p.N} }),
	}
	if g.Shown() {
		out.People = "3人或更多"
	}
	if in := h.drafts.live.Current().Intents[g.Topic]; in != nil {
		out.TopicLabel = in.Title
	}
	return out
}

// trendOf compares the last four weeks with the four before.
func trendOf(weeks []int) string {
	sum := func(some []int) (n int) {
		for _, w := range some {
			n += w
		}
		return n
	}
	n := len(weeks)
	switch now, before := sum(weeks[n-4:]), sum(weeks[n-8:n-4]); {
	case now > before:
		return "增多"
	case now < before:
		return "减少"
	}
	return "持平"
}

func questionID(group int64) string { return fmt.Sprintf("Q%d", group) }

type QuestionInput struct {
	ID string `path:"id" pattern:"^Q[1-9][0-9]{0,17}$" patternDescription:"Q and a number"`
}

// group is the number of a group's id, whose form the request was checked for.
func (in QuestionInput) group() int64 {
	n, _ := strconv.ParseInt(in.ID[1:], 10, 64)
	return n
}

func (h questionHandler) leave(ctx context.Context, caller staff.Person, in *QuestionInput) (*reply[wire.QuestionGroup], error) {
	return shown(h.view)(h.questions.Leave(ctx, caller.ID, in.group()))
}

func (h questionHandler) shown(ctx context.Context, _ staff.Person, act audit.Act) (*reply[wire.QuestionGroup], error) {
	return shown(h.view)(h.questions.Group(ctx, QuestionInput{act.Subject}.group()))
}

func (h questionHandler) draft(ctx context.Context, caller staff.Person, in *QuestionInput) (*created[wire.ContentDraft], error) {
	g, err := h.questions.Group(ctx, in.group())
	switch {
	case err != nil:
	case g.NothingLeft:
		err = invalid("path.id", "这些提问去掉号码、姓名、地址和不认识的词以后没有剩下可读的话，只记次数：请新建稿件，自己写问法和答复")
	case !g.Shown():
		err = invalid("path.id", "问这件事的还不到三个人，原文不能显示，也不能用来起草：请等问的人多了再写，或者直接新建稿件")
	}
	if err != nil {
		return nil, err
	}
	d, err := h.drafts.answering(ctx, caller, "asked."+strings.ToLower(in.ID), g.Examples, "")
	begun, again := errors.AsType[*revision.BegunError](err)
	switch {
	case err == nil:
		err = h.questions.Drafted(ctx, caller.ID, g.ID, d.ID)
	case again && begun.Draft.ID != "" && g.Draft == "":
		if noted := h.questions.Drafted(ctx, caller.ID, g.ID, begun.Draft.ID); noted != nil {
			err = noted
		}
	}
	return createdAt(contentDraftPath)(h.drafts.show(ctx, d, err))
}

// answering begins a draft with an intent that answers questions, in which no number, name or address is left. Who may write content and
// answers no tickets has no business with what was asked.
func (h contentDraftHandler) answering(ctx context.Context, caller staff.Person, id string, questions []string, answer string) (revision.Draft, error) {
	if !caller.Role.May(staff.AnswerInbox) {
		return revision.Draft{}, refuse(http.StatusForbidden, "right", "只有答复留言的人可以用居民的提问起草：请交给他们")
	}
	words := h.live.Current().Words()
	asked := slices.DeleteFunc(each(questions, words.Utterance), func(u string) bool { return u == "" })
	if len(asked) == 0 {
		return revision.Draft{}, refuse(http.StatusUnprocessableEntity, "nothing-left", "去掉号码、姓名、地址和不认识的词以后，剩下的话不够写成问法：请新建稿件，自己写问法")
	}
	_, head, err := h.revisions.Head(ctx)
	if err != nil {
		return revision.Draft{}, err
	}
	intent := propose.FromQuestions(id, asked, words.Answer(answer)).WithAlike(cityOf(head, h.live.Current()))
	return h.revisions.DraftOf(ctx, caller.ID, "答复："+intent.Title, revision.Folder{intent.File: intent.Format()})
}
