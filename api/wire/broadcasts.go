package wire

import (
	"fmt"
	"time"
)

// CreateBroadcast is the body of POST /broadcasts.
type CreateBroadcast struct {
	Draft    string   `json:"draft,omitempty" maxLength:"64" doc:"Id of a draft that the city has prepared; fields in proposal replace its fields"`
	Proposal Proposal `json:"proposal,omitzero"`
}

// ChangeBroadcast is the body of PUT /broadcasts/{id}.
type ChangeBroadcast struct {
	Version  int64    `json:"version" minimum:"1" doc:"version of the broadcast that was read"`
	Proposal Proposal `json:"proposal" doc:"Replaces the whole content. The broadcast becomes a draft, and its approval is void"`
}

// BroadcastFault is what is wrong with a broadcast, or a warning.
type BroadcastFault struct {
	Channel  string `json:"channel,omitempty"`
	Variable string `json:"variable,omitempty" doc:"A variable of the channel's template"`
	Field    string `json:"field,omitempty" doc:"A field of the proposal, where it is about no channel" example:"cites"`
	Text     string `json:"text" doc:"What is wrong and what would be right, in Chinese"`
	Warning  bool   `json:"warning" doc:"true: to be checked; false: must be mended before it can be submitted"`
	Name     string `json:"name,omitempty" doc:"Set for a warning that must be accepted by this name, to submit and to approve" example:"deadline:N2#4"`
}

// Proposal is what officials write of a broadcast. It is given back as it is shown, so that it can be changed.
type Proposal struct {
	Title     string    `json:"title,omitempty" pattern:"^\\P{C}*$" patternDescription:"text on one line" doc:"Shown to colleagues, never to residents"`
	Topic     string    `json:"topic,omitempty" maxLength:"64" doc:"Id or name of a topic of the city; the id is kept"`
	Cites     []Cite    `json:"cites,omitempty" nullable:"false" doc:"The published passages that it cites"`
	Messages  []Message `json:"messages,omitempty" nullable:"false" maxItems:"3" doc:"At most one per channel; for each resident the cheapest channel is tried first"`
	Audience  Rule      `json:"audience,omitzero"`
	Window    string    `json:"window,omitempty" pattern:"^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$" example:"08:00-20:00" doc:"Hours in which it may be sent, in the city's time; 08:00-20:00 when left out"`
	SendAt    time.Time `json:"send_at,omitzero" doc:"Not sent before; at once on scheduling when left out"`
	ExpireAt  time.Time `json:"expire_at,omitzero" doc:"What is not sent by then is not sent at all; a day after send_at when left out"`
	Fallback  Fallback  `json:"fallback,omitzero"`
	Emergency bool      `json:"emergency,omitempty" doc:"Ignores the window and the frequency cap; to approve or schedule it takes the right broadcasts.emergency"`
	Committee string    `json:"committee,omitempty" maxLength:"64" doc:"Code or name of the committee that sends it, to its own residents only; the code is kept. A committee's own when a committee leaves it out"`
}

// Cite names a passage of a notice.
type Cite struct {
	Notice  string `json:"notice" minLength:"1" maxLength:"64"`
	Passage int    `json:"passage" minimum:"1"`
}

// String is how people write it: N2#5.
func (c Cite) String() string { return fmt.Sprintf("%s#%d", c.Notice, c.Passage) }

// Message fills the template of one channel.
type Message struct {
	Channel  string            `json:"channel" enum:"subscription,template,sms"`
	Template string            `json:"template" minLength:"1" maxLength:"64" doc:"Id or title of a template of this channel; the id is kept"`
	Data     map[string]string `json:"data,omitempty" doc:"Value of each variable of the template"`
	URL      string            `json:"url,omitempty" maxLength:"1024" doc:"Link that a tap opens; WeChat only"`
}

// Rule chooses residents. It is written by code or by name, and shown by code.
type Rule struct {
	All       bool   `json:"all,omitempty" yaml:"all,omitempty"`
	Area      string `json:"area,omitempty" yaml:"area,omitempty" doc:"District or county of the committee; also with the prefecture before it"`
	Street    string `json:"street,omitempty" yaml:"street,omitempty" doc:"Street office above the committee"`
	Committee string `json:"committee,omitempty" yaml:"committee,omitempty" doc:"Code, or name as long as only one committee has it"`
	Community string `json:"community,omitempty" yaml:"community,omitempty" doc:"Name"`
	Tag       string `json:"tag,omitempty" yaml:"tag,omitempty"`
	Topic     string `json:"topic,omitempty" yaml:"topic,omitempty" doc:"Subscribers of a topic: id or name"`
	List      string `json:"list,omitempty" yaml:"list,omitempty" doc:"Id or title of an uploaded list of numbers"`
	And       []Rule `json:"and,omitzero" yaml:"and,omitempty" nullable:"false"`
	Or        []Rule `json:"or,omitzero" yaml:"or,omitempty" nullable:"false"`
	Not       *Rule  `json:"not,omitempty" yaml:"not,omitempty"`
}

// Labels says what the codes of a proposal stand for.
type Labels struct {
	AudienceLabel  string `json:"audience_label" doc:"The audience on one line, in Chinese" example:"盐湖区，且 演示第一社区（demo-1）"`
	TopicLabel     string `json:"topic_label" doc:"In Chinese"`
	CommitteeLabel string `json:"committee_label,omitempty" doc:"Name of the committee that sends it, in Chinese"`
	// MessageLabels are in the order of the messages.
	MessageLabels []MessageLabels `json:"message_labels" nullable:"false"`
}

// MessageLabels says what the names in a message stand for.
type MessageLabels struct {
	Channel       string          `json:"channel"`
	ChannelLabel  string          `json:"channel_label" doc:"In Chinese"`
	TemplateLabel string          `json:"template_label" doc:"The template's title, with its id"`
	Variables     []VariableLabel `json:"variables" nullable:"false" doc:"Of the template, in its order"`
}

// VariableLabel is what a template's variable is called.
type VariableLabel struct {
	Name  string `json:"name" example:"thing1"`
	Label string `json:"label" example:"通知事项" doc:"In Chinese: what WeChat prints before the value; of a text, what it means to officials"`
}

// Colleagues are who wrote a broadcast or a series, and who approved it. A label is a name with the staff id.
type Colleagues struct {
	Author        string    `json:"author" doc:"Staff id"`
	AuthorLabel   string    `json:"author_label" example:"赵作者（zhao）"`
	Editors       []string  `json:"editors" nullable:"false" doc:"Staff ids of its author and all who edited it: none of them may approve it"`
	EditorLabels  []string  `json:"editor_labels" nullable:"false"`
	Reviewer      string    `json:"reviewer,omitempty" doc:"Staff id of the first of two who approve: it waits for the second"`
	ReviewerLabel string    `json:"reviewer_label,omitempty"`
	ReviewedAt    time.Time `json:"reviewed_at,omitzero"`
	Approver      string    `json:"approver,omitempty" doc:"Staff id"`
	ApproverLabel string    `json:"approver_label,omitempty"`
}

// Fallback says when a recipient goes on to the next channel.
type Fallback struct {
	WaitMinutes int  `json:"wait_minutes,omitempty" minimum:"0" maximum:"4320" doc:"Minutes without a receipt after which an accepted message counts as lost; 0: never"`
	Doubtful    bool `json:"doubtful,omitempty" doc:"Use the next channel also for messages that may have arrived: some people may get two"`
}

// Broadcast is one message to an audience, with where it stands.
type Broadcast struct {
	ID          string   `json:"id" example:"BABCDEFGHIJ"`
	Version     int64    `json:"version" doc:"Grows with every change"`
	Status      string   `json:"status" enum:"draft,submitted,approved,scheduled,held,freezing,sending,paused,done,cancelled,expired"`
	StatusLabel string   `json:"status_label" doc:"In Chinese"`
	Why         string   `json:"why,omitempty" doc:"Why it is held, paused, cancelled, expired or was rejected; in Chinese"`
	Emergency   bool     `json:"emergency"`
	Proposal    Proposal `json:"proposal"`
	Labels
	Colleagues
	Series         string           `json:"series,omitempty" doc:"Id of the series of which it is an occurrence"`
	DueAt          time.Time        `json:"due_at,omitzero" doc:"When an occurrence of a series is due"`
	Signatures     int              `json:"signatures" doc:"How many people approve it, each this same hash: 1, or 2"`
	Hash           string           `json:"hash,omitempty" doc:"Hash of the content that is approved; set on submission"`
	Size           *int             `json:"size" doc:"Recipients, to the ten, when it was submitted; null when they were fewer than ten, or the audience is a list"`
	SizeLabel      string           `json:"size_label" doc:"size in words, in Chinese" example:"少于10人"`
	Expected       Bill             `json:"expected,omitzero" doc:"Expected cost of its texts when it was submitted: part of what is approved"`
	Warnings       []BroadcastFault `json:"warnings,omitempty" doc:"What to check before the next step. Shown until sending begins, where one broadcast is shown"`
	Accepted       []string         `json:"accepted" nullable:"false" doc:"Names of the warnings that were accepted when it was submitted: its approver accepts the same"`
	ApprovedAt     time.Time        `json:"approved_at,omitzero"`
	Confirmer      string           `json:"confirmer,omitempty" doc:"Staff id of the approver who confirmed it while it was on hold"`
	ConfirmerLabel string           `json:"confirmer_label,omitempty" doc:"Name and id"`
	ReleasedAt     time.Time        `json:"released_at,omitzero" doc:"When it was last scheduled, confirmed, resumed or resent"`
	Deadline       time.Time        `json:"deadline,omitzero" doc:"What is not sent by then is not sent at all; set once it is scheduled"`
	BegunAt        time.Time        `json:"begun_at,omitzero"`
	Frozen         *int             `json:"frozen" doc:"Recipients so far, those who get nothing included; null below ten"`
	FrozenLabel    string           `json:"frozen_label" doc:"frozen in words, in Chinese"`
	FrozenAt       time.Time        `json:"frozen_at,omitzero" doc:"When the list of recipients was complete"`
	Round          int              `json:"round" doc:"1, and one more for each resend"`
	ForgottenAt    time.Time        `json:"forgotten_at,omitzero" doc:"When the list of its recipients was deleted: only counts are left"`
	PutBackAt      time.Time        `json:"put_back_at,omitzero" doc:"The database was put back from a backup of then: the broadcast stands as it stood then, and may have gone out since"`
	CreatedAt      time.Time        `json:"created_at"`
	UpdatedAt      time.Time        `json:"updated_at"`
}

// BroadcastCount is how many broadcasts have a status.
type BroadcastCount struct {
	Status      string `json:"status"`
	StatusLabel string `json:"status_label" doc:"In Chinese"`
	N           int    `json:"n"`
}

// MessageText is what residents read on a channel, finished.
type MessageText struct {
	Channel string `json:"channel"`
	Label   string `json:"label" doc:"In Chinese"`
	Text    string `json:"text" doc:"Whole: of an SMS with its sign, of WeChat with the title above the values"`
	URL     string `json:"url,omitempty" doc:"Link that a tap opens"`
}
