package sms

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"towncrier/sandbox/platform"
)

// ErrNoNumber is the error of a reply that no handset would let happen.
var ErrNoNumber = errors.New("resident has no mobile number, and none is given")

// replyAPI is what faults of replies name.
var replyAPI = platform.API{
	Name: "aliyun/reply", Numbers: true,
	Kinds: []string{platform.FaultLatency, platform.FaultDrop, platform.FaultLost, platform.FaultTwice},
}

// replies carries what residents answer.
type replies struct {
	base   *platform.Base
	texts  *texts
	pushes *pusher
	target string // "" for none
}

// reply is one on the wire (SmsUp).
type reply struct {
	Phone    string `json:"phone_number"`
	Content  string `json:"content"`
	SendTime string `json:"send_time"`
	DestCode string `json:"dest_code"`
	Sequence string `json:"sequence_id"`
}

// send records a reply and pushes it in the background. It goes to the number that the last text came from.
func (r *replies) send(openid, number, text string) (platform.Entry, <-chan platform.Outcome, error) {
	resident, known := r.base.Residents.Find(openid)
	if openid != "" && !known {
		return platform.Entry{}, nil, platform.ErrUnknownResident
	}
	from := platform.Number(cmp.Or(number, resident.Phone))
	if from == "" {
		return platform.Entry{}, nil, ErrNoNumber
	}
	now := r.base.Now()
	sent := reply{
		Phone: from, Content: text, SendTime: now.In(platform.ChinaTime).Format(timeForm),
		DestCode: senderNumber, Sequence: strconv.FormatInt(r.texts.lastID.Add(1), 10),
	}
	if got := r.texts.to(from); len(got) > 0 {
		sent.DestCode = got[len(got)-1].SMS.DestCode
	}
	e := *r.base.Record.Add(platform.Entry{
		Resident: r.base.Residents.Owner(from), At: now, From: platform.FromResident, Kind: platform.KindSMSReply, Text: text,
		Via: platform.BySMS, State: platform.Sending, SMS: &platform.SMS{Phone: from, DestCode: sent.DestCode, Sequence: sent.Sequence},
	})
	fault, _ := r.base.Faults.Next(replyAPI, func() []string { return []string{from} })
	done := make(chan platform.Outcome, 1)
	r.base.Go(func() { done <- platform.Outcome{Sent: r.deliver(e, sent, fault)} })
	return e, done, nil
}

// deliver pushes a reply until it is acknowledged or given up, and again when it comes twice.
func (r *replies) deliver(e platform.Entry, sent reply, fault platform.Fault) platform.Entry {
	settle := func(state, reason string) platform.Entry {
		e.State, e.Reason = state, reason
		r.base.Record.Update(e)
		return e
	}
	body, err := json.Marshal([]reply{sent})
	switch {
	case err != nil:
		return settle(platform.Failed, err.Error())
	case fault.Kind == platform.FaultLost:
		return settle(platform.Failed, "lost on the way, as a fault demands")
	case r.target == "":
		return settle(platform.Failed, "nobody is configured to take replies")
	case fault.Kind == platform.FaultLatency && !r.base.Wait(fault.Delay()):
		return settle(platform.Failed, r.base.Err().Error())
	}
	times := 1
	if fault.Kind == platform.FaultTwice {
		times = 2
	}
	for range times {
		acknowledged := r.pushes.pushAll(r.target, body, fault.Kind == platform.FaultDrop, func(p platform.Push) {
			sms := *e.SMS
			sms.Pushes = append(slices.Clip(sms.Pushes), p)
			e.SMS, e.Attempts, e.Reason = &sms, e.Attempts+1, p.Problem
			r.base.Record.Update(e)
		})
		if !acknowledged {
			return settle(platform.Failed, e.Reason)
		}
	}
	return settle(platform.Delivered, e.Reason)
}
