package sms

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strings"
)

// answer is what every operation answers. Those that fail before an operation is reached add HostId and Recommend.
type answer struct {
	Code      string
	Message   string
	BizID     string `json:"BizId,omitempty"`
	RequestID string `json:"RequestId"`
	HostID    string `json:"HostId,omitempty"`
	Recommend string `json:"Recommend,omitempty"`
}

// apiError is why a call is refused. isv and isp codes come with HTTP 200, as the service words them; the gateway's with 400 and more.
type apiError struct {
	Status  int
	Code    string
	Message string
}

func (e *apiError) answer() answer {
	a := answer{Code: e.Code, Message: e.Message, RequestID: requestID()}
	if e.Status != http.StatusOK {
		a.HostID = "dysmsapi.sandbox"
		a.Recommend = "https://api.aliyun.com/troubleshoot?q=" + e.Code
	}
	return a
}

// missing is the gateway's word for a parameter that must be there.
func missing(name string) *apiError {
	return &apiError{http.StatusBadRequest, "Missing" + name, name + " is mandatory for this action."}
}

// fail words an error code.
func fail(code string) *apiError {
	e := &apiError{http.StatusBadRequest, code, errorText(code)}
	switch {
	case strings.HasPrefix(code, "isv.") || strings.HasPrefix(code, "isp."):
		e.Status = http.StatusOK
	case strings.HasSuffix(code, ".NotFound"):
		e.Status = http.StatusNotFound
	case code == "ServiceUnavailable":
		e.Status = http.StatusServiceUnavailable
	case strings.HasPrefix(code, "Internal"):
		e.Status = http.StatusInternalServerError
	}
	return e
}

func errorText(code string) string {
	switch code {
	case "InvalidAccessKeyId.NotFound":
		return "Specified access key is not found."
	case "InvalidAction.NotFound":
		return "Specified api is not found, please check your url and method."
	case "InvalidVersion":
		return "Specified parameter Version is not valid."
	case "InvalidTimeStamp.Format":
		return "Specified time stamp or date value is not well formatted."
	case "InvalidTimeStamp.Expired":
		return "Specified time stamp or date value is expired."
	case "IncompleteSignature":
		return "The request signature does not conform to Aliyun standards."
	case "SignatureDoesNotMatch":
		return "Specified signature is not matched with our calculation."
	case "SignatureNonceUsed":
		return "Specified signature nonce was used already."
	case "Throttling", "Throttling.User", "Throttling.Api":
		return "Request was denied due to user flow control."
	case "ServiceUnavailable":
		return "The request has failed due to a temporary failure of the server."
	case "InternalError":
		return "The request processing has failed due to some unknown error."
	case "isv.MOBILE_NUMBER_ILLEGAL":
		return "非法手机号"
	case "isv.MOBILE_COUNT_OVER_LIMIT":
		return "手机号码数量超过限制"
	case "isv.SMS_TEMPLATE_ILLEGAL":
		return "模板不合法(不存在或未通过审核)"
	case "isv.SMS_SIGNATURE_ILLEGAL":
		return "签名不合法(不存在或未通过审核)"
	case "isv.TEMPLATE_MISSING_PARAMETERS":
		return "模板变量缺少对应参数值"
	case "isv.TEMPLATE_PARAMS_ILLEGAL":
		return "模板变量里包含非法值"
	case "isv.INVALID_JSON_PARAM":
		return "JSON参数不合法，变量只接受字符串值"
	case "isv.PARAM_LENGTH_LIMIT":
		return "参数超出长度限制"
	case "isv.PARAM_NOT_SUPPORT_URL":
		return "变量不支持传入URL"
	case "isv.INVALID_PARAMETERS":
		return "参数异常"
	case "isv.EXTEND_CODE_ERROR":
		return "扩展码使用错误"
	case "isv.AMOUNT_NOT_ENOUGH":
		return "账户余额不足"
	case "isv.BLACK_KEY_CONTROL_LIMIT":
		return "变量中存在黑名单内容，或号码在黑名单中"
	case "isv.CUSTOMER_REFUSED":
		return "用户已退订推广短信"
	case "isp.SYSTEM_ERROR":
		return "系统出现错误，请重新调用"
	}
	return code
}

// requestID looks like the platform's.
func requestID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	h := strings.ToUpper(hex.EncodeToString(b[:]))
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
