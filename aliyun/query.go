package aliyun

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/dysmsapi"

	"towncrier/phone"
	"towncrier/sms"
)

const (
	pageSize = 50 // the API's greatest
	// maxPages ends a query that never does: 40 codes and 50 texts a template and day leave room in 1,000.
	maxPages = 20
)

// Detail is what the provider knows of one text. Its words are left out: they hold the code, or what a resident was told.
type Detail struct {
	OutID      string
	Template   string
	State      sms.State // Accepted, while there is no receipt; Delivered or Undelivered
	Code       string    // the receipt's, for FateOf
	SentAt     time.Time // zero when unreadable
	ReceivedAt time.Time // zero when there is no receipt
}

// QueryDetails asks for the status of the texts to a number on the day in Shanghai that day falls on (QuerySendDetails); the
// provider knows 30 days. handle narrows it to one call, "" means all. It is for texts in doubt that outlive the doubt, as
// notices do; a code is over before it could be asked about. Every error is an *sms.Error, and none means in doubt, since
// asking again is harmless.
func (c *Client) QueryDetails(ctx context.Context, number phone.Number, day time.Time, handle string) ([]Detail, error) {
	if _, err := phone.Parse(string(number)); err != nil {
		return nil, &sms.Error{Class: sms.Refused, Err: err}
	}
	var details []Detail
	for page := 1; page <= maxPages; page++ {
		request := dysmsapi.CreateQuerySendDetailsRequest()
		request.PhoneNumber, request.SendDate, request.BizId = string(number), day.In(shanghai).Format("20060102"), handle
		request.PageSize, request.CurrentPage = requests.NewInteger(pageSize), requests.NewInteger(page)
		var got *dysmsapi.QuerySendDetailsResponse
		err := c.call(ctx, func(api *dysmsapi.Client) (a answer, err error) {
			got, err = api.QuerySendDetails(request)
			return answer{got.Code, got.RequestId, got.Message}, err
		})
		if e, ok := errors.AsType[*sms.Error](err); ok && e.Class == sms.InDoubt {
			e.Class = sms.Retry
		}
		if err != nil {
			return nil, err
		}
		rows := got.SmsSendDetailDTOs.SmsSendDetailDTO
		for _, row := range rows {
			details = append(details, detail(row))
		}
		total, err := strconv.Atoi(got.TotalCount)
		if len(rows) == 0 || err == nil && len(details) >= total || err != nil && len(rows) < pageSize {
			return details, nil
		}
	}
	return nil, &sms.Error{Class: sms.Invalid, Err: errors.New("the provider lists over 1000 texts to one number on one day")}
}

func detail(row dysmsapi.SmsSendDetailDTO) Detail {
	d := Detail{
		OutID: row.OutId, Template: row.TemplateCode, State: sms.Accepted, Code: row.ErrCode,
		SentAt: instant(row.SendDate), ReceivedAt: instant(row.ReceiveDate),
	}
	switch row.SendStatus { // 1 waits for a receipt
	case 2:
		d.State = sms.Undelivered
	case 3:
		d.State = sms.Delivered
	}
	return d
}

// instant reads a time as the provider writes them, the zero time when it is none.
func instant(s string) time.Time {
	t, err := time.ParseInLocation(time.DateTime, s, shanghai)
	if err != nil {
		return time.Time{}
	}
	return t
}
