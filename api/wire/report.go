package wire

import "time"

// Bill is what texts cost; WeChat costs nothing.
type Bill struct {
	Parts    int   `json:"parts" doc:"Parts that one text is billed as, by its template and values; 0 without SMS"`
	Cost     Money `json:"cost" doc:"Before sending: if every first channel works. In a report: for the texts that arrived, since others are not billed"`
	CostMost Money `json:"cost_most" doc:"Before sending: if only SMS works. In a report: with the texts that may still arrive"`
	Saved    Money `json:"saved" doc:"Cost of the texts that are not needed because WeChat, tried first, works"`
}

// Text is what residents read on a channel.
type Text struct {
	Channel string `json:"channel"`
	Label   string `json:"label" doc:"In Chinese"`
	Text    string `json:"text" doc:"The text that residents read; of an SMS with its sign"`
}

// PassedChannel is a channel that is not used for a resident, and why.
type PassedChannel struct {
	Channel string `json:"channel"`
	Reason  string `json:"reason"`
	Label   string `json:"label" doc:"In Chinese"`
}

// Sample is one resident of an audience, picked at random.
type Sample struct {
	Resident       string          `json:"resident,omitempty" doc:"Subject id; shown with the right residents.read"`
	Phone          string          `json:"phone,omitempty" doc:"Always masked; shown with the right residents.read" example:"199****0001"`
	Committee      string          `json:"committee,omitempty"`
	CommitteeLabel string          `json:"committee_label,omitempty" doc:"Its name and code"`
	Community      string          `json:"community,omitempty"`
	Channel        string          `json:"channel,omitempty" doc:"The channel that is tried first; left out when this resident gets nothing"`
	Channels       []string        `json:"channels" nullable:"false" doc:"In the order in which they are tried; shown with the right residents.read"`
	Reason         string          `json:"reason,omitempty" doc:"Why there is no channel; shown with the right residents.read"`
	Label          string          `json:"reason_label,omitempty" doc:"In Chinese"`
	Passed         []PassedChannel `json:"passed" nullable:"false" doc:"Channels of the broadcast that are not used for this resident; shown with the right residents.read"`
	Text           string          `json:"text,omitempty" doc:"The text on the first channel"`
}

// Estimate is how many a broadcast would reach now, and what that costs.
type Estimate struct {
	Residents    *int           `json:"residents" doc:"Residents in the audience today, to the ten as all that is counted here; null below ten, or when the audience is a list"`
	People       string         `json:"residents_label" doc:"residents in words, in Chinese" example:"少于10人"`
	SelfDeclared *int           `json:"self_declared" doc:"Residents whose place is known only from themselves, unchecked; null below ten, 0 when the audience names no place"`
	Declared     string         `json:"self_declared_label" doc:"self_declared in words, in Chinese" example:"少于10人"`
	First        []ChannelCount `json:"first" nullable:"false" doc:"Residents by the channel that is tried first"`
	Left         []ReasonCount  `json:"left" nullable:"false" doc:"Residents who get nothing, by reason"`
	Doubles      *int           `json:"doubles" doc:"Residents who could get two messages, because fallback.doubtful is set; null below ten"`
	Twice        string         `json:"doubles_label" doc:"doubles in words, in Chinese"`
	Bill
	Faults []BroadcastFault `json:"faults" nullable:"false"`
}

// Preview is what a broadcast would reach and cost now, and what is wrong with it.
type Preview struct {
	Estimate
	Texts     []Text    `json:"texts" nullable:"false"`
	Sample    []Sample  `json:"sample" nullable:"false" doc:"Some of the residents, picked at random; none of an audience below ten, or by list"`
	Hash      string    `json:"hash,omitempty" doc:"Hash of the content that is approved; set on submission"`
	CountedAt time.Time `json:"counted_at,omitzero" doc:"When its audience was counted, with soon or of a proposal; absent when it was not"`
	Counting  bool      `json:"counting,omitempty" doc:"It is being counted anew: ask again"`
}

// PreviewProposal is the body of POST /broadcasts/preview.
type PreviewProposal struct {
	Proposal  Proposal `json:"proposal" doc:"It may be unfinished: what it lacks is among the faults"`
	Uncounted bool     `json:"uncounted,omitempty" doc:"Counts nobody: only texts, faults and labels are shown"`
}

// ProposalPreview is what a broadcast would say, reach and cost now that is not kept.
type ProposalPreview struct {
	Preview
	Labels
}

// StateCount counts deliveries of a channel in a state.
type StateCount struct {
	Channel      string `json:"channel,omitempty" doc:"Left out for recipients without a channel"`
	ChannelLabel string `json:"channel_label,omitempty" doc:"In Chinese"`
	State        string `json:"state"`
	StateLabel   string `json:"state_label" doc:"In Chinese"`
	N            *int   `json:"n" doc:"null: suppressed, below ten"`
	NLabel       string `json:"n_label" doc:"n in words, in Chinese"`
}

// Report is the result of a broadcast.
type Report struct {
	Broadcast      Broadcast      `json:"broadcast"`
	Committee      string         `json:"committee,omitempty" doc:"Code: the report counts residents of this committee only, without costs. Set when a committee reads a report on what the city sent"`
	CommitteeLabel string         `json:"committee_label,omitempty" doc:"Its name and code"`
	Few            bool           `json:"few" doc:"true for fewer than ten people: then nothing is counted"`
	Counts         []StateCount   `json:"counts" nullable:"false" doc:"Deliveries by channel and state"`
	Left           []ReasonCount  `json:"left" nullable:"false" doc:"Deliveries that are not to be sent, by reason"`
	Open           *int           `json:"open" doc:"Deliveries that are still to be sent or settled; null for fewer than ten people"`
	Delivered      *int           `json:"delivered" doc:"null for fewer than ten people"`
	Doubles        *int           `json:"doubles" doc:"Recipients who may have got more than one message; null for fewer than ten people"`
	Failures       []FailureCount `json:"failures" nullable:"false" doc:"Why deliveries failed or did not arrive, the most frequent first"`
	Resend         *int           `json:"resend" doc:"Recipients whom a resend would reach now: 0 unless the broadcast is done; null below ten"`
	ResendLabel    string         `json:"resend_label" doc:"resend in words, in Chinese"`
	Fallback       *int           `json:"fallback" doc:"Recipients whom a fallback would reach now; null below ten"`
	FallbackLabel  string         `json:"fallback_label" doc:"fallback in words, in Chinese"`
	Notes          []string       `json:"notes" nullable:"false" doc:"What an official should know or can do now, such as an outage of a platform, in Chinese"`
	Bill
	Expected    Bill `json:"expected" doc:"Expected cost, as it was approved"`
	BilledTexts int  `json:"billed_texts" doc:"Texts that arrived with a receipt of the parts billed. The others are reckoned by the template"`
	BilledParts int  `json:"billed_parts" doc:"Parts of those texts"`

	CountedAt time.Time `json:"counted_at,omitzero" doc:"When left, failures, doubles, resend, fallback and billed parts were counted; absent until they were, with soon"`
	Counting  bool      `json:"counting,omitempty" doc:"They are being counted anew: ask again"`
}

// FailureCount counts deliveries that failed alike.
type FailureCount struct {
	Channel      string `json:"channel"`
	ChannelLabel string `json:"channel_label" doc:"In Chinese"`
	State        string `json:"state" enum:"failed,undelivered"`
	StateLabel   string `json:"state_label" doc:"In Chinese"`
	Class        string `json:"class,omitempty"`
	Code         string `json:"code,omitempty" doc:"The provider's error code"`
	CodeLabel    string `json:"code_label,omitempty" doc:"What the code says, in Chinese"`
	N            int    `json:"n"`
}

// Reached is how far a broadcast came with its recipients.
type Reached struct {
	Items     []Reach   `json:"items" nullable:"false" doc:"By committee, in the order of their codes"`
	Total     Reach     `json:"total" doc:"All of them: what is not shown of a committee is counted here"`
	CountedAt time.Time `json:"counted_at,omitzero" doc:"When it was counted, with soon; absent until it was"`
	Counting  bool      `json:"counting,omitempty" doc:"It is being counted anew: ask again"`
}

// Reach is of one committee. Its counts are null where they are few, or would tell one that is.
type Reach struct {
	Committee       string `json:"committee,omitempty" doc:"Code; left out for residents of none, and for those who were erased since"`
	CommitteeLabel  string `json:"committee_label,omitempty" doc:"Its name and code"`
	Recipients      *int   `json:"recipients"`
	RecipientsLabel string `json:"recipients_label" doc:"recipients in words, in Chinese" example:"少于10人"`
	Delivered       *int   `json:"delivered" doc:"Delivered, by a receipt"`
	Accepted        *int   `json:"accepted" doc:"May have arrived: accepted without a receipt, or in doubt"`
	Open            *int   `json:"open" doc:"Still to be sent"`
	Missed          *int   `json:"missed" doc:"Nothing went out, or it did not arrive"`
}

// Delivery is one message to one recipient over one channel.
type Delivery struct {
	ID           int64     `json:"id"`
	Recipient    int64     `json:"recipient" doc:"Number of the recipient within the broadcast, from 1"`
	Resident     string    `json:"resident,omitempty" doc:"Subject id, shown with the right residents.read; leads nowhere once the resident is erased, and is left out once the recipients are deleted"`
	Phone        string    `json:"phone,omitempty" doc:"Always masked; shown with the right residents.read"`
	Channel      string    `json:"channel,omitempty" doc:"Left out when there was no channel"`
	ChannelLabel string    `json:"channel_label,omitempty" doc:"In Chinese"`
	Round        int       `json:"round"`
	State        string    `json:"state"`
	StateLabel   string    `json:"state_label" doc:"In Chinese"`
	Class        string    `json:"class,omitempty" doc:"Kind of failure"`
	Code         string    `json:"code,omitempty" doc:"The provider's error code"`
	CodeLabel    string    `json:"code_label,omitempty" doc:"What the code says, in Chinese"`
	Reason       string    `json:"reason,omitempty"`
	ReasonLabel  string    `json:"reason_label,omitempty" doc:"In Chinese"`
	Handle       string    `json:"handle,omitempty" doc:"The provider's id of the message, to ask the provider with"`
	Tries        int       `json:"tries"`
	SentAt       time.Time `json:"sent_at,omitzero"`
	UpdatedAt    time.Time `json:"updated_at"`
}

// Money is an amount.
type Money struct {
	Amount *int64 `json:"amount" doc:"In 1/1000 yuan; null when the audience is below ten or was not counted"`
	Label  string `json:"label" example:"12.345元"`
}

// ReasonCount counts residents who get nothing, by reason.
type ReasonCount struct {
	Reason string `json:"reason,omitempty" doc:"Left out for several reasons together, or for one that applies to few people"`
	Label  string `json:"label" doc:"In Chinese"`
	N      *int   `json:"n" doc:"null: below ten"`
	NLabel string `json:"n_label" doc:"n in words, in Chinese" example:"少于10人"`
}

// ChannelCount counts residents by the channel that is tried first.
type ChannelCount struct {
	Channel string `json:"channel"`
	Label   string `json:"label" doc:"In Chinese"`
	N       *int   `json:"n" doc:"null: below ten"`
	NLabel  string `json:"n_label" doc:"n in words, in Chinese"`
}
