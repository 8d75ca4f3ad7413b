package aliyun

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"syscall"

	"towncrier/redact"
	"towncrier/sms"
)

// verdict is what a code of the API says: what comes next, and what the operator should read where they can do something.
type verdict struct {
	class  sms.Class
	advice string
}

const (
	adviceTemplate = "短信模板不可用：未通过审核，或不属于当前账号。请在短信控制台核对模板代码和审核状态。"
	adviceSign     = "短信签名不可用：未通过审核、不属于当前账号，或与短信类型不符。请在短信控制台核对签名及其审核、实名制报备状态。"
	adviceVariable = "短信模板变量有误：缺少变量、内容过长、含网址，或不符合模板要求。请对照控制台里的模板逐项核对。"
	adviceContent  = "短信内容被平台拒绝。请人工核对正文与模板类型后再发送。"
	adviceExtend   = "短信扩展码使用有误：一个扩展码不能对应多个签名。请在短信控制台核对扩展码。"
	adviceAccount  = "阿里云账号状态异常，或未开通短信服务。请登录阿里云控制台处理。"
	adviceBalance  = "短信账户余额不足或已停机（套餐包有余量时也可能停机）。请登录阿里云控制台检查余额与欠费。"
	adviceLimit    = "已达到在短信控制台设置的发送上限。请在控制台核对并调整上限。"
	adviceKey      = "短信平台不认可访问密钥或签名。请核对 AccessKey ID、AccessKey Secret 和接口地址。"
	adviceOffline  = "短信平台已停用所调用的接口，或接口地址有误。请核对接口地址，并联系系统维护人员。"
	adviceTest     = "短信账号的测试或数量上限已用完。请在短信控制台核对账号的认证与申请状态。"
	adviceNetwork  = "连不上短信平台。请检查本机网络、防火墙和域名解析，以及接口地址。"
	adviceAddress  = "接口地址上的回答不是短信平台给出的。请核对接口地址，以及中间的代理。"
	adviceUnknown  = "短信平台返回了未收录的错误代码。请在阿里云短信服务的错误码文档中查询。"
)

// verdicts are the API's codes, from 短信服务 API 错误码 and the error centre's common codes. A code that is a platform's
// fault, or whose first call may have come through, is in doubt.
var verdicts = map[string]verdict{
	"isv.BUSINESS_LIMIT_CONTROL": {class: sms.Limited},
	"isv.MOBILE_NUMBER_ILLEGAL":  {class: sms.Refused},
	"isv.CUSTOMER_REFUSED":       {class: sms.OptedOut},
	"isv.BLACK_KEY_CONTROL_LIMIT": {sms.Refused,
		"短信变量含有平台管控的内容，或号码在平台的黑名单中。请人工核对变量内容。"},

	"isv.MOBILE_COUNT_OVER_LIMIT":            {class: sms.Invalid},
	"isv.INVALID_PARAMETERS":                 {sms.Invalid, adviceVariable},
	"isv.TEMPLATE_MISSING_PARAMETERS":        {sms.Invalid, adviceVariable},
	"isv.TEMPLATE_PARAMS_ILLEGAL":            {sms.Invalid, adviceVariable},
	"isv.INVALID_JSON_PARAM":                 {sms.Invalid, adviceVariable},
	"isv.PARAM_LENGTH_LIMIT":                 {sms.Invalid, adviceVariable},
	"isv.PARAM_NOT_SUPPORT_URL":              {sms.Invalid, adviceVariable},
	"isv.SMS_CONTENT_ILLEGAL":                {sms.Invalid, adviceContent},
	"isv.UNSUPPORTED_CONTENT":                {sms.Invalid, adviceContent},
	"isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE": {sms.Invalid, adviceContent},
	"isv.DOMESTIC_NUMBER_NOT_SUPPORTED":      {sms.Operator, "短信模板的类型不支持内地号码。请换用国内短信模板。"},
	"isv.SMS_TEMPLATE_ILLEGAL":               {sms.Operator, adviceTemplate},
	"isv.SMS_SIGNATURE_ILLEGAL":              {sms.Operator, adviceSign},
	"isv.SIGN_STATE_ILLEGAL":                 {sms.Operator, adviceSign},
	"isv.SIGN_NAME_ILLEGAL":                  {sms.Operator, adviceSign},
	"isv.SMS_SIGNATURE_SCENE_ILLEGAL":        {sms.Operator, adviceSign},
	"isv.SMS_SIGN_ILLEGAL":                   {sms.Operator, adviceSign},
	"isv.EXTEND_CODE_ERROR":                  {sms.Operator, adviceExtend},
	"isv.ONE_CODE_MULTIPLE_SIGN":             {sms.Operator, adviceExtend},
	"isv.CODE_EXCEED_LIMIT":                  {sms.Operator, adviceExtend},
	"isv.CODE_ERROR":                         {sms.Operator, adviceExtend},
	"isv.DAY_LIMIT_CONTROL":                  {sms.Operator, adviceLimit},
	"isv.MONTH_LIMIT_CONTROL":                {sms.Operator, adviceLimit},
	"isv.AMOUNT_NOT_ENOUGH":                  {sms.Operator, adviceBalance},
	"isv.OUT_OF_SERVICE":                     {sms.Operator, adviceBalance},
	"isv.PRODUCT_UN_SUBSCRIPT":               {sms.Operator, adviceAccount},
	"isv.PRODUCT_UNSUBSCRIBE":                {sms.Operator, adviceAccount},
	"isv.ACCOUNT_NOT_EXISTS":                 {sms.Operator, adviceAccount},
	"isv.ACCOUNT_ABNORMAL":                   {sms.Operator, adviceAccount},
	"isv.SECURITY_FROZEN_ACCOUNT":            {sms.Operator, adviceAccount},
	"isv.SMS_TEST_NUMBER_LIMIT":              {sms.Operator, adviceTest},
	"isv.SMS_OVER_LIMIT":                     {sms.Operator, adviceTest},
	"isv.SIGN_COUNT_OVER_LIMIT":              {sms.Operator, adviceTest},
	"isv.TEMPLATE_COUNT_OVER_LIMIT":          {sms.Operator, adviceTest},
	"isv.INTERFACE_OFFLINE":                  {sms.Operator, adviceOffline},
	"isv.DENY_IP_RANGE":                      {sms.Operator, "短信平台拒绝从本机的网络地址调用。请从内地的网络出口调用，或在控制台核对允许的地址。"},
	"isp.RAM_PERMISSION_DENY":                {sms.Operator, "访问密钥所属的 RAM 用户没有短信权限。请在访问控制中授权。"},
	"SignatureDoesNotMatch":                  {sms.Operator, adviceKey},
	"InvalidAccessKeyId.NotFound":            {sms.Operator, adviceKey},
	"InvalidVersion":                         {sms.Operator, adviceOffline},
	"InvalidAction.NotFound":                 {sms.Operator, adviceOffline},
	"InvalidTimeStamp.Expired":               {sms.Operator, "本机时钟与短信平台相差超过 15 分钟。请校准本机时钟。"},

	"Throttling":         {class: sms.Retry},
	"Throttling.User":    {class: sms.Retry},
	"Throttling.Api":     {class: sms.Retry},
	"SignatureNonceUsed": {class: sms.InDoubt}, // a first call under the same nonce came through
	"isp.SYSTEM_ERROR":   {class: sms.InDoubt},
	"isp.GATEWAY_ERROR":  {class: sms.InDoubt},
	"ServiceUnavailable": {class: sms.InDoubt},
	"InternalError":      {class: sms.InDoubt},
}

// judge reads the table. A code that nobody listed is a platform's fault by its prefix or status, or else an operator's
// case, so that a person looks it up.
func judge(status int, code string) verdict {
	if v, known := verdicts[code]; known {
		return v
	}
	switch {
	case strings.HasPrefix(code, "Throttling."), status == http.StatusTooManyRequests:
		return verdict{class: sms.Retry}
	case strings.HasPrefix(code, "isp."), status >= 500,
		status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == 499, // a gateway's, which may have passed the call on
		code == "" && status/100 == 2: // no answer of the API's, but it may stand behind
		return verdict{class: sms.InDoubt}
	case code == "":
		return verdict{sms.Operator, adviceAddress}
	}
	return verdict{sms.Operator, adviceUnknown}
}

// Codes of the API have no digits, which numbers, access keys and signatures have: what a stranger's answer quotes of the
// request is not let through as a code.
var (
	codeForm    = regexp.MustCompile(`^[A-Za-z][A-Za-z._]{0,63}$`)
	requestForm = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
)

// rejected is the error for an answer that is not OK. secrets are those that the call knows; none is kept.
func rejected(status int, got answer, secrets ...string) *sms.Error {
	if !codeForm.MatchString(got.code) || got.code == "OK" {
		got.code = ""
	}
	v := judge(status, got.code)
	text := fmt.Sprintf("HTTP %d", status)
	if requestForm.MatchString(got.request) {
		text += ", request " + got.request // what the provider's support asks for
	}
	return &sms.Error{Class: v.class, Code: got.code, Advice: v.advice, Words: redact.Text(got.words, secrets...), Err: errors.New(text)}
}

// unreadable is the error for an answer that broke off, or that no part of the API gave.
func unreadable(ctx context.Context, status int, err error) *sms.Error {
	e := rejected(status, answer{})
	switch {
	case ctx.Err() != nil:
		e.Err = fmt.Errorf("HTTP %d, the answer broke off: %w", status, ctx.Err())
	default:
		e.Err = fmt.Errorf("HTTP %d, the answer is not the provider's JSON", status)
	}
	return e
}

// unanswered is the error for a call without an answer. sent says that it had a connection; without one it certainly was
// not made. err is what the SDK or the transport says: its text holds the URL.
func unanswered(ctx context.Context, sent bool, err error) *sms.Error {
	if ended := ctx.Err(); ended != nil {
		if sent {
			return &sms.Error{Class: sms.InDoubt, Err: fmt.Errorf("no answer: %w", ended)}
		}
		e := &sms.Error{Class: sms.Retry, Err: fmt.Errorf("no connection: %w", ended)}
		if errors.Is(ended, context.DeadlineExceeded) {
			e.Advice = adviceNetwork
		}
		return e
	}
	if sent {
		return &sms.Error{Class: sms.InDoubt, Err: errors.New("the connection broke before the answer")}
	}
	return &sms.Error{Class: sms.Retry, Advice: adviceNetwork, Err: errors.New("no connection: " + cause(err))}
}

// cause says why there is no connection, without an address.
func cause(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "the endpoint's name does not resolve"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "the endpoint's certificate is not trusted"
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return "timed out"
	}
	return "the handshake failed"
}
