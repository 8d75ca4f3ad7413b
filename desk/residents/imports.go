package residents

import (
	"context"
	"fmt"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

func registerImports(k *page.Kit) {
	k.Handle("GET /desk/residents/import", askFile, upload, listImports, listCommittees, putCommittee)
	k.HandleFile("POST /desk/residents/import", takeFile, upload, listImports, getImport, listCommittees, putCommittee)
	k.Handle("GET /desk/imports/{id}", showImport, getImport, listRows, start, mend)
	k.Watch("GET /desk/imports/{id}/progress", showProgress, getImport)
	k.Handle("POST /desk/imports/{id}/mend", doMend, mend, getImport, listRows, start)
	k.Handle("POST /desk/imports/{id}/start", doStart, start, getImport, listRows, mend)
	k.Handle("GET /desk/imports/{id}/bad-rows", fetchBadRows, badRows)
	k.Handle("GET /desk/imports/{id}/delete", askDropImport, dropImport, getImport, listImports)
	k.Handle("POST /desk/imports/{id}/delete", doDropImport, dropImport)
	k.Says("import-deleted", "已删除：这个文件和检查的结果不再保存。已经导入的居民还在。")
	k.Says("import-mended", "已改正，整个文件重新检查过。")
}

// importPage is one file.
type importPage struct {
	page.Form
	wire.Import
	Working    bool // something happens by itself
	Tabs       page.Tabs
	Columns    []column
	Lines      []badRow
	OfKind     string // of faults, that are shown; "" for all
	Pager      page.Pager
	Nothing    bool // what was imported was there already
	Start      page.Form
	Full       bool // more faults than are listed
	Committees bool
}

func importPath(id string) string { return "/desk/imports/" + id }

func showImport(v *page.Visit) (page.Result, error) {
	i, err := getImport.Do(v, api.ImportInput{ID: v.Path("id")})
	if err != nil {
		return nil, err
	}
	p, err := importOf(v, i)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func importOf(v *page.Visit, i wire.Import) (page.Page, error) {
	data := &importPage{Form: v.NewForm(), Start: v.NewForm(), Import: i, Working: working(i), OfKind: v.Query("kind"), Committees: i.Kind == "committees"}
	if i.Counts != nil {
		data.Nothing = i.Counts.Added+i.Counts.Changed == 0 && i.Counts.Unchanged > 0
	}
	data.Full = i.FaultsListed < i.Faults
	if i.State == "judged" && i.Bad > 0 {
		if err := data.readRows(v); err != nil {
			return page.Page{}, err
		}
	}
	return page.Page{Title: titleOf(i), Name: "residents/import", Nav: navOf(i.Kind), Crumbs: crumbsOf(i.Kind, i.Name), Data: data}, nil
}

func titleOf(i wire.Import) string {
	name := i.Name
	if name == "" {
		name = "没有名字的文件"
	}
	return fmt.Sprintf("%s：%s", name, i.StateLabel)
}

func navOf(kind string) string {
	if kind == "committees" {
		return committeesHome
	}
	return home
}

func crumbsOf(kind, name string) []page.Crumb {
	if kind == "committees" {
		return []page.Crumb{{Label: "社区", Path: committeesHome}, {Label: "导入", Path: importHome + "?kind=committees"}, {Label: name}}
	}
	return crumbs(page.Crumb{Label: "导入", Path: importHome}, page.Crumb{Label: name})
}

// working says that an import goes on without anybody.
func working(i wire.Import) bool {
	switch i.State {
	case "queued", "judging", "starting", "importing":
		return true
	}
	return false
}

// showProgress is the part of the page that changes while an import goes on.
func showProgress(v *page.Visit) (page.Result, error) {
	i, err := getImport.Do(v, api.ImportInput{ID: v.Path("id")})
	if err != nil {
		return nil, err
	}
	return v.Partial("residents/import", "progress", importPage{Import: i, Working: working(i)})
}

// settled waits a moment for an import: most files are small, and their page is whole at once then.
func settled(v *page.Visit, i wire.Import) {
	ctx, cancel := context.WithTimeout(v.Context(), 1500*time.Millisecond)
	defer cancel()
	for working(i) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
		now, err := getImport.Do(v, api.ImportInput{ID: i.ID})
		if err != nil {
			return
		}
		i = now
	}
}

func doStart(v *page.Visit) (page.Result, error) {
	in := api.StartImportInput{ID: v.Path("id"), Body: wire.StartImport{Rows: v.Form.Get("rows")}}
	i, err := start.Do(v, in)
	if err != nil {
		return refusedImport(v, err)
	}
	settled(v, i)
	return page.See(importPath(i.ID)), nil
}

// refusedImport shows an import with why something of it was not done.
func refusedImport(v *page.Visit, refused error) (page.Result, error) {
	i, err := getImport.Do(v, api.ImportInput{ID: v.Path("id")})
	if err != nil {
		return nil, err
	}
	p, err := importOf(v, i)
	if err != nil {
		return nil, err
	}
	data := p.Data.(*importPage)
	p.Fields = data.fieldsOf(v.Form)
	return v.Again(p, &data.Form, refused)
}

func fetchBadRows(v *page.Visit) (page.Result, error) {
	file, err := badRows.Do(v, api.ImportBadRowsInput{ID: v.Path("id"), Format: v.Query("format")})
	if err != nil {
		return nil, err
	}
	return page.Download(file), nil
}

type dropImportPage struct {
	page.Form
	wire.Import
	Back string
}

func askDropImport(v *page.Visit) (page.Result, error) {
	data := dropImportPage{Form: v.NewForm(), Back: importPath(v.Path("id"))}
	i, err := getImport.Do(v, api.ImportInput{ID: v.Path("id")})
	if err != nil { // an admin may delete what others handed in, though not look into it
		data.Back = importHome + "?whose=all"
		if i, err = othersImport(v, v.Path("id"), err); err != nil {
			return nil, err
		}
	}
	data.Import = i
	return v.Show(page.Page{Title: "删除这次导入？", Name: "residents/import-delete", Nav: navOf(i.Kind), Crumbs: crumbsOf(i.Kind, i.Name), Data: data})
}

// othersImport is anybody's import; the error is none for who may see no others', and when there is none.
func othersImport(v *page.Visit, id string, none error) (wire.Import, error) {
	all, err := listImports.Do(v, api.ListImportsInput{Whose: "all"})
	if err != nil {
		return wire.Import{}, none
	}
	for _, i := range all.Items {
		if i.ID == id {
			return i, nil
		}
	}
	return wire.Import{}, none
}

func doDropImport(v *page.Visit) (page.Result, error) {
	if _, err := dropImport.Do(v, api.ImportInput{ID: v.Path("id")}); err != nil {
		return nil, err
	}
	return page.See(importHome + "?done=import-deleted"), nil
}
