package rostertest

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/problem"
	"towncrier/roster"
	"towncrier/sheet"
)

// entry is a resident as somebody types them, in a file or in a form.
type entry struct{ committee, community, tag, how, date string }

// file is the entry of the nth number as a file, imported.
func (e entry) file(t *testing.T, h *fixture, n int) (roster.Resident, bool) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "residents.csv")
	file, err := os.Create(path)
	must(t, err)
	w := csv.NewWriter(file)
	must(t, w.WriteAll([][]string{{"手机号", "居委会代码", "小区", "标签", "依据", "同意时间", "同意方式"},
		{string(number(n)), e.committee, e.community, e.tag, "同意", e.date, e.how}}))
	must(t, file.Close())
	table, err := sheet.Open(path)
	must(t, err)
	defer table.Close()
	committees, err := h.Places(t.Context())
	must(t, err)
	plan, err := roster.PlanImport(t.Context(), table, committees, roster.WholeSheet{}, h.clock, func(roster.RowProblem) {})
	must(t, err)
	if plan.Good() == 0 {
		return roster.Resident{}, false
	}
	_, err = plan.Run(t.Context(), h.Keeper, audit.Act{Actor: official}, func() time.Time { return h.clock }, func(roster.ImportState) {}, func(roster.ImportCounts) {})
	must(t, err)
	return h.byPhone(t, n), true
}

// form is the entry as the API takes it.
func (e entry) form(t *testing.T) roster.Resident {
	t.Helper()
	at, err := time.ParseInLocation(time.DateOnly, e.date, time.FixedZone("", 8*60*60))
	must(t, err)
	who := roster.Resident{Committee: e.committee, Community: e.community,
		Consents: []roster.Consent{{What: roster.Notices, At: at, How: e.how, Basis: roster.ByConsent}}}
	if e.tag != "" {
		who.Tags = []string{e.tag}
	}
	return who
}

// readAlike holds an entry in a file, in a new resident, in a change and, where it can be said there, in chat to one set of checks.
func readAlike(t *testing.T, open Open) {
	h := settle(t, open)
	for i, c := range []struct {
		name   string
		typed  entry
		kept   entry // what is kept of it; date is not compared
		refuse bool
	}{
		{name: "as it is kept", typed: entry{community: "花园小区", tag: "老人", how: "paper"}, kept: entry{community: "花园小区", tag: "老人", how: "paper"}},
		{name: "blanks around", typed: entry{committee: " " + first + " ", community: " 花园小区\u3000", tag: " 老人", how: " paper "},
			kept: entry{community: "花园小区", tag: "老人", how: "paper"}},
		{name: "signs that nobody sees", typed: entry{committee: first + "\u200b", community: "花园\u200b小区\ufeff", tag: "老\u200d人\u202c", how: "pap\u2060er"},
			kept: entry{community: "花园小区", tag: "老人", how: "paper"}},
		{name: "a way by another name", typed: entry{how: "纸质签字"}, kept: entry{how: "paper"}},
		{name: "a way of its own", typed: entry{how: "电话登记"}, kept: entry{how: "电话登记"}},
		{name: "the first day of all", typed: entry{date: "1990-01-01", how: "paper"}, kept: entry{how: "paper"}},
		{name: "a community that its committee has not", typed: entry{community: "又一个小区", how: "paper"}, kept: entry{community: "又一个小区", how: "paper"}},
		{name: "a day before all", typed: entry{date: "1989-12-31", how: "paper"}, refuse: true},
		{name: "a day to come", typed: entry{date: "2023-11-14", how: "paper"}, refuse: true},
		{name: "said in chat", typed: entry{how: "chat"}, refuse: true},
		{name: "said in chat, in Chinese", typed: entry{how: "微信"}, refuse: true},
		{name: "said in chat, in capitals", typed: entry{how: "CHAT"}, refuse: true},
		{name: "a number in the way", typed: entry{how: "电话19900001234"}, refuse: true},
		{name: "a number in the community", typed: entry{community: "花园19900001234", how: "paper"}, refuse: true},
		{name: "a number in the tag", typed: entry{tag: "联系19900001234", how: "paper"}, refuse: true},
		{name: "an unknown committee", typed: entry{committee: "C-9", how: "paper"}, refuse: true},
	} {
		c.typed.committee, c.typed.date = cmp.Or(c.typed.committee, first), cmp.Or(c.typed.date, "2023-11-01")
		check := func(way string, got roster.Resident, taken bool) {
			t.Helper()
			var tags []string
			if c.kept.tag != "" {
				tags = []string{c.kept.tag}
			}
			switch {
			case taken == c.refuse:
				t.Errorf("%s, %s: taken %t", c.name, way, taken)
			case taken && (got.Committee != first || got.Community != c.kept.community || !slices.Equal(got.Tags, tags) ||
				len(got.Consents) != 1 || got.Consents[0].How != c.kept.how):
				t.Errorf("%s, %s: kept %+v", c.name, way, got)
			}
		}
		n := 10 * (i + 1)
		got, taken := c.typed.file(t, h, n)
		check("by a file", got, taken)

		form := c.typed.form(t)
		form.Phone = number(n + 1)
		got, err := h.Roster.Add(t.Context(), official, form)
		check("added", got, known(t, err))

		before, err := h.Roster.Add(t.Context(), official, roster.Resident{Phone: number(n + 2)})
		must(t, err)
		got, err = h.Roster.Change(t.Context(), official, before.ID,
			roster.Change{Committee: &form.Committee, Community: &form.Community, Tags: &form.Tags, Consents: form.Consents}, nil)
		check("changed", got, known(t, err))

		openid := fmt.Sprint("o-", n)
		if c.typed.community == "" {
			continue
		}
		err = h.SetPlace(t.Context(), openid, first, c.typed.community)
		if taken := known(t, err); taken == c.refuse || taken && h.me(t, openid).Community != c.kept.community {
			t.Errorf("%s, in chat: %v", c.name, err)
		}
	}
}

// known says whether something was taken; an error that names no field fails the test.
func known(t *testing.T, err error) bool {
	t.Helper()
	var invalid *problem.Invalid
	if err != nil && !errors.As(err, &invalid) && !errors.Is(err, roster.ErrNoCommittee) {
		t.Fatal(err)
	}
	return err == nil
}

// namesAlike: a file splits what a form must not run together, and both keep names without what nobody sees.
func namesAlike(t *testing.T, open Open) {
	h := settle(t, open)
	ctx := t.Context()
	var invalid *problem.Invalid
	if _, err := h.Roster.Add(ctx, official, roster.Resident{Phone: number(1), Tags: []string{"老人、独居"}}); !errors.As(err, &invalid) || invalid.Field != "tags" {
		t.Errorf("two tags in one: %v", err)
	}
	put := func(c roster.Committee) error { _, err := h.Roster.PutCommittee(ctx, official, c); return err }
	if err := put(roster.Committee{Code: "C-3", Name: "第三社区", Communities: []string{"甲小区、乙小区"}}); !errors.As(err, &invalid) || invalid.Field != "communities" {
		t.Errorf("two communities in one: %v", err)
	}
	must(t, put(roster.Committee{Code: "C-3", Name: "第三\u200b社区", Street: "河东\ufeff街道", Area: "示例区\u2060", Communities: []string{"甲\u200b小区", "甲小区"}}))
	path := filepath.Join(t.TempDir(), "committees.csv")
	must(t, os.WriteFile(path, []byte("代码,名称,街道,区县,小区\nC-3\u200b,第三\u200b社区,河东\ufeff街道,示例区\u2060,甲\u200b小区、甲小区\n"), 0o600))
	table, err := sheet.Open(path)
	must(t, err)
	defer table.Close()
	plan, err := roster.PlanCommittees(ctx, table, nil, func(p roster.RowProblem) { t.Errorf("%+v", p) })
	must(t, err)
	got, err := h.Roster.Committee(ctx, "C-3")
	must(t, err)
	want := roster.Committee{Code: "C-3", Name: "第三社区", Street: "河东街道", Area: "示例区", Communities: []string{"甲小区"}}
	if read := plan.Changes; len(read) != 1 || fmt.Sprint(read[0].Committee) != fmt.Sprint(want) || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("by a file %+v, by a form %+v, want %+v", plan.Changes, got, want)
	}
}
