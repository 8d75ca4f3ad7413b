package wire

import "time"

// CreateResident is the body of POST /residents.
type CreateResident struct {
	Phone     string    `json:"phone" maxLength:"32" doc:"Mainland mobile number"`
	Committee string    `json:"committee,omitempty" maxLength:"64" doc:"Code or name; a committee's own when a committee leaves it out"`
	Community string    `json:"community,omitempty" maxLength:"64"`
	Tags      []string  `json:"tags,omitempty" nullable:"false" maxItems:"32"`
	Consents  []Consent `json:"consents,omitempty" nullable:"false" maxItems:"2"`
}

// ChangeResident is the body of PATCH /residents/{id}: what is absent stays.
type ChangeResident struct {
	Phone     *string   `json:"phone,omitempty" nullable:"false" maxLength:"32" doc:"Empty removes it"`
	Committee *string   `json:"committee,omitempty" nullable:"false" maxLength:"64" doc:"Code or name; empty for none. A change of committee clears the community"`
	Community *string   `json:"community,omitempty" nullable:"false" maxLength:"64"`
	Tags      *[]string `json:"tags,omitempty" nullable:"false" maxItems:"32" doc:"Replaces all tags. Sensitive ones are shown for one resident only, not in lists"`
	Consents  []Consent `json:"consents,omitempty" nullable:"false" maxItems:"2" doc:"Added; one with the same what is replaced"`
}

// SetPreference is the body of PUT /residents/{id}/preferences.
type SetPreference struct {
	Topic   string `json:"topic,omitempty" maxLength:"64" doc:"Id or name of a topic of the city; every topic when left out"`
	Channel string `json:"channel,omitempty" enum:"wechat,sms" doc:"Every channel when left out"`
	Wants   bool   `json:"wants"`
}

// SearchResidents is the body of POST /residents/search.
type SearchResidents struct {
	Phone string `json:"phone" maxLength:"32" doc:"Mainland mobile number"`
}

// Resident is a person that the city may reach.
type Resident struct {
	ID            string       `json:"id" doc:"Random subject id; leads nowhere once the resident is erased"`
	Phone         string       `json:"phone,omitempty" doc:"Masked, always" example:"199****0001"`
	PhoneFrom     string       `json:"phone_from,omitempty" doc:"import, staff or chat"`
	SMSStopped    bool         `json:"sms_stopped" doc:"Whether the number's owner stopped texts"`
	WeChat        bool         `json:"wechat" doc:"Whether the resident follows the account"`
	Committee     string       `json:"committee,omitempty" doc:"Code"`
	CommitteeName string       `json:"committee_name,omitempty"`
	Community     string       `json:"community,omitempty"`
	PlaceFrom     string       `json:"place_from,omitempty" doc:"import, staff or chat"`
	Tags          []string     `json:"tags" nullable:"false"`
	Consents      []Consent    `json:"consents" nullable:"false"`
	Preferences   []Preference `json:"preferences" nullable:"false"`
	CreatedAt     time.Time    `json:"created_at"`
	UpdatedAt     time.Time    `json:"updated_at"`
	Warnings      []string     `json:"warnings,omitempty" doc:"What to check in the entry, such as a community that its committee does not list; in Chinese, where one resident is shown"`
}

// Consent is what a resident agreed to.
type Consent struct {
	What  string    `json:"what" enum:"notices,phone" doc:"notices: to be sent notices; phone: that their number is kept"`
	Basis string    `json:"basis" enum:"consent,duty,emergency"`
	How   string    `json:"how" minLength:"1" maxLength:"64" doc:"How it was given, such as paper"`
	At    time.Time `json:"at,omitzero" doc:"When it was given; now when left out"`
}

// Preference is whether a resident wants a topic, a channel, or one on the other.
type Preference struct {
	Topic     string    `json:"topic,omitempty" doc:"Every topic when left out"`
	TopicName string    `json:"topic_name,omitempty"`
	Channel   string    `json:"channel,omitempty" doc:"Every channel when left out"`
	Wants     bool      `json:"wants"`
	At        time.Time `json:"at,omitzero"`
}

// SentMessage is a message that was sent to a resident.
type SentMessage struct {
	At      time.Time `json:"at"`
	Channel string    `json:"channel"`
	What    string    `json:"what"`
	By      string    `json:"by,omitempty"`
	Why     string    `json:"why,omitempty"`
	State   string    `json:"state"`
}

// Stats counts residents.
type Stats struct {
	Residents  int       `json:"residents"`
	Phone      int       `json:"phone" doc:"Residents with a number"`
	WeChat     int       `json:"wechat" doc:"Residents who follow the account"`
	Both       int       `json:"both"`
	Consented  int       `json:"consented" doc:"Residents with a consent to be sent notices"`
	Stopped    int       `json:"stopped" doc:"Residents who want nothing, or nothing by SMS"`
	Committees int       `json:"committees"`
	Suppressed int       `json:"suppressed" doc:"Numbers not to be texted, residents' or not; 0 for one committee"`
	CountedAt  time.Time `json:"counted_at,omitzero" doc:"When it was counted, with soon; absent until it was"`
	Counting   bool      `json:"counting,omitempty" doc:"It is being counted anew: ask again"`
}

// CommitteeStats counts the residents of a committee.
type CommitteeStats struct {
	Code      string `json:"code,omitempty" doc:"Absent for residents of no committee"`
	Name      string `json:"name,omitempty"`
	Residents int    `json:"residents"`
	Phone     int    `json:"phone" doc:"Residents with a number"`
	WeChat    int    `json:"wechat" doc:"Residents who follow the account"`
	Both      int    `json:"both"`
	Consented int    `json:"consented" doc:"Residents with a consent to be sent notices"`
	Stopped   int    `json:"stopped" doc:"Residents who want nothing, or nothing by SMS"`
}
