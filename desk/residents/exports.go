package residents

import (
	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

func registerExports(k *page.Kit) {
	k.Handle("GET /desk/residents/exports", showExports, listExports, askExport, listCommittees, confirmExport, fetchExport)
	k.Handle("POST /desk/residents/exports", doAskExport, askExport, listExports, listCommittees)
	k.Handle("GET /desk/exports/{id}", showExport, getExport, confirmExport, fetchExport)
	k.Handle("POST /desk/exports/{id}/confirm", doConfirmExport, confirmExport, getExport)
	k.Handle("POST /desk/exports/{id}/file", doFetchExport, fetchExport, getExport)
	k.Says("export-asked", "已申请：要等另一位管理员确认。")
	k.Says("export-confirmed", "已确认：申请人一小时内可以取一次文件。")
}

// exportStates are those of a request, in Chinese.
var exportStates = map[string]string{"waiting": "等另一位管理员确认", "confirmed": "可以取文件", "used": "已取走", "expired": "已过期"}

func exportsCrumbs(more ...page.Crumb) []page.Crumb {
	return append(crumbs(page.Crumb{Label: "导出完整号码", Path: home + "/exports"}), more...)
}

type exportsPage struct {
	page.Form
	Exports    []exportView
	Committees []page.Choice
	MayAsk     bool
}

type exportView struct {
	wire.Export
	Label string
	Tone  string
}

func viewExport(e wire.Export) exportView {
	return exportView{e, exportStates[e.State], map[string]string{"waiting": "wait", "confirmed": "go", "used": "done"}[e.State]}
}

const exportAll = "numbers of all"

func exportsOf(v *page.Visit) (page.Page, *exportsPage, error) {
	all, err := listExports.Do(v, api.Nothing{})
	if err != nil {
		return page.Page{}, nil, err
	}
	data := &exportsPage{Form: v.NewForm(page.Subject(exportAll)), MayAsk: v.May(askExport)}
	for _, e := range all.Items {
		data.Exports = append(data.Exports, viewExport(e))
	}
	data.Committees, err = committeeChoices(v, "全市")
	return page.Page{Title: "导出完整号码", Name: "residents/exports", Nav: home, Crumbs: crumbs(page.Crumb{Label: "导出完整号码"}), Data: data}, data, err
}

func showExports(v *page.Visit) (page.Result, error) {
	p, _, err := exportsOf(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func doAskExport(v *page.Visit) (page.Result, error) {
	err := v.StepUp(exportAll)
	var e wire.Export
	if err == nil {
		e, err = askExport.Do(v, api.Body[wire.AskExport]{Body: wire.AskExport{Committee: v.Form.Get("committee"), Why: v.Form.Get("why")}})
	}
	if err == nil {
		return page.See("/desk/exports/" + e.ID + "?done=export-asked"), nil
	}
	p, data, again := exportsOf(v)
	if again != nil {
		return nil, again
	}
	return v.Again(p, &data.Form, err)
}

type exportPage struct {
	page.Form
	exportView
	MayConfirm, MayFetch bool
	Mine                 bool
}

func exportOf(v *page.Visit) (page.Page, *exportPage, error) {
	e, err := getExport.Do(v, api.ExportInput{ID: v.Path("id")})
	if err != nil {
		return page.Page{}, nil, err
	}
	data := &exportPage{Form: v.NewForm(page.Subject(e.ID)), exportView: viewExport(e), Mine: e.AskedBy == "staff:"+v.Person.ID}
	data.MayConfirm = v.May(confirmExport) && e.State == "waiting" && !data.Mine
	data.MayFetch = v.May(fetchExport) && e.State == "confirmed" && data.Mine
	return page.Page{Title: "导出完整号码：" + data.Label, Name: "residents/export", Nav: home, Crumbs: exportsCrumbs(page.Crumb{Label: "申请"}), Data: data}, data, nil
}

func showExport(v *page.Visit) (page.Result, error) {
	p, _, err := exportOf(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func doConfirmExport(v *page.Visit) (page.Result, error) {
	err := v.StepUp(v.Path("id"))
	if err == nil {
		_, err = confirmExport.Do(v, api.ExportInput{ID: v.Path("id")})
	}
	if err == nil {
		return page.See("/desk/exports/" + v.Path("id") + "?done=export-confirmed"), nil
	}
	return exportAgain(v, err)
}

func doFetchExport(v *page.Visit) (page.Result, error) {
	err := v.StepUp(v.Path("id"))
	var file api.File
	if err == nil {
		file, err = fetchExport.Do(v, api.ExportFileInput{ID: v.Path("id"), Format: v.Form.Get("format")})
	}
	if err == nil {
		return page.Download(file), nil
	}
	return exportAgain(v, err)
}

func exportAgain(v *page.Visit, refused error) (page.Result, error) {
	p, data, err := exportOf(v)
	if err != nil {
		return nil, err
	}
	return v.Again(p, &data.Form, refused)
}
