package stafftest

import (
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/staff"
)

func keys(t *testing.T, open func() House) {
	h := open()
	s, c := service(h)
	other, _ := service(open())
	add(t, s, "wang", staff.Author)
	add(t, s, "li", staff.Approver)
	wang, first := issue(t, h, c, "wang")
	li, third := issue(t, h, c, "li")
	for _, bearer := range []string{wang, li} {
		parts := strings.Split(bearer, "_")
		if len(parts) != 3 || parts[0] != "tck" || len(parts[2]) < 26 { // base32: 26 characters are 130 bits
			t.Fatalf("a key of the form %d parts", len(parts))
		}
	}
	opens(t, s, wang, "wang")
	opens(t, other, li, "li")
	c.at = noon.Add(time.Minute)
	for range 2 { // again is no error, and keeps the first instant
		if err := s.Revoke(t.Context(), boss, first.ID); err != nil {
			t.Fatal(err)
		}
		c.at = c.at.Add(time.Hour)
	}
	refused(t, other, "a revoked key", wang)
	again, second := issue(t, h, c, "wang")
	opens(t, other, again, "wang")
	got, err := s.Keys(t.Context(), "wang")
	if err != nil || len(got) != 2 || got[0].ID != first.ID || got[1].ID != second.ID || !got[0].RevokedAt.Equal(noon.Add(time.Minute)) ||
		!got[1].RevokedAt.IsZero() || !got[0].CreatedAt.Equal(noon) || got[0].Person != "wang" {
		t.Errorf("Keys = %+v, %v", got, err)
	}
	if got, err := s.Keys(t.Context(), ""); err != nil || len(got) != 3 {
		t.Errorf("everybody's: %+v, %v; want %q too", got, err, third.ID)
	}
}

func wrongKeys(t *testing.T, open func() House) {
	h := open()
	s, c := service(h)
	add(t, s, "wang", staff.Author)
	add(t, s, "li", staff.Approver)
	wang, k := issue(t, h, c, "wang")
	li, _ := issue(t, h, c, "li")
	secret := func(bearer string) string { return bearer[strings.LastIndex(bearer, "_")+1:] }
	last := "a"
	if strings.HasSuffix(wang, last) {
		last = "b"
	}
	for what, bearer := range map[string]string{
		"nothing":               "",
		"its id":                k.ID,
		"without a secret":      "tck_" + k.ID + "_",
		"without the prefix":    strings.TrimPrefix(wang, "tck_"),
		"another's secret":      "tck_" + k.ID + "_" + secret(li),
		"an unknown id":         "tck_aaaaaaaaaa_" + secret(wang),
		"one character off":     wang[:len(wang)-1] + last,
		"one character short":   wang[:len(wang)-1],
		"one character more":    wang + "a",
		"in capitals":           strings.ToUpper(wang),
		"a space behind":        wang + " ",
		"the prefix twice":      "tck_" + wang,
		"SQL":                   "tck_' OR 1=1 -_" + secret(wang),
		"a byte that ends text": "tck_" + k.ID[:9] + "\x00_" + secret(wang),
		"no UTF-8":              "tck_" + k.ID[:9] + "\xff_" + secret(wang),
	} {
		refused(t, s, what, bearer)
	}
	opens(t, s, wang, "wang")
}

func lastUse(t *testing.T, open func() House) {
	h := open()
	s, c := service(h)
	add(t, s, "wang", staff.Author)
	bearer, _ := issue(t, h, c, "wang")
	used := func(want time.Time) {
		t.Helper()
		if got, err := s.Keys(t.Context(), "wang"); err != nil || !got[0].LastUsedAt.Equal(want) {
			t.Errorf("last used %v, %v; want %v", got[0].LastUsedAt, err, want)
		}
	}
	used(time.Time{})
	for _, step := range []struct{ at, want time.Duration }{{0, 0}, {59 * time.Minute, 0}, {61 * time.Minute, time.Hour}, {30 * time.Minute, time.Hour}} {
		c.at = noon.Add(step.at)
		opens(t, s, bearer, "wang")
		used(noon.Add(step.want))
	}
	refusedBearer := bearer[:len(bearer)-4] + "aaaa"
	c.at = noon.Add(5 * time.Hour)
	refused(t, s, "a guess", refusedBearer)
	used(noon.Add(time.Hour))
}

func recorded(t *testing.T, open func() House) {
	h := open()
	s, c := service(h)
	actor := audit.Staff("admin")
	add(t, s, "admin", staff.Admin)
	if _, err := s.Add(t.Context(), actor, staff.Person{ID: "chen", Name: "陈", Role: staff.Committee, Committee: "C-2"}); err != nil {
		t.Fatal(err)
	}
	bearer, k := issue(t, h, c, "chen")
	for range 2 { // what changes nothing is not recorded
		for _, err := range []error{s.Revoke(t.Context(), actor, k.ID), s.Disable(t.Context(), actor, "chen", true)} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 2 {
		if err := s.Enable(t.Context(), actor, "chen"); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = s.Add(t.Context(), actor, staff.Person{ID: "chen", Name: "陈", Role: staff.Admin}) // ErrExists
	_ = s.Disable(t.Context(), actor, "nobody", true)
	entries, err := h.Audit.List(t.Context(), 0, 100, audit.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	want := []audit.Act{
		{Action: "staff.enable", Subject: "chen"},
		{Action: "staff.disable", Subject: "chen"},
		{Action: "staff.revoke", Subject: "chen", Detail: "key=" + k.ID},
		{Action: "staff.activate", Subject: "chen", Actor: audit.Staff("chen")},
		{Action: "staff.confirm", Subject: "chen", Actor: audit.Local("test")},
		{Action: "staff.invite", Subject: "chen", Actor: audit.Local("test")},
		{Action: "staff.add", Subject: "chen", Detail: "role=committee committee=C-2"},
		{Action: "staff.add", Subject: "admin", Detail: "role=admin"},
	}
	if len(entries) != len(want) {
		t.Fatalf("%d entries, want %d: %+v", len(entries), len(want), entries)
	}
	for i, e := range entries {
		want[i].At = noon
		if want[i].Actor != "" { // KeyOf's
			e.Detail = ""
		} else {
			want[i].Actor = actor
		}
		if i == len(entries)-1 {
			want[i].Actor = boss
		}
		if e.Act != want[i] {
			t.Errorf("entry %d: %+v, want %+v", e.Seq, e.Act, want[i])
		}
		if secret := bearer[strings.LastIndex(bearer, "_")+1:]; strings.Contains(e.Detail, secret) {
			t.Error("the log holds a secret")
		}
	}
	if _, err := h.Audit.Verify(t.Context(), nil); err != nil {
		t.Error(err)
	}
}
