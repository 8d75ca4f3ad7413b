package wire

import "time"

// Series is a broadcast that is repeated.
type Series struct {
	ID            string    `json:"id" example:"SABCDEFGHIJ"`
	Version       int64     `json:"version"`
	Cron          string    `json:"cron" doc:"minute hour day month weekday, in the city's time; the day may be L, the last of a month"`
	Repeat        *Repeat   `json:"repeat,omitempty" doc:"What cron says, for the schedules that repeat can say"`
	ScheduleLabel string    `json:"schedule_label" doc:"When it comes, in Chinese" example:"每周一、周四 09:00"`
	Until         time.Time `json:"until" doc:"No occurrence comes after this time"`
	ExpireMinutes int       `json:"expire_minutes,omitempty" doc:"Minutes after its due time at which an occurrence expires unsent; a day when left out"`
	Proposal      Proposal  `json:"proposal" doc:"Content of each occurrence; its times come from the series"`
	Labels
	Colleagues
	Upcoming   []time.Time      `json:"upcoming" nullable:"false" doc:"The next five times, once it is approved"`
	Signatures int              `json:"signatures" doc:"How many people approve it, each this same hash: 1, or 2"`
	Hash       string           `json:"hash" doc:"Hash of the content that is approved"`
	Size       *int             `json:"size" doc:"Size of the audience when it was written; null below ten, or when it is a list"`
	SizeLabel  string           `json:"size_label" doc:"size in words, in Chinese"`
	Expected   Bill             `json:"expected" doc:"Expected cost of the texts of one occurrence when it was written"`
	Accepted   []string         `json:"accepted" nullable:"false" doc:"Names of the warnings that were accepted when it was written: its approver accepts the same"`
	Warnings   []BroadcastFault `json:"warnings,omitempty" doc:"What to check before it is approved, in its occurrences, where one series is shown that is not stopped"`
	Stopped    bool             `json:"stopped"`
	Rejected   bool             `json:"rejected,omitempty" doc:"It was returned to its author, unapproved: it waits again once it is edited. stopped is true, too"`
	Why        string           `json:"why,omitempty" doc:"Why it was stopped or rejected, in Chinese"`
	Next       time.Time        `json:"next,omitzero" doc:"Time of the first occurrence that is not yet a broadcast"`
	CreatedAt  time.Time        `json:"created_at"`
	UpdatedAt  time.Time        `json:"updated_at"`
}

// WrittenSeries is what officials write of a series.
type WrittenSeries struct {
	Cron          string    `json:"cron,omitempty" maxLength:"120" example:"0 9 * * 1" doc:"minute hour day month weekday, in the city's time: the example is Mondays at nine. Either cron or repeat"`
	Repeat        *Repeat   `json:"repeat,omitempty" doc:"Either repeat or cron"`
	Until         time.Time `json:"until" doc:"No occurrence comes after this time"`
	ExpireMinutes int       `json:"expire_minutes,omitempty" minimum:"0" maximum:"4320" doc:"Minutes after its due time at which an occurrence expires unsent; a day when left out"`
	Proposal      Proposal  `json:"proposal" doc:"Content of each occurrence. send_at and expire_at are ignored"`
	Accept        []string  `json:"accept,omitempty" nullable:"false" maxItems:"100" doc:"Names of the warnings to accept: a refusal names those that are missing"`
}

// ChangeSeries is the body of PUT /series/{id}.
type ChangeSeries struct {
	Version int64 `json:"version" minimum:"1" doc:"version of the series that was read"`
	WrittenSeries
}

// PreviewSchedule is the body of POST /series/schedule.
type PreviewSchedule struct {
	Cron   string    `json:"cron,omitempty" maxLength:"120" example:"0 9 * * 1" doc:"Either cron or repeat"`
	Repeat *Repeat   `json:"repeat,omitempty" doc:"Either repeat or cron"`
	Until  time.Time `json:"until,omitzero" doc:"No occurrence comes after this time"`
}

// Schedule is when a series comes.
type Schedule struct {
	Cron     string      `json:"cron"`
	Repeat   *Repeat     `json:"repeat,omitempty" doc:"What cron says, for the schedules that repeat can say"`
	Label    string      `json:"schedule_label" doc:"When it comes, in Chinese" example:"每周一、周四 09:00"`
	Upcoming []time.Time `json:"upcoming" nullable:"false" doc:"The next five times"`
}

// Repeat is when a series comes.
type Repeat struct {
	Every string `json:"every" enum:"day,week,month"`
	On    []int  `json:"on,omitempty" nullable:"false" maxItems:"31" doc:"Of week: 1 (Monday) to 7 (Sunday). Of month: 1 to 31; a month without such a day is passed over"`
	Last  bool   `json:"last,omitempty" doc:"Of month: on its last day, too"`
	At    string `json:"at" pattern:"^[0-9]{2}:[0-9]{2}$" example:"09:00" doc:"In the city's time"`
}
