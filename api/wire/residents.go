package wire

import "time"

// CreateResident is the body of POST /residents.
type CreateResident struct {
	Phone     string    `json:"phone" maxLength:"32" doc:"Mainland mobile number"`
	Committee string    `json:"committee,omitempty" maxLength:"32" doc:"Code; a committee's own when left out by a committee"`
	Community string    `json:"community,omitempty" maxLength:"64"`
	Tags      []string  `json:"tags,omitempty" nullable:"false" maxItems:"32"`
	Consents  []Consent `json:"consents,omitempty" nullable:"false" maxItems:"2"`
}

// ChangeResident is the body of PATCH /residents/{id}: what is absent stays.
type ChangeResident struct {
	Phone     *string   `json:"phone,omitempty" nullable:"false" maxLength:"32" doc:"Empty takes it away"`
	Committee *string   `json:"committee,omitempty" nullable:"false" maxLength:"32" doc:"Code; empty for none. Another committee takes the community away"`
	Community *string   `json:"community,omitempty" nullable:"false" maxLength:"64"`
	Tags      *[]string `json:"tags,omitempty" nullable:"false" maxItems:"32" doc:"In place of all that are there. Sensitive ones are in the entry of one resident only, not in lists"`
	Consents  []Consent `json:"consents,omitempty" nullable:"false" maxItems:"2" doc:"Added, or in place of the same what"`
}

// SetPreference is the body of PUT /residents/{id}/preferences.
type SetPreference struct {
	Topic   string `json:"topic,omitempty" pattern:"^[a-z][a-z0-9_-]{0,39}$" doc:"Left out: every topic"`
	Channel string `json:"channel,omitempty" enum:"wechat,sms" doc:"Left out: every channel"`
	Wants   bool   `json:"wants"`
}

// SearchResidents is the body of POST /residents/search.
type SearchResidents struct {
	Phone string `json:"phone" maxLength:"32" doc:"Mainland mobile number"`
}

// Resident is a person that the city may reach.
type Resident struct {
	ID          string       `json:"id" doc:"Random subject id; means nothing once the resident is erased"`
	Phone       string       `json:"phone,omitempty" doc:"Masked, always" example:"199****0001"`
	PhoneFrom   string       `json:"phone_from,omitempty" doc:"import, staff or chat"`
	SMSStopped  bool         `json:"sms_stopped" doc:"Whether the number's owner stopped texts"`
	WeChat      bool         `json:"wechat" doc:"Whether they follow the account"`
	Committee   string       `json:"committee,omitempty" doc:"Code"`
	Community   string       `json:"community,omitempty"`
	PlaceFrom   string       `json:"place_from,omitempty" doc:"import, staff or chat"`
	Tags        []string     `json:"tags" nullable:"false"`
	Consents    []Consent    `json:"consents" nullable:"false"`
	Preferences []Preference `json:"preferences" nullable:"false"`
	CreatedAt   time.Time    `json:"created_at"`
	UpdatedAt   time.Time    `json:"updated_at"`
	Warnings    []string     `json:"warnings,omitempty" doc:"What to check of the entry, in Chinese, of one resident only: a community that its committee does not list"`
}

// Consent is what a resident agreed to.
type Consent struct {
	What  string    `json:"what" enum:"notices,phone" doc:"notices: to be sent notices; phone: that their number is kept"`
	Basis string    `json:"basis" enum:"consent,duty,emergency"`
	How   string    `json:"how" minLength:"1" maxLength:"64" doc:"In what way it was given, such as paper"`
	At    time.Time `json:"at,omitzero" doc:"When; now when left out"`
}

// Preference is whether a resident wants a topic, a channel, or one on the other.
type Preference struct {
	Topic   string    `json:"topic,omitempty" doc:"Left out: every topic"`
	Channel string    `json:"channel,omitempty" doc:"Left out: every channel"`
	Wants   bool      `json:"wants"`
	At      time.Time `json:"at,omitzero"`
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
	Residents  int `json:"residents"`
	Phone      int `json:"phone" doc:"With a number"`
	WeChat     int `json:"wechat" doc:"Who follow the account"`
	Both       int `json:"both"`
	Consented  int `json:"consented" doc:"With a consent to be sent notices"`
	Stopped    int `json:"stopped" doc:"Who want nothing, or nothing by SMS"`
	Committees int `json:"committees"`
	Suppressed int `json:"suppressed" doc:"Numbers not to be texted, residents' or not; 0 for one committee"`
}
