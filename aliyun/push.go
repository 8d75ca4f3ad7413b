package aliyun

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"towncrier/phone"
	"towncrier/sms"
)

// flexString is a text that the provider writes as a string or as a number, depending on the year of its documentation.
// Whatever else stands there reads as "".
type flexString string

func (l *flexString) UnmarshalJSON(raw []byte) error {
	*l = ""
	switch raw[0] {
	case '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		*l = flexString(strings.ReplaceAll(s, "\x00", "")) // which no SQL text takes
	case '{', '[', 'n':
	default:
		*l = flexString(raw)
	}
	return nil
}

// pushedReceipt is an element of SmsReport. err_msg and what comes in future are only in Raw.
type pushedReceipt struct {
	PhoneNumber flexString `json:"phone_number"`
	SendTime    flexString `json:"send_time"`
	ReportTime  flexString `json:"report_time"`
	Success     flexString `json:"success"`
	ErrCode     flexString `json:"err_code"`
	SmsSize     flexString `json:"sms_size"`
	BizID       flexString `json:"biz_id"`
	OutID       flexString `json:"out_id"`
}

// pushedReply is an element of SmsUp.
type pushedReply struct {
	PhoneNumber flexString `json:"phone_number"`
	Content     flexString `json:"content"`
	SendTime    flexString `json:"send_time"`
	DestCode    flexString `json:"dest_code"`
	SequenceID  flexString `json:"sequence_id"`
}

// readReceipts takes a push apart. Nothing of it is lost: what cannot be read is a receipt with nothing but Raw.
func readReceipts(body []byte) (receipts []sms.Receipt, unreadable int) {
	for _, raw := range elements(body) {
		receipt := sms.Receipt{Raw: string(raw)}
		var in pushedReceipt
		if json.Unmarshal(raw, &in) != nil {
			unreadable++
			receipts = append(receipts, receipt)
			continue
		}
		receipt.Handle, receipt.OutID, receipt.Code = string(in.BizID), string(in.OutID), string(in.ErrCode)
		receipt.Phone = number(in.PhoneNumber)
		receipt.SentAt, receipt.ReportedAt = instant(string(in.SendTime)), instant(string(in.ReportTime))
		if parts, err := strconv.ParseUint(string(in.SmsSize), 10, 16); err == nil {
			receipt.Parts = int(parts)
		}
		if said, err := strconv.ParseBool(string(in.Success)); err == nil {
			receipt.Delivered = said
		} else {
			receipt.Delivered = ReceiptStatusOf(receipt.Code).State == sms.Delivered
		}
		receipts = append(receipts, receipt)
	}
	return receipts, unreadable
}

// readReplies takes a push apart, as readReceipts does.
func readReplies(body []byte) (replies []sms.Reply, unreadable int) {
	for _, raw := range elements(body) {
		reply := sms.Reply{Raw: string(raw)}
		var in pushedReply
		if json.Unmarshal(raw, &in) != nil {
			unreadable++
			replies = append(replies, reply)
			continue
		}
		reply.ID, reply.Content, reply.DestCode = string(in.SequenceID), string(in.Content), string(in.DestCode)
		reply.Phone, reply.At = number(in.PhoneNumber), instant(string(in.SendTime))
		replies = append(replies, reply)
	}
	return replies, unreadable
}

// elements splits the JSON array that a push is. Anything else is one element, and an empty body or null is none.
func elements(body []byte) []json.RawMessage {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	if len(body) == 0 || string(body) == "null" {
		return nil
	}
	var all []json.RawMessage
	if json.Unmarshal(body, &all) == nil {
		return all
	}
	return []json.RawMessage{body}
}

// number is "" for what is no mainland mobile number: the push stays readable, and Raw has it.
func number(s flexString) phone.Number {
	n, err := phone.Parse(string(s))
	if err != nil {
		return ""
	}
	return n
}
