package sms

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"towncrier/sandbox/platform"
)

const (
	// gather is how long a receipt waits for others to share its array.
	gather = 30 * time.Millisecond
	// maxReports is how many receipts one array holds.
	maxReports = 100

	delivered = "DELIVERED"
)

var outcomeForm = regexp.MustCompile(`^[A-Z][A-Z0-9_:]+$`)

// reportAPI is what faults of receipts name. Their codes are outcomes.
var reportAPI = platform.API{
	Name: "aliyun/report", Numbers: true,
	Kinds:  []string{platform.FaultLatency, platform.FaultDrop, platform.FaultLost, platform.FaultTwice, platform.FaultEarly, platform.FaultReordered},
	IsCode: outcomeForm.MatchString, Codes: ", nor an outcome like MOBILE_NOT_ON_SERVICE",
}

// receipts carries accepted texts to their handsets and pushes their receipts.
type receipts struct {
	base   *platform.Base
	texts  *texts
	pushes *pusher
	target string        // "" for none
	delay  time.Duration // from acceptance to the handset

	mu        sync.Mutex
	due       []*text // wait for their array
	gathering bool    // somebody will push due
}

// receipt is one on the wire (SmsReport).
type receipt struct {
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

// deliver carries texts to their handsets and pushes their receipts, as each one's fault has it. It returns once the early
// receipts were pushed; the rest goes on in the background.
func (r *receipts) deliver(accepted []*text) {
	var early []*text
	later := map[time.Duration][]*text{} // receipts by how late they are
	for _, t := range accepted {
		if t.fault.Kind == platform.FaultEarly {
			early = append(early, t)
			continue
		}
		late := time.Duration(0)
		if t.fault.Kind == platform.FaultLatency || t.fault.Kind == platform.FaultReordered {
			late = r.base.Faults.Delay(t.fault)
		}
		later[late] = append(later[late], t)
	}
	if len(early) > 0 {
		r.settle(early)
		for batch := range slices.Chunk(early, maxReports) {
			pushed := make(chan struct{})
			r.base.Go(func() { r.push(batch, func() { close(pushed) }) })
			<-pushed
		}
	}
	for late, group := range later {
		r.base.Go(func() {
			if !r.base.Wait(r.delay) {
				return
			}
			r.settle(group)
			if late == 0 || r.base.Wait(late) {
				r.queue(group)
			}
		})
	}
}

// settle records what the carrier did with each text: its handset has it, or never will.
func (r *receipts) settle(group []*text) {
	now := r.base.Now()
	r.texts.update(group, func(t *text, e *platform.Entry) {
		resident, _ := r.base.Residents.Find(e.Resident)
		code := cmp.Or(resident.Unreachable, delivered)
		if outcomeForm.MatchString(t.fault.Kind) {
			code = t.fault.Kind
		}
		e.SMS.Code, e.SMS.Received, e.State = code, &now, platform.Delivered
		if code != delivered {
			e.State, e.Reason = platform.Failed, receiptText(code)
		}
	})
}

// queue has receipts wait for the next array, in which those of several calls and numbers mix.
func (r *receipts) queue(group []*text) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range group {
		if t.fault.Kind != platform.FaultLost {
			r.due = append(r.due, t)
		}
	}
	if len(r.due) == 0 || r.gathering {
		return
	}
	r.gathering = true
	r.base.Go(func() {
		r.base.Wait(gather)
		r.mu.Lock()
		due := r.due
		r.due, r.gathering = nil, false
		r.mu.Unlock()
		for batch := range slices.Chunk(due, maxReports) {
			r.base.Go(func() { r.push(batch, func() {}) })
		}
	})
}

// push pushes one array until it is acknowledged or given up, and those that come twice once more. first is called after the
// first attempt.
func (r *receipts) push(group []*text, first func()) {
	loseAck := false
	list := make([]receipt, len(group))
	for i, e := range r.texts.entries(group) {
		list[i] = receiptOf(e)
		loseAck = loseAck || group[i].fault.Kind == platform.FaultDrop
	}
	body, err := json.Marshal(list)
	if err != nil || r.target == "" {
		first()
		return
	}
	attempt := 0
	r.pushes.pushAll(r.target, body, loseAck, func(p platform.Push) {
		r.texts.update(group, func(_ *text, e *platform.Entry) { e.SMS.Pushes = append(slices.Clip(e.SMS.Pushes), p) })
		if attempt++; attempt == 1 {
			first()
		}
	})
	var twice []*text
	for _, t := range group {
		if t.fault.Kind == platform.FaultTwice {
			t.fault = platform.Fault{}
			twice = append(twice, t)
		}
	}
	if len(twice) > 0 && r.base.Wait(again) {
		r.queue(twice)
	}
}

func receiptOf(e *platform.Entry) receipt {
	return receipt{
		Phone: e.SMS.Phone, SendTime: e.At.In(platform.ChinaTime).Format(timeForm), ReportTime: e.SMS.Received.In(platform.ChinaTime).Format(timeForm),
		Success: e.SMS.Code == delivered, Code: e.SMS.Code, Message: receiptText(e.SMS.Code), Size: strconv.Itoa(e.SMS.Parts),
		BizID: e.SMS.BizID, OutID: e.SMS.OutID,
	}
}

// receiptText is the platform's wording of a receipt's code.
func receiptText(code string) string { return cmp.Or(receiptTexts[code], code) }

var receiptTexts = map[string]string{
	delivered:               "用户接收成功",
	"MOBILE_NOT_ON_SERVICE": "手机号关机、停机或为空号",
	"MOBILE_IN_BLACK":       "手机号在黑名单中",
	"MOBILE_SEND_LIMIT":     "号码在运营商侧触发流控",
	"INVALID_NUMBER":        "号码不合法",
	"USER_REJECT":           "用户拒收",
	"PORT_NOT_REGISTERED":   "签名未在运营商报备",
	"CONTENT_KEYWORD":       "内容命中关键字",
}
