// Package smstest is the contract of sms.Store: every implementation runs it.
package smstest

import (
	"testing"
	"time"

	"towncrier/phone"
	"towncrier/sms"
)

// noon is when the suite sends: 2023-11-13 12:00 in China.
var noon = time.Date(2023, 11, 13, 4, 0, 0, 0, time.UTC)

const (
	mine   phone.Number = "19900001234"
	theirs phone.Number = "19900005678"
)

// Run runs the contract. each calls test, once an implementation, on an empty store of which every call of open is one
// more process's handle.
func Run(t *testing.T, each func(t *testing.T, test func(t *testing.T, open func() sms.Store))) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open func() sms.Store)
	}{
		{"a text is begun once", beginsOnce},
		{"a text that may be tried again", triesAgain},
		{"a receipt settles", receiptSettles},
		{"receipts out of order", outOfOrder},
		{"a receipt before the call returned", earlyReceipt},
		{"a receipt that names another number", otherNumber},
		{"one call of many numbers", manyNumbers},
		{"a sender that died", deadSender},
		{"a clock that was ahead", clockSetBack},
		{"no receipt", noReceipt},
		{"pushed twice", pushedTwice},
		{"claimed once", claimedOnce},
		{"put off", putOff},
		{"pruned", prunes},
		{"a late receipt leaves no number", lateReceipt},
		{"a cancelled context changes nothing", cancelled},
		{"many processes begin", manyBegin},
		{"many processes keep and apply", manyApply},
	} {
		t.Run(c.name, func(t *testing.T) { each(t, c.test) })
	}
}

func text(id string, to phone.Number) sms.Text {
	return sms.Text{To: to, Template: "SMS_1", Params: map[string]string{"code": "123456"}, OutID: id}
}

// begin wins the text, or fails the test.
func begin(t *testing.T, s sms.Store, x sms.Text) {
	t.Helper()
	if state, won, err := s.Begin(t.Context(), sms.Code, x, noon, noon.Add(time.Minute)); err != nil || !won || state != sms.Sending {
		t.Fatalf("begin %s: %s, won %t, %v", x.OutID, state, won, err)
	}
}

func end(t *testing.T, s sms.Store, id string, o sms.Outcome) (woken int) {
	t.Helper()
	woken, err := s.End(t.Context(), id, o, noon)
	if err != nil {
		t.Fatal(err)
	}
	return woken
}

// stands is where a text stands: beginning it again changes nothing, unless it is Pending.
func stands(t *testing.T, s sms.Store, x sms.Text, want sms.State) {
	t.Helper()
	state, won, err := s.Begin(t.Context(), sms.Code, x, noon, noon.Add(time.Minute))
	if err != nil || won || state != want {
		t.Fatalf("%s is %s (won %t), want %s: %v", x.OutID, state, won, want, err)
	}
}

func receipt(id, handle string, to phone.Number, delivered bool) sms.Receipt {
	code := "MOBILE_NOT_ON_SERVICE"
	if delivered {
		code = "DELIVERED"
	}
	return sms.Receipt{OutID: id, Handle: handle, Phone: to, Delivered: delivered, Code: code, Parts: 1, SentAt: noon,
		ReportedAt: noon.Add(time.Second), Raw: `{"biz_id":"` + handle + `","out_id":"` + id + `","err_code":"` + code + `","phone_number":"` + string(to) + `"}`}
}

func keep(t *testing.T, s sms.Store, at time.Time, elements ...any) (n int) {
	t.Helper()
	all := make([]sms.Element, len(elements))
	for i, e := range elements {
		switch e := e.(type) {
		case sms.Receipt:
			all[i].Receipt = &e
		case sms.Reply:
			all[i].Reply = &e
		}
	}
	n, err := s.Keep(t.Context(), all, at)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func claim(t *testing.T, s sms.Store, now time.Time) []sms.Inbound {
	t.Helper()
	claimed, err := s.Claim(t.Context(), 100, now, now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return claimed
}

// apply takes what is due and applies it; it returns how many found their text.
func apply(t *testing.T, s sms.Store, now time.Time) (matched int) {
	t.Helper()
	claimed := claim(t, s, now)
	unmatched, err := s.Apply(t.Context(), claimed, now)
	if err != nil {
		t.Fatal(err)
	}
	return len(claimed) - len(unmatched)
}
