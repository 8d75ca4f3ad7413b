package rehearsal

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"maps"
	"slices"
	"time"

	"towncrier/audit"
	"towncrier/content"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/sandbox/platform"
	pretendsms "towncrier/sandbox/sms"
	pretendwechat "towncrier/sandbox/wechat"
	"towncrier/store"
)

const (
	// DefaultResidents is how many residents a rehearsal has: a broadcast to them takes long enough to be watched.
	DefaultResidents = 2000
	// seedSlice is how many are written at once: some 30 ms on SQLite.
	seedSlice = 100
)

// syntheticResident is a made-up resident, as the pretend platforms know them, and what the city knows of them.
type syntheticResident struct {
	platform.Resident
	known   roster.Resident // without ID and times
	stopped bool            // replied T to a text
}

// residentTraits are what sets synthetic residents apart. Everybody agreed on paper to be sent notices.
type residentTraits struct {
	number     bool // that the city has
	follows    bool
	unbound    bool   // follows, but the city does not know that the number is theirs
	subscribed bool   // to the topics of the city's drafts
	agreed     bool   // to subscription notifications, in the long term
	blocks     bool   // turned WeChat's notices off: they fail, and the next channel is tried
	out        bool   // wants nothing
	stopped    bool   // wants no texts
	lost       string // what receipts of their texts say; "" when texts arrive
}

// firstTraits are those of the first four people of the phone page, who all follow: one who can still bind their number, and gets a text until
// then; one for each kind of notice in WeChat; and one who blocks notices, so that the text that comes instead can be seen.
var firstTraits = []residentTraits{
	{number: true, follows: true, unbound: true},
	{number: true, follows: true, agreed: true},
	{number: true, follows: true, subscribed: true},
	{number: true, follows: true, subscribed: true, blocks: true},
}

// otherTraits are those of everybody else, again and again.
var otherTraits = []residentTraits{
	{number: true, follows: true, subscribed: true},
	{number: true},
	{number: true, follows: true, agreed: true},
	{number: true},
	{number: true, follows: true, subscribed: true},
	{number: true},
	{follows: true, subscribed: true},
	{number: true},
	{number: true, follows: true, agreed: true},
	{number: true},
	{number: true, follows: true, subscribed: true},
	{number: true, lost: "MOBILE_NOT_ON_SERVICE"},
	{follows: true}, // neither a number nor a subscription: nothing may go to them
	{number: true},
	{number: true, follows: true, subscribed: true, blocks: true},
	{number: true, stopped: true},
	{follows: true, subscribed: true, blocks: true}, // nothing gets through to them
	{number: true},
	{number: true, follows: true, out: true},
	{number: true},
}

// syntheticResidents are a rehearsal's n residents, the same ones every time.
func syntheticResidents(lib *content.Library, n int) []syntheticResident {
	people, _ := platform.SyntheticResidents(n) // fails beyond 9999 only
	templates, topics, committees := subscriptionCodes(lib), draftTopics(lib), committeesOf(lib)
	all := make([]syntheticResident, len(people))
	for i, who := range people {
		p := otherTraits[i%len(otherTraits)]
		if i < len(firstTraits) {
			p = firstTraits[i]
		}
		home := committees[i%len(committees)]
		known := roster.Resident{
			Committee: home.Code, Community: home.Communities[i/len(otherTraits)%len(home.Communities)], PlaceFrom: roster.FromImport,
			Consents: []roster.Consent{{What: roster.Notices, How: "paper", Basis: roster.ByConsent}},
		}
		who.Following, who.Blocks, who.Unreachable = p.follows, p.blocks, p.lost
		if p.number {
			known.Phone, known.PhoneFrom = phone.Number(who.Phone), roster.FromImport
		}
		if p.follows && !p.unbound {
			known.OpenID = who.OpenID
		}
		if p.agreed {
			who.Agreed = templates
		}
		if p.subscribed {
			for _, topic := range topics {
				known.Preferences = append(known.Preferences, roster.Preference{Topic: topic, Wants: true})
			}
		}
		if p.out {
			known.Preferences = []roster.Preference{{}}
		}
		if p.stopped {
			known.Preferences = []roster.Preference{{Channel: roster.SMS}}
		}
		all[i] = syntheticResident{Resident: who, known: known, stopped: p.stopped}
	}
	return all
}

// followers are the players as the pretend platforms know them.
func followers(lib *content.Library, n int) []platform.Resident {
	var people []platform.Resident
	for _, p := range syntheticResidents(lib, n) {
		people = append(people, p.Resident)
	}
	return people
}

// seedResidents lets a city know its players. Those it knows already stay as they are, so that what was cut off goes on.
func seedResidents(ctx context.Context, db *store.DB, lib *content.Library, n int, now time.Time) error {
	now = now.UTC().Truncate(time.Millisecond)
	residents, subscriptions := db.Roster(), db.Broadcasts()
	for slice := range slices.Chunk(syntheticResidents(lib, n), seedSlice) {
		var keys []roster.Key
		var owners []int
		for i, p := range slice {
			for _, key := range []roster.Key{{Phone: p.known.Phone}, {OpenID: p.known.OpenID}} {
				if key != (roster.Key{}) {
					keys, owners = append(keys, key), append(owners, i)
				}
			}
		}
		err := residents.Edit(ctx, keys, func(found []roster.Found) (roster.Edit, error) {
			known := make([]bool, len(slice))
			for i, f := range found {
				known[owners[i]] = known[owners[i]] || f.Resident.ID != "" || f.Suppressed == roster.Erased
			}
			return introduce(slice, known, now), nil
		})
		if err != nil {
			return err
		}
		for _, p := range slice {
			for _, template := range p.Agreed {
				if _, err := subscriptions.Subscribe(ctx, p.OpenID, template, true, now); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// introduce adds the players who are not known.
func introduce(slice []syntheticResident, known []bool, now time.Time) roster.Edit {
	edit := roster.Edit{Suppress: make(map[phone.Number]roster.Suppression)}
	for i, p := range slice {
		if known[i] {
			continue
		}
		who := p.known
		who.ID, who.CreatedAt, who.UpdatedAt = subjectID(), now, now
		for j := range who.Consents {
			who.Consents[j].At = now
		}
		for j := range who.Preferences {
			who.Preferences[j].At = now
		}
		if p.stopped {
			edit.Suppress[who.Phone] = roster.Stopped
		}
		edit.Save = append(edit.Save, who)
	}
	if len(edit.Save) > 0 {
		edit.Acts = []audit.Act{{Actor: actor, Action: "resident.seed", At: now}}
	}
	return edit
}

func subjectID() string {
	id := make([]byte, 16)
	rand.Read(id) // never fails since Go 1.24
	return hex.EncodeToString(id)
}

// subscriptionCodes are the platform's ids of the city's subscription notifications.
func subscriptionCodes(lib *content.Library) []string {
	var codes []string
	for _, t := range lib.Templates {
		if t.Channel == content.SubscriptionChannel {
			codes = append(codes, t.Code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// draftTopics are what somebody must have subscribed to, to get the city's drafts as template messages.
func draftTopics(lib *content.Library) []string {
	var topics []string
	for _, d := range lib.Drafts {
		topics = append(topics, d.Topic)
	}
	slices.Sort(topics)
	return slices.Compact(topics)
}

// committeesOf are a rehearsal's committees. The first two lie in an area that one of the city's drafts is for, so that it
// reaches somebody.
func committeesOf(lib *content.Library) []roster.Committee {
	all := slices.Clone(committees)
	for _, id := range slices.Sorted(maps.Keys(lib.Drafts)) {
		if area := areaOf(lib.Drafts[id].Audience); area != "" {
			all[0].Area, all[1].Area = area, area
			break
		}
	}
	return all
}

// areaOf is the first area that an audience names, "" for none.
func areaOf(a content.Audience) string {
	if a.Area != "" {
		return a.Area
	}
	for _, part := range slices.Concat(a.And, a.Or) {
		if area := areaOf(part); area != "" {
			return area
		}
	}
	return ""
}

// noticeForms are the city's templates of WeChat, as the pretend platform approves them.
func noticeForms(lib *content.Library) []pretendwechat.Template {
	var forms []pretendwechat.Template
	for _, id := range slices.Sorted(maps.Keys(lib.Templates)) {
		t := lib.Templates[id]
		if t.Channel == content.SMSChannel || slices.ContainsFunc(forms, func(f pretendwechat.Template) bool { return f.ID == t.Code }) {
			continue
		}
		form := pretendwechat.Template{ID: t.Code, Kind: pretendwechat.TemplateKind(t.Channel), Title: t.Title}
		for _, v := range t.Vars {
			form.Items = append(form.Items, pretendwechat.TemplateItem{Key: v.Name, Label: v.Label, Values: v.Values})
		}
		forms = append(forms, form)
	}
	return forms
}

// noticeTexts are templates of SMS with the city's beside them, or in the place of those that have the same code.
func noticeTexts(templates []pretendsms.Template, lib *content.Library) []pretendsms.Template {
	for _, id := range slices.Sorted(maps.Keys(lib.Templates)) {
		t := lib.Templates[id]
		if t.Channel != content.SMSChannel {
			continue
		}
		form := pretendsms.Template{Code: t.Code, Kind: pretendsms.NoticeTemplate, Text: t.Text, Variables: map[string]pretendsms.VariableType{}}
		for _, v := range t.Vars {
			if v.Type == "phone" {
				form.Variables[v.Name] = pretendsms.PhoneVariable
			}
		}
		if i := slices.IndexFunc(templates, func(s pretendsms.Template) bool { return s.Code == t.Code }); i >= 0 {
			templates[i] = form
		} else {
			templates = append(templates, form)
		}
	}
	return templates
}
