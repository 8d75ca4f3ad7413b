package residents

import (
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

func registerStops(k *page.Kit) {
	k.Handle("GET /desk/residents/stops", showStops, listStops, listTasks, askUndo)
	k.Handle("POST /desk/residents/stops", doAskUndo, askUndo, listStops, listTasks)
	k.Handle("GET /desk/stops/{id}", showUndo, getUndo, confirmUndo)
	k.Handle("POST /desk/stops/{id}/confirm", doConfirmUndo, confirmUndo, getUndo)
	k.Says("undo-asked", "已申请：要等另一位管理员确认。请把这一页的地址告诉对方。")
	k.Says("undo-confirmed", "已确认：正在撤销。")
}

type stopsPage struct {
	page.Form
	Stops   []wire.Stops
	Keys    []page.Choice
	Waiting []wire.Task // requests of others that this person may confirm
	MayAsk  bool
}

const undoStops = "undo of stops"

func stopsOf(v *page.Visit) (page.Page, *stopsPage, error) {
	seen, err := listStops.Do(v, api.ListStopsInput{Since: v.Now().Add(-29 * 24 * time.Hour)})
	if err != nil {
		return page.Page{}, nil, err
	}
	tasks, err := listTasks.Do(v, api.Nothing{})
	if err != nil {
		return page.Page{}, nil, err
	}
	data := &stopsPage{Form: v.NewForm(page.Subject(undoStops)), Stops: seen.Items, MayAsk: v.May(askUndo)}
	for _, task := range tasks.Items {
		if task.Kind == "stops-undo" {
			data.Waiting = append(data.Waiting, task)
		}
	}
	for _, s := range seen.Items {
		data.Keys = append(data.Keys, page.Choice{Value: s.Key, Label: s.Key})
	}
	return page.Page{Title: "短信退订", Name: "residents/stops", Nav: home, Crumbs: crumbs(page.Crumb{Label: "短信退订"}), Data: data}, data, nil
}

func showStops(v *page.Visit) (page.Result, error) {
	p, _, err := stopsOf(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func doAskUndo(v *page.Visit) (page.Result, error) {
	since, err := momentOf(v, "since")
	var until time.Time
	if err == nil {
		until, err = momentOf(v, "until")
	}
	if err == nil {
		err = v.StepUp(undoStops)
	}
	var u wire.Undo
	if err == nil {
		u, err = askUndo.Do(v, api.Body[wire.AskUndo]{Body: wire.AskUndo{Key: v.Form.Get("key"), Since: since, Until: until, Why: v.Form.Get("why")}})
	}
	if err == nil {
		return page.See("/desk/stops/" + u.ID + "?done=undo-asked"), nil
	}
	p, data, again := stopsOf(v)
	if again != nil {
		return nil, again
	}
	p.Fields = map[string]string{"body.since": "since-day", "body.until": "until-day"}
	return v.Again(p, &data.Form, err)
}

// momentOf is the time that two fields hold, a day and a time of it.
func momentOf(v *page.Visit, field string) (time.Time, error) {
	at, err := time.ParseInLocation("2006-01-02 15:04", v.Form.Get(field+"-day")+" "+v.Form.Get(field+"-time"), page.Zone)
	if err != nil {
		return at, &page.FieldError{Field: field + "-day", Text: "没有写哪一天、几点几分"}
	}
	return at, nil
}

type undoPage struct {
	page.Form
	wire.Undo
	MayConfirm, Mine bool
}

func undoOf(v *page.Visit) (page.Page, *undoPage, error) {
	u, err := getUndo.Do(v, api.UndoInput{ID: v.Path("id")})
	if err != nil {
		return page.Page{}, nil, err
	}
	data := &undoPage{Form: v.NewForm(page.Subject(u.ID)), Undo: u, Mine: u.AskedBy == "staff:"+v.Person.ID}
	data.MayConfirm = v.May(confirmUndo) && !data.Mine && (u.ConfirmedAt.IsZero() || u.Left > 0)
	return page.Page{Title: "撤销退订", Name: "residents/undo", Nav: home,
		Crumbs: crumbs(page.Crumb{Label: "短信退订", Path: home + "/stops"}, page.Crumb{Label: "撤销"}), Data: data}, data, nil
}

func showUndo(v *page.Visit) (page.Result, error) {
	p, _, err := undoOf(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func doConfirmUndo(v *page.Visit) (page.Result, error) {
	err := v.StepUp(v.Path("id"))
	if err == nil {
		_, err = confirmUndo.Do(v, api.UndoInput{ID: v.Path("id")})
	}
	if err == nil {
		return page.See("/desk/stops/" + v.Path("id") + "?done=undo-confirmed"), nil
	}
	p, data, again := undoOf(v)
	if again != nil {
		return nil, again
	}
	return v.Again(p, &data.Form, err)
}
