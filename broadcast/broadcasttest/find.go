package broadcasttest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/roster"
)

// finds holds every condition of a filter, alone and with others, and the counts by status, against what there is: B0 to B4.
func finds(t *testing.T, p Process) {
	t.Helper()
	_, err := p.Change(t.Context(), "B2", func(b *broadcast.Broadcast) ([]audit.Act, error) {
		b.Title, b.Topic, b.Approver, b.SendAt, b.Words = "停水通知", "water", "zhao", noon.Add(50*time.Hour), "b2\n停水_通知100%"
		b.Status = broadcast.Submitted
		return []audit.Act{act("broadcast.edit", "B2")}, nil
	})
	must(t, err)
	_, err = p.Change(t.Context(), "B2", func(b *broadcast.Broadcast) ([]audit.Act, error) { // words stay until others are written
		return []audit.Act{act("broadcast.look", "B2")}, nil
	})
	must(t, err)
	for _, c := range []struct {
		f    broadcast.Filter
		want string
	}{
		{broadcast.Filter{Text: "停水"}, "[B2]"},
		{broadcast.Filter{Text: "水_通"}, "[B2]"},
		{broadcast.Filter{Text: "停_通知"}, "[]"},
		{broadcast.Filter{Text: "00%"}, "[B2]"},
		{broadcast.Filter{Text: "0%0"}, "[]"},
		{broadcast.Filter{Text: `\`}, "[]"},
		{broadcast.Filter{Topic: "water", Approver: "zhao"}, "[B2]"},
		{broadcast.Filter{Topic: "dog", Approver: "zhao"}, "[]"},
		{broadcast.Filter{From: noon.Add(50 * time.Hour)}, "[B2]"},
		{broadcast.Filter{To: noon.Add(50 * time.Hour)}, "[B4 B3 B1 B0]"},
		{broadcast.Filter{From: noon.Add(time.Hour), To: noon.Add(51 * time.Hour), Committee: "C-1"}, "[B3 B1]"},
		{broadcast.Filter{Statuses: []broadcast.Status{broadcast.Submitted, broadcast.Cancelled}}, "[B2 B1]"},
	} {
		found, _, err := p.List(t.Context(), c.f, "", 9)
		must(t, err)
		var ids []string
		for _, b := range found {
			ids = append(ids, b.ID)
		}
		if fmt.Sprint(ids) != c.want {
			t.Errorf("%+v: %v, want %s", c.f, ids, c.want)
		}
		counts, err := p.CountByStatus(t.Context(), c.f)
		n := 0
		for status, of := range counts {
			if len(c.f.Statuses) == 0 || slices.Contains(c.f.Statuses, status) {
				n += of
			}
		}
		if must(t, err); n != len(ids) {
			t.Errorf("%+v: counted %v, found %v", c.f, counts, ids)
		}
	}
}

// foundByCommittees has a committee find what the city sends to its residents, before and after they are written down, and what it sends itself.
func foundByCommittees(t *testing.T, open Open) {
	p := open()
	for n, code := range []string{"C-1", "C-2", "C-3"} {
		_, err := p.Roster.PutCommittee(t.Context(), roster.Committee{Code: code, Name: code}, act("committee.put", code))
		must(t, err)
		p.save(t, roster.Resident{ID: subject(n), Phone: number(n), PhoneFrom: roster.FromImport, PlaceFrom: roster.FromImport, Committee: code, CreatedAt: noon, UpdatedAt: noon})
	}
	p.save(t, roster.Resident{ID: subject(3), Phone: number(3), PhoneFrom: roster.FromImport, PlaceFrom: roster.FromImport, CreatedAt: noon, UpdatedAt: noon})
	p.frozen(t, draft("B0"), []int{0, 1, 3}, broadcast.SMS)
	own := draft("B1")
	own.Committee = "C-3"
	p.frozen(t, own, []int{2}, broadcast.SMS)
	p.create(t, draft("B2"))
	p.setStatus(t, "B2", broadcast.Scheduled)
	p.create(t, draft("B3"))

	coming, err := p.Coming(t.Context())
	if err != nil || len(coming) != 1 || coming[0].ID != "B2" {
		t.Errorf("to come: %v, %v", coming, err)
	}
	found := func(committee string, coming ...string) string {
		t.Helper()
		all, _, err := p.List(t.Context(), broadcast.Filter{FoundBy: committee, Coming: coming}, "", 9)
		must(t, err)
		ids := ""
		for _, b := range all {
			ids += b.ID
			has, err := p.HasRecipients(t.Context(), b.ID, committee)
			if must(t, err); has != (b.ID == "B0") {
				t.Errorf("%s had recipients in %s: %t", committee, b.ID, has)
			}
		}
		return ids
	}
	p.edit(t, []roster.Key{{ID: subject(1)}}, roster.Edit{Remove: []string{subject(1)}}) // what was sent stays known of
	if one, two, three := found("C-1"), found("C-2", "B2", "B3"), found("C-3", "B2"); one != "B0" || two != "B3B2B0" || three != "B2B1" {
		t.Errorf("found %s, %s and %s", one, two, three)
	}
	for committee, want := range map[string]bool{"C-1": true, "C-2": false, "C-3": false} {
		reaches, err := p.Reaches(t.Context(), broadcast.Scope{Rule: broadcast.Rule{Or: []broadcast.Rule{{Committee: "C-1"}, {Committee: "C-2"}}}, Committee: committee})
		if err != nil || reaches != want {
			t.Errorf("%s reached: %t, %v", committee, reaches, err)
		}
	}
}
