package content

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
	"towncrier/sheet"
)

func registerTables(k *page.Kit) {
	k.Handle("GET /desk/content/tables", showTables, listFiles, getDraft)
	k.Handle("GET /desk/content/tables/{name}", showHandIn, handIn)
	k.HandleFile("POST /desk/content/tables/{name}", doHandIn, handIn)
	k.Handle("GET /desk/content/tables/{name}/file", downloadNow, getNowTable)
	k.Handle("GET /desk/content/drafts/{id}/tables/{name}", showTable, putTable, getDraft)
	k.HandleFile("POST /desk/content/drafts/{id}/tables/{name}", writeTable, putTable, getDraft, getFile)
	k.Handle("GET /desk/content/drafts/{id}/tables/{name}/file", downloadTable, getTable)
	k.Says("content-table", "表格已写进稿件。现行的内容没有变。")
	k.Says("content-handed-in", "已交上去，等撰稿员核对、审批员发布。")
}

type tablesPage struct {
	Names   []string
	Draft   *wire.ContentDraft
	Writes  bool
	HandsIn bool
}

func showTables(v *page.Visit) (page.Result, error) {
	files, err := whole(func(after string) (wire.Page[wire.ContentFile], error) {
		return listFiles.Do(v, api.ListRevisionFilesInput{Following: api.Following{After: after}, Limit: 200})
	})
	if err != nil {
		return nil, err
	}
	data := tablesPage{Writes: v.May(putTable), HandsIn: v.May(handIn)}
	for _, f := range files {
		if path.Dir(f.Path) == "tables" && path.Ext(f.Path) == ".csv" {
			data.Names = append(data.Names, strings.TrimSuffix(path.Base(f.Path), ".csv"))
		}
	}
	p := page.Page{Title: "查询表", Name: "content/tables", Nav: home, Crumbs: crumbs(), Data: &data}
	if id := v.Query("draft"); id != "" {
		d, err := getDraft.Do(v, api.ContentDraftInput{ID: id})
		if err != nil {
			return nil, err
		}
		data.Draft, p.Crumbs = &d, crumbs(page.Crumb{Label: d.Title, Path: draftPath(d.ID)})
	}
	return v.Show(p)
}

type tablePage struct {
	page.Form
	Name    string
	Draft   *wire.ContentDraft // nil when a committee hands in its rows
	Files   string             // where the table as it is can be fetched
	Written *wire.TableWritten // what a look at the file showed
	Sheet   []sheetRow         // the rows with faults, as they stand in the file
	Columns []string
	Whole   []string // faults of no cell
}

// sheetRow is a row of the file that was handed in. Number is as spreadsheets count.
type sheetRow struct {
	Number int
	Cells  []sheetCell
}

type sheetCell struct{ Text, Fault string }

func handInPage(v *page.Visit) (page.Page, *tablePage) {
	name := v.Path("name")
	data := &tablePage{Form: v.NewForm(), Name: name, Files: home + "/tables/" + name + "/file"}
	return page.Page{Title: "填报 " + name, Name: "content/table", Nav: home, Crumbs: crumbs(page.Crumb{Label: "查询表", Path: home + "/tables"}), Data: data}, data
}

func showHandIn(v *page.Visit) (page.Result, error) {
	p, _ := handInPage(v)
	return v.Show(p)
}

// doHandIn hands in a committee's rows, or shows what would change.
func doHandIn(v *page.Visit) (page.Result, error) {
	file, look, err := upload(v)
	if err == nil {
		var written wire.TableWritten
		written, err = handIn.Do(v, api.HandInTableInput{Uploaded: api.Uploaded{File: bytes.NewReader(file)}, Name: v.Path("name"), Preview: look})
		if err == nil && !look {
			return done(draftPath(written.Draft.ID), "content-handed-in")
		}
		if err == nil {
			p, data := handInPage(v)
			data.Written = &written
			return v.Show(p)
		}
	}
	p, data := handInPage(v)
	return data.again(v, p, file, err)
}

func tableOf(v *page.Visit) (page.Page, *tablePage, error) {
	d, err := getDraft.Do(v, api.ContentDraftInput{ID: v.Path("id")})
	name := v.Path("name")
	data := &tablePage{Form: v.NewForm(), Name: name, Draft: &d, Files: draftPath(d.ID) + "/tables/" + name + "/file"}
	return page.Page{Title: "查询表 " + name, Name: "content/table", Nav: home, Crumbs: crumbs(page.Crumb{Label: d.Title, Path: draftPath(d.ID)}), Data: data}, data, err
}

func showTable(v *page.Visit) (page.Result, error) {
	p, _, err := tableOf(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

// writeTable writes a whole table into a draft, or shows what would change.
func writeTable(v *page.Visit) (page.Result, error) {
	p, data, err := tableOf(v)
	if err != nil {
		return nil, err
	}
	file, look, err := upload(v)
	if err != nil {
		return data.again(v, p, file, err)
	}
	in := api.PutTableInput{Uploaded: api.Uploaded{File: bytes.NewReader(file)}, ID: data.Draft.ID, Name: data.Name, Preview: look}
	now, err := getFile.Do(v, api.ContentFileInput{ID: data.Draft.ID, Path: "tables/" + data.Name + ".csv"})
	if refused, is := errors.AsType[*api.Refusal](err); err != nil && (!is || refused.Status != http.StatusNotFound) {
		return nil, err
	}
	in.Was = now.Digest
	written, err := putTable.Do(v, in)
	switch {
	case err != nil:
		return data.again(v, p, file, err)
	case look:
		data.Written = &written
		return v.Show(p)
	}
	return done(draftPath(data.Draft.ID), "content-table")
}

// upload is the file that a form carries, and whether it is only to be looked at.
func upload(v *page.Visit) (file []byte, look bool, err error) {
	r := v.Request
	r.Body = http.MaxBytesReader(v.Writer(), r.Body, wire.MaxSheet+1<<20)
	if err := r.ParseMultipartForm(wire.MaxSheet + 1<<20); err != nil {
		return nil, false, &page.FieldError{Field: "sheet", Text: fmt.Sprintf("文件没有传完，或者超过%d MiB：请重新选择文件", wire.MaxSheet>>20)}
	}
	defer r.MultipartForm.RemoveAll()
	v.NonceOf(r.PostFormValue("nonce"))
	look = r.PostFormValue("do") == "look"
	part, _, err := r.FormFile("sheet")
	if err != nil {
		return nil, look, &page.FieldError{Field: "sheet", Text: "先选一个文件：XLSX 或 CSV"}
	}
	defer part.Close()
	if file, err = io.ReadAll(part); err == nil && len(file) == 0 {
		err = &page.FieldError{Field: "sheet", Text: "文件是空的：请选有内容的 XLSX 或 CSV"}
	}
	return file, look, err
}

// again shows the page with the faults of a file where they stand in it.
func (data *tablePage) again(v *page.Visit, p page.Page, file []byte, err error) (page.Result, error) {
	p.Fields = map[string]string{"body": "sheet"}
	refused, is := errors.AsType[*api.Refusal](err)
	if !is || refused.Name() != "cells" {
		return v.Again(p, &data.Form, err)
	}
	faults := map[int]map[int]string{}
	for _, fault := range refused.Errors {
		cell, text, _ := strings.Cut(fault.Message, "：")
		column, row, ok := cellNamed(strings.TrimPrefix(fault.Location, "body."))
		if !ok {
			data.Whole = append(data.Whole, fault.Message)
			continue
		}
		if faults[row] == nil {
			faults[row] = map[int]string{}
		}
		faults[row][column] = cell + "：" + text
	}
	data.show(v.Context(), file, faults)
	refused = &api.Refusal{Problem: refused.Problem, RetryAfter: refused.RetryAfter}
	refused.Errors = []wire.Fault{{Location: "body", Message: refused.Detail}}
	return v.Again(p, &data.Form, refused)
}

// show reads the rows with faults again, to show them as they stand in the file.
func (data *tablePage) show(ctx context.Context, file []byte, faults map[int]map[int]string) {
	s, err := sheet.Read(ctx, bytes.NewReader(file), int64(len(file)), "")
	if err != nil {
		return // the faults were found in it; what they are is said anyway
	}
	defer s.Close()
	width := 0
	for row, err := range s.Rows() {
		if err != nil {
			break
		}
		if faults[row.Number] == nil && row.Number != 1 {
			continue
		}
		width = max(width, len(row.Cells))
		for column := range faults[row.Number] {
			width = max(width, column+1)
		}
		out := sheetRow{Number: row.Number}
		for column := range width {
			out.Cells = append(out.Cells, sheetCell{row.Cell(column), faults[row.Number][column]})
		}
		data.Sheet = append(data.Sheet, out)
	}
	for column := range width {
		data.Columns = append(data.Columns, columnName(column))
	}
	for i := range data.Sheet {
		for len(data.Sheet[i].Cells) < width {
			data.Sheet[i].Cells = append(data.Sheet[i].Cells, sheetCell{})
		}
	}
}

// cellNamed is where a cell stands, such as B7: its column from 0, its row from 1.
func cellNamed(name string) (column, row int, ok bool) {
	letters := strings.TrimRight(name, "0123456789")
	row, err := strconv.Atoi(name[len(letters):])
	if err != nil || letters == "" {
		return 0, 0, false
	}
	for _, letter := range letters {
		if letter < 'A' || letter > 'Z' {
			return 0, 0, false
		}
		column = column*26 + int(letter-'A') + 1
	}
	return column - 1, row, true
}

// columnName is a column as spreadsheets name it.
func columnName(column int) (name string) {
	for column++; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

func downloadNow(v *page.Visit) (page.Result, error) {
	f, err := getNowTable.Do(v, api.RevisionTableInput{Name: v.Path("name"), Format: v.Query("format")})
	if err != nil {
		return nil, err
	}
	return page.Download(f), nil
}

func downloadTable(v *page.Visit) (page.Result, error) {
	f, err := getTable.Do(v, api.DraftTableInput{ID: v.Path("id"), Name: v.Path("name"), Format: v.Query("format")})
	if err != nil {
		return nil, err
	}
	return page.Download(f), nil
}
