package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"towncrier/broadcast"
	"towncrier/roster"
	"towncrier/staff"
)

type residentView struct {
	ID          string           `json:"id" doc:"Random subject id; means nothing once the resident is erased"`
	Phone       string           `json:"phone,omitempty" doc:"Masked, always" example:"199****0001"`
	PhoneFrom   string           `json:"phone_from,omitempty" doc:"import, staff or chat"`
	SMSStopped  bool             `json:"sms_stopped" doc:"Whether the number's owner stopped texts"`
	WeChat      bool             `json:"wechat" doc:"Whether they follow the account"`
	Committee   string           `json:"committee,omitempty" doc:"Code"`
	Community   string           `json:"community,omitempty"`
	PlaceFrom   string           `json:"place_from,omitempty" doc:"import, staff or chat"`
	Tags        []string         `json:"tags" nullable:"false"`
	Consents    []consentView    `json:"consents" nullable:"false"`
	Preferences []preferenceView `json:"preferences" nullable:"false"`
	CreatedAt   time.Time        `json:"created_at"`
	UpdatedAt   time.Time        `json:"updated_at"`
	Warnings    []string         `json:"warnings,omitempty" doc:"What to check of the entry, in Chinese, of one resident only: a community that its committee does not list"`
}

type consentView struct {
	What  string    `json:"what" enum:"notices,phone" doc:"notices: to be sent notices; phone: that their number is kept"`
	Basis string    `json:"basis" enum:"consent,duty,emergency"`
	How   string    `json:"how" minLength:"1" maxLength:"64" doc:"In what way it was given, such as paper"`
	At    time.Time `json:"at,omitzero" doc:"When; now when left out"`
}

type preferenceView struct {
	Topic   string    `json:"topic,omitempty" doc:"Left out: every topic"`
	Channel string    `json:"channel,omitempty" doc:"Left out: every channel"`
	Wants   bool      `json:"wants"`
	At      time.Time `json:"at,omitzero"`
}

// viewListed is a resident among others: without sensitive tags, whoever reads.
func (a *server) viewListed(r roster.Resident) residentView {
	r.Tags = slices.DeleteFunc(slices.Clone(r.Tags), a.sensitive)
	return viewResident(r)
}

// viewOne is one resident, with every tag for who keeps residents' entries, and with what an import would tell of the entry. The
// entry stands also when that cannot be looked up now.
func (a *server) viewOne(ctx context.Context, who staff.Person, r roster.Resident) residentView {
	v := viewResident(r)
	if !who.Role.May(staff.WriteResidents) {
		v = a.viewListed(r)
	}
	if r.Committee == "" || r.Community == "" {
		return v
	}
	if c, err := a.Roster.Committee(ctx, r.Committee); err == nil && c.Lacks(r.Community) {
		v.Warnings = []string{fmt.Sprintf("小区“%s”不在%s（%s）登记的小区之中，请核对", r.Community, c.Name, c.Code)}
	}
	return v
}

// sensitive reports whether the city names a tag as sensitive.
func (a *server) sensitive(tag string) bool {
	return a.Broadcasts != nil && a.Broadcasts.Content().City.Sensitive(tag)
}

// mayChoose refuses a sensitive tag to who does not keep residents' entries: who is chosen by it has it.
func (a *server) mayChoose(who staff.Person, at string, tags ...string) error {
	if !who.Role.May(staff.WriteResidents) && slices.ContainsFunc(tags, a.sensitive) {
		return refuse(http.StatusForbidden, "right", "a sensitive tag needs the right "+string(staff.WriteResidents),
			faultAt(at, "这个标签属于敏感信息，您没有使用的权限"))
	}
	return nil
}

// tagsOf are the tags that a rule names.
func tagsOf(r broadcast.Rule) (tags []string) {
	if r.Tag != "" {
		tags = append(tags, r.Tag)
	}
	for _, inner := range slices.Concat(r.And, r.Or) {
		tags = append(tags, tagsOf(inner)...)
	}
	if r.Not != nil {
		tags = append(tags, tagsOf(*r.Not)...)
	}
	return tags
}

func viewResident(r roster.Resident) residentView {
	return residentView{
		ID: r.ID, Phone: r.Phone.Masked(), PhoneFrom: string(r.PhoneFrom), SMSStopped: r.Stopped, WeChat: r.OpenID != "",
		Committee: r.Committee, Community: r.Community, PlaceFrom: string(r.PlaceFrom),
		Tags: append([]string{}, r.Tags...),
		Consents: each(r.Consents, func(c roster.Consent) consentView {
			return consentView{c.What, string(c.Basis), c.How, c.At}
		}),
		Preferences: each(r.Preferences, func(p roster.Preference) preferenceView {
			return preferenceView{p.Topic, string(p.Channel), p.Wants, p.At}
		}),
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

func consents(given []consentView) []roster.Consent {
	return each(given, func(c consentView) roster.Consent {
		return roster.Consent{What: c.What, Basis: roster.Basis(c.Basis), How: c.How, At: c.At}
	})
}

type sentView struct {
	At      time.Time `json:"at"`
	Channel string    `json:"channel"`
	What    string    `json:"what"`
	By      string    `json:"by,omitempty"`
	Why     string    `json:"why,omitempty"`
	State   string    `json:"state"`
}

func viewSent(s roster.Sent) sentView {
	return sentView{s.At, string(s.Channel), s.What, s.By, s.Why, s.State}
}

type statsView struct {
	Residents  int `json:"residents"`
	Phone      int `json:"phone" doc:"With a number"`
	WeChat     int `json:"wechat" doc:"Who follow the account"`
	Both       int `json:"both"`
	Consented  int `json:"consented" doc:"With a consent to be sent notices"`
	Stopped    int `json:"stopped" doc:"Who want nothing, or nothing by SMS"`
	Committees int `json:"committees"`
	Suppressed int `json:"suppressed" doc:"Numbers not to be texted, residents' or not; 0 for one committee"`
}
