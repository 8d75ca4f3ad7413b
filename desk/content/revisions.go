package content

import (
	"strconv"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

type revisionsPage struct {
	Revisions []wire.Revision
	Next      string
	First     bool // the newest is among them: it is in force
	Writes    bool
}

func showRevisions(v *page.Visit) (page.Result, error) {
	all, err := listRevisions.Do(v, api.ListRevisionsInput{Following: api.Following{After: v.Query("after")}, Limit: 50})
	if err != nil {
		return nil, err
	}
	data := revisionsPage{Revisions: all.Items, First: v.Query("after") == "", Writes: v.May(rollBack)}
	if all.Next != "" {
		data.Next = home + "/revisions" + page.Query("after", all.Next)
	}
	return v.Show(page.Page{Title: "历次版本", Name: "content/revisions", Nav: home, Crumbs: crumbs(), Data: data})
}

type rollBackPage struct {
	page.Form
	Revision wire.Revision
}

func rollingBack(v *page.Visit) (page.Page, *rollBackPage, error) {
	number, err := strconv.Atoi(v.Path("number"))
	if err != nil {
		return page.Page{}, nil, page.Refuse(404, "没有这个版本：请从历次版本里选一个")
	}
	r, err := getRevision.Do(v, api.RevisionInput{Number: number})
	data := &rollBackPage{Form: v.NewForm(), Revision: r}
	return page.Page{Title: "退回第" + strconv.Itoa(number) + "版", Name: "content/rollback", Nav: home,
		Crumbs: crumbs(page.Crumb{Label: "历次版本", Path: home + "/revisions"}), Data: data}, data, err
}

func askRollBack(v *page.Visit) (page.Result, error) {
	p, _, err := rollingBack(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

// doRollBack begins a draft: a second person publishes it as any other.
func doRollBack(v *page.Visit) (page.Result, error) {
	p, data, err := rollingBack(v)
	if err != nil {
		return nil, err
	}
	d, err := rollBack.Do(v, api.RollBackInput{Number: data.Revision.Number})
	if err != nil {
		return v.Again(p, &data.Form, err)
	}
	return done(draftPath(d.ID), "content-begun")
}
