package store

import (
	"encoding/json"
	"errors"
	"time"

	"towncrier/phone"
	"towncrier/sms"
)

// elementDoc is what the element column of sms_inbound holds, sealed. It is a format: see docVersion. Without v it is of version 1;
// a digest may be over its text, so that v is written from version 2 on.
type elementDoc struct {
	V       int         `json:"v,omitzero"`
	Receipt *receiptDoc `json:"Receipt,omitempty"`
	Reply   *replyDoc   `json:"Reply,omitempty"`
}

type receiptDoc struct {
	Handle     string       `json:"Handle"`
	OutID      string       `json:"OutID"`
	Phone      phone.Number `json:"Phone"`
	Delivered  bool         `json:"Delivered"`
	Code       string       `json:"Code"`
	SentAt     time.Time    `json:"SentAt"`
	ReportedAt time.Time    `json:"ReportedAt"`
	Parts      int          `json:"Parts"`
	Raw        string       `json:"Raw"`
}

type replyDoc struct {
	ID       string       `json:"ID"`
	Phone    phone.Number `json:"Phone"`
	Content  string       `json:"Content"`
	DestCode string       `json:"DestCode"`
	At       time.Time    `json:"At"`
	Via      string       `json:"Via"`
	Raw      string       `json:"Raw"`
}

func writeElement(e sms.Element) (string, error) {
	var d elementDoc
	if e.Receipt != nil {
		receipt := receiptDoc(*e.Receipt)
		d.Receipt = &receipt
	}
	if e.Reply != nil {
		reply := replyDoc(*e.Reply)
		d.Reply = &reply
	}
	text, err := json.Marshal(d)
	return string(text), err
}

func readElement(text string) (e sms.Element, err error) {
	var d elementDoc
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return e, errors.New("its text is no JSON")
	}
	if d.V > 1 {
		return e, errors.New("its text was written by a later towncrier")
	}
	if d.Receipt != nil {
		receipt := sms.Receipt(*d.Receipt)
		e.Receipt = &receipt
	}
	if d.Reply != nil {
		reply := sms.Reply(*d.Reply)
		e.Reply = &reply
	}
	return e, nil
}
