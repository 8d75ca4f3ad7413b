package sms

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"towncrier/sandbox/platform"
)

// queryDays is how far back QuerySendDetails reaches.
const queryDays = 30

// States of a text in QuerySendDetails.
const (
	statusWaiting   = 1
	statusFailed    = 2
	statusDelivered = 3
)

// detail is one text of QuerySendDetails.
type detail struct {
	PhoneNum     string
	SendStatus   int
	ErrCode      string
	TemplateCode string
	Content      string
	SendDate     string
	ReceiveDate  string `json:",omitempty"`
	OutID        string `json:"OutId,omitempty"`
}

func numbersOfQuery(form url.Values) []string { return []string{form.Get("PhoneNumber")} }

// query is QuerySendDetails: the states of the texts to one number on one day of UTC+8, the newest first. It tells
// the truth when the receipt was late or lost.
func (t *texts) query(form url.Values) (any, *apiError) {
	if failed := missing(form, "PhoneNumber", "SendDate", "PageSize", "CurrentPage"); failed != nil {
		return nil, failed
	}
	to := platform.Number(form.Get("PhoneNumber"))
	day, err := time.ParseInLocation("20060102", form.Get("SendDate"), platform.ChinaTime)
	size, errSize := strconv.Atoi(form.Get("PageSize"))
	page, errPage := strconv.Atoi(form.Get("CurrentPage"))
	now := t.base.Now().In(platform.ChinaTime)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, platform.ChinaTime)
	switch {
	case to == "":
		return nil, fail("isv.MOBILE_NUMBER_ILLEGAL")
	case err != nil, day.After(today), day.Before(today.AddDate(0, 0, -queryDays)),
		errSize != nil, size < 1, size > 50, errPage != nil, page < 1:
		return nil, fail("isv.INVALID_PARAMETERS")
	}
	found := detailsOf(t.to(to), form.Get("BizId"), day)
	out := struct {
		answer
		TotalCount string // a string in the platform's own SDK
		Details    struct {
			List []detail `json:"SmsSendDetailDTO"`
		} `json:"SmsSendDetailDTOs"`
	}{answer: ok(), TotalCount: strconv.Itoa(len(found))}
	from := min((page-1)*size, len(found))
	out.Details.List = found[from:min(from+size, len(found))]
	return out, nil
}

// detailsOf lists the texts of a call, or of all calls when bizID is "", on the day that begins then, the newest first.
func detailsOf(sent []*platform.Entry, bizID string, day time.Time) []detail {
	list := []detail{}
	for _, e := range slices.Backward(sent) {
		if e.At.Before(day) || !e.At.Before(day.AddDate(0, 0, 1)) || bizID != "" && e.SMS.BizID != bizID {
			continue
		}
		d := detail{
			PhoneNum: e.SMS.Phone, TemplateCode: e.SMS.Template, Content: e.Text, OutID: e.SMS.OutID,
			SendDate: e.At.In(platform.ChinaTime).Format(timeForm), SendStatus: statusWaiting, ErrCode: "REQUEST_SUCCESS",
		}
		if e.SMS.Received != nil {
			d.ReceiveDate, d.ErrCode, d.SendStatus = e.SMS.Received.In(platform.ChinaTime).Format(timeForm), e.SMS.Code, statusFailed
			if e.State == platform.Delivered {
				d.SendStatus = statusDelivered
			}
		}
		list = append(list, d)
	}
	return list
}
