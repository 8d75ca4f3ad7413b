package aliyun

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/dysmsapi"

	"towncrier/phone"
	"towncrier/sms"
)

// maxOutID is what sms.Text allows; the provider states no length for SendSms.
const maxOutID = 64

// Send gives one text to the provider (SendSms). A nil error means accepted; handle is the provider's BizId. Every failure
// is an *sms.Error. It is never tried again here: the API has no idempotency key. When ctx ends in the middle of it the
// text is in doubt, and when that comes before a connection stands it was not sent.
func (c *Client) Send(ctx context.Context, t sms.Text) (handle string, err error) {
	number, fault := phone.Parse(string(t.To))
	switch {
	case fault != nil:
		return "", &sms.Error{Class: sms.Refused, Err: fault}
	case t.Template == "":
		return "", &sms.Error{Class: sms.Invalid, Err: errors.New("the text names no template")}
	case len(t.OutID) > maxOutID:
		return "", &sms.Error{Class: sms.Invalid, Err: fmt.Errorf("OutID has %d characters, want at most %d", len(t.OutID), maxOutID)}
	}
	request := dysmsapi.CreateSendSmsRequest()
	request.PhoneNumbers, request.SignName, request.TemplateCode, request.OutId = string(number), c.sign, t.Template, t.OutID
	if len(t.Params) > 0 {
		request.TemplateParam = params(t.Params)
	}
	err = c.call(ctx, func(api *dysmsapi.Client) (answer, error) {
		got, err := api.SendSms(request)
		handle = got.BizId
		return answer{got.Code, got.RequestId, got.Message}, err
	})
	if err != nil {
		return "", err
	}
	return handle, nil
}

// params writes a template's variables as the API reads them: a JSON object of strings, nothing escaped that need not be.
func params(values map[string]string) string {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.Encode(values) // strings to a buffer: it cannot fail
	return string(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
}
