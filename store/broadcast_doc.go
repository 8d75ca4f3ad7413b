package store

import (
	"encoding/json"
	"fmt"
	"time"

	"towncrier/broadcast"
)

// docVersion is of the documents below. A row without one is of version 1: it was written before documents carried it.
//
// The types below are what the doc columns of broadcast and series hold. They are a format: a field keeps its name and meaning for ever,
// and pinned documents in testdata hold it. A new field is read as its zero value from older rows; where that is wrong, raise the
// version and convert what is older when it is read.
const docVersion = 1

type broadcastDoc struct {
	V             int          `json:"v"`
	ID            string       `json:"ID"`
	Version       int64        `json:"Version"`
	Status        string       `json:"Status"`
	Why           string       `json:"Why"`
	Title         string       `json:"Title"`
	Topic         string       `json:"Topic"`
	Cites         []citeDoc    `json:"Cites"`
	Messages      []messageDoc `json:"Messages"`
	Audience      ruleDoc      `json:"Audience"`
	Window        windowDoc    `json:"Window"`
	SendAt        time.Time    `json:"SendAt"`
	ExpireAt      time.Time    `json:"ExpireAt"`
	Fallback      fallbackDoc  `json:"Fallback"`
	Emergency     bool         `json:"Emergency"`
	Committee     string       `json:"Committee"`
	Series        string       `json:"Series"`
	DueAt         time.Time    `json:"DueAt"`
	Author        string       `json:"Author"`
	Editors       []string     `json:"Editors"`
	Hash          []byte       `json:"Hash"`
	HashVersion   int          `json:"HashVersion,omitzero"`
	Nonce         []byte       `json:"Nonce,omitzero"`
	Lists         []listDoc    `json:"Lists,omitzero"`
	Size          int          `json:"Size"`
	Expected      billDoc      `json:"Expected"`
	AnyFew        bool         `json:"AnyFew,omitzero"`
	Accepted      []string     `json:"Accepted,omitzero"`
	Reviewer      string       `json:"Reviewer,omitzero"`
	ReviewedAt    time.Time    `json:"ReviewedAt,omitzero"`
	Approver      string       `json:"Approver"`
	ApprovedAt    time.Time    `json:"ApprovedAt"`
	Confirmer     string       `json:"Confirmer"`
	ReleasedAt    time.Time    `json:"ReleasedAt"`
	BegunAt       time.Time    `json:"BegunAt"`
	FrozenAt      time.Time    `json:"FrozenAt"`
	Round         int          `json:"Round"`
	PutBackBefore bool         `json:"PutBackBefore,omitzero"`
	ReturnedAt    time.Time    `json:"ReturnedAt,omitzero"`
	BasisGoneAt   time.Time    `json:"BasisGoneAt,omitzero"`
	ForgottenAt   time.Time    `json:"ForgottenAt"`
	CreatedAt     time.Time    `json:"CreatedAt"`
	UpdatedAt     time.Time    `json:"UpdatedAt"`
}

type seriesDoc struct {
	V           int         `json:"v"`
	ID          string      `json:"ID"`
	Version     int64       `json:"Version"`
	Cron        string      `json:"Cron"`
	Until       time.Time   `json:"Until"`
	Expire      int64       `json:"Expire"` // nanoseconds
	Proposal    proposalDoc `json:"Proposal"`
	Author      string      `json:"Author"`
	Editors     []string    `json:"Editors"`
	Hash        []byte      `json:"Hash"`
	HashVersion int         `json:"HashVersion,omitzero"`
	Nonce       []byte      `json:"Nonce,omitzero"`
	Lists       []listDoc   `json:"Lists,omitzero"`
	AnyFew      bool        `json:"AnyFew,omitzero"`
	Accepted    []string    `json:"Accepted,omitzero"`
	Size        int         `json:"Size"`
	Expected    billDoc     `json:"Expected"`
	Reviewer    string      `json:"Reviewer,omitzero"`
	ReviewedAt  time.Time   `json:"ReviewedAt,omitzero"`
	Approver    string      `json:"Approver"`
	ApprovedAt  time.Time   `json:"ApprovedAt"`
	Next        time.Time   `json:"Next"`
	Stopped     bool        `json:"Stopped"`
	Rejected    bool        `json:"Rejected,omitzero"`
	Why         string      `json:"Why"`
	BasisGoneAt time.Time   `json:"BasisGoneAt,omitzero"`
	CreatedAt   time.Time   `json:"CreatedAt"`
	UpdatedAt   time.Time   `json:"UpdatedAt"`
}

type proposalDoc struct {
	Title     string       `json:"title"`
	Topic     string       `json:"topic"`
	Cites     []citeDoc    `json:"cites"`
	Messages  []messageDoc `json:"messages"`
	Audience  ruleDoc      `json:"audience"`
	Window    windowDoc    `json:"window"`
	SendAt    time.Time    `json:"send_at"`
	ExpireAt  time.Time    `json:"expire_at"`
	Fallback  fallbackDoc  `json:"fallback"`
	Emergency bool         `json:"emergency"`
	Committee string       `json:"committee"`
}

type citeDoc struct {
	Notice  string `json:"notice"`
	Passage int    `json:"passage"`
}

type messageDoc struct {
	Channel  string            `json:"channel"`
	Template string            `json:"template"`
	Data     map[string]string `json:"data"`
	URL      string            `json:"url,omitempty"`
}

type ruleDoc struct {
	All       bool      `json:"all,omitempty"`
	Area      string    `json:"area,omitempty"`
	Street    string    `json:"street,omitempty"`
	Committee string    `json:"committee,omitempty"`
	Community string    `json:"community,omitempty"`
	Tag       string    `json:"tag,omitempty"`
	Topic     string    `json:"topic,omitempty"`
	List      string    `json:"list,omitempty"`
	And       []ruleDoc `json:"and,omitempty"`
	Or        []ruleDoc `json:"or,omitempty"`
	Not       *ruleDoc  `json:"not,omitempty"`
}

// windowDoc is in minutes of the day.
type windowDoc struct {
	From int `json:"From"`
	To   int `json:"To"`
}

type fallbackDoc struct {
	Wait     int64 `json:"wait,omitempty"` // nanoseconds
	Doubtful bool  `json:"doubtful,omitempty"`
}

type listDoc struct {
	ID      string `json:"ID"`
	Lines   int    `json:"Lines"`
	Numbers int    `json:"Numbers"`
	Digest  []byte `json:"Digest"`
}

// billDoc is in 1/1000 yuan.
type billDoc struct {
	Parts    int   `json:"parts"`
	Cost     int64 `json:"cost"`
	CostMost int64 `json:"cost_most"`
	Saved    int64 `json:"saved"`
}

// writeBroadcast is what the doc column holds of b: what has a column of its own is read from there.
func writeBroadcast(b broadcast.Broadcast) (string, error) {
	p := writeProposal(b.Proposal())
	text, err := json.Marshal(broadcastDoc{
		V: docVersion, ID: b.ID, Version: b.Version, Status: string(b.Status), Why: b.Why, Title: p.Title, Topic: p.Topic,
		Cites: p.Cites, Messages: p.Messages, Audience: p.Audience, Window: p.Window, SendAt: p.SendAt, ExpireAt: p.ExpireAt,
		Fallback: p.Fallback, Emergency: p.Emergency, Committee: p.Committee, Series: b.Series, DueAt: b.DueAt,
		Author: b.Author, Editors: b.Editors, Hash: b.Hash, HashVersion: b.HashVersion, Nonce: b.Nonce, Lists: writeLists(b.Lists),
		Size: b.Size, Expected: writeBill(b.Expected), AnyFew: b.AnyFew, Accepted: b.Accepted, Reviewer: b.Reviewer, ReviewedAt: b.ReviewedAt, Approver: b.Approver, ApprovedAt: b.ApprovedAt,
		Confirmer: b.Confirmer, ReleasedAt: b.ReleasedAt, BegunAt: b.BegunAt, FrozenAt: b.FrozenAt, Round: b.Round,
		PutBackBefore: b.PutBackBefore, ReturnedAt: b.ReturnedAt, BasisGoneAt: b.BasisGoneAt, ForgottenAt: b.ForgottenAt, CreatedAt: b.CreatedAt, UpdatedAt: b.UpdatedAt,
	})
	return string(text), err
}

func readBroadcast(doc string) (b broadcast.Broadcast, err error) {
	var d broadcastDoc
	if err := readDoc(doc, &d, &d.V); err != nil {
		return b, err
	}
	p := readProposal(proposalDoc{
		Title: d.Title, Topic: d.Topic, Cites: d.Cites, Messages: d.Messages, Audience: d.Audience, Window: d.Window,
		SendAt: d.SendAt, ExpireAt: d.ExpireAt, Fallback: d.Fallback, Emergency: d.Emergency, Committee: d.Committee,
	})
	return broadcast.Broadcast{
		ID: d.ID, Version: d.Version, Status: broadcast.Status(d.Status), Why: d.Why, Title: p.Title, Topic: p.Topic,
		Cites: p.Cites, Messages: p.Messages, Audience: p.Audience, Window: p.Window, SendAt: p.SendAt, ExpireAt: p.ExpireAt,
		Fallback: p.Fallback, Emergency: p.Emergency, Committee: p.Committee, Series: d.Series, DueAt: d.DueAt,
		Author: d.Author, Editors: d.Editors, Hash: d.Hash, HashVersion: d.HashVersion, Nonce: d.Nonce, Lists: readLists(d.Lists),
		Size: d.Size, Expected: readBill(d.Expected), AnyFew: d.AnyFew, Accepted: d.Accepted, Reviewer: d.Reviewer, ReviewedAt: d.ReviewedAt, Approver: d.Approver, ApprovedAt: d.ApprovedAt,
		Confirmer: d.Confirmer, ReleasedAt: d.ReleasedAt, BegunAt: d.BegunAt, FrozenAt: d.FrozenAt, Round: d.Round,
		PutBackBefore: d.PutBackBefore, ReturnedAt: d.ReturnedAt, BasisGoneAt: d.BasisGoneAt, ForgottenAt: d.ForgottenAt, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}, nil
}

func writeSeries(s broadcast.Series) (string, error) {
	text, err := json.Marshal(seriesDoc{
		V: docVersion, ID: s.ID, Version: s.Version, Cron: s.Cron, Until: s.Until, Expire: int64(s.Expire), Proposal: writeProposal(s.Proposal),
		Author: s.Author, Editors: s.Editors, Hash: s.Hash, HashVersion: s.HashVersion, Nonce: s.Nonce, Lists: writeLists(s.Lists), AnyFew: s.AnyFew,
		Accepted: s.Accepted, Size: s.Size, Expected: writeBill(s.Expected), Reviewer: s.Reviewer, ReviewedAt: s.ReviewedAt, Approver: s.Approver, ApprovedAt: s.ApprovedAt, Next: s.Next,
		Stopped: s.Stopped, Rejected: s.Rejected, Why: s.Why, BasisGoneAt: s.BasisGoneAt, CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt,
	})
	return string(text), err
}

func readSeries(doc string) (s broadcast.Series, err error) {
	var d seriesDoc
	if err := readDoc(doc, &d, &d.V); err != nil {
		return s, err
	}
	return broadcast.Series{
		ID: d.ID, Version: d.Version, Cron: d.Cron, Until: d.Until, Expire: time.Duration(d.Expire), Proposal: readProposal(d.Proposal),
		Author: d.Author, Editors: d.Editors, Hash: d.Hash, HashVersion: d.HashVersion, Nonce: d.Nonce, Lists: readLists(d.Lists), AnyFew: d.AnyFew,
		Accepted: d.Accepted, Size: d.Size, Expected: readBill(d.Expected), Reviewer: d.Reviewer, ReviewedAt: d.ReviewedAt, Approver: d.Approver, ApprovedAt: d.ApprovedAt, Next: d.Next,
		Stopped: d.Stopped, Rejected: d.Rejected, Why: d.Why, BasisGoneAt: d.BasisGoneAt, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}, nil
}

// readDoc reads a document, whose version stands at v, and refuses one that a later program wrote: it may say what this one cannot know.
func readDoc(text string, doc any, v *int) error {
	if err := json.Unmarshal([]byte(text), doc); err != nil {
		return wrap("its row cannot be read", err)
	}
	if *v > docVersion {
		return fmt.Errorf("its row is of version %d, written by a later towncrier; this one reads up to %d", *v, docVersion)
	}
	return nil
}

func writeProposal(p broadcast.Proposal) proposalDoc {
	return proposalDoc{
		Title: p.Title, Topic: p.Topic, Audience: writeRule(p.Audience), Window: windowDoc(p.Window), SendAt: p.SendAt, ExpireAt: p.ExpireAt,
		Cites: convert(p.Cites, func(c broadcast.Cite) citeDoc { return citeDoc(c) }),
		Messages: convert(p.Messages, func(m broadcast.Message) messageDoc {
			return messageDoc{string(m.Channel), m.Template, m.Data, m.URL}
		}),
		Fallback: fallbackDoc{int64(p.Fallback.Wait), p.Fallback.Doubtful}, Emergency: p.Emergency, Committee: p.Committee,
	}
}

func readProposal(d proposalDoc) broadcast.Proposal {
	return broadcast.Proposal{
		Title: d.Title, Topic: d.Topic, Audience: readRule(d.Audience), Window: broadcast.Window(d.Window), SendAt: d.SendAt, ExpireAt: d.ExpireAt,
		Cites: convert(d.Cites, func(c citeDoc) broadcast.Cite { return broadcast.Cite(c) }),
		Messages: convert(d.Messages, func(m messageDoc) broadcast.Message {
			return broadcast.Message{Channel: broadcast.Channel(m.Channel), Template: m.Template, Data: m.Data, URL: m.URL}
		}),
		Fallback: broadcast.Fallback{Wait: time.Duration(d.Fallback.Wait), Doubtful: d.Fallback.Doubtful}, Emergency: d.Emergency, Committee: d.Committee,
	}
}

func writeRule(r broadcast.Rule) ruleDoc {
	d := ruleDoc{All: r.All, Area: r.Area, Street: r.Street, Committee: r.Committee, Community: r.Community, Tag: r.Tag, Topic: r.Topic, List: r.List,
		And: convert(r.And, writeRule), Or: convert(r.Or, writeRule)}
	if r.Not != nil {
		not := writeRule(*r.Not)
		d.Not = &not
	}
	return d
}

func readRule(d ruleDoc) broadcast.Rule {
	r := broadcast.Rule{All: d.All, Area: d.Area, Street: d.Street, Committee: d.Committee, Community: d.Community, Tag: d.Tag, Topic: d.Topic, List: d.List,
		And: convert(d.And, readRule), Or: convert(d.Or, readRule)}
	if d.Not != nil {
		not := readRule(*d.Not)
		r.Not = &not
	}
	return r
}

func writeLists(lists []broadcast.ListContent) []listDoc {
	return convert(lists, func(l broadcast.ListContent) listDoc { return listDoc(l) })
}

func readLists(lists []listDoc) []broadcast.ListContent {
	return convert(lists, func(l listDoc) broadcast.ListContent { return broadcast.ListContent(l) })
}

func writeBill(b broadcast.Bill) billDoc {
	return billDoc{b.Parts, int64(b.Cost), int64(b.CostMost), int64(b.Saved)}
}

func readBill(d billDoc) broadcast.Bill {
	return broadcast.Bill{Parts: d.Parts, Cost: broadcast.Money(d.Cost), CostMost: broadcast.Money(d.CostMost), Saved: broadcast.Money(d.Saved)}
}

// convert is what do makes of every one of all; none stays nil.
func convert[T, V any](all []T, do func(T) V) []V {
	if all == nil {
		return nil
	}
	made := make([]V, len(all))
	for i, one := range all {
		made[i] = do(one)
	}
	return made
}
