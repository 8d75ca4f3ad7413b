package aliyun

import (
	"context"
	"regexp"
	"slices"
	"strconv"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/dysmsapi"

	"towncrier/redact"
)

// Review is what the provider decided on a sign or a template that was handed in. Nothing can be sent before it is Approved.
type Review string

const (
	Approved  Review = "approved"
	InReview  Review = "in review"
	Rejected  Review = "rejected"
	Cancelled Review = "cancelled"
)

// Template is a template of the account.
type Template struct {
	Text    string // as registered, with ${name} where a variable stands
	ForCode bool   // it is one of verification codes
	Review  Review
	Reason  string // why it was rejected, in the provider's words; "" for none
}

// Variables are the names in Text, each once, in their order.
func (t Template) Variables() (names []string) {
	for _, found := range placeForm.FindAllStringSubmatch(t.Text, -1) {
		if !slices.Contains(names, found[1]) {
			names = append(names, found[1])
		}
	}
	return names
}

var placeForm = regexp.MustCompile(`\$\{([^{}]*)\}`)

// Sign is the sign of the account, as it was reviewed.
type Sign struct {
	Review Review
	Reason string
}

// Template asks for a template of the account by its code (GetSmsTemplate; QuerySmsTemplate is being withdrawn). Every error is an
// *sms.Error; of an unknown template its Code is isv.SMS_TEMPLATE_ILLEGAL.
func (c *Client) Template(ctx context.Context, code string) (Template, error) {
	request := dysmsapi.CreateGetSmsTemplateRequest()
	request.TemplateCode = code
	var got *dysmsapi.GetSmsTemplateResponse
	err := c.call(ctx, func(api *dysmsapi.Client) (a answer, err error) {
		got, err = api.GetSmsTemplate(request)
		return answer{got.Code, got.RequestId, got.Message}, err
	})
	if err != nil {
		return Template{}, err
	}
	return Template{
		Text: got.TemplateContent, ForCode: got.TemplateType == "0", Review: reviewOf(got.TemplateStatus), Reason: redact.Text(got.AuditInfo.RejectInfo),
	}, nil
}

// Sign asks for the sign that texts go under (GetSmsSign; QuerySmsSign is being withdrawn). Every error is an *sms.Error; of an unknown sign
// its Code is isv.SMS_SIGNATURE_ILLEGAL.
func (c *Client) Sign(ctx context.Context) (Sign, error) {
	request := dysmsapi.CreateGetSmsSignRequest()
	request.SignName = c.sign
	var got *dysmsapi.GetSmsSignResponse
	err := c.call(ctx, func(api *dysmsapi.Client) (a answer, err error) {
		got, err = api.GetSmsSign(request)
		return answer{got.Code, got.RequestId, got.Message}, err
	})
	if err != nil {
		return Sign{}, err
	}
	return Sign{Review: reviewOf(strconv.FormatInt(got.SignStatus, 10)), Reason: redact.Text(got.AuditInfo.RejectInfo)}, nil
}

// reviewOf reads a status as the calls number it, or as the lists of the same API word it. What is not known is its own word.
func reviewOf(status string) Review {
	switch status {
	case "0", "AUDIT_STATE_INIT":
		return InReview
	case "1", "AUDIT_STATE_PASS":
		return Approved
	case "2", "AUDIT_STATE_NOT_PASS":
		return Rejected
	case "10", "AUDIT_SATE_CANCEL", "AUDIT_STATE_CANCEL":
		return Cancelled
	}
	return Review("in the unknown state " + strconv.Quote(redact.Text(status)))
}
