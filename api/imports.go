package api

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/imports"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/sheet"
	"towncrier/staff"
)

// importHandler has the files of residents and committees that people upload. People see their own; an admin lists and deletes everybody's.
//
// A committee imports its own residents: a row of another committee is a fault. Numbers that it could not add by hand are skipped: another
// committee's resident has them, or somebody wants no texts there. How many were skipped is told at the end, which says as much about numbers as
// searches do. So each of them counts as one of the thirty searches an hour, and is recorded. With more of them than searches are left
// nothing is imported; the refusal says something, too, and costs one search.
type importHandler struct {
	imports  *imports.Service
	staff    *staff.Service
	searches searches
	access   accessLog
}

func (h importHandler) register(g *gate) {
	const write = staff.WriteResidents // those of committees ask for committees.write besides
	add(g, post("/imports", "upload-import", "Upload a file of residents or committees to be judged, XLSX or CSV", write).
		labelled("query.kind", labelOf[imports.Kind]).uploads(), h.upload)
	add(g, get("/imports", "list-imports", "List your imports, or everybody's as an admin, newest first", write).labelled("query.whose", whoseLabel), h.list)
	add(g, get("/imports/{id}", "get-import", "Show an import, its progress and what it did", write).impersonal(), h.get)
	add(g, get("/imports/{id}/faults", "list-import-faults", "List what is wrong with an import's file, by row and column", write), h.faults)
	add(g, get("/imports/{id}/rows", "list-import-rows", "List an import's bad rows, cell by cell, numbers masked", write), h.rows)
	add(g, patch("/imports/{id}/rows", "mend-import", "Correct cells of bad rows, and have the file judged again", write), h.mend)
	add(g, get("/imports/{id}/bad-rows", "get-import-bad-rows", "Download an import's bad rows, to be mended and uploaded again", write).streams(), h.badRows)
	add(g, post("/imports/{id}/start", "start-import", "Write an import's rows", write).labelled("body.rows", rowsLabel), h.start)
	add(g, del("/imports/{id}", "delete-import", "Stop and forget an import of yours, or anybody's as an admin; what is written stays", write), h.remove)
}

// rowsLabel is which rows are imported, in Chinese.
func rowsLabel(rows string) string {
	return map[string]string{"all": "全部", "good": "没有问题的"}[rows]
}

// whoseLabel is whose imports are listed, in Chinese.
func whoseLabel(whose string) string {
	return map[string]string{"own": "自己", "all": "全部"}[whose]
}

type UploadImportInput struct {
	Uploaded
	Kind      string `query:"kind" required:"true" enum:"residents,committees"`
	Name      string `query:"name" maxLength:"200" doc:"Of the file, to tell imports apart"`
	Committee string `query:"committee" maxLength:"64" doc:"Code or name, of all residents in a file without such a column"`
	Basis     string `query:"basis" maxLength:"32" doc:"同意, 法定职责 or 应急, of all residents in a file without such a column"`
	Date      string `query:"date" maxLength:"32" doc:"Since when the basis holds, of all residents in a file without such a column"`
}

func (h importHandler) upload(ctx context.Context, caller staff.Person, in *UploadImportInput) (*made[wire.Import], error) {
	u := imports.Upload{
		Kind: imports.Kind(in.Kind), Name: in.Name[strings.LastIndexAny(in.Name, `/\`)+1:], By: caller.ID, Origin: infoOf(ctx).origin,
		Whole: roster.WholeSheet{Own: ownCommittee(caller), Committee: in.Committee, Basis: in.Basis, Date: in.Date},
	}
	switch {
	case strings.ContainsFunc(u.Name, unicode.IsControl):
		return nil, invalid("query.name", "里面有看不见的控制字符，请给文件改名")
	case phone.In(u.Name): // it is listed, for admins too
		return nil, invalid("query.name", phone.Unfit)
	case !mayImport(caller, u):
		return nil, refuse(http.StatusForbidden, "right", "您的角色不能登记居委会：请由管理员导入")
	case u.Kind == imports.Committees && in.Committee+in.Basis+in.Date != "":
		return nil, invalid("query.committee", "居委会的表不能为整张表指定居委会、依据或日期：请去掉")
	}
	i, isNew, err := h.imports.Take(ctx, u, in.File)
	if err != nil {
		return nil, err
	}
	status := http.StatusOK
	if isNew {
		status = http.StatusCreated
	}
	return &made[wire.Import]{Status: status, Location: wire.Prefix + "/imports/" + i.ID, Body: viewImport(i)}, nil
}

// ownCommittee is the only committee of whose residents the caller may import; "" for any.
func ownCommittee(caller staff.Person) string {
	if !caller.Role.NeedsOwnCommittee() {
		return ""
	}
	return cmp.Or(caller.Committee, " ") // no committee's code has a blank
}

// mayImport says whether the caller may do what was uploaded: they may have another role or committee since.
func mayImport(caller staff.Person, u imports.Upload) bool {
	return u.Whole.Own == ownCommittee(caller) && (u.Kind != imports.Committees || caller.Role.May(staff.WriteCommittees))
}

// ImportAllowed says whether a person may still do what they uploaded: they may be disabled since, or have another role or committee.
func ImportAllowed(people *staff.Service) func(ctx context.Context, u imports.Upload) (bool, error) {
	return func(ctx context.Context, u imports.Upload) (bool, error) {
		p, err := people.Get(ctx, u.By)
		if err != nil {
			return false, err
		}
		return p.DisabledAt.IsZero() && p.Role.May(staff.WriteResidents) && mayImport(p, u), nil
	}
}

type ListImportsInput struct {
	Whose string `query:"whose" enum:"own,all" default:"own" doc:"all for admins: everybody's on this server, to see and to delete"`
}

func (h importHandler) list(ctx context.Context, caller staff.Person, in *ListImportsInput) (*reply[wire.Page[wire.Import]], error) {
	by := caller.ID
	if in.Whose == "all" {
		if !caller.Role.May(staff.ManageStaff) {
			return nil, refuse(http.StatusForbidden, "right", "您的角色只能查看自己的导入：请去掉 whose=all")
		}
		by = ""
	}
	names := map[string]string{}
	people, _ := h.staff.List(ctx) // names are left out when they cannot be looked up now
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return listed(func(i imports.Import) wire.Import {
		v := viewImport(i)
		v.ByName = names[i.By]
		return v
	})(h.imports.List(by), nil)
}

type ImportInput struct {
	ID string `path:"id" maxLength:"32"`
}

func (h importHandler) get(_ context.Context, caller staff.Person, in *ImportInput) (*reply[wire.Import], error) {
	return shown(viewImport)(h.imports.Find(caller.ID, in.ID))
}

type ImportFaultsInput struct {
	Following
	ID    string `path:"id" maxLength:"32"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
	Kind  string `query:"kind" maxLength:"32" doc:"Only faults of this kind, as fault_kinds names it"`
}

func (h importHandler) faults(_ context.Context, caller staff.Person, in *ImportFaultsInput) (*reply[wire.Page[wire.ImportFault]], error) {
	all, next, err := h.imports.Faults(caller.ID, in.ID, in.Kind, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	view := func(p roster.RowProblem) wire.ImportFault { return wire.ImportFault(p) }
	return &reply[wire.Page[wire.ImportFault]]{wire.Page[wire.ImportFault]{Items: each(all, view), Next: next}}, nil
}

type ImportRowsInput struct {
	Following
	ID    string `path:"id" maxLength:"32"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Kind  string `query:"kind" maxLength:"32" doc:"Only rows with a fault of this kind, as fault_kinds names it"`
}

func (h importHandler) rows(ctx context.Context, caller staff.Person, in *ImportRowsInput) (*reply[wire.Page[wire.ImportRow]], error) {
	heading, rows, next, err := h.imports.Rows(caller.ID, in.ID, in.Kind, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	if err := h.access.record(ctx, caller, "import.rows", in.ID, fmt.Sprintf("rows=%d", len(rows))); err != nil {
		return nil, err
	}
	view := func(r roster.BadRow) wire.ImportRow { return viewBadRow(heading, r) }
	return &reply[wire.Page[wire.ImportRow]]{wire.Page[wire.ImportRow]{Items: each(rows, view), Next: next}}, nil
}

func viewBadRow(heading roster.BadHeading, r roster.BadRow) wire.ImportRow {
	faults := map[string][]wire.ImportCellFault{} // by cell
	last := len(r.Cells)
	for _, p := range r.Problems {
		faults[p.Cell] = append(faults[p.Cell], wire.ImportCellFault{Kind: p.Kind, Text: p.Text})
		if column, _, ok := roster.ParseCell(p.Cell); ok {
			last = max(last, column+1)
		}
	}
	v := wire.ImportRow{Row: r.Number, Note: r.Note, Cells: []wire.ImportCell{}, Faults: append([]wire.ImportCellFault{}, faults[""]...)}
	for column := range last {
		cell := wire.ImportCell{Cell: fmt.Sprint(roster.ColumnName(column), r.Number)}
		if column < len(heading.Headings) {
			cell.Column = heading.Headings[column]
		}
		if column < len(r.Cells) {
			cell.Text = phone.Hide(r.Cells[column], column == heading.Phone)
			cell.Masked = cell.Text != r.Cells[column]
		}
		if cell.Faults = append([]wire.ImportCellFault{}, faults[cell.Cell]...); cell.Text != "" || len(cell.Faults) > 0 {
			v.Cells = append(v.Cells, cell)
		}
	}
	return v
}

type MendImportInput struct {
	ID   string `path:"id" maxLength:"32"`
	Body wire.MendImport
}

func (h importHandler) mend(ctx context.Context, caller staff.Person, in *MendImportInput) (*reply[wire.Import], error) {
	var corrections []imports.Correction
	for i, c := range in.Body.Cells {
		column, row, ok := roster.ParseCell(c.Cell)
		if !ok {
			return nil, invalid(fmt.Sprintf("body.cells[%d].cell", i), "应为表里的单元格，例如 B7")
		}
		corrections = append(corrections, imports.Correction{Row: row, Column: column, Text: c.Text})
	}
	for _, row := range in.Body.LeaveOut {
		corrections = append(corrections, imports.Correction{Row: row, Column: -1})
	}
	if len(corrections) == 0 {
		return nil, invalid("body.cells", "没有要改正的内容：请填写正确的内容，或者选择不导入的行")
	}
	return shown(viewImport)(h.imports.Mend(ctx, caller.ID, in.ID, corrections))
}

type ImportBadRowsInput struct {
	ID     string `path:"id" maxLength:"32"`
	Format string `query:"format" enum:"csv,xlsx" default:"csv"`
}

func (h importHandler) badRows(ctx context.Context, caller staff.Person, in *ImportBadRowsInput) (*streamed, error) {
	i, err := h.imports.Find(caller.ID, in.ID)
	if err != nil {
		return nil, err
	}
	write, err := h.imports.BadRows(caller.ID, in.ID, in.Format)
	if err != nil {
		return nil, err
	}
	if err := h.access.record(ctx, caller, "import.bad-rows", in.ID, fmt.Sprintf("rows=%d", i.Bad)); err != nil {
		return nil, err
	}
	return streamFile(i.Name+".problems."+in.Format, sheet.ContentType(in.Format), write), nil
}

type StartImportInput struct {
	ID   string `path:"id" maxLength:"32"`
	Body wire.StartImport
}

func (h importHandler) start(ctx context.Context, caller staff.Person, in *StartImportInput) (*reply[wire.Import], error) {
	if i, err := h.imports.Find(caller.ID, in.ID); err == nil && !mayImport(caller, i.Upload) {
		return nil, imports.ErrNoImport
	}
	return shown(viewImport)(h.imports.Start(caller.ID, in.ID, in.Body.Rows == "all", func(held int) error { return h.countHeld(ctx, caller, held) }))
}

// countHeld counts the numbers that a committee's import would pass over, as searches.
func (h importHandler) countHeld(ctx context.Context, caller staff.Person, held int) error {
	if !caller.Role.NeedsOwnCommittee() {
		return nil
	}
	if err := h.searches.take(ctx, caller.ID); err != nil {
		return err
	}
	if held == 0 {
		h.searches.giveBack(ctx, caller.ID)
		return nil
	}
	wait, err := h.searches.wait(ctx, caller.ID, held-1)
	if err != nil {
		return err
	}
	if wait > 0 {
		if err := h.access.record(ctx, caller, "resident.search", "", "numbers held in an import: more than searches are left"); err != nil {
			return err
		}
		return refuse(http.StatusConflict, "held", "名单里不能由本居委会导入的号码过多（属于其他居委会，或本人已要求不再接收）：请把名单交给管理员导入")
	}
	return h.access.record(ctx, caller, "resident.search", "", fmt.Sprintf("numbers held in an import: %d", held))
}

func (h importHandler) remove(ctx context.Context, caller staff.Person, in *ImportInput) (*Nothing, error) {
	by := caller.ID
	if caller.Role.May(staff.ManageStaff) {
		by = "" // an admin stops what others began
	}
	return nil, h.imports.Remove(ctx, audit.Staff(caller.ID), by, in.ID)
}

func viewImport(i imports.Import) wire.Import {
	v := wire.Import{
		ID: i.ID, Kind: string(i.Kind), Name: i.Name, State: string(i.State), StateLabel: i.State.Label(), Ahead: i.Ahead,
		By: i.By, UploadedAt: i.At, EndsAt: i.Ends(), Problem: i.Problem,
		Committee: i.Whole.Committee, Basis: i.Whole.Basis, Date: i.Whole.Date,
		Read: i.Read, Format: i.Format, Notes: append([]string{}, i.Notes...), Headings: append([]string{}, i.Headings...), UnknownColumns: append([]string{}, i.Unknown...),
		Places: each(i.Places, func(p roster.UnknownPlace) wire.UnknownPlace {
			return wire.UnknownPlace{Committee: p.Committee.Code, CommitteeName: p.Committee.Name, Community: p.Community, Rows: p.Rows}
		}),
		PlacesMore: i.PlacesMore, Rows: i.Rows, Good: i.Good(), Bad: i.Bad, Repeated: i.Repeated, Faults: i.Faults, FaultsListed: i.Listed, FaultKinds: []wire.ImportFaultSum{},
		Mended: i.Mended, Resumed: i.Resumed, Written: i.Written,
	}
	for _, kind := range slices.Sorted(maps.Keys(i.Kinds)) {
		v.FaultKinds = append(v.FaultKinds, wire.ImportFaultSum{Kind: kind, N: i.Kinds[kind]})
	}
	if i.Kind == imports.Committees && i.Format != "" {
		v.Planned = viewCounts(i.Planned)
	}
	switch i.State {
	case imports.Starting, imports.Importing, imports.Done:
		if v.Chosen = "good"; i.All {
			v.Chosen = "all"
		}
	}
	if i.State == imports.Done {
		v.Counts = viewCounts(i.Counts)
	}
	return v
}

func viewCounts(c roster.ImportCounts) *wire.ImportCounts {
	return &wire.ImportCounts{Added: c.Added, Changed: c.Changed, Unchanged: c.Unchanged, Erased: c.Erased, Held: c.Held, Stopped: c.Stopped}
}
