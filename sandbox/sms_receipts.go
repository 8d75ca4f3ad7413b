package sandbox

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

const (
	// gather is how long a receipt waits for others to share its array.
	gather = 30 * time.Millisecond
	// maxReports is how many receipts one array holds.
	maxReports = 100
	// again is when a receipt that comes twice comes the second time.
	again = 200 * time.Millisecond

	delivered = "DELIVERED"
	// senderNumber is what texts come from; an extension code may follow.
	senderNumber = "1069000000"
)

// report is one receipt on the wire (SmsReport).
type report struct {
	Phone      string `json:"phone_number"`
	SendTime   string `json:"send_time"`
	ReportTime string `json:"report_time"`
	Success    bool   `json:"success"`
	Code       string `json:"err_code"`
	Message    string `json:"err_msg"`
	Size       string `json:"sms_size"`
	BizID      string `json:"biz_id"`
	OutID      string `json:"out_id"`
}

// forward carries accepted texts to their handsets and pushes their receipts, as each one's fate has it. It returns once
// the early receipts were pushed; the rest goes on in the background.
func (s *Sandbox) forward(texts []*text) {
	var early []*text
	later := map[time.Duration][]*text{} // receipts by how late they are
	for _, t := range texts {
		if t.fate.Kind == FaultEarly {
			early = append(early, t)
			continue
		}
		late := time.Duration(0)
		if t.fate.Kind == FaultLatency || t.fate.Kind == FaultReordered {
			late = s.faults.lateness(t.fate)
		}
		later[late] = append(later[late], t)
	}
	if len(early) > 0 {
		s.arrive(early)
		for batch := range slices.Chunk(early, maxReports) {
			pushed := make(chan struct{})
			s.tasks.Go(func() { s.pushReports(batch, func() { close(pushed) }) })
			<-pushed
		}
	}
	for late, group := range later {
		s.tasks.Go(func() {
			if !s.wait(s.ctx, s.sms.Delay) {
				return
			}
			s.arrive(group)
			if late == 0 || s.wait(s.ctx, late) {
				s.report(group)
			}
		})
	}
}

// arrive settles what the carrier did with each text: its handset has it, or never will.
func (s *Sandbox) arrive(texts []*text) {
	now := s.cfg.Now()
	s.sms.mu.Lock()
	defer s.sms.mu.Unlock()
	for _, t := range texts {
		code := delivered
		if r := s.residents[t.entry.Resident]; r != nil {
			code = cmp.Or(r.Unreachable, delivered)
		}
		if receiptForm.MatchString(t.fate.Kind) {
			code = t.fate.Kind
		}
		e, told := *t.entry, *t.entry.SMS
		told.Code, told.Received = code, &now
		e.SMS, e.State = &told, Delivered
		if code != delivered {
			e.State, e.Reason = Failed, receiptText(code)
		}
		t.entry = s.record.update(e)
	}
}

// report queues receipts for the next array, in which those of several calls and numbers mix.
func (s *Sandbox) report(texts []*text) {
	m := s.sms
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range texts {
		if t.fate.Kind != FaultLost {
			m.due = append(m.due, t)
		}
	}
	if len(m.due) == 0 || m.gathering {
		return
	}
	m.gathering = true
	s.tasks.Go(func() {
		s.wait(s.ctx, gather)
		m.mu.Lock()
		due := m.due
		m.due, m.gathering = nil, false
		m.mu.Unlock()
		for batch := range slices.Chunk(due, maxReports) {
			s.tasks.Go(func() { s.pushReports(batch, func() {}) })
		}
	})
}

// pushReports pushes one array until it is acknowledged or given up, and those that come twice once more. first is called
// after the first attempt.
func (s *Sandbox) pushReports(texts []*text, first func()) {
	deaf := false
	list := make([]report, len(texts))
	s.sms.mu.Lock()
	for i, t := range texts {
		list[i] = t.report()
		deaf = deaf || t.fate.Kind == FaultDrop
	}
	s.sms.mu.Unlock()
	body, err := json.Marshal(list)
	if err != nil || s.sms.ReportURL == "" {
		first()
		return
	}
	attempt := 0
	s.sms.pushAll(s, s.sms.ReportURL, body, deaf, func(p Push) {
		s.notePush(texts, p)
		if attempt++; attempt == 1 {
			first()
		}
	})
	var twice []*text
	for _, t := range texts {
		if t.fate.Kind == FaultTwice {
			twice = append(twice, t)
		}
	}
	if len(twice) == 0 || !s.wait(s.ctx, again) {
		return
	}
	s.sms.mu.Lock()
	for _, t := range twice {
		t.fate = Fault{}
	}
	s.sms.mu.Unlock()
	s.report(twice)
}

// notePush records an attempt with every text that it told of.
func (s *Sandbox) notePush(texts []*text, p Push) {
	s.sms.mu.Lock()
	defer s.sms.mu.Unlock()
	for _, t := range texts {
		e, told := *t.entry, *t.entry.SMS
		told.Pushes = append(slices.Clip(told.Pushes), p)
		e.SMS = &told
		t.entry = s.record.update(e)
	}
}

func (t *text) report() report {
	sms := t.entry.SMS
	return report{
		Phone: sms.Phone, SendTime: t.entry.At.In(chinaTime).Format(smsTimeForm), ReportTime: sms.Received.In(chinaTime).Format(smsTimeForm),
		Success: sms.Code == delivered, Code: sms.Code, Message: receiptText(sms.Code), Size: strconv.Itoa(sms.Parts),
		BizID: sms.BizID, OutID: sms.OutID,
	}
}

// receiptText is the platform's wording of a receipt's code.
func receiptText(code string) string {
	switch code {
	case delivered:
		return "用户接收成功"
	case "MOBILE_NOT_ON_SERVICE":
		return "手机号关机、停机或为空号"
	case "MOBILE_IN_BLACK":
		return "手机号在黑名单中"
	case "MOBILE_SEND_LIMIT":
		return "号码在运营商侧触发流控"
	case "INVALID_NUMBER":
		return "号码不合法"
	case "USER_REJECT":
		return "用户拒收"
	case "PORT_NOT_REGISTERED":
		return "签名未在运营商报备"
	case "CONTENT_KEYWORD":
		return "内容命中关键字"
	}
	return code
}
