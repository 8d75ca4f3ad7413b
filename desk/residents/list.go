package residents

import (
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

func registerList(k *page.Kit) {
	k.Handle("GET /desk/residents", showList, listResidents, listCommittees, create, upload, exportCSV, erase, listExports, listStops, stats)
	k.Handle("GET /desk/residents/counts", showCounts, stats, byCommittee)
	k.Watch("GET /desk/residents/counts/live", liveCounts, stats, byCommittee)
	k.Handle("GET /desk/residents/table", fetchTable, exportCSV, exportXLSX)
	k.Handle("POST /desk/residents/find", find, search, listResidents, listCommittees)
	k.Says("resident-added", "已登记。")
	k.Says("resident-erased", "已删除：这位居民的资料不再保存，号码不会再被登记或发送。")
}

// listPage is residents among others.
type listPage struct {
	page.Form
	Residents                     []wire.Resident
	Filtered                      bool
	Query                         string // of the filters, for the exports
	Committees                    []page.Choice
	Pager                         page.Pager
	MayAdd, MayImport, MayNumbers bool
	MayStops                      bool
}

// filters are those of the API.
var filters = []string{"committee", "community", "tag", "consent", "has_phone", "has_wechat", "since"}

func filterOf(v *page.Visit) (f api.ResidentFilter, err error) {
	f = api.ResidentFilter{Committee: v.Query("committee"), Community: v.Query("community"), Tag: v.Query("tag"), Consent: v.Query("consent"),
		HasPhone: v.Query("has_phone"), HasWeChat: v.Query("has_wechat")}
	if day := v.Query("since"); day != "" {
		if f.UpdatedSince, err = dayOf("since", day); err != nil {
			return f, err
		}
	}
	return f, nil
}

// dayOf is the beginning of a day that a field holds.
func dayOf(field, text string) (time.Time, error) {
	day, err := time.ParseInLocation(time.DateOnly, text, page.Zone)
	if err != nil {
		return time.Time{}, &page.FieldError{Field: field, Text: "不是日期：请写成 2023-11-13"}
	}
	return day, nil
}

func showList(v *page.Visit) (page.Result, error) {
	p, data, err := emptyList(v)
	if err != nil {
		return nil, err
	}
	if err := data.read(v); err != nil {
		return v.Again(p, &data.Form, err)
	}
	return v.Show(p)
}

func emptyList(v *page.Visit) (page.Page, *listPage, error) {
	data := &listPage{Form: v.NewForm(), MayAdd: v.May(create), MayImport: v.May(upload), MayNumbers: v.May(listExports), MayStops: v.May(listStops)}
	var pairs []string
	for _, name := range filters {
		data.Set(name, v.Query(name))
		pairs = append(pairs, name, v.Query(name))
	}
	data.Query = page.Query(pairs...)
	data.Filtered = data.Query != ""
	var err error
	data.Committees, err = committeeChoices(v, "全部")
	return page.Page{Title: "居民", Name: "residents/list", Nav: home, Data: data}, data, err
}

func (p *listPage) read(v *page.Visit) error {
	f, err := filterOf(v)
	if err != nil {
		return err
	}
	all, err := listResidents.Do(v, api.ListResidentsInput{Following: api.Following{After: v.Query("after")}, Limit: 50, ResidentFilter: f})
	if err != nil {
		return err
	}
	p.Residents = all.Items
	if v.Query("after") != "" {
		p.Pager.First = home + p.Query
	}
	if all.Next != "" {
		pairs := []string{"after", all.Next}
		for _, name := range filters {
			pairs = append(pairs, name, v.Query(name))
		}
		p.Pager.Next = home + page.Query(pairs...)
	}
	return nil
}

// find leads to the resident with a number, which is posted so that it stands in no address.
func find(v *page.Visit) (page.Result, error) {
	r, err := search.Do(v, api.Body[wire.SearchResidents]{Body: wire.SearchResidents{Phone: v.Form.Get("phone")}})
	if err == nil {
		return page.See(personPath(r.ID)), nil
	}
	p, data, listErr := emptyList(v)
	if listErr == nil {
		listErr = data.read(v)
	}
	if listErr != nil {
		return nil, listErr
	}
	return v.Again(p, &data.Form, notFound(err, "phone"))
}

func fetchTable(v *page.Visit) (page.Result, error) {
	f, err := filterOf(v)
	if err != nil {
		return nil, page.Refuse(422, err.(*page.FieldError).Text)
	}
	act := exportCSV
	if v.Query("format") == "xlsx" {
		act = exportXLSX
	}
	file, err := act.Do(v, api.ExportResidentsInput{ResidentFilter: f})
	if err != nil {
		return nil, err
	}
	return page.Download(file), nil
}

type countsPage struct {
	wire.Stats
	Counted    page.Counted
	Committees []wire.CommitteeStats
}

func countsOf(v *page.Visit) (c countsPage, err error) {
	if c.Stats, err = stats.Do(v, api.StatsInput{Soon: soon}); err != nil {
		return c, err
	}
	c.Counted = page.CountedAt(c.CountedAt, c.Counting, home+"/counts/live")
	if c.CountedAt.IsZero() {
		return c, nil
	}
	committees, err := byCommittee.Do(v, api.StatsByCommitteeInput{Soon: soon})
	c.Committees = committees.Items
	return c, err
}

func showCounts(v *page.Visit) (page.Result, error) {
	data, err := countsOf(v)
	if err != nil {
		return nil, err
	}
	shown := page.Page{Title: "居民人数", Name: "residents/counts", Nav: home, Crumbs: crumbs(page.Crumb{Label: "人数"}), Data: data}
	if data.Counting {
		shown.Refresh = 10
	}
	return v.Show(shown)
}

func liveCounts(v *page.Visit) (page.Result, error) {
	data, err := countsOf(v)
	if err != nil {
		return nil, err
	}
	return v.Counting("residents/counts", "counts", data, data.Counted)
}
