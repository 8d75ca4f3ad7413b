package stafftest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/problem"
	"towncrier/staff"
)

// handsets are the phones of the suite's people: what was sent to which number, and the code in it.
type handsets struct {
	codes map[string]sentCode // by owner
	told  []phone.Number
	n     int
}

type sentCode struct {
	number phone.Number
	code   string
}

var errWrong = errors.New("wrong code")

func (h *handsets) Request(_ context.Context, owner string, number phone.Number) error {
	h.n++
	h.codes[owner] = sentCode{number, fmt.Sprintf("%06d", h.n)}
	return nil
}

func (h *handsets) Confirm(_ context.Context, owner, code string) (phone.Number, error) {
	sent, ok := h.codes[owner]
	if !ok || sent.code != code {
		return "", errWrong
	}
	delete(h.codes, owner)
	return sent.number, nil
}

func (h *handsets) AccessChanged(_ context.Context, number phone.Number) error {
	h.told = append(h.told, number)
	return nil
}

// reads is the code that the handset with this number shows, "" for none.
func (h *handsets) reads(number phone.Number) string {
	for _, sent := range h.codes {
		if sent.number == number {
			return sent.code
		}
	}
	return ""
}

// city is staff, their invitations and their handsets.
type city struct {
	t *testing.T
	*staff.Service
	enrol *staff.Enrolment
	*clock
	*handsets
	house House
}

func newCity(t *testing.T, h House, sms bool) *city {
	s, c := service(h)
	phones := &handsets{codes: map[string]sentCode{}}
	return &city{t, s, staff.NewEnrolment(staff.EnrolmentConfig{Store: h.Store, SMS: sms, Codes: phones, Tell: phones, Now: c.now}), c, phones, h}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (c *city) wants(err, want error) {
	c.t.Helper()
	if !errors.Is(err, want) {
		c.t.Errorf("%v; want %v", err, want)
	}
}

// first makes an admin on the machine who has activated a key.
func (c *city) first(id string, number phone.Number) (bearer string) {
	c.t.Helper()
	add(c.t, c.Service, id, staff.Admin)
	code, _, err := c.enrol.InviteAdmin(c.t.Context(), boss, id, number)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.open(code, number)
}

// open activates with the code on the handset with number.
func (c *city) open(activation string, number phone.Number) (bearer string) {
	c.t.Helper()
	if _, err := c.enrol.Begin(c.t.Context(), activation); err != nil {
		c.t.Fatal(err)
	}
	bearer, _, _, err := c.enrol.Open(c.t.Context(), activation, c.reads(number), "")
	if err != nil {
		c.t.Fatal(err)
	}
	return bearer
}

func (c *city) invite(by, person string) (code, id string) {
	c.t.Helper()
	code, inv, err := c.enrol.Invite(c.t.Context(), by, person)
	if err != nil {
		c.t.Fatal(err)
	}
	return code, inv.ID
}

const (
	phoneA  phone.Number = "19900000001"
	phoneB  phone.Number = "19900000002"
	phoneX  phone.Number = "19900000003"
	phoneX2 phone.Number = "19900000004"
)

func twoAdmins(t *testing.T, open func() House) {
	ctx := t.Context()
	c := newCity(t, open(), true)
	a := c.first("anna", phoneA)
	c.first("bao", phoneB)
	add(t, c.Service, "xu", staff.Approver)
	activation, id := c.invite("anna", "xu")
	if strings.Contains(activation, "tck_") || !strings.HasPrefix(activation, "tca_") {
		t.Error("an activation code looks like a key")
	}
	// The admin who issued it has the code, and can do nothing with it.
	_, err := c.enrol.Begin(ctx, activation)
	c.wants(err, staff.ErrUnconfirmed)
	_, _, _, err = c.enrol.Open(ctx, activation, "", "")
	c.wants(err, staff.ErrUnconfirmed)
	_, err = c.enrol.Confirm(ctx, "anna", id, staff.Confirmation{Phone: phoneX})
	c.wants(err, staff.ErrSecondAdmin)
	_, err = c.enrol.Confirm(ctx, "xu", id, staff.Confirmation{Phone: phoneX})
	c.wants(err, staff.ErrSecondAdmin)
	_, err = c.enrol.Confirm(ctx, "bao", id, staff.Confirmation{})
	c.wants(err, staff.ErrNoPhone)
	_, err = c.enrol.Confirm(ctx, "bao", id, staff.Confirmation{InPerson: true})
	c.wants(err, staff.ErrSMSOn)
	_, err = c.enrol.Confirm(ctx, "bao", id, staff.Confirmation{Phone: phoneA})
	c.wants(err, staff.ErrPhoneTaken)
	must[staff.Invitation](t)(c.enrol.Confirm(ctx, "bao", id, staff.Confirmation{Phone: phoneX}))
	_, err = c.enrol.Confirm(ctx, "bao", id, staff.Confirmation{Phone: phoneX2})
	c.wants(err, staff.ErrSettled)

	// Confirmed, it opens with the code on the person's own handset alone.
	_, _, _, err = c.enrol.Open(ctx, activation, "", "")
	c.wants(err, errWrong)
	must[staff.Invitation](t)(c.enrol.Begin(ctx, activation))
	_, _, _, err = c.enrol.Open(ctx, activation, "000000", "")
	c.wants(err, errWrong)
	_, _, _, err = c.enrol.Open(ctx, activation[:len(activation)-4]+"aaaa", c.reads(phoneX), "")
	c.wants(err, staff.ErrNoInvitation)
	_, _, _, err = c.enrol.Open(ctx, activation, c.reads(phoneX), "电话19900000003")
	if bad, ok := errors.AsType[*problem.Invalid](err); !ok || bad.Field != "name" {
		t.Errorf("a number as the name of a key: %v", err)
	}
	bearer, k, p, err := c.enrol.Open(ctx, activation, c.reads(phoneX), " 办公室电脑 ")
	if err != nil {
		t.Fatal(err)
	}
	if p.ID != "xu" || p.Phone != phoneX || p.PhoneBy != audit.Staff("bao") || !k.ExpiresAt.Equal(noon.Add(staff.KeyLife)) {
		t.Errorf("opened: %+v, %+v", p, k)
	}
	opens(t, c.Service, bearer, "xu")
	if kept := must[[]staff.Key](t)(c.Keys(ctx, "xu")); len(kept) != 1 || kept[0].Name != "办公室电脑" {
		t.Errorf("kept: %+v", kept)
	}
	_, err = c.enrol.Begin(ctx, activation)
	c.wants(err, staff.ErrNoInvitation)

	// A renewal goes to the registered number, ends the older key, and tells the person.
	c.told = nil
	activation, id = c.invite("bao", "xu")
	must[staff.Invitation](t)(c.enrol.Confirm(ctx, "anna", id, staff.Confirmation{Phone: phoneX2}))
	newer := c.open(activation, phoneX2)
	refused(t, c.Service, "the key before the renewal", bearer)
	opens(t, c.Service, newer, "xu")
	if fmt.Sprint(c.told) != fmt.Sprint([]phone.Number{phoneX, phoneX2}) {
		t.Errorf("told %d numbers, want the old and the new one", len(c.told))
	}
	// The number that anna entered proves nothing when anna invites.
	_, id = c.invite("anna", "xu")
	_, err = c.enrol.Confirm(ctx, "bao", id, staff.Confirmation{})
	c.wants(err, staff.ErrNoPhone)

	// An admin asks for their own renewal; the other confirms.
	activation, id = c.invite("anna", "anna")
	_, err = c.enrol.Confirm(ctx, "anna", id, staff.Confirmation{})
	c.wants(err, staff.ErrSecondAdmin)
	must[staff.Invitation](t)(c.enrol.Confirm(ctx, "bao", id, staff.Confirmation{}))
	opens(t, c.Service, c.open(activation, phoneA), "anna")
	refused(t, c.Service, "the admin's key before", a)
}

func invitationEnds(t *testing.T, open func() House) {
	ctx := t.Context()
	c := newCity(t, open(), true)
	c.first("anna", phoneA)
	c.first("bao", phoneB)
	add(t, c.Service, "xu", staff.Author)
	confirm := func(id string) {
		t.Helper()
		must[staff.Invitation](t)(c.enrol.Confirm(ctx, "bao", id, staff.Confirmation{Phone: phoneX}))
	}
	over := func(what, activation string) {
		t.Helper()
		if _, err := c.enrol.Begin(ctx, activation); !errors.Is(err, staff.ErrNoInvitation) {
			t.Errorf("%s: %v", what, err)
		}
		if _, _, _, err := c.enrol.Open(ctx, activation, c.reads(phoneX), ""); !errors.Is(err, staff.ErrNoInvitation) {
			t.Errorf("%s: %v", what, err)
		}
	}
	first, id := c.invite("anna", "xu")
	confirm(id)
	must[staff.Invitation](t)(c.enrol.Begin(ctx, first))
	second, id := c.invite("anna", "xu")
	over("one that a newer took the place of", first)
	confirm(id)
	must[staff.Invitation](t)(c.enrol.Begin(ctx, second))
	c.clock.at = noon.Add(staff.InvitationLife)
	over("after a day", second)
	third, id := c.invite("anna", "xu")
	c.wants(c.enrol.Withdraw(ctx, "anna", id), nil)
	c.wants(c.enrol.Withdraw(ctx, "anna", id), staff.ErrSettled)
	_, err := c.enrol.Confirm(ctx, "bao", id, staff.Confirmation{Phone: phoneX})
	c.wants(err, staff.ErrSettled)
	over("one taken back", third)
	fourth, id := c.invite("anna", "xu")
	confirm(id)
	must[staff.Invitation](t)(c.enrol.Begin(ctx, fourth))
	if err := c.Disable(ctx, boss, "xu", true); err != nil {
		t.Fatal(err)
	}
	over("of somebody disabled", fourth)
	_, _, err = c.enrol.Invite(ctx, "anna", "xu")
	c.wants(err, staff.ErrDisabled)
	if err := c.Enable(ctx, boss, "xu"); err != nil {
		t.Fatal(err)
	}
	over("of somebody who was disabled", fourth)
	for _, bad := range []string{"", "tca_", fourth + "a", strings.ToUpper(fourth), "tck_" + fourth[4:], "tca_aaaaaaaaaa_" + fourth[15:]} {
		over("a code that none is", bad)
	}
	fifth, id := c.invite("anna", "xu")
	confirm(id)
	must[staff.Invitation](t)(c.enrol.Begin(ctx, fifth))
	if err := c.Disable(ctx, boss, "bao", true); err != nil {
		t.Fatal(err)
	}
	over("one that somebody disabled confirmed", fifth)
	add(t, c.Service, "chun", staff.Admin)
	c.invite("chun", "xu")
	if err := c.Disable(ctx, boss, "chun", true); err != nil {
		t.Fatal(err)
	}
	list := must[[]staff.Invitation](t)(c.enrol.Invitations(ctx))
	var states []string
	for _, inv := range list {
		states = append(states, string(inv.State(c.now())))
	}
	if got := strings.Join(states, " "); len(list) != 8 || strings.Count(got, "revoked") != 6 {
		t.Errorf("%d invitations, %s", len(list), got)
	}
	if _, err := c.house.Audit.Verify(ctx, nil); err != nil {
		t.Error(err)
	}
}

func setup(t *testing.T, open func() House) {
	ctx := t.Context()
	c := newCity(t, open(), true)
	during := func(want bool) {
		t.Helper()
		if got, err := c.SetupOpen(ctx); err != nil || got != want {
			t.Errorf("set-up open: %v, %v; want %v", got, err, want)
		}
	}
	add(t, c.Service, "wang", staff.Author)
	during(true)
	_, _, err := c.enrol.InviteAdmin(ctx, boss, "wang", phoneX)
	c.wants(err, staff.ErrNotAdmin)
	anna := c.first("anna", phoneA)
	during(true)
	bao := c.first("bao", phoneB)
	during(false)
	opens(t, c.Service, anna, "anna")
	opens(t, c.Service, bao, "bao")
	add(t, c.Service, "chao", staff.Admin)
	_, _, err = c.enrol.InviteAdmin(ctx, boss, "chao", phoneX)
	c.wants(err, staff.ErrSetupOver)

	// Two admins whose keys open help each other; the machine helps when they cannot.
	activation, _, err := c.enrol.Renew(ctx, boss, "anna", "")
	if err != nil {
		t.Fatal(err)
	}
	c.open(activation, phoneA)
	_, _, err = c.enrol.Renew(ctx, boss, "chao", phoneX)
	c.wants(err, staff.ErrOthersCan)
	c.clock.at = noon.Add(staff.KeyLife)
	refused(t, c.Service, "a key after its life", bao)
	activation, _, err = c.enrol.Renew(ctx, boss, "bao", "")
	if err != nil {
		t.Fatal(err)
	}
	opens(t, c.Service, c.open(activation, phoneB), "bao")
	during(false)
	must[staff.Person](t)(c.Change(ctx, boss, "bao", staff.Changes{Role: new(staff.Auditor)}))
	during(false)
	if err := c.Disable(ctx, boss, "anna", true); err != nil {
		t.Fatal(err)
	}
	during(false)
}

func inPerson(t *testing.T, open func() House) {
	ctx := t.Context()
	h := open()
	c := newCity(t, h, false)
	for _, id := range []string{"anna", "bao"} {
		add(t, c.Service, id, staff.Admin)
		code, _, err := c.enrol.InviteAdmin(ctx, boss, id, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, _, err := c.enrol.Open(ctx, code, "", ""); err != nil {
			t.Fatal(err)
		}
	}
	add(t, c.Service, "xu", staff.Author)
	activation, id := c.invite("anna", "xu")
	_, err := c.enrol.Confirm(ctx, "bao", id, staff.Confirmation{Phone: phoneX})
	c.wants(err, staff.ErrSMSOff)
	must[staff.Invitation](t)(c.enrol.Confirm(ctx, "bao", id, staff.Confirmation{InPerson: true}))
	bearer, _, _, err := c.enrol.Open(ctx, activation, "", "")
	if err != nil {
		t.Fatal(err)
	}
	opens(t, c.Service, bearer, "xu")
	c.wants(c.enrol.RequestPhone(ctx, "xu", phoneX), staff.ErrSMSOff)
	entries, err := h.Audit.List(ctx, 0, 100, audit.Filter{Subject: "xu"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, string(e.Actor)+" "+e.Action)
		if e.Action != "staff.add" && e.Action != "staff.invite" && !strings.Contains(e.Detail, "proof=in-person") {
			t.Errorf("%s does not say what proved the person: %s", e.Action, e.Detail)
		}
	}
	if want := "staff:xu staff.activate, staff:bao staff.confirm, staff:anna staff.invite, local:root staff.add"; strings.Join(got, ", ") != want {
		t.Errorf("recorded: %s; want %s", strings.Join(got, ", "), want)
	}
}

func ownNumber(t *testing.T, open func() House) {
	ctx := t.Context()
	c := newCity(t, open(), true)
	for _, id := range []string{"wang", "li"} {
		add(t, c.Service, id, staff.Author)
	}
	register := func(id string, number phone.Number) error {
		t.Helper()
		if err := c.enrol.RequestPhone(ctx, id, number); err != nil {
			t.Fatal(err)
		}
		_, err := c.enrol.ConfirmPhone(ctx, id, c.reads(number))
		return err
	}
	c.wants(register("wang", phoneX), nil)
	c.wants(register("li", phoneX), staff.ErrPhoneTaken)
	if err := c.enrol.RequestPhone(ctx, "li", phoneX2); err != nil {
		t.Fatal(err)
	}
	_, err := c.enrol.ConfirmPhone(ctx, "wang", c.reads(phoneX2))
	c.wants(err, errWrong) // another's code
	if p := must[staff.Person](t)(c.Get(ctx, "wang")); p.Phone != phoneX || p.PhoneBy != audit.Staff("wang") {
		t.Errorf("registered: %+v", p)
	}
	c.wants(register("wang", phoneA), nil)
	if fmt.Sprint(c.told) != fmt.Sprint([]phone.Number{phoneX}) {
		t.Error("the number before was not told that it was replaced")
	}
	c.wants(register("li", phoneX), nil)
	c.clock.at = noon.Add(time.Hour)
	if err := c.Disable(ctx, boss, "wang", true); err != nil {
		t.Fatal(err)
	}
	if err := c.Enable(ctx, boss, "wang"); err != nil {
		t.Fatal(err)
	}
	if p := must[staff.Person](t)(c.Get(ctx, "wang")); p.Phone != "" {
		t.Error("somebody who was disabled keeps their number")
	}
}
