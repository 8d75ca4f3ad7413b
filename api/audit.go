package api

import (
	"context"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"towncrier/audit"
	"towncrier/staff"
)

type entryView struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor" doc:"kind:name, such as staff:wang or system:retention; resident for a resident about themselves"`
	Action  string    `json:"action" doc:"noun.verb"`
	Subject string    `json:"subject,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	Origin  string    `json:"origin,omitempty" doc:"Whence it was done over the API: the client's address and the id of the key"`
	Hash    string    `json:"hash" doc:"Hexadecimal; chains the entry to the one before"`
}

func viewEntry(e audit.Entry) entryView {
	return entryView{e.Seq, e.At, string(e.Actor), e.Action, e.Subject, e.Detail, e.Origin, hex.EncodeToString(e.Hash)}
}

type listAuditInput struct {
	After   string `query:"after" maxLength:"20" doc:"next of the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Actor   string `query:"actor" maxLength:"64"`
	Action  string `query:"action" maxLength:"64"`
	Subject string `query:"subject" maxLength:"64" doc:"A resident's subject id, a staff id, a committee's code, a ticket's number"`
}

func (a *server) listAudit(ctx context.Context, _ staff.Person, in *listAuditInput) (*reply[page[entryView]], error) {
	var after int64
	if in.After != "" {
		var err error
		if after, err = strconv.ParseInt(in.After, 10, 64); err != nil || after < 1 {
			return nil, badCursor()
		}
	}
	entries, err := a.Audit.List(ctx, after, in.Limit+1, audit.Filter{Actor: audit.Actor(in.Actor), Action: in.Action, Subject: in.Subject})
	if err != nil {
		return nil, err
	}
	out := page[entryView]{}
	if len(entries) > in.Limit {
		entries = entries[:in.Limit]
		out.Next = strconv.FormatInt(entries[in.Limit-1].Seq, 10)
	}
	out.Items = each(entries, viewEntry)
	return &reply[page[entryView]]{out}, nil
}

type verifiedView struct {
	Whole    bool   `json:"whole"`
	Entries  int64  `json:"entries,omitempty" doc:"Seq of the newest entry"`
	Hash     string `json:"hash,omitempty" doc:"Hash of the newest entry, to keep elsewhere and compare later"`
	BrokenAt int64  `json:"broken_at,omitempty" doc:"Seq of the first bad place"`
	Fault    string `json:"fault,omitempty" doc:"What is wrong there"`
}

// verifyAudit answers 200 for a broken log too: the question was answered.
func (a *server) verifyAudit(ctx context.Context, _ staff.Person, _ *nothing) (*reply[verifiedView], error) {
	mark, err := a.Audit.Verify(ctx, nil)
	if broken, ok := errors.AsType[*audit.Broken](err); ok {
		return &reply[verifiedView]{verifiedView{BrokenAt: broken.Seq, Fault: broken.Error()}}, nil
	}
	if err != nil {
		return nil, err
	}
	return &reply[verifiedView]{verifiedView{Whole: true, Entries: mark.Seq, Hash: hex.EncodeToString(mark.Hash)}}, nil
}
