package wechat

import (
	"strconv"

	"towncrier/broadcast"
	"towncrier/sms"
)

// meanings are the codes that say something about one resident, of calls and of result events. What is wrong with the account or the
// message stops a broadcast, and says so itself.
var meanings = map[string]broadcast.CodeInfo{
	"40003": {Class: sms.Refused, Text: "不是本公众号的关注者"},
	"43004": {Class: sms.Refused, Text: "没有关注公众号"},
	"43019": {Class: sms.Refused, Text: "在公众号的黑名单里"},
	"43101": {Class: sms.OptedOut, Text: "拒绝接收、没有订阅，或订阅次数已用完"},
	"43108": {Class: sms.Retry, Text: "同时有另一条消息发给这位居民"},
	"43117": {Class: sms.Limited, Text: "短时间内发给这位居民的消息太多"},
	"45015": {Class: sms.OptedOut, Text: "居民48小时内没有与公众号互动"},
	"45047": {Class: sms.OptedOut, Text: "居民上次互动后可发的条数已用完"},
	"46004": {Class: sms.Refused, Text: "没有这位用户"},
	"48002": {Class: sms.OptedOut, Text: "居民关闭了接收消息"},
	"50001": {Class: sms.OptedOut, Text: "居民没有授权"},
	"50005": {Class: sms.Refused, Text: "居民没有关注公众号"},

	"user block":    {Class: sms.OptedOut, Text: "居民拒收了公众号的消息"},
	"system failed": {Text: "微信系统故障，没有送达"},
	"freq limit":    {Class: sms.Limited, Text: "超过了微信的接收频次"},
}

// CodeInfo is what a code of a template message or a subscription notification says, of the call or of the event after it.
func CodeInfo(code string) broadcast.CodeInfo {
	if m, known := meanings[code]; known {
		return m
	}
	n, err := strconv.Atoi(code)
	if _, known := classes[n]; err != nil || !known {
		return broadcast.CodeInfo{Text: "原因代码未收录"}
	}
	return broadcast.CodeInfo{Text: "微信没有接受这条消息"}
}
