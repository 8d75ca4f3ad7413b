// Package residents has the desk's pages of residents: who they are and on what basis they are reached, files of them that people hand in, the
// committees that keep them, and what only two admins do: numbers in full, and forged stops undone.
package residents

import (
	"embed"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

//go:embed *.html
var templates embed.FS

const (
	home           = "/desk/residents"
	importHome     = "/desk/residents/import"
	committeesHome = "/desk/committees"
)

var (
	listResidents = page.NewAct[api.ListResidentsInput, wire.Page[wire.Resident]]("list-residents")
	exportCSV     = page.NewAct[api.ExportResidentsInput, api.File]("export-residents-csv")
	exportXLSX    = page.NewAct[api.ExportResidentsInput, api.File]("export-residents-xlsx")
	search        = page.NewAct[api.Body[wire.SearchResidents], wire.Resident]("search-residents")
	create        = page.NewAct[api.Body[wire.CreateResident], wire.Resident]("create-resident")
	get           = page.NewAct[api.ResidentInput, wire.Resident]("get-resident")
	change        = page.NewAct[api.ChangeResidentInput, wire.Resident]("change-resident")
	erase         = page.NewAct[api.ResidentInput, api.Nothing]("erase-resident")
	prefer        = page.NewAct[api.PreferenceInput, wire.Resident]("set-preference")
	listTexts     = page.NewAct[api.ListTextsInput, wire.Page[wire.SentMessage]]("list-texts")
	stats         = page.NewAct[api.StatsInput, wire.Stats]("get-stats")
	byCommittee   = page.NewAct[api.StatsByCommitteeInput, wire.Page[wire.CommitteeStats]]("get-stats-by-committee")

	upload      = page.NewAct[api.UploadImportInput, wire.Import]("upload-import")
	listImports = page.NewAct[api.ListImportsInput, wire.Page[wire.Import]]("list-imports")
	getImport   = page.NewAct[api.ImportInput, wire.Import]("get-import")
	listRows    = page.NewAct[api.ImportRowsInput, wire.Page[wire.ImportRow]]("list-import-rows")
	mend        = page.NewAct[api.MendImportInput, wire.Import]("mend-import")
	badRows     = page.NewAct[api.ImportBadRowsInput, api.File]("get-import-bad-rows")
	start       = page.NewAct[api.StartImportInput, wire.Import]("start-import")
	dropImport  = page.NewAct[api.ImportInput, api.Nothing]("delete-import")

	listCommittees  = page.NewAct[api.Nothing, wire.Page[wire.Committee]]("list-committees")
	getCommittee    = page.NewAct[api.CommitteeInput, wire.Committee]("get-committee")
	putCommittee    = page.NewAct[api.PutCommitteeInput, wire.Committee]("put-committee")
	deleteCommittee = page.NewAct[api.CommitteeInput, api.Nothing]("delete-committee")
	committeesCSV   = page.NewAct[api.Nothing, api.File]("export-committees-csv")
	committeesXLSX  = page.NewAct[api.Nothing, api.File]("export-committees-xlsx")
	listStaff       = page.NewAct[api.Nothing, wire.Page[wire.Person]]("list-staff")

	listExports   = page.NewAct[api.Nothing, wire.Page[wire.Export]]("list-exports")
	askExport     = page.NewAct[api.Body[wire.AskExport], wire.Export]("ask-export")
	getExport     = page.NewAct[api.ExportInput, wire.Export]("get-export")
	confirmExport = page.NewAct[api.ExportInput, wire.Export]("confirm-export")
	fetchExport   = page.NewAct[api.ExportFileInput, api.File]("fetch-export")

	listTasks   = page.NewAct[api.Nothing, wire.Page[wire.Task]]("list-my-tasks")
	listStops   = page.NewAct[api.ListStopsInput, wire.Page[wire.Stops]]("list-stops")
	askUndo     = page.NewAct[api.Body[wire.AskUndo], wire.Undo]("ask-undo")
	getUndo     = page.NewAct[api.UndoInput, wire.Undo]("get-undo")
	confirmUndo = page.NewAct[api.UndoInput, wire.Undo]("confirm-undo")
)

// soon is for pages: they wait for no count.
var soon = api.Soon{Soon: true}

// Register adds the pages to a kit.
func Register(k *page.Kit) {
	k.Templates(templates, "residents")
	k.Section(home, listResidents)
	k.Section(committeesHome, listCommittees)
	registerList(k)
	registerPerson(k)
	registerImports(k)
	registerCommittees(k)
	registerExports(k)
	registerStops(k)
}

func crumbs(more ...page.Crumb) []page.Crumb {
	return append([]page.Crumb{{Label: "居民", Path: home}}, more...)
}

// committeeChoices are the committees that a form offers: their own alone to a committee.
func committeeChoices(v *page.Visit, none string) ([]page.Choice, error) {
	all, err := listCommittees.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	var choices []page.Choice
	if own := v.Person.Committee; own == "" {
		choices = append(choices, page.Choice{Label: none})
	}
	for _, c := range all.Items {
		if v.Person.Committee == "" || v.Person.Committee == c.Code {
			choices = append(choices, page.Choice{Value: c.Code, Label: c.Name + "（" + c.Code + "）"})
		}
	}
	return choices, nil
}
