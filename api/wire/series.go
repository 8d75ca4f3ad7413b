package wire

import "time"

// Series is a broadcast that is repeated.
type Series struct {
	ID            string    `json:"id" example:"SABCDEFGHIJ"`
	Version       int64     `json:"version"`
	Cron          string    `json:"cron" doc:"minute hour day month weekday, time of the city"`
	Until         time.Time `json:"until" doc:"Nothing comes after it"`
	ExpireMinutes int       `json:"expire_minutes,omitempty" doc:"After its due time, an occurrence that has not gone does not go; a day when left out"`
	Proposal      Proposal  `json:"proposal" doc:"Of each occurrence; its times come from the series"`
	Labels
	Upcoming  []time.Time `json:"upcoming" nullable:"false" doc:"The next times, once it is approved"`
	Author    string      `json:"author" doc:"Staff id"`
	Editors   []string    `json:"editors" nullable:"false" doc:"Staff ids of all who wrote in it: none of them may approve it"`
	Hash      string      `json:"hash" doc:"Of all that an approver says yes to"`
	Size      *int        `json:"size" doc:"Of the audience when it was written; null below ten, or when it is a list"`
	SizeLabel string      `json:"size_label" doc:"size in words, in Chinese"`
	Expected  Bill        `json:"expected" doc:"What the texts of an occurrence were to cost when it was written"`
	Accepted  []string    `json:"accepted" nullable:"false" doc:"Names of the warnings that were accepted when it was written: its approver accepts the same"`
	Approver  string      `json:"approver,omitempty" doc:"Staff id"`
	Stopped   bool        `json:"stopped"`
	Why       string      `json:"why,omitempty" doc:"It is stopped, in Chinese"`
	Next      time.Time   `json:"next,omitzero" doc:"The first occurrence that is no broadcast yet"`
	CreatedAt time.Time   `json:"created_at"`
	UpdatedAt time.Time   `json:"updated_at"`
}

// WrittenSeries is what officials write of a series.
type WrittenSeries struct {
	Cron          string    `json:"cron" maxLength:"120" example:"0 9 * * 1" doc:"minute hour day month weekday, time of the city: this one is Mondays at nine"`
	Until         time.Time `json:"until" doc:"Nothing comes after it"`
	ExpireMinutes int       `json:"expire_minutes,omitempty" minimum:"0" maximum:"4320" doc:"After its due time, an occurrence that has not gone does not go; a day when left out"`
	Proposal      Proposal  `json:"proposal" doc:"Of each occurrence. Its send_at and expire_at are not looked at"`
	Accept        []string  `json:"accept,omitempty" nullable:"false" maxItems:"100" doc:"Names of the warnings that are accepted: a refusal says them"`
}

// ChangeSeries is the body of PUT /series/{id}.
type ChangeSeries struct {
	Version int64 `json:"version" minimum:"1" doc:"Of the series as it was looked at"`
	WrittenSeries
}
