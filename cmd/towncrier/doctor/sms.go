package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"towncrier/aliyun"
	"towncrier/content"
	"towncrier/sms"
)

const inReview = "wait for the review, which takes about two hours between 9:00 and 21:00"

// SMSSign asks whether the sign that texts go under is approved.
func SMSSign(client *aliyun.Client, name string) Check {
	return Check{"sms-sign", "the sign (签名) of texts", one(func(ctx context.Context) Finding {
		sign, err := client.Sign(ctx)
		switch {
		case isCode(err, "isv.SMS_SIGNATURE_ILLEGAL", "isv.SIGN_NAME_ILLEGAL", "isv.SIGN_STATE_ILLEGAL"):
			return fault(name, fmt.Sprintf("the account has no sign %q: every text is refused", name),
				"set TOWNCRIER_SMS_SIGN to a sign that the console of Alibaba Cloud SMS lists as approved, without brackets")
		case err != nil:
			return ofSMS(name, "dysms:GetSmsSign", err)
		case sign.Review == aliyun.InReview:
			return fault(name, fmt.Sprintf("the sign %q is in review: every text is refused", name), inReview)
		case sign.Review != aliyun.Approved:
			return fault(name, fmt.Sprintf("the sign %q is %s: every text is refused%s", name, sign.Review, because(sign.Reason)),
				"hand it in again in the console of Alibaba Cloud SMS, 签名管理")
		}
		return ok(name, fmt.Sprintf("the sign %q is approved; whether carriers have registered it (实名制报备) the console says", name))
	})}
}

// SMSTemplates asks for the templates of codes and of warnings to staff, and those of the content.
func SMSTemplates(client *aliyun.Client, code, staff string, library func() *content.Library) Check {
	return Check{"sms-templates", "the templates of texts", func(ctx context.Context) []Finding {
		t := textTemplates{client}
		found := []Finding{t.forCodes(ctx, code), t.forStaff(ctx, staff)}
		for _, ours := range templatesOf(library(), content.SMSChannel) {
			found = append(found, t.ofContent(ctx, ours))
		}
		return found
	}}
}

type textTemplates struct{ client *aliyun.Client }

func (t textTemplates) forCodes(ctx context.Context, code string) Finding {
	const setting = "sms.code_template"
	got, bad := t.approved(ctx, setting, code)
	switch {
	case bad != nil:
		return *bad
	case !slices.Equal(got.Variables(), []string{"code"}):
		return fault(setting, fmt.Sprintf("template %s has %s: a verification code fills the one variable code", code, variables(got.Variables())),
			"set TOWNCRIER_SMS_CODE_TEMPLATE to a template of verification codes with the one variable code")
	case !got.ForCode:
		return warning(setting, fmt.Sprintf("template %s is none of verification codes (验证码)", code), "apply for a template of that kind")
	}
	return ok(setting, fmt.Sprintf("template %s is approved", code))
}

func (t textTemplates) forStaff(ctx context.Context, code string) Finding {
	const setting = "sms.staff_template"
	if code == "" {
		return warning(setting, "no member of staff is told by SMS that a key was opened in their name, or their number changed",
			"set TOWNCRIER_SMS_STAFF_TEMPLATE to a template of a notice (通知短信) without variables")
	}
	got, bad := t.approved(ctx, setting, code)
	switch {
	case bad != nil:
		return *bad
	case len(got.Variables()) > 0:
		return fault(setting, fmt.Sprintf("template %s has %s: no text to staff is taken", code, variables(got.Variables())),
			"set TOWNCRIER_SMS_STAFF_TEMPLATE to a template without variables")
	}
	return ok(setting, fmt.Sprintf("template %s is approved", code))
}

func (t textTemplates) ofContent(ctx context.Context, ours *content.Template) Finding {
	const remedy = "write text and vars in templates.yaml as the console of Alibaba Cloud SMS shows the template"
	got, bad := t.approved(ctx, ours.ID, ours.Code)
	if bad != nil {
		return *bad
	}
	var names []string
	for _, v := range ours.Vars {
		names = append(names, v.Name)
	}
	switch there := got.Variables(); {
	case !slices.Equal(slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(there))):
		return fault(ours.ID, fmt.Sprintf("template %s has %s, templates.yaml has %s: texts are refused", ours.Code, variables(there), variables(names)), remedy)
	case got.Text != ours.Text:
		return warning(ours.ID, fmt.Sprintf("residents read template %s in other words than a preview shows: %s", ours.Code, got.Text), remedy)
	}
	return ok(ours.ID, fmt.Sprintf("template %s is approved, and as templates.yaml has it", ours.Code))
}

// approved asks for a template; bad is why nothing can be sent under it.
func (t textTemplates) approved(ctx context.Context, of, code string) (got aliyun.Template, bad *Finding) {
	got, err := t.client.Template(ctx, code)
	var f Finding
	switch {
	case isCode(err, "isv.SMS_TEMPLATE_ILLEGAL"):
		f = fault(of, fmt.Sprintf("the account has no template %s: every text under it is refused", code),
			"copy a template's code (SMS_…) from the console of Alibaba Cloud SMS, 模板管理")
	case err != nil:
		f = ofSMS(of, "dysms:GetSmsTemplate", err)
	case got.Review == aliyun.InReview:
		f = fault(of, fmt.Sprintf("template %s is in review: every text under it is refused", code), inReview)
	case got.Review != aliyun.Approved:
		f = fault(of, fmt.Sprintf("template %s is %s: every text under it is refused%s", code, got.Review, because(got.Reason)),
			"mend and hand it in again in the console of Alibaba Cloud SMS, 模板管理")
	default:
		return got, nil
	}
	return got, &f
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return fmt.Sprintf(" (%s)", reason)
}

func variables(names []string) string {
	if len(names) == 0 {
		return "no variable"
	}
	return "the variables " + strings.Join(names, ", ")
}

func isCode(err error, codes ...string) bool {
	e, is := errors.AsType[*sms.Error](err)
	return is && slices.Contains(codes, e.Code)
}

// ofSMS explains a call that failed. permission is the one that it needs.
func ofSMS(of, permission string, err error) Finding {
	e, is := errors.AsType[*sms.Error](err)
	switch {
	case !is:
		return unchecked(of, err.Error(), "see that this machine reaches Alibaba Cloud SMS (TOWNCRIER_SMS_ENDPOINT), by its firewall, its DNS and its way out")
	case e.Code == "isp.RAM_PERMISSION_DENY", strings.HasPrefix(e.Code, "NoPermission"), strings.HasPrefix(e.Code, "Forbidden"):
		return unchecked(of, "the access key may not ask for it", "give its RAM user the permission "+permission+", which only reads")
	case e.Class == sms.Operator:
		return fault(of, e.Error(), smsRemedy(e.Code))
	}
	return warning(of, e.Error(), "let this server reach TOWNCRIER_SMS_ENDPOINT, by default "+aliyun.DefaultEndpoint+": look at the firewall, name server and proxy")
}

// smsRemedy says what to do about an error code.
func smsRemedy(code string) string {
	switch code {
	case "InvalidAccessKeyId.NotFound", "SignatureDoesNotMatch", "IncompleteSignature", "InvalidAccessKeyId.Inactive":
		return "set TOWNCRIER_SMS_ACCESS_KEY_ID and TOWNCRIER_SMS_ACCESS_KEY_SECRET to a key that works: see 访问控制 (RAM) in the console"
	case "InvalidTimeStamp.Expired":
		return "set this server's clock right, by NTP for example"
	case "isv.DENY_IP_RANGE":
		return "call from an address in the mainland, or allow this server's address in the console of Alibaba Cloud SMS"
	case "isv.AMOUNT_NOT_ENOUGH", "isv.OUT_OF_SERVICE":
		return "pay what the account owes"
	case "isv.PRODUCT_UN_SUBSCRIPT", "isv.PRODUCT_UNSUBSCRIBE", "isv.ACCOUNT_NOT_EXISTS", "isv.ACCOUNT_ABNORMAL", "isv.SECURITY_FROZEN_ACCOUNT":
		return "have the account put right in the console of Alibaba Cloud SMS"
	case "":
		return "set TOWNCRIER_SMS_ENDPOINT to the platform's base URL, by default " + aliyun.DefaultEndpoint + "; look at proxies in between"
	}
	return "look the code up in the error codes of Alibaba Cloud SMS (错误码)"
}
