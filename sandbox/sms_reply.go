package sandbox

import (
	"cmp"
	"encoding/json"
	"errors"
	"strconv"
)

// Errors of a reply that no handset would let happen.
var (
	ErrNoSMS    = errors.New("the sandbox has no SMS side")
	ErrNoNumber = errors.New("resident has no mobile number, and none is given")
)

// upward is one reply on the wire (SmsUp).
type upward struct {
	Phone    string `json:"phone_number"`
	Content  string `json:"content"`
	SendTime string `json:"send_time"`
	DestCode string `json:"dest_code"`
	Sequence string `json:"sequence_id"`
}

// startReply records a reply by SMS and pushes it in the background, from the resident's number or another one. It goes to
// the number that the last text came from.
func (s *Sandbox) startReply(openid string, a Action) (Entry, <-chan Delivery, error) {
	m := s.sms
	r := s.residents[openid]
	switch {
	case m == nil:
		return Entry{}, nil, ErrNoSMS
	case openid != "" && r == nil:
		return Entry{}, nil, ErrUnknownResident
	}
	from := a.Phone
	if r != nil {
		from = cmp.Or(from, r.Phone)
	}
	if number(from) == "" {
		return Entry{}, nil, ErrNoNumber
	}
	from = number(from)

	m.mu.Lock()
	dest := senderNumber
	if known := m.texts[from]; len(known) > 0 {
		dest = known[len(known)-1].entry.SMS.DestCode
	}
	up := upward{
		Phone: from, Content: a.Text, SendTime: s.cfg.Now().In(chinaTime).Format(smsTimeForm),
		DestCode: dest, Sequence: strconv.FormatInt(m.nextID(), 10),
	}
	m.mu.Unlock()
	e := *s.record.add(Entry{
		Resident: s.owners[from], At: s.cfg.Now(), From: FromResident, Kind: KindSMSReply, Text: a.Text, Via: BySMS, State: Sending,
		SMS: &SMS{Phone: from, DestCode: dest, Sequence: up.Sequence},
	})
	fault, _ := s.strike(smsReply, func() []string { return []string{from} })
	done := make(chan Delivery, 1)
	s.tasks.Go(func() { done <- Delivery{Sent: s.deliverReply(e, up, fault)} })
	return e, done, nil
}

// deliverReply pushes a reply until it is acknowledged or given up, and again when it comes twice.
func (s *Sandbox) deliverReply(e Entry, up upward, fault Fault) Entry {
	settle := func(state, reason string) Entry {
		e.State, e.Reason = state, reason
		s.record.update(e)
		return e
	}
	body, err := json.Marshal([]upward{up})
	switch {
	case err != nil:
		return settle(Failed, err.Error())
	case fault.Kind == FaultLost:
		return settle(Failed, "lost on the way, as a fault demands")
	case s.sms.ReplyURL == "":
		return settle(Failed, "nobody is configured to take replies")
	case fault.Kind == FaultLatency && !s.wait(s.ctx, fault.delay()):
		return settle(Failed, s.ctx.Err().Error())
	}
	times := 1
	if fault.Kind == FaultTwice {
		times = 2
	}
	for range times {
		acknowledged := s.sms.pushAll(s, s.sms.ReplyURL, body, fault.Kind == FaultDrop, func(p Push) {
			told := *e.SMS
			told.Pushes = append(told.Pushes[:len(told.Pushes):len(told.Pushes)], p)
			e.SMS, e.Attempts, e.Reason = &told, e.Attempts+1, p.Problem
			s.record.update(e)
		})
		if !acknowledged {
			return settle(Failed, e.Reason)
		}
	}
	return settle(Delivered, e.Reason)
}
