package aliyun

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/dysmsapi"

	"towncrier/phone"
	"towncrier/sms"
)

// What SendBatchSms takes.
const (
	maxBatch      = 100 // numbers
	maxBatchOutID = 255 // characters of OutId: "less than 256"
)

// batch is one text to several numbers in one call. The API takes a sign and variables a number; here all have the same.
type batch struct {
	template string
	params   string // as params writes them; "" for none
	outID    string // of the call: every text's receipt and record name it
	numbers  []phone.Number
}

// sendBatch gives a batch to the provider (SendBatchSms), which takes all of it or nothing. A nil error means accepted;
// handle is the provider's BizId, one for all. Every failure is an *sms.Error and about the whole call, even when one
// number is why. As with Send, nothing is tried again here.
func (c *Client) sendBatch(ctx context.Context, b batch) (handle string, err error) {
	switch n := len(b.numbers); {
	case n == 0 || n > maxBatch:
		return "", &sms.Error{Class: sms.Invalid, Err: fmt.Errorf("a batch of %d numbers, want 1 to %d", n, maxBatch)}
	case b.template == "":
		return "", &sms.Error{Class: sms.Invalid, Err: errors.New("the text names no template")}
	case b.outID == "" || len(b.outID) > maxBatchOutID:
		return "", &sms.Error{Class: sms.Invalid, Err: fmt.Errorf("OutID has %d characters, want 1 to %d", len(b.outID), maxBatchOutID)}
	}
	request := dysmsapi.CreateSendBatchSmsRequest()
	request.TemplateCode, request.OutId = b.template, b.outID
	request.PhoneNumberJson = digits(b.numbers)
	request.SignNameJson = repeated(quoted(c.sign), len(b.numbers))
	if b.params != "" {
		request.TemplateParamJson = repeated(b.params, len(b.numbers))
	}
	err = c.call(ctx, func(api *dysmsapi.Client) (answer, error) {
		got, err := api.SendBatchSms(request)
		handle = got.BizId
		return answer{got.Code, got.RequestId, got.Message}, err
	})
	if err != nil {
		return "", err
	}
	return handle, nil
}

// digits is a JSON array of numbers.
func digits(numbers []phone.Number) string {
	plain := make([]string, len(numbers))
	for i, n := range numbers {
		plain[i] = string(n) // as it is: a Number prints masked
	}
	list, _ := json.Marshal(plain) // strings cannot fail
	return string(list)
}

// repeated is a JSON array of n times the same value, n at least 1.
func repeated(value string, n int) string {
	return "[" + strings.Repeat(value+",", n-1) + value + "]"
}

func quoted(s string) string {
	text, _ := json.Marshal(s) // a string cannot fail
	return string(text)
}
