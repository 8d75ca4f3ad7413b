package aliyun

import (
	"cmp"
	"strings"

	"towncrier/broadcast"
	"towncrier/sms"
)

// refusals are the API's codes about one number, which need no operator and have no advice.
var refusals = map[string]string{
	"isv.BUSINESS_LIMIT_CONTROL":  "该号码接收短信过于频繁",
	"isv.MOBILE_NUMBER_ILLEGAL":   "不是有效的手机号码",
	"isv.CUSTOMER_REFUSED":        "本人已向短信平台退订",
	"isv.BLACK_KEY_CONTROL_LIMIT": "短信变量含有平台管控的内容，或号码在平台的黑名单中",
}

// receiptClasses are what receipts say about who or what is at fault, beyond a Fate that is permanent.
var receiptClasses = map[string]sms.Class{
	"USER_REJECT":         sms.OptedOut,
	"MOBILE_SEND_LIMIT":   sms.Limited,
	"VALVE:M_MC":          sms.Limited,
	"VALVE:H_MC":          sms.Limited,
	"VALVE:D_MC":          sms.Limited,
	"BEYONDM":             sms.Limited,
	"BEYONDH":             sms.Limited,
	"BEYONDD":             sms.Limited,
	"CONTENT_KEYWORD":     sms.Invalid,
	"CONTENT_ERROR":       sms.Invalid,
	"PARAMS_ILLEGAL":      sms.Invalid,
	"KEYWORD":             sms.Invalid,
	"ID:0076":             sms.Invalid,
	"SIGNATURE_BLACKLIST": sms.Operator,
	"PORT_NOT_REGISTERED": sms.Operator,
	"SIGFAIL":             sms.Operator,
	"NO_ROUTE":            sms.Operator,
	"NOROUTE":             sms.Operator,
	"IS_CLOSE":            sms.Operator,
	"SP_NOT_BY_INTER_SMS": sms.Operator,
}

// Meaning is what a code says, of a call or of a receipt.
func CodeInfo(code string) broadcast.CodeInfo {
	if v, known := verdicts[code]; known || strings.HasPrefix(code, "isv.") || strings.HasPrefix(code, "isp.") {
		return broadcast.CodeInfo{Class: v.class, Text: cmp.Or(refusals[code], v.advice, "短信平台没有接受这条短信")}
	}
	f := ReceiptStatusOf(code)
	m := broadcast.CodeInfo{Class: receiptClasses[normal(code)], Text: f.Meaning}
	if m.Class == "" && f.Permanent {
		m.Class = sms.Refused
	}
	return m
}
