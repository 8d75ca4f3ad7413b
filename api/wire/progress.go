package wire

import "time"

// Progress is how far a broadcast has come. Its counts are up to a second old; given, delivered and settled never fall.
type Progress struct {
	Version        int64        `json:"version" doc:"Of the broadcast: grows with every change, such as a pause"`
	Status         string       `json:"status" enum:"draft,submitted,approved,scheduled,held,freezing,sending,paused,done,cancelled,expired"`
	StatusLabel    string       `json:"status_label" doc:"In Chinese"`
	Why            string       `json:"why,omitempty" doc:"Why it is held, paused, cancelled or expired; in Chinese"`
	At             time.Time    `json:"at" doc:"When it was counted"`
	Committee      string       `json:"committee,omitempty" doc:"Code: only residents of this committee are counted. Set when a committee looks at what the city sends"`
	CommitteeLabel string       `json:"committee_label,omitempty" doc:"Its name and code"`
	Few            bool         `json:"few" doc:"true for fewer than ten people: then nothing is counted"`
	Frozen         *int         `json:"frozen" doc:"Recipients so far, those who get nothing included; null below ten"`
	FrozenLabel    string       `json:"frozen_label" doc:"frozen in words, in Chinese"`
	Counts         []StateCount `json:"counts" nullable:"false" doc:"Deliveries by channel and state"`
	Messages       *int         `json:"messages" doc:"Deliveries that are sent or to be sent; null for fewer than ten people"`
	Given          *int         `json:"given" doc:"Deliveries that a platform took or may have taken; null for fewer than ten people"`
	Delivered      *int         `json:"delivered" doc:"null for fewer than ten people"`
	Settled        *int         `json:"settled" doc:"Deliveries of which it is known what became of them, or that nobody will know; null for fewer than ten people"`
	Failed         *int         `json:"failed" doc:"Deliveries that failed or did not arrive, unless a late receipt says otherwise; null for fewer than ten people"`
	Rate           int          `json:"rate" doc:"Deliveries that platforms took in a minute, lately; 0 when it is not sending"`
	Ends           time.Time    `json:"ends,omitzero" doc:"When what is pending will have been sent at this rate; left out when nobody can tell"`
	Newest         []NewFailure `json:"newest" nullable:"false" doc:"The newest failure of each kind, newest first; at most five"`
	Notes          []string     `json:"notes" nullable:"false" doc:"What an official should know, such as an outage of a platform, in Chinese"`
}

// NewFailure is a delivery that failed or did not arrive, without who was to get it.
type NewFailure struct {
	At           time.Time `json:"at"`
	Channel      string    `json:"channel"`
	ChannelLabel string    `json:"channel_label" doc:"In Chinese"`
	State        string    `json:"state" enum:"failed,undelivered"`
	StateLabel   string    `json:"state_label" doc:"In Chinese"`
	Class        string    `json:"class,omitempty"`
	Code         string    `json:"code,omitempty" doc:"The provider's error code"`
	CodeLabel    string    `json:"code_label,omitempty" doc:"What the code says, in Chinese"`
}
