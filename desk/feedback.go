package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

var (
	listFeedback   = page.NewAct[api.Nothing, wire.Page[wire.Feedback]]("list-feedback")
	giveFeedback   = page.NewAct[api.Body[wire.GiveFeedback], wire.Feedback]("give-feedback")
	answerFeedback = page.NewAct[api.FeedbackAnswerInput, api.Nothing]("answer-feedback")
)

// registerFeedback adds the pages on which colleagues say what is wrong with the console, and admins answer.
func registerFeedback(k *page.Kit) {
	k.Says("feedback-given", "意见已交给管理员。答复会写在这一页。")
	k.Says("feedback-answered", "已答复。提意见的人在“意见反馈”里看得到。")
	k.Handle("GET /desk/feedback", showFeedback, listFeedback)
	k.Handle("POST /desk/feedback", takeFeedback, giveFeedback, listFeedback)
	k.Handle("GET /desk/feedback/{id}", showOne, answerFeedback, listFeedback)
	k.Handle("POST /desk/feedback/{id}", takeAnswer, answerFeedback, listFeedback)
}

// feedbackPage is what was said, and the form for more.
type feedbackPage struct {
	page.Form
	Waiting, Answered []wire.Feedback
	Answers           bool // the person answers what others say
}

func showFeedback(v *page.Visit) (page.Result, error) {
	p, _, err := feedbackOf(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func feedbackOf(v *page.Visit) (page.Page, *page.Form, error) {
	all, err := listFeedback.Do(v, api.Nothing{})
	if err != nil {
		return page.Page{}, nil, err
	}
	data := &feedbackPage{Form: v.NewForm(), Answers: v.May(answerFeedback)}
	if came, err := url.Parse(v.Request.Referer()); err == nil && came.Host == v.Request.Host && v.Form == nil && came.Path != v.Request.URL.Path {
		data.Set("page", came.Path)
	}
	for _, f := range all.Items {
		if f.AnsweredAt.IsZero() {
			data.Waiting = append(data.Waiting, f)
		} else {
			data.Answered = append(data.Answered, f)
		}
	}
	return page.Page{Title: "意见反馈", Name: "desk/feedback", Data: data, Fields: map[string]string{"body.text": "text", "body.page": ""}}, &data.Form, nil
}

func takeFeedback(v *page.Visit) (page.Result, error) {
	_, err := giveFeedback.Do(v, api.Body[wire.GiveFeedback]{Body: wire.GiveFeedback{Text: strings.TrimSpace(v.Form.Get("text")), Page: v.Form.Get("page")}})
	if err == nil {
		return page.See("/desk/feedback?done=feedback-given"), nil
	}
	p, form, missing := feedbackOf(v)
	if missing != nil {
		return nil, missing
	}
	return v.Again(p, form, err)
}

// oneFeedback is the page on which one thing is answered.
type oneFeedback struct {
	page.Form
	wire.Feedback
}

func showOne(v *page.Visit) (page.Result, error) {
	p, _, err := oneOf(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func oneOf(v *page.Visit) (page.Page, *page.Form, error) {
	all, err := listFeedback.Do(v, api.Nothing{})
	if err != nil {
		return page.Page{}, nil, err
	}
	i := slices.IndexFunc(all.Items, func(f wire.Feedback) bool { return f.ID == v.Path("id") })
	if i < 0 {
		return page.Page{}, nil, page.Refuse(http.StatusNotFound, "没有这条意见：请回到“意见反馈”另选")
	}
	data := &oneFeedback{v.NewForm(), all.Items[i]}
	return page.Page{Title: "答复意见", Name: "desk/feedback-answer", Data: data, Fields: map[string]string{"body.answer": "answer"},
		Crumbs: []page.Crumb{{Label: "意见反馈", Path: "/desk/feedback"}, {Label: "答复"}}}, &data.Form, nil
}

func takeAnswer(v *page.Visit) (page.Result, error) {
	_, err := answerFeedback.Do(v, api.FeedbackAnswerInput{ID: v.Path("id"), Body: wire.AnswerFeedback{Answer: strings.TrimSpace(v.Form.Get("answer"))}})
	if err == nil {
		return page.See("/desk/feedback?done=feedback-answered"), nil
	}
	p, form, missing := oneOf(v)
	if missing != nil {
		return nil, missing
	}
	return v.Again(p, form, err)
}
