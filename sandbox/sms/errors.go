package sms

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/url"
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

// missing is the gateway's word for the first of these parameters that is not there, nil when all are.
func missing(form url.Values, names ...string) *apiError {
	for _, name := range names {
		if form.Get(name) == "" {
			return &apiError{http.StatusBadRequest, "Missing" + name, name + " is mandatory for this action."}
		}
	}
	return nil
}

// fail words an error code.
func fail(code string) *apiError {
	e := &apiError{http.StatusBadRequest, code, cmp.Or(errorTexts[code], code)}
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

var errorTexts = map[string]string{
	"InvalidAccessKeyId.NotFound":     "Specified access key is not found.",
	"InvalidAction.NotFound":          "Specified api is not found, please check your url and method.",
	"InvalidVersion":                  "Specified parameter Version is not valid.",
	"InvalidTimeStamp.Format":         "Specified time stamp or date value is not well formatted.",
	"InvalidTimeStamp.Expired":        "Specified time stamp or date value is expired.",
	"IncompleteSignature":             "The request signature does not conform to Aliyun standards.",
	"SignatureDoesNotMatch":           "Specified signature is not matched with our calculation.",
	"SignatureNonceUsed":              "Specified signature nonce was used already.",
	"Throttling":                      "Request was denied due to user flow control.",
	"Throttling.User":                 "Request was denied due to user flow control.",
	"Throttling.Api":                  "Request was denied due to user flow control.",
	"ServiceUnavailable":              "The request has failed due to a temporary failure of the server.",
	"InternalError":                   "The request processing has failed due to some unknown error.",
	"isv.MOBILE_NUMBER_ILLEGAL":       "非法手机号",
	"isv.MOBILE_COUNT_OVER_LIMIT":     "手机号码数量超过限制",
	"isv.SMS_TEMPLATE_ILLEGAL":        "模板不合法(不存在或未通过审核)",
	"isv.SMS_SIGNATURE_ILLEGAL":       "签名不合法(不存在或未通过审核)",
	"isv.TEMPLATE_MISSING_PARAMETERS": "模板变量缺少对应参数值",
	"isv.TEMPLATE_PARAMS_ILLEGAL":     "模板变量里包含非法值",
	"isv.INVALID_JSON_PARAM":          "JSON参数不合法，变量只接受字符串值",
	"isv.PARAM_LENGTH_LIMIT":          "参数超出长度限制",
	"isv.PARAM_NOT_SUPPORT_URL":       "变量不支持传入URL",
	"isv.INVALID_PARAMETERS":          "参数异常",
	"isv.EXTEND_CODE_ERROR":           "扩展码使用错误",
	"isv.AMOUNT_NOT_ENOUGH":           "账户余额不足",
	"isv.BLACK_KEY_CONTROL_LIMIT":     "变量中存在黑名单内容，或号码在黑名单中",
	"isv.CUSTOMER_REFUSED":            "用户已退订推广短信",
	"isp.RAM_PERMISSION_DENY":         "RAM权限不足",
	"isp.SYSTEM_ERROR":                "系统出现错误，请重新调用",
}

// requestID looks like the platform's.
func requestID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	h := strings.ToUpper(hex.EncodeToString(b[:]))
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
