package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/phone"
	"towncrier/problem"
	"towncrier/roster"
	"towncrier/sheet"
	"towncrier/staff"
)

// residentHandler has the residents and the messages that were sent to them.
type residentHandler struct {
	roster   *roster.Roster
	texts    roster.Texts
	views    residentViews
	searches searches
	access   accessLog
	counting *counting
}

func (h residentHandler) register(g *gate) {
	const read, write = staff.ReadResidents, staff.WriteResidents
	add(g, get("/residents", "list-residents", "List residents", read).labelled("query.consent", roster.ConsentLabel), h.list)
	for _, format := range []string{sheet.CSV, sheet.XLSX} {
		add(g, get("/residents."+format, "export-residents-"+format, "Export residents as "+strings.ToUpper(format)+", numbers masked", read).
			labelled("query.consent", roster.ConsentLabel).streams(), h.export(format))
	}
	add(g, post("/residents", "create-resident", "Add a resident", write).withConsents(), repeatable(h.create, h.created, "resident.add"))
	add(g, post("/residents/search", "search-residents", "Find the resident with a phone number", read), h.search)
	add(g, get("/residents/{id}", "get-resident", "Show a resident", read), h.get)
	add(g, patch("/residents/{id}", "change-resident", "Change the given fields of a resident", write).withConsents(), repeatable(h.change, h.changed, "resident.change"))
	add(g, del("/residents/{id}", "erase-resident", "Erase a resident for good", staff.EraseResidents), repeatable(h.erase, nothingShown, "resident.erase"))
	add(g, put("/residents/{id}/preferences", "set-preference", "Record whether a resident wants a topic or a channel", write).labelled("body.channel", labelOf[roster.Channel]), repeatable(h.setPreference, h.changed, "resident.prefer"))
	add(g, get("/residents/{id}/texts", "list-texts", "List messages sent to a resident, newest first", read), h.listTexts)
	add(g, get("/stats", "get-stats", "Count residents", read).impersonal().countsResidents(), h.stats)
	add(g, get("/stats/committees", "get-stats-by-committee", "Count residents by committee", read).impersonal().countsResidents(), h.statsByCommittee)
}

// ResidentFilter narrows a list. Its name is exported because huma passes over other embedded fields.
type ResidentFilter struct {
	Committee    string    `query:"committee" maxLength:"64" doc:"Code or name"`
	Community    string    `query:"community" maxLength:"64"`
	Tag          string    `query:"tag" maxLength:"64"`
	Consent      string    `query:"consent" enum:"notices,phone" doc:"Only residents with this consent"`
	HasPhone     string    `query:"has_phone" enum:"true,false"`
	HasWeChat    string    `query:"has_wechat" enum:"true,false"`
	UpdatedSince time.Time `query:"updated_since"`
}

// chosen is what the caller asks for, which must be within their reach.
func (h residentHandler) chosen(ctx context.Context, caller staff.Person, in ResidentFilter) (roster.Filter, error) {
	if err := h.views.tags.mayChoose(caller, "query.tag", in.Tag); err != nil {
		return roster.Filter{}, err
	}
	f := roster.Filter{
		Committee: in.Committee, Community: in.Community, Tag: in.Tag, Consent: in.Consent,
		HasPhone: choice(in.HasPhone), HasWeChat: choice(in.HasWeChat), UpdatedSince: in.UpdatedSince,
	}
	var err error
	f.Committee, err = h.committee(ctx, caller, in.Committee)
	return f, err
}

// committee is the one that a caller asks about by code or name, their own when they ask about none and have one.
func (h residentHandler) committee(ctx context.Context, caller staff.Person, said string) (code string, err error) {
	code, err = h.views.names.committee(ctx, caller, "committee", cmp.Or(said, caller.Committee))
	if err == nil && code != "" && !caller.Sees(code) {
		return "", notYours(caller, "query.committee")
	}
	return code, err
}

type ListResidentsInput struct {
	Following
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
	ResidentFilter
}

func (h residentHandler) list(ctx context.Context, caller staff.Person, in *ListResidentsInput) (*reply[wire.Page[wire.Resident]], error) {
	out := wire.Page[wire.Resident]{Items: []wire.Resident{}}
	f, err := h.chosen(ctx, caller, in.ResidentFilter)
	if err != nil {
		return nil, err
	}
	residents, next, err := h.roster.List(ctx, f, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out.Items, out.Next = each(residents, h.views.listed(ctx)), next
	return &reply[wire.Page[wire.Resident]]{out}, h.access.record(ctx, caller, "resident.list", "", fmt.Sprintf("residents=%d committee=%s", len(residents), f.Committee))
}

func choice(s string) *bool {
	if s == "" {
		return nil
	}
	yes := s == "true"
	return &yes
}

type ResidentInput struct {
	ID string `path:"id" pattern:"^[0-9a-f]{32}$" patternDescription:"32 hex digits"`
}

func (h residentHandler) get(ctx context.Context, caller staff.Person, in *ResidentInput) (*reply[wire.Resident], error) {
	r, err := h.roster.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := h.reads(ctx, caller, r, "entry"); err != nil {
		return nil, err
	}
	return &reply[wire.Resident]{h.views.one(ctx, caller, r)}, nil
}

func (h residentHandler) create(ctx context.Context, caller staff.Person, in *Body[wire.CreateResident]) (*created[wire.Resident], error) {
	b := in.Body
	committee, err := h.views.names.committee(ctx, caller, "committee", cmp.Or(b.Committee, caller.Committee))
	if err != nil {
		return nil, err
	}
	if err := within(caller, committee); err != nil {
		return nil, err
	}
	number, err := phone.Parse(b.Phone)
	if err != nil {
		return nil, err
	}
	r, err := h.withNumber(ctx, caller, number, func() (roster.Resident, error) {
		return h.roster.Add(ctx, audit.Staff(caller.ID), roster.Resident{
			Phone: number, Committee: committee, Community: b.Community, Tags: b.Tags, Consents: consents(b.Consents),
		})
	})
	if err != nil {
		return nil, err
	}
	return createdAt(residentPath)(&reply[wire.Resident]{h.views.one(ctx, caller, r)}, nil)
}

type ChangeResidentInput struct {
	ID   string              `path:"id" pattern:"^[0-9a-f]{32}$" patternDescription:"32 hex digits"`
	Body wire.ChangeResident `doc:"What is left out stays as it is"`
}

func (h residentHandler) change(ctx context.Context, caller staff.Person, in *ChangeResidentInput) (*reply[wire.Resident], error) {
	b := in.Body
	change := roster.Change{Committee: b.Committee, Community: b.Community, Tags: b.Tags, Consents: consents(b.Consents)}
	if b.Committee != nil {
		committee, err := h.views.names.committee(ctx, caller, "committee", *b.Committee)
		if err != nil {
			return nil, err
		}
		if err := within(caller, committee); err != nil {
			return nil, err
		}
		change.Committee = &committee
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
	r, err := h.withNumber(ctx, caller, given(change.Phone), func() (roster.Resident, error) {
		return h.roster.Change(ctx, audit.Staff(caller.ID), in.ID, change, mine(caller))
	})
	if err != nil {
		return nil, err
	}
	return &reply[wire.Resident]{h.views.one(ctx, caller, r)}, nil
}

func (h residentHandler) created(ctx context.Context, caller staff.Person, act audit.Act) (*created[wire.Resident], error) {
	return createdAt(residentPath)(h.changed(ctx, caller, act))
}

func (h residentHandler) changed(ctx context.Context, caller staff.Person, act audit.Act) (*reply[wire.Resident], error) {
	r, err := h.roster.Get(ctx, act.Subject)
	if err == nil {
		err = mine(caller)(r)
	}
	if err != nil {
		return nil, err
	}
	return &reply[wire.Resident]{h.views.one(ctx, caller, r)}, nil
}

func (h residentHandler) erase(ctx context.Context, caller staff.Person, in *ResidentInput) (*Nothing, error) {
	r, err := h.roster.Get(ctx, in.ID)
	if err == nil {
		err = mine(caller)(r)
	}
	if err != nil {
		return nil, err
	}
	return nil, h.roster.Erase(ctx, audit.Staff(caller.ID), in.ID)
}

type PreferenceInput struct {
	ID   string `path:"id" pattern:"^[0-9a-f]{32}$" patternDescription:"32 hex digits"`
	Body wire.SetPreference
}

func (h residentHandler) setPreference(ctx context.Context, caller staff.Person, in *PreferenceInput) (*reply[wire.Resident], error) {
	b := in.Body
	topic, err := h.views.names.topic("topic", b.Topic)
	if err != nil {
		return nil, err
	}
	p := roster.Preference{Topic: topic, Channel: roster.Channel(b.Channel), Wants: b.Wants}
	if err := h.roster.SetPreference(ctx, audit.Staff(caller.ID), in.ID, p, mine(caller)); err != nil {
		return nil, err
	}
	r, err := h.roster.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Resident]{h.views.one(ctx, caller, r)}, nil
}

// given is what a pointer leads to, the zero value when it is nil.
func given[T any](value *T) (v T) {
	if value != nil {
		v = *value
	}
	return v
}

// withNumber does what gives a resident a number, unless that is "". An answer that the number is taken tells a committee as much as a
// search does: it counts as one, and is recorded. Any other answer costs nothing. Whose the number is, the caller reads when they may.
func (h residentHandler) withNumber(ctx context.Context, caller staff.Person, number phone.Number, do func() (roster.Resident, error)) (roster.Resident, error) {
	if number == "" || !caller.Role.NeedsOwnCommittee() {
		r, err := do()
		return r, h.pointTo(ctx, caller, number, err)
	}
	if err := h.searches.take(ctx, caller.ID); err != nil {
		return roster.Resident{}, err
	}
	r, err := do()
	if errors.Is(err, roster.ErrPhoneTaken) || errors.Is(err, roster.ErrSuppressed) {
		return r, cmp.Or(h.access.record(ctx, caller, "resident.search", "", "number held"), h.pointTo(ctx, caller, number, err))
	}
	h.searches.giveBack(ctx, caller.ID)
	return r, err
}

// pointTo makes of an error that a number is taken the way to the resident who has it, when the caller sees them.
func (h residentHandler) pointTo(ctx context.Context, caller staff.Person, number phone.Number, err error) error {
	if !errors.Is(err, roster.ErrPhoneTaken) {
		return err
	}
	holder, lookup := h.roster.FindByPhone(ctx, number)
	if lookup != nil || !caller.Sees(holder.Committee) {
		return err
	}
	detail := "这个手机号已经登记，居民编号 " + holder.ID + "：要补充或更正，请修改这位居民的登记"
	return refuse(http.StatusConflict, "phone-taken", detail, faultAt("body.phone", detail))
}

// errNoNumber is for a number that is nobody's, or another committee's resident's.
var errNoNumber = problem.NotFound("没有登记这个号码的居民：请核对号码")

func (h residentHandler) search(ctx context.Context, caller staff.Person, in *Body[wire.SearchResidents]) (*reply[wire.Resident], error) {
	number, err := phone.Parse(in.Body.Phone)
	if err != nil {
		return nil, err
	}
	if err := h.searches.take(ctx, caller.ID); err != nil {
		return nil, err
	}
	r, err := h.roster.FindByPhone(ctx, number)
	if err == nil {
		err = h.reads(ctx, caller, r, "entry by number")
	}
	if errors.Is(err, roster.ErrNoResident) {
		return nil, cmp.Or(h.access.record(ctx, caller, "resident.search", "", "found nobody"), errNoNumber)
	}
	if err != nil {
		return nil, err
	}
	return &reply[wire.Resident]{h.views.one(ctx, caller, r)}, nil
}

type ListTextsInput struct {
	ID    string `path:"id" pattern:"^[0-9a-f]{32}$" patternDescription:"32 hex digits"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (h residentHandler) listTexts(ctx context.Context, caller staff.Person, in *ListTextsInput) (*reply[wire.Page[wire.SentMessage]], error) {
	r, err := h.roster.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := h.reads(ctx, caller, r, "texts"); err != nil {
		return nil, err
	}
	return listed(viewSent)(h.texts.Sent(ctx, in.ID, in.Limit))
}

// mine lets the caller see and change their own residents only. To a committee, a resident of another one is not there.
func mine(caller staff.Person) roster.Guard {
	return func(r roster.Resident) error {
		if !caller.Sees(r.Committee) {
			return roster.ErrNoResident
		}
		return nil
	}
}

// reads lets the caller read something of a resident, once it is recorded that they do.
func (h residentHandler) reads(ctx context.Context, caller staff.Person, r roster.Resident, what string) error {
	if err := mine(caller)(r); err != nil {
		return err
	}
	return h.access.record(ctx, caller, "resident.read", r.ID, what)
}

// within refuses to give residents to a committee that is not the caller's.
func within(caller staff.Person, committee string) error {
	if caller.Sees(committee) {
		return nil
	}
	return notYours(caller, "body.committee")
}

// notYours refuses a committee that is not the caller's, in the same words whether there is one.
func notYours(caller staff.Person, location string) error {
	return refuse(http.StatusForbidden, "not-your-committee", "只能登记和管理本社区的居民", faultAt(location, "应写您自己的居委会："+caller.Committee))
}

func residentPath(r wire.Resident) string { return "/residents/" + r.ID }
