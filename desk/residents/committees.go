package residents

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
	"towncrier/roster"
)

func registerCommittees(k *page.Kit) {
	k.Handle("GET /desk/committees", showCommittees, listCommittees, putCommittee, upload, byCommittee)
	k.Handle("GET /desk/committees/table", fetchCommittees, committeesCSV, committeesXLSX)
	k.Handle("GET /desk/committees/new", askCommittee, putCommittee)
	k.Handle("POST /desk/committees/new", doNewCommittee, putCommittee, getCommittee)
	k.Handle("GET /desk/committees/{code}", showCommittee, getCommittee, stats, listStaff, putCommittee, deleteCommittee)
	k.Handle("GET /desk/committees/{code}/change", askCommittee, putCommittee, getCommittee)
	k.Handle("POST /desk/committees/{code}/change", doCommittee, putCommittee, getCommittee)
	k.Handle("GET /desk/committees/{code}/delete", askDeleteCommittee, deleteCommittee, getCommittee, stats, listStaff)
	k.Handle("POST /desk/committees/{code}/delete", doDeleteCommittee, deleteCommittee, getCommittee, stats, listStaff)
	k.Says("committee-kept", "已登记。")
	k.Says("committee-deleted", "已删除这个社区。")
}

func committeePath(code string) string { return committeesHome + "/" + code }

// committeesPage is all committees: areas, their streets, theirs.
type committeesPage struct {
	Areas             []area
	ByArea, ByStreet  page.Tabs // none where all are shown
	All               int
	MayAdd, MayImport bool
	MayCount          bool
	Counted           bool
	Counts            map[string]wire.CommitteeStats
	CountPath         string // this page with counts
}

type area struct {
	Name    string
	Streets []street
}

type street struct {
	Name       string
	Committees []wire.Committee
}

func showCommittees(v *page.Visit) (page.Result, error) {
	all, err := listCommittees.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	data := committeesPage{All: len(all.Items), MayAdd: v.May(putCommittee), MayImport: v.May(upload) && v.May(putCommittee), MayCount: v.May(byCommittee)}
	data.Counted = v.Query("count") != "" && data.MayCount
	data.CountPath = committeesHome + page.Query("count", "yes", "area", v.Query("area"), "street", v.Query("street"))
	data.show(all.Items, v.Query("area"), v.Query("street"))
	if data.Counted {
		counts, err := byCommittee.Do(v, api.StatsByCommitteeInput{})
		if err != nil {
			return nil, err
		}
		data.Counts = map[string]wire.CommitteeStats{}
		for _, n := range counts.Items {
			data.Counts[n.Code] = n
		}
	}
	return v.Show(page.Page{Title: "社区", Name: "residents/committees", Nav: committeesHome, Data: data})
}

// mostCommittees are shown on one page; of more, those of one area, and of an area with more, those of one street.
const mostCommittees = 200

func (p *committeesPage) show(all []wire.Committee, area, street string) {
	areas := areasOf(all)
	if len(all) > mostCommittees {
		areas = p.choose(areas, area, street)
	}
	p.Areas = areas
}

// choose has tabs for areas, and for the streets of the one that is chosen where those are many.
func (p *committeesPage) choose(areas []area, name, streetName string) []area {
	at := max(0, slices.IndexFunc(areas, func(a area) bool { return a.Name == name }))
	p.ByArea = page.Tabs{Label: "区县"}
	for i, a := range areas {
		p.ByArea.Tabs = append(p.ByArea.Tabs, page.Tab{Label: or(a.Name, "没有写区县"), Path: p.tab(a.Name, ""), Count: strconv.Itoa(a.size()), Current: i == at})
	}
	chosen := areas[at]
	if chosen.size() > mostCommittees {
		in := max(0, slices.IndexFunc(chosen.Streets, func(s street) bool { return s.Name == streetName }))
		p.ByStreet = page.Tabs{Label: "街道"}
		for i, s := range chosen.Streets {
			p.ByStreet.Tabs = append(p.ByStreet.Tabs, page.Tab{Label: or(s.Name, "没有写街道"), Path: p.tab(chosen.Name, s.Name), Count: strconv.Itoa(len(s.Committees)), Current: i == in})
		}
		chosen.Streets = chosen.Streets[in : in+1]
	}
	return []area{chosen}
}

func (p *committeesPage) tab(area, street string) string {
	count := ""
	if p.Counted {
		count = "yes"
	}
	return committeesHome + page.Query("count", count, "area", area, "street", street)
}

func (a area) size() (n int) {
	for _, s := range a.Streets {
		n += len(s.Committees)
	}
	return n
}

// areasOf puts committees below their streets, and these below their areas.
func areasOf(all []wire.Committee) (areas []area) {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b wire.Committee) int {
		return cmp.Or(strings.Compare(a.Area, b.Area), strings.Compare(a.Street, b.Street), strings.Compare(a.Code, b.Code))
	})
	for _, c := range all {
		if len(areas) == 0 || areas[len(areas)-1].Name != c.Area {
			areas = append(areas, area{Name: c.Area})
		}
		in := &areas[len(areas)-1]
		if len(in.Streets) == 0 || in.Streets[len(in.Streets)-1].Name != c.Street {
			in.Streets = append(in.Streets, street{Name: c.Street})
		}
		at := &in.Streets[len(in.Streets)-1]
		at.Committees = append(at.Committees, c)
	}
	return areas
}

func fetchCommittees(v *page.Visit) (page.Result, error) {
	act := committeesCSV
	if v.Query("format") == "xlsx" {
		act = committeesXLSX
	}
	file, err := act.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	return page.Download(file), nil
}

// committeePage is one committee, and what holds it.
type committeePage struct {
	page.Form
	wire.Committee
	Stats             *wire.Stats // nil for who may not count
	Counted           page.Counted
	Workers           []wire.Person
	SeesWorkers       bool
	MayChange         bool
	MayDelete, IsHeld bool
}

func committeeOf(v *page.Visit) (page.Page, *committeePage, error) {
	c, err := getCommittee.Do(v, api.CommitteeInput{Code: v.Path("code")})
	if err != nil {
		return page.Page{}, nil, err
	}
	data := &committeePage{Form: v.NewForm(), Committee: c, MayChange: v.May(putCommittee), MayDelete: v.May(deleteCommittee)}
	if v.May(stats) && (v.Person.Committee == "" || v.Person.Committee == c.Code) {
		n, err := stats.Do(v, api.StatsInput{Committee: c.Code, Soon: soon})
		if err != nil {
			return page.Page{}, nil, err
		}
		data.Stats, data.Counted = &n, page.CountedAt(n.CountedAt, n.Counting, "")
	}
	if data.SeesWorkers = v.May(listStaff); data.SeesWorkers {
		people, err := listStaff.Do(v, api.Nothing{})
		if err != nil {
			return page.Page{}, nil, err
		}
		for _, p := range people.Items {
			if p.Committee == c.Code && p.DisabledAt.IsZero() {
				data.Workers = append(data.Workers, p)
			}
		}
	}
	data.IsHeld = len(data.Workers) > 0 || data.Stats != nil && data.Stats.Residents > 0
	return page.Page{Title: c.Name, Name: "residents/committee", Nav: committeesHome, Crumbs: committeeCrumbs(page.Crumb{Label: c.Name}), Data: data}, data, nil
}

func committeeCrumbs(more ...page.Crumb) []page.Crumb {
	return append([]page.Crumb{{Label: "社区", Path: committeesHome}}, more...)
}

func showCommittee(v *page.Visit) (page.Result, error) {
	p, _, err := committeeOf(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

type committeeForm struct {
	page.Form
	Code string // "" for a new one
	Name string
}

func committeeFormOf(v *page.Visit) (page.Page, *committeeForm, error) {
	data := &committeeForm{Form: v.NewForm(), Code: v.Path("code")}
	p := page.Page{Title: "登记社区", Name: "residents/committee-form", Nav: committeesHome, Crumbs: committeeCrumbs(page.Crumb{Label: "登记"}), Data: data,
		Fields: map[string]string{"path.code": "committee"}} // "code" is the second factor's
	if data.Code == "" {
		return p, data, nil
	}
	c, err := getCommittee.Do(v, api.CommitteeInput{Code: data.Code})
	if err != nil {
		return p, nil, err
	}
	if data.Name = c.Name; v.Form == nil {
		data.Set("name", c.Name)
		data.Set("street", c.Street)
		data.Set("area", c.Area)
		data.Set("communities", strings.Join(c.Communities, "\n"))
	}
	p.Title, p.Crumbs = "更正："+c.Name, committeeCrumbs(page.Crumb{Label: c.Name, Path: committeePath(c.Code)}, page.Crumb{Label: "更正"})
	return p, data, nil
}

func askCommittee(v *page.Visit) (page.Result, error) {
	p, _, err := committeeFormOf(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

// doNewCommittee does not put a new committee in the place of one that is there.
func doNewCommittee(v *page.Visit) (page.Result, error) {
	code, body := strings.TrimSpace(v.Form.Get("committee")), writtenCommittee(v)
	there, err := getCommittee.Do(v, api.CommitteeInput{Code: code})
	if r, ok := errors.AsType[*api.Refusal](err); ok && r.Status == http.StatusNotFound {
		return keepCommittee(v, code)
	}
	if err != nil {
		return committeeAgain(v, err)
	}
	c, err := roster.Committee{Code: code, Name: body.Name, Street: body.Street, Area: body.Area, Communities: body.Communities}.Clean()
	if err == nil && there.Name == c.Name && there.Street == c.Street && there.Area == c.Area && slices.Equal(there.Communities, c.Communities) { // pressed twice
		return page.See(committeePath(code) + "?done=committee-kept"), nil
	}
	return committeeAgain(v, &page.FieldError{Field: "committee", Text: "这个代码已经是另一个社区的：请核对，或者打开那个社区更正"})
}

func doCommittee(v *page.Visit) (page.Result, error) { return keepCommittee(v, v.Path("code")) }

// writtenCommittee is what the form says of a committee.
func writtenCommittee(v *page.Visit) wire.PutCommittee {
	names := []string{}
	for name := range strings.FieldsFuncSeq(v.Form.Get("communities"), func(r rune) bool { return strings.ContainsRune("、,，;；\n", r) }) {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return wire.PutCommittee{Name: v.Form.Get("name"), Street: v.Form.Get("street"), Area: v.Form.Get("area"), Communities: names}
}

func keepCommittee(v *page.Visit, code string) (page.Result, error) {
	c, err := putCommittee.Do(v, api.PutCommitteeInput{Code: code, Body: writtenCommittee(v)})
	if err != nil {
		return committeeAgain(v, err)
	}
	return page.See(committeePath(c.Code) + "?done=committee-kept"), nil
}

func committeeAgain(v *page.Visit, refused error) (page.Result, error) {
	p, data, err := committeeFormOf(v)
	if err != nil {
		return nil, err
	}
	return v.Again(p, &data.Form, refused)
}

func deletePage(v *page.Visit) (page.Page, *committeePage, error) {
	p, data, err := committeeOf(v)
	if err == nil {
		p.Title, p.Name = "删除“"+data.Name+"”？", "residents/committee-delete"
	}
	return p, data, err
}

func askDeleteCommittee(v *page.Visit) (page.Result, error) {
	p, _, err := deletePage(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func doDeleteCommittee(v *page.Visit) (page.Result, error) {
	_, err := deleteCommittee.Do(v, api.CommitteeInput{Code: v.Path("code")})
	if err == nil {
		return page.See(committeesHome + "?done=committee-deleted"), nil
	}
	p, data, again := deletePage(v)
	if again != nil {
		return nil, again
	}
	return v.Again(p, &data.Form, err)
}
