package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/kv"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/staff"
)

// mine lets who see and change their own residents only. Another committee's is not there for them.
func mine(who staff.Person) roster.Guard {
	return func(r roster.Resident) error {
		if !who.Sees(r.Committee) {
			return errAbsent
		}
		return nil
	}
}

// reads lets who read what of a resident, once it is recorded that they do: access to personal data has to be
// (互联网政务应用安全管理规定, article 20), and what cannot be recorded is not shown.
func (a *server) reads(ctx context.Context, who staff.Person, r roster.Resident, what string) error {
	if err := mine(who)(r); err != nil {
		return err
	}
	return a.Audit.Record(ctx, audit.Act{Actor: audit.Staff(who.ID), Action: "resident.read", Subject: r.ID, Detail: what, At: a.Now()})
}

// within refuses a committee that is not who's to give residents to.
func within(who staff.Person, committee string) error {
	if who.Sees(committee) {
		return nil
	}
	return refuse(http.StatusForbidden, "not-your-committee", "a committee keeps its own residents only",
		faultAt("body.committee", "want your own committee, "+who.Committee))
}

type listResidentsInput struct {
	After        string    `query:"after" maxLength:"200" doc:"next of the page before"`
	Limit        int       `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Committee    string    `query:"committee" maxLength:"32" doc:"Code"`
	Community    string    `query:"community" maxLength:"64"`
	Tag          string    `query:"tag" maxLength:"64"`
	Consent      string    `query:"consent" enum:"notices,phone" doc:"Who have this consent"`
	HasPhone     string    `query:"has_phone" enum:"true,false"`
	HasWeChat    string    `query:"has_wechat" enum:"true,false"`
	UpdatedSince time.Time `query:"updated_since"`
}

func (a *server) listResidents(ctx context.Context, who staff.Person, in *listResidentsInput) (*reply[wire.Page[wire.Resident]], error) {
	out := wire.Page[wire.Resident]{Items: []wire.Resident{}}
	if err := a.mayChoose(who, "query.tag", in.Tag); err != nil {
		return nil, err
	}
	f := roster.Filter{
		Committee: in.Committee, Community: in.Community, Tag: in.Tag, Consent: in.Consent,
		HasPhone: choice(in.HasPhone), HasWeChat: choice(in.HasWeChat), UpdatedSince: in.UpdatedSince,
	}
	if who.Role.NeedsOwnCommittee() {
		if f.Committee != "" && !who.Sees(f.Committee) {
			return &reply[wire.Page[wire.Resident]]{out}, nil
		}
		f.Committee = who.Committee
	}
	residents, next, err := a.Roster.List(ctx, f, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out.Items, out.Next = each(residents, a.viewListed), next
	return &reply[wire.Page[wire.Resident]]{out}, a.record(ctx, who, "resident.list", "", fmt.Sprintf("residents=%d committee=%s", len(residents), f.Committee))
}

func choice(s string) *bool {
	if s == "" {
		return nil
	}
	yes := s == "true"
	return &yes
}

type residentInput struct {
	ID string `path:"id" pattern:"^[0-9a-f]{32}$" patternDescription:"32 hex digits"`
}

func (a *server) getResident(ctx context.Context, who staff.Person, in *residentInput) (*reply[wire.Resident], error) {
	r, err := a.Roster.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.reads(ctx, who, r, "entry"); err != nil {
		return nil, err
	}
	return &reply[wire.Resident]{a.viewOne(ctx, who, r)}, nil
}

type createResidentInput struct {
	Body wire.CreateResident
}

func (a *server) createResident(ctx context.Context, who staff.Person, in *createResidentInput) (*created[wire.Resident], error) {
	b := in.Body
	if b.Committee == "" {
		b.Committee = who.Committee
	}
	if err := within(who, b.Committee); err != nil {
		return nil, err
	}
	number, err := phone.Parse(b.Phone)
	if err != nil {
		return nil, err
	}
	r, err := a.withNumber(ctx, who, true, func() (roster.Resident, error) {
		return a.Roster.Add(ctx, audit.Staff(who.ID), roster.Resident{
			Phone: number, Committee: b.Committee, Community: b.Community, Tags: b.Tags, Consents: consents(b.Consents),
		})
	})
	if err != nil {
		return nil, err
	}
	return &created[wire.Resident]{wire.Prefix + "/residents/" + r.ID, a.viewOne(ctx, who, r)}, nil
}

type changeResidentInput struct {
	ID   string              `path:"id" pattern:"^[0-9a-f]{32}$" patternDescription:"32 hex digits"`
	Body wire.ChangeResident `doc:"What is left out stays as it is"`
}

func (a *server) changeResident(ctx context.Context, who staff.Person, in *changeResidentInput) (*reply[wire.Resident], error) {
	b := in.Body
	change := roster.Change{Committee: b.Committee, Community: b.Community, Tags: b.Tags, Consents: consents(b.Consents)}
	if b.Committee != nil {
		if err := within(who, *b.Committee); err != nil {
			return nil, err
		}
	}
	if b.Phone != nil {
		var number phone.Number
		if *b.Phone != "" {
			var err error
			if number, err = phone.Parse(*b.Phone); err != nil {
				return nil, err
			}
		}
		change.Phone = &number
	}
	r, err := a.withNumber(ctx, who, change.Phone != nil, func() (roster.Resident, error) {
		return a.Roster.Change(ctx, audit.Staff(who.ID), in.ID, change, mine(who))
	})
	if err != nil {
		return nil, err
	}
	return &reply[wire.Resident]{a.viewOne(ctx, who, r)}, nil
}

func (a *server) eraseResident(ctx context.Context, who staff.Person, in *residentInput) (*nothing, error) {
	r, err := a.Roster.Get(ctx, in.ID)
	if err == nil {
		err = mine(who)(r)
	}
	if err != nil {
		return nil, err
	}
	return nil, a.Roster.Erase(ctx, audit.Staff(who.ID), in.ID)
}

type preferenceInput struct {
	ID   string `path:"id" pattern:"^[0-9a-f]{32}$" patternDescription:"32 hex digits"`
	Body wire.SetPreference
}

func (a *server) setPreference(ctx context.Context, who staff.Person, in *preferenceInput) (*reply[wire.Resident], error) {
	b := in.Body
	p := roster.Preference{Topic: b.Topic, Channel: roster.Channel(b.Channel), Wants: b.Wants}
	if err := a.Roster.SetPreference(ctx, audit.Staff(who.ID), in.ID, p, mine(who)); err != nil {
		return nil, err
	}
	r, err := a.Roster.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Resident]{a.viewOne(ctx, who, r)}, nil
}

// searches are as many as somebody makes who looks people up one by one, and too few to try numbers out.
var searches = kv.Limit{Rate: 30, Per: time.Hour, Burst: 30}

// withNumber does what may give somebody a number. That a number is held tells a committee of a person as a search does: it counts as
// one, and is recorded. Anything else costs nothing.
func (a *server) withNumber(ctx context.Context, who staff.Person, gives bool, do func() (roster.Resident, error)) (roster.Resident, error) {
	if !gives || !who.Role.NeedsOwnCommittee() {
		return do()
	}
	if no := a.limits.pass(ctx, "searcher", who.ID, searches); no != nil {
		return roster.Resident{}, no
	}
	r, err := do()
	if errors.Is(err, roster.ErrPhoneTaken) || errors.Is(err, roster.ErrSuppressed) {
		return r, cmp.Or(a.record(ctx, who, "resident.search", "", "number held"), err)
	}
	a.limits.giveBack(ctx, "searcher", who.ID, searches)
	return r, err
}

type searchInput struct {
	Body wire.SearchResidents
}

func (a *server) searchResidents(ctx context.Context, who staff.Person, in *searchInput) (*reply[wire.Resident], error) {
	number, err := phone.Parse(in.Body.Phone)
	if err != nil {
		return nil, err
	}
	if no := a.limits.pass(ctx, "searcher", who.ID, searches); no != nil {
		return nil, no
	}
	r, err := a.Roster.FindByPhone(ctx, number)
	if err == nil {
		err = a.reads(ctx, who, r, "entry by number")
	}
	if errors.Is(err, roster.ErrNoResident) || errors.Is(err, errAbsent) {
		return nil, cmp.Or(a.record(ctx, who, "resident.search", "", "found nobody"), errAbsent)
	}
	if err != nil {
		return nil, err
	}
	return &reply[wire.Resident]{a.viewOne(ctx, who, r)}, nil
}

type listTextsInput struct {
	ID    string `path:"id" pattern:"^[0-9a-f]{32}$" patternDescription:"32 hex digits"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (a *server) listTexts(ctx context.Context, who staff.Person, in *listTextsInput) (*reply[wire.Page[wire.SentMessage]], error) {
	r, err := a.Roster.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.reads(ctx, who, r, "texts"); err != nil {
		return nil, err
	}
	sent, err := a.Texts.Sent(ctx, in.ID, in.Limit)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Page[wire.SentMessage]]{wire.Page[wire.SentMessage]{Items: each(sent, viewSent)}}, nil
}

type statsInput struct {
	Committee string `query:"committee" maxLength:"32" doc:"Code; everybody when left out, or a committee's own"`
}

func (a *server) stats(ctx context.Context, who staff.Person, in *statsInput) (*reply[wire.Stats], error) {
	committee := in.Committee
	if who.Role.NeedsOwnCommittee() {
		if committee != "" && !who.Sees(committee) {
			return nil, errAbsent
		}
		committee = who.Committee
	}
	s, err := a.Roster.Stats(ctx, committee)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Stats]{wire.Stats(s)}, nil
}
