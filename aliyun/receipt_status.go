package aliyun

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"towncrier/sms"
)

// ReceiptStatus is what the code of a receipt means for its text.
type ReceiptStatus struct {
	State     sms.State // Delivered, Undelivered, or Accepted: the carrier has not said yet
	Permanent bool      // the number or its owner is why: another text would fare no better
	Meaning   string    // for officials, in Chinese
}

// receiptStatuses are the provider's own codes, and the carriers' that it passes on unchanged.
var receiptStatuses = map[string]ReceiptStatus{
	"DELIVERED":               {sms.Delivered, false, "已送达"},
	"DELIVRD":                 {sms.Delivered, false, "已送达"},
	"REQUEST_SUCCESS":         {sms.Accepted, false, "平台已受理，运营商尚未回执"},
	"MOBILE_NOT_ON_SERVICE":   {sms.Undelivered, false, "手机关机、停机或为空号"},
	"MOBILE_SEND_LIMIT":       {sms.Undelivered, false, "运营商限制了该号码的接收条数"},
	"MOBILE_ACCOUNT_ABNORMAL": {sms.Undelivered, false, "该号码的账户状态异常"},
	"MOBILE_IN_BLACK":         {sms.Undelivered, true, "该号码在黑名单中"},
	"MOBLLE_TERMINAL_ERROR":   {sms.Undelivered, false, "手机终端故障"}, // the provider's spelling
	"INVALID_NUMBER":          {sms.Undelivered, true, "号码无效"},
	"USER_REJECT":             {sms.Undelivered, true, "用户拒收"},
	"CONTENT_KEYWORD":         {sms.Undelivered, false, "内容含有被拦截的关键词"},
	"CONTENT_ERROR":           {sms.Undelivered, false, "内容不符合运营商要求"},
	"SIGNATURE_BLACKLIST":     {sms.Undelivered, false, "短信签名被列入黑名单"},
	"PORT_NOT_REGISTERED":     {sms.Undelivered, false, "短信签名尚未在运营商完成实名制报备"},
	"NO_ROUTE":                {sms.Undelivered, false, "没有可用的发送通道"},
	"IS_CLOSE":                {sms.Undelivered, false, "发送通道已关闭"},
	"PARAMS_ILLEGAL":          {sms.Undelivered, false, "参数有误"},
	"SP_NOT_BY_INTER_SMS":     {sms.Undelivered, false, "未开通国际短信"},
	"SP_UNKNOWN_ERROR":        {sms.Undelivered, false, "运营商未知错误"},
	"FILTER":                  {sms.Undelivered, false, "被运营商过滤"},
	"VALVE:M_MC":              {sms.Undelivered, false, "超过每分钟的发送频次"},
	"VALVE:H_MC":              {sms.Undelivered, false, "超过每小时的发送频次"},
	"VALVE:D_MC":              {sms.Undelivered, false, "超过每天的发送频次"},

	"UNDELIV": {sms.Undelivered, false, "未能送达"},
	"EXPIRED": {sms.Undelivered, false, "手机长时间未接收，短信已过期"},
	"REJECTD": {sms.Undelivered, false, "被运营商拒绝"},
	"DELETED": {sms.Undelivered, false, "短信已被运营商删除"},
	"UNKNOWN": {sms.Undelivered, false, "运营商未说明原因"},
	"KEYWORD": {sms.Undelivered, false, "内容含有被拦截的关键词"},
	"ID:0076": {sms.Undelivered, false, "内容含有被拦截的关键词"},
	"BLACK":   {sms.Undelivered, true, "该号码在黑名单中"},
	"BLOCKED": {sms.Undelivered, true, "该号码在黑名单中"},
	"PUBLOKD": {sms.Undelivered, true, "该号码在黑名单中"},
	"BEYONDM": {sms.Undelivered, false, "超过每分钟的发送频次"},
	"BEYONDH": {sms.Undelivered, false, "超过每小时的发送频次"},
	"BEYONDD": {sms.Undelivered, false, "超过每天的发送频次"},
	"NOROUTE": {sms.Undelivered, false, "没有可用的发送通道"},
	"SIGFAIL": {sms.Undelivered, false, "短信签名校验未通过"},
}

// spellings are other ways in which channels write codes of the table. 2:12 is status 2 of a China Mobile gateway with its
// code 12: no such number.
var spellings = map[string]string{
	"DELIVERD": "DELIVRD", "UNDELIVRD": "UNDELIV", "UNDELIVERED": "UNDELIV", "UNDELIVERABLE": "UNDELIV", "EXPIRE": "EXPIRED",
	"REJECT": "REJECTD", "REJECTED": "REJECTD", "DELETE": "DELETED", "UNKNOWN_ERROR": "UNKNOWN", "UNKNOW": "UNKNOWN", "UNKNOWD": "UNKNOWN",
	"PHONEERR": "INVALID_NUMBER", "PHONE_ERR": "INVALID_NUMBER", "PHONEERROR": "INVALID_NUMBER", "MOBILEERR": "INVALID_NUMBER",
	"ERRNUM": "INVALID_NUMBER", "INVALIDNUMBER": "INVALID_NUMBER", "2:12": "INVALID_NUMBER", "2:0012": "INVALID_NUMBER",
	"ID:76": "ID:0076", "BLACKLIST": "BLACK", "BLACK_LIST": "BLACK", "NO_ROUTER": "NO_ROUTE", "SIGNFAIL": "SIGFAIL",
	"MOBILE_TERMINAL_ERROR": "MOBLLE_TERMINAL_ERROR",
}

// carrierForm is a carrier's code: letters that name the part of its network, and a number, with or without a sign between.
var carrierForm = regexp.MustCompile(`^([A-Z]{2}):?([0-9]{1,6})$`)

// normal writes a code in the one form that the tables have: capitals, a colon between letters and number, the number in
// four digits, no spaces.
func normal(code string) string {
	code = strings.ToUpper(strings.Map(func(r rune) rune {
		switch {
		case r == '：' || r == '-' || r == '.' || r == '/':
			return ':'
		case unicode.IsSpace(r):
			return -1
		}
		return r
	}, code))
	if form := carrierForm.FindStringSubmatch(code); form != nil {
		number, _ := strconv.Atoi(form[2]) // at most six digits
		code = fmt.Sprintf("%s:%04d", form[1], number)
	}
	return cmp.Or(spellings[code], code)
}

// ReceiptStatusOf reads a receipt's code, in whatever form a channel writes it. Carriers have codes beyond the table, which differ
// from channel to channel: those are told apart by their first letters as far as these mean anything, and are never permanent.
func ReceiptStatusOf(code string) ReceiptStatus {
	code = normal(code)
	if f, known := receiptStatuses[code]; known {
		return f
	}
	if prefix, _, numbered := strings.Cut(code, ":"); numbered {
		switch prefix {
		case "MK", "MI", "MN", "LT":
			return ReceiptStatus{sms.Undelivered, false, "手机空号、停机、关机或不在服务区"}
		case "MA", "MB", "CA", "CB", "DA", "DB", "IA", "IB", "IC":
			return ReceiptStatus{sms.Undelivered, false, "被运营商网关拒绝"}
		}
	}
	return ReceiptStatus{sms.Undelivered, false, "未能送达，原因代码未收录"}
}
