package content

import (
	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

func registerQuestions(k *page.Kit) {
	k.Handle("GET /desk/content/unanswered", showQuestions, listQuestions)
	k.Handle("POST /desk/content/unanswered/{id}/draft", draftAnswer, answerQuestions)
	k.Handle("POST /desk/content/unanswered/{id}/leave", leaveQuestion, leaveQuestions)
	k.Says("content-left", "先不答：再有人问，它会重新列出来。")
	k.Says("content-answering", "已新建稿件，问法取自居民的原话，号码、姓名和地址已去掉，请核对。写上答复和依据，再送审。")
}

type questionsPage struct {
	page.Form
	Groups         []wire.QuestionGroup
	Status         string
	Drafts, Leaves bool
}

func showQuestions(v *page.Visit) (page.Result, error) {
	status := v.Query("status")
	if status != "drafted" && status != "left" {
		status = "open"
	}
	groups, err := listQuestions.Do(v, api.ListQuestionsInput{QuestionStatus: api.QuestionStatus{Status: status}, Limit: 100})
	if err != nil {
		return nil, err
	}
	return v.Show(page.Page{Title: "没答上的问题", Name: "content/questions", Nav: home, Crumbs: crumbs(), Data: questionsPage{
		Form: v.NewForm(), Groups: groups.Items, Status: status, Drafts: v.May(answerQuestions), Leaves: v.May(leaveQuestions),
	}})
}

func draftAnswer(v *page.Visit) (page.Result, error) {
	d, err := answerQuestions.Do(v, api.QuestionInput{ID: v.Path("id")})
	if err != nil {
		return nil, err
	}
	return done(draftPath(d.ID), "content-answering")
}

func leaveQuestion(v *page.Visit) (page.Result, error) {
	if _, err := leaveQuestions.Do(v, api.QuestionInput{ID: v.Path("id")}); err != nil {
		return nil, err
	}
	return done(home+"/unanswered", "content-left")
}
