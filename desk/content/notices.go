package content

import (
	"slices"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

func registerNotices(k *page.Kit) {
	k.Handle("GET /desk/content", index, getStatus, listNotices, listDrafts)
	k.Handle("GET /desk/content/notices/{id}", showNotice, getNotice, listRevisions, getStatus, listNowParts)
	k.Handle("GET /desk/content/notices/{id}/withdraw", askWithdraw, withdraw, getNotice, lookWithdraw, listNotices)
	k.Handle("POST /desk/content/notices/{id}/withdraw", doWithdraw, withdraw, getNotice, lookWithdraw, listNotices)
	k.Handle("GET /desk/content/notices/{id}/reinstate", askReinstate, reinstate, getNotice, listRevisions)
	k.Handle("POST /desk/content/notices/{id}/reinstate", doReinstate, reinstate, getNotice, listRevisions)
	k.Handle("GET /desk/content/revisions", showRevisions, listRevisions)
	k.Handle("GET /desk/content/revisions/{number}/roll-back", askRollBack, rollBack, getRevision)
	k.Handle("POST /desk/content/revisions/{number}/roll-back", doRollBack, rollBack, getRevision)
	k.Says("content-withdrawn", "已撤回：回答、群发和系列已经停用这份公告。")
	k.Says("content-reinstated", "已恢复：这份公告重新有效。")
}

type indexPage struct {
	Status                         wire.ContentStatus
	Notices                        []wire.Notice
	Next                           string
	Drafts                         []wire.ContentDraft
	Writes, Questions, Emergencies bool
}

func index(v *page.Visit) (page.Result, error) {
	status, err := getStatus.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	notices, err := listNotices.Do(v, api.ListNoticesInput{Following: api.Following{After: v.Query("after")}, Limit: 100})
	if err != nil {
		return nil, err
	}
	drafts, err := listDrafts.Do(v, api.ListContentDraftsInput{Status: []string{"draft", "submitted"}, Limit: 50})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(drafts.Items, func(a, b wire.ContentDraft) int { // what waits for a second person stands first
		return rank(a) - rank(b)
	})
	data := indexPage{Status: status, Notices: notices.Items, Drafts: drafts.Items, Writes: v.May(createDraft), Questions: v.May(listQuestions), Emergencies: v.May(listEmergencies)}
	if notices.Next != "" {
		data.Next = home + page.Query("after", notices.Next)
	}
	return v.Show(page.Page{Title: "内容", Name: "content/index", Nav: home, Data: data})
}

func rank(d wire.ContentDraft) int {
	if d.Status == "submitted" {
		return 0
	}
	return 1
}

type noticePage struct {
	wire.Notice
	Answers           []partView
	Withdrawn         *wire.Revision // how it came to be withdrawn
	Writes, Withdraws bool
	MayReinstate      bool
}

func showNotice(v *page.Visit) (page.Result, error) {
	n, err := getNotice.Do(v, api.NoticeInput{ID: v.Path("id")})
	if err != nil {
		return nil, err
	}
	data := noticePage{Notice: n, Writes: v.May(createDraft), Withdraws: v.May(withdraw) && n.Status != "withdrawn"}
	if data.Answers, err = answersOf(v, n); err != nil {
		return nil, err
	}
	w, err := withdrawalOf(v, n.ID)
	if err != nil {
		return nil, err
	}
	if w != nil {
		now, err := getStatus.Do(v, api.Nothing{})
		if err != nil {
			return nil, err
		}
		if now.Serving < w.Number { // this process takes it in a moment
			data.Status, data.Label, data.Withdraws = "withdrawn", "已撤回", false
		}
	}
	if data.Status == "withdrawn" && w != nil {
		data.Withdrawn = w
		data.MayReinstate = v.May(reinstate) && v.Now().Sub(w.At) < undoFor && w.Author != v.Person.ID
	}
	return v.Show(page.Page{Title: n.Headline, Name: "content/notice", Nav: home, Crumbs: crumbs(), Data: data})
}

// answersOf are the answers that cite a notice, with what they are called.
func answersOf(v *page.Visit, n wire.Notice) (answers []partView, err error) {
	if len(n.Intents) == 0 {
		return nil, nil
	}
	all, err := whole(func(after string) (wire.Page[wire.ContentPart], error) {
		return listNowParts.Do(v, api.RevisionPartsInput{Following: api.Following{After: after}, Limit: 200, Kind: "intents"})
	})
	for _, c := range all {
		if slices.Contains(n.Intents, c.ID) {
			answers = append(answers, partView{ID: c.ID, Title: titleOfPart(c)})
		}
	}
	return answers, err
}

// withdrawalOf is the revision that withdrew a notice which nobody brought back since; nil when there is none among the last fifty.
func withdrawalOf(v *page.Visit, notice string) (*wire.Revision, error) {
	all, err := listRevisions.Do(v, api.ListRevisionsInput{Limit: 50})
	if err != nil {
		return nil, err
	}
	for _, r := range all.Items {
		if r.Notice == notice && r.Kind == "reinstated" {
			return nil, nil
		}
		if r.Notice == notice && r.Kind == "withdrawn" {
			return &r, nil
		}
	}
	return nil, nil
}

type withdrawPage struct {
	page.Form
	Notice     wire.Notice
	Stops      wire.Withdrawal
	Successors []page.Choice
}

// withdrawal is the page that shows what withdrawing a notice stops.
func withdrawal(v *page.Visit, successor string) (page.Page, *withdrawPage, error) {
	n, err := getNotice.Do(v, api.NoticeInput{ID: v.Path("id")})
	if err != nil {
		return page.Page{}, nil, err
	}
	data := &withdrawPage{Form: v.NewForm(), Notice: n, Successors: []page.Choice{{Label: "没有：只说已撤回"}}}
	data.Set("successor", successor)
	if data.Stops, err = lookWithdraw.Do(v, api.PreviewWithdrawalInput{ID: n.ID, Successor: successor}); err != nil {
		return page.Page{}, nil, err
	}
	notices, err := whole(func(after string) (wire.Page[wire.Notice], error) {
		return listNotices.Do(v, api.ListNoticesInput{Following: api.Following{After: after}, Limit: 200})
	})
	if err != nil {
		return page.Page{}, nil, err
	}
	for _, other := range notices {
		if other.ID != n.ID && other.Status == "in_force" {
			data.Successors = append(data.Successors, page.Choice{Value: other.ID, Label: other.ID + " " + other.Headline})
		}
	}
	return page.Page{Title: "撤回公告", Name: "content/withdraw", Nav: home, Crumbs: crumbs(page.Crumb{Label: n.Headline, Path: noticePath(n.ID)}), Data: data}, data, nil
}

func noticePath(id string) string { return home + "/notices/" + id }

func askWithdraw(v *page.Visit) (page.Result, error) {
	p, _, err := withdrawal(v, v.Query("successor"))
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func doWithdraw(v *page.Visit) (page.Result, error) {
	id := v.Path("id")
	_, err := withdraw.Do(v, api.WithdrawInput{ID: id, Body: wire.WithdrawNotice{Successor: v.Form.Get("successor")}})
	if err == nil {
		return done(noticePath(id), "content-withdrawn")
	}
	p, data, again := withdrawal(v, "")
	if again != nil {
		return nil, err
	}
	data.Set("successor", v.Form.Get("successor"))
	return v.Again(p, &data.Form, err)
}

type reinstatePage struct {
	page.Form
	Notice wire.Notice
	Until  time.Time
	By     string
}

func reinstatement(v *page.Visit) (page.Page, *reinstatePage, error) {
	n, err := getNotice.Do(v, api.NoticeInput{ID: v.Path("id")})
	if err != nil {
		return page.Page{}, nil, err
	}
	data := &reinstatePage{Form: v.NewForm(), Notice: n}
	w, err := withdrawalOf(v, n.ID)
	if err != nil {
		return page.Page{}, nil, err
	}
	if w != nil {
		data.Until, data.By = w.At.Add(undoFor), w.AuthorName
	}
	return page.Page{Title: "恢复公告", Name: "content/reinstate", Nav: home, Crumbs: crumbs(page.Crumb{Label: n.Headline, Path: noticePath(n.ID)}), Data: data}, data, nil
}

func askReinstate(v *page.Visit) (page.Result, error) {
	p, _, err := reinstatement(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func doReinstate(v *page.Visit) (page.Result, error) {
	_, err := reinstate.Do(v, api.NoticeInput{ID: v.Path("id")})
	if err == nil {
		return done(noticePath(v.Path("id")), "content-reinstated")
	}
	p, data, again := reinstatement(v)
	if again != nil {
		return nil, err
	}
	return v.Again(p, &data.Form, err)
}
