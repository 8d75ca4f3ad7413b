package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"towncrier/api/wire"
	"towncrier/content"
	"towncrier/lookup"
	"towncrier/problem"
	"towncrier/revision"
	"towncrier/roster"
	"towncrier/sheet"
	"towncrier/staff"
	"towncrier/tables"
)

// mostShown is how many rows or cells of what changes are listed.
const mostShown = 200

// contentTableHandler has look-up tables as spreadsheets. Authors write whole tables into drafts. A committee hands in its own rows, gets its
// own rows, and its drafts hold nothing else of its.
type contentTableHandler struct {
	drafts contentDraftHandler
	roster *roster.Roster
}

func (h contentTableHandler) register(g *gate) {
	add(g, get("/content/drafts/{id}/tables/{name}", "get-content-table", "Download a look-up table as a draft has it, XLSX or CSV", staff.ReadContent).streams(), h.ofDraft)
	add(g, put("/content/drafts/{id}/tables/{name}", "put-content-table", "Write a look-up table of a draft, all of its rows, from XLSX or CSV", staff.WriteContent).uploads(), h.put)
	add(g, get("/content/revisions/{number}/tables/{name}", "get-revision-table", "Download a look-up table of a revision, XLSX or CSV", staff.ReadContent).streams(), h.ofRevision)
	add(g, put("/content/tables/{name}", "hand-in-content-table", "Hand in your committee's rows of a look-up table, all of them, from XLSX or CSV: they become a draft", staff.WriteRows).
		uploads(), h.handIn)
}

type PutTableInput struct {
	Uploaded
	ID      string `path:"id" pattern:"^D[1-9][0-9]{0,17}$" patternDescription:"D and a number"`
	Name    string `path:"name" maxLength:"64" doc:"The table's id, or what the city calls it"`
	Was     string `query:"was" maxLength:"64" doc:"Digest of the table's file that was looked at; absent for a table that was not there"`
	Preview bool   `query:"preview" doc:"Only show what would change"`
}

func (h contentTableHandler) put(ctx context.Context, caller staff.Person, in *PutTableInput) (*reply[wire.TableWritten], error) {
	file, err := readSheet(ctx, in.File)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	d, base, err := h.drafts.revisions.DraftOn(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	t, err := h.table(ctx, base.With(d.Changes), in.Name)
	if err != nil {
		return nil, err
	}
	next, err := t.Read(file)
	if err != nil {
		return nil, sheetProblem(err)
	}
	out := viewTable(t, next, file.Notes)
	if in.Preview {
		return &reply[wire.TableWritten]{out}, nil
	}
	d, err = h.drafts.revisions.Put(ctx, caller.ID, in.ID, content.TablePath(t.ID), next.Format(), revision.Digest(in.Was))
	return h.written(ctx, out, d, err)
}

type HandInTableInput struct {
	Uploaded
	Name    string `path:"name" maxLength:"64" doc:"The table's id, or what the city calls it"`
	Preview bool   `query:"preview" doc:"Only show what would change"`
}

func (h contentTableHandler) handIn(ctx context.Context, caller staff.Person, in *HandInTableInput) (*reply[wire.TableWritten], error) {
	own := ownCommittee(caller)
	committee, err := h.roster.Committee(ctx, own)
	if err != nil {
		return nil, err
	}
	file, err := readSheet(ctx, in.File)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	_, folder, err := h.drafts.revisions.Head(ctx)
	if err != nil {
		return nil, err
	}
	t, err := h.table(ctx, folder, in.Name)
	if err != nil {
		return nil, err
	}
	if t.Present == nil && len(t.City.TableNamed(t.ID).Columns) == 0 {
		return nil, noTable(folder) // a new one is an author's
	}
	t.Own = own
	var out wire.TableWritten
	d, err := h.drafts.revisions.HandIn(ctx, caller.ID, revision.Rows{
		Committee: own, Title: rowsTitle(committee, t), Path: content.TablePath(t.ID), Try: in.Preview,
		Own: func(there revision.Folder) (names []string) {
			now := t
			now.Present = presentTable(there, t.ID)
			return each(now.Owned(own), func(r content.Row) string { return r.Values["name"] })
		},
		Write: func(there revision.Folder) ([]byte, error) {
			into := t
			into.Present = presentTable(there, t.ID)
			next, err := into.Read(file)
			if err != nil {
				return nil, sheetProblem(err)
			}
			out = viewTable(into, next, file.Notes)
			return next.Format(), nil
		},
	})
	if err == nil && in.Preview {
		return &reply[wire.TableWritten]{out}, nil
	}
	return h.written(ctx, out, d, err)
}

// rowsTitle fits into a draft's title.
func rowsTitle(c roster.Committee, t tables.Table) string {
	name := []rune(t.City.TableNamed(t.ID).Name)
	who := []rune(c.Name)
	return string(who[:min(len(who), 30)]) + "填报：" + string(name[:min(len(name), 25)])
}

// written answers with what was written into a draft.
func (h contentTableHandler) written(ctx context.Context, out wire.TableWritten, d revision.Draft, err error) (*reply[wire.TableWritten], error) {
	shown, err := h.drafts.show(ctx, d, err)
	if err != nil {
		return nil, err
	}
	out.Draft = &shown.Body
	return &reply[wire.TableWritten]{out}, nil
}

// table is one of a folder, by its id or its name.
func (h contentTableHandler) table(ctx context.Context, folder revision.Folder, said string) (tables.Table, error) {
	committees, err := h.roster.Committees(ctx)
	if err != nil {
		return tables.Table{}, err
	}
	city := content.ReadCity(folder.FS())
	t := tables.Table{City: city, ID: said, Committees: committees}
	if i := slices.IndexFunc(city.Tables, func(f content.TableForm) bool { return f.Name == said }); i >= 0 {
		t.ID = city.Tables[i].ID
	}
	if revision.CheckPath(content.TablePath(t.ID)) != nil {
		return t, invalid("path.name", "没有这张表：应为表的编号或名称，如 renovation")
	}
	t.Present = presentTable(folder, t.ID)
	return t, nil
}

// noTable is for a table that a folder does not have: it says which it has.
func noTable(folder revision.Folder) error {
	city := content.ReadCity(folder.FS())
	var names []string
	for _, file := range folder.Paths() {
		if content.IsTable(file) {
			form := city.TableNamed(strings.TrimSuffix(path.Base(file), ".csv"))
			names = append(names, lookup.Named{Code: form.ID, Name: form.Name}.String())
		}
	}
	if names == nil {
		return problem.NotFound("没有这张表：现在一张表也没有")
	}
	return problem.NotFound("没有这张表：请核对编号或名称，现有" + strings.Join(names, "、"))
}

// presentTable is a folder's table; what of it can be read, when there are faults in it, and nil when there is none.
func presentTable(folder revision.Folder, id string) *content.Table {
	text, ok := folder[content.TablePath(id)]
	if !ok {
		return nil
	}
	t, _ := content.ReadTable(content.TablePath(id), text)
	return t
}

// readSheet reads an uploaded spreadsheet, which is held in memory.
func readSheet(ctx context.Context, from io.Reader) (*sheet.File, error) {
	text, err := io.ReadAll(io.LimitReader(from, wire.MaxSheet+1))
	if err != nil {
		return nil, err
	}
	if len(text) > wire.MaxSheet {
		return nil, invalid("body", fmt.Sprintf("文件超过%d MiB：请删去图片、别的工作表和答复用不到的列，或者另存为 CSV", wire.MaxSheet>>20))
	}
	file, err := sheet.Read(ctx, bytes.NewReader(text), int64(len(text)), "")
	if err != nil {
		return nil, sheetProblem(err)
	}
	if len(file.Hidden) > 0 { // rows that a filter hides would go
		return nil, errors.Join(invalid("body", strings.Join(file.Hidden, "；")), file.Close())
	}
	return file, nil
}

// sheetProblem is why a spreadsheet is refused: cell by cell, or as a whole.
func sheetProblem(err error) error {
	faults, ok := errors.AsType[*tables.Faults](err)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case !ok:
		return invalid("body", err.Error())
	}
	out := refuse(http.StatusUnprocessableEntity, "cells", fmt.Sprintf("表格里有%d处问题，请按单元格修改后再上传；什么都没有改动", len(faults.First)+faults.More))
	for _, f := range faults.First {
		if f.Cell == "" {
			out.Errors = append(out.Errors, faultAt("body", f.Text))
		} else {
			out.Errors = append(out.Errors, faultAt("body."+f.Cell, f.Cell+"："+f.Text))
		}
	}
	if faults.More > 0 {
		out.Errors = append(out.Errors, faultAt("body", fmt.Sprintf("还有%d处没有列出：改好上面这些再上传，就会列出", faults.More)))
	}
	return out
}

func viewTable(t tables.Table, next *content.Table, notes []string) wire.TableWritten {
	c := t.Present.Changes(next)
	name := func(r content.Row) string { return r.Values["name"] }
	out := wire.TableWritten{
		Table: t.ID, Name: t.City.TableNamed(t.ID).Name, Digest: string(revision.DigestOf(next.Format())), Rows: len(next.Rows),
		Added: each(c.Added[:min(len(c.Added), mostShown)], name), Removed: each(c.Removed[:min(len(c.Removed), mostShown)], name), Changed: []wire.TableChange{},
		Counts: wire.TableCounts{Added: len(c.Added), Removed: len(c.Removed), Changed: len(c.Changed)}, Notes: append([]string{}, notes...),
	}
	columns := t.City.TableColumns(t.ID, next)
	for _, pair := range c.Changed {
		for _, column := range columns {
			before, after := pair[0].Values[column.ID], pair[1].Values[column.ID]
			if before != after && len(out.Changed) < mostShown {
				out.Changed = append(out.Changed, wire.TableChange{Row: name(pair[1]), Column: column.Name, Before: before, After: after})
			}
		}
	}
	return out
}

type DraftTableInput struct {
	ID     string `path:"id" pattern:"^D[1-9][0-9]{0,17}$" patternDescription:"D and a number"`
	Name   string `path:"name" maxLength:"64" doc:"The table's id, or what the city calls it"`
	Format string `query:"format" enum:"csv,xlsx" default:"csv"`
}

func (h contentTableHandler) ofDraft(ctx context.Context, caller staff.Person, in *DraftTableInput) (*streamed, error) {
	d, base, err := h.drafts.seen(ctx, caller, in.ID)
	if err != nil {
		return nil, err
	}
	return h.download(ctx, caller, base.With(d.Changes), in.Name, in.Format)
}

type RevisionTableInput struct {
	Number int    `path:"number" minimum:"0" doc:"0 for what is in force"`
	Name   string `path:"name" maxLength:"64" doc:"The table's id, or what the city calls it"`
	Format string `query:"format" enum:"csv,xlsx" default:"csv"`
}

func (h contentTableHandler) ofRevision(ctx context.Context, caller staff.Person, in *RevisionTableInput) (*streamed, error) {
	_, folder, err := revisionAt(ctx, h.drafts.revisions, in.Number)
	if err != nil {
		return nil, err
	}
	return h.download(ctx, caller, folder, in.Name, in.Format)
}

// download answers with a table under the headings that officials know; what it writes can be handed in again. To a committee it is its own rows.
func (h contentTableHandler) download(ctx context.Context, caller staff.Person, folder revision.Folder, said, format string) (*streamed, error) {
	t, err := h.table(ctx, folder, said)
	if err != nil {
		return nil, err
	}
	if t.Present == nil {
		return nil, noTable(folder)
	}
	rows := t.Present.Rows
	if own := ownCommittee(caller); own != "" {
		rows = t.Owned(own)
	}
	columns := t.City.TableColumns(t.ID, t.Present)
	ids := each(columns, func(c content.Column) string { return c.ID })
	return tableFile(t.ID, format, func(yield func([]string, error) bool) {
		if !yield(each(columns, func(c content.Column) string { return c.Name }), nil) {
			return
		}
		for _, row := range rows {
			if !yield(row.In(ids), nil) {
				return
			}
		}
	}), nil
}
