package sandbox

import (
	"net/url"
	"strconv"
	"time"
)

// queryDays is how far back QuerySendDetails reaches.
const queryDays = 30

// States of a text in QuerySendDetails.
const (
	statusWaiting   = 1
	statusFailed    = 2
	statusDelivered = 3
)

// smsDetail is one text of QuerySendDetails.
type smsDetail struct {
	PhoneNum     string
	SendStatus   int
	ErrCode      string
	TemplateCode string
	Content      string
	SendDate     string
	ReceiveDate  string `json:",omitempty"`
	OutID        string `json:"OutId,omitempty"`
}

// querySMS is QuerySendDetails: what became of the texts to one number on one day of UTC+8, the newest first. It tells
// the truth when the receipt was late or lost.
func (s *Sandbox) querySMS(form url.Values) (any, *smsError) {
	for _, name := range []string{"PhoneNumber", "SendDate", "PageSize", "CurrentPage"} {
		if form.Get(name) == "" {
			return nil, missing(name)
		}
	}
	to := number(form.Get("PhoneNumber"))
	day, err := time.ParseInLocation("20060102", form.Get("SendDate"), chinaTime)
	size, errSize := strconv.Atoi(form.Get("PageSize"))
	page, errPage := strconv.Atoi(form.Get("CurrentPage"))
	now := s.cfg.Now().In(chinaTime)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, chinaTime)
	switch {
	case to == "":
		return nil, refusal("isv.MOBILE_NUMBER_ILLEGAL")
	case err != nil, day.After(today), day.Before(today.AddDate(0, 0, -queryDays)),
		errSize != nil, size < 1, size > 50, errPage != nil, page < 1:
		return nil, refusal("isv.INVALID_PARAMETERS")
	}
	found := s.sms.details(to, form.Get("BizId"), day)
	out := struct {
		smsAnswer
		TotalCount string // a string in the platform's own SDK
		Details    struct {
			List []smsDetail `json:"SmsSendDetailDTO"`
		} `json:"SmsSendDetailDTOs"`
	}{smsAnswer: smsAnswer{Code: "OK", Message: "OK", RequestID: requestID()}, TotalCount: strconv.Itoa(len(found))}
	from := min((page-1)*size, len(found))
	out.Details.List = found[from:min(from+size, len(found))]
	return out, nil
}

// details lists the texts to a number on the day that begins then.
func (m *smsSide) details(to, bizID string, day time.Time) []smsDetail {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := []smsDetail{}
	texts := m.texts[to]
	for i := len(texts) - 1; i >= 0; i-- {
		e := texts[i].entry
		if e.At.Before(day) || !e.At.Before(day.AddDate(0, 0, 1)) || bizID != "" && e.SMS.BizID != bizID {
			continue
		}
		d := smsDetail{
			PhoneNum: to, TemplateCode: e.SMS.Template, Content: e.Text, OutID: e.SMS.OutID,
			SendDate: e.At.In(chinaTime).Format(smsTimeForm), SendStatus: statusWaiting, ErrCode: "REQUEST_SUCCESS",
		}
		if e.SMS.Received != nil {
			d.ReceiveDate, d.ErrCode, d.SendStatus = e.SMS.Received.In(chinaTime).Format(smsTimeForm), e.SMS.Code, statusFailed
			if e.State == Delivered {
				d.SendStatus = statusDelivered
			}
		}
		list = append(list, d)
	}
	return list
}
