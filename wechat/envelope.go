package wechat

import (
	"strconv"
	"strings"
)

// Envelope is a sealed message on the wire. The platform pushes ToUserName and Encrypt (in compatible mode with the
// plaintext's fields beside them, which are ignored: nothing but Encrypt is signed); the answer carries everything but
// ToUserName.
type Envelope struct {
	ToUserName   string
	Encrypt      string
	MsgSignature string
	TimeStamp    string
	Nonce        string
}

// ParseEnvelope reads a sealed message of either direction. In compatible mode a resident wrote some of what stands beside
// Encrypt; none of it is taken for the envelope's own.
func ParseEnvelope(body []byte) (Envelope, error) {
	d, ok := divide(body)
	if !ok {
		return Envelope{}, ErrXML
	}
	return Envelope{
		ToUserName: d.text("ToUserName"), Encrypt: d.text("Encrypt"),
		MsgSignature: d.text("MsgSignature"), TimeStamp: d.text("TimeStamp"), Nonce: d.text("Nonce"),
	}, nil
}

// XML is the push of a sealed message, as the platform writes it.
func (e Envelope) XML() []byte {
	b := make([]byte, 0, len(e.Encrypt)+256)
	b = append(b, "<xml>"...)
	if e.ToUserName != "" {
		b = appendCDATA(b, "ToUserName", e.ToUserName)
	}
	b = appendCDATA(b, "Encrypt", e.Encrypt)
	if e.MsgSignature != "" {
		b = appendCDATA(b, "MsgSignature", e.MsgSignature)
		b = append(b, "<TimeStamp>"...)
		b = append(b, e.TimeStamp...)
		b = append(b, "</TimeStamp>"...)
		b = appendCDATA(b, "Nonce", e.Nonce)
	}
	return append(b, "</xml>"...)
}

// Types of a passive reply.
const (
	ReplyText     = "text"
	ReplyTransfer = "transfer_customer_service" // hands the conversation to a person
)

// MaxText is the most a text may weigh, in bytes of UTF-8: above it the resident sees a failure notice instead (measured,
// not documented by the platform).
const MaxText = 2048

// Passive is the reply inside the webhook's own answer.
type Passive struct {
	ToUserName, FromUserName string
	CreateTime               int64 // Unix seconds
	MsgType                  string
	Content                  string // of a text; cut to MaxText
}

// XML is the reply on the wire, before it is sealed.
func (p Passive) XML() []byte {
	b := make([]byte, 0, len(p.Content)+320)
	b = append(b, "<xml>"...)
	b = appendCDATA(b, "ToUserName", p.ToUserName)
	b = appendCDATA(b, "FromUserName", p.FromUserName)
	b = append(b, "<CreateTime>"...)
	b = strconv.AppendInt(b, p.CreateTime, 10)
	b = append(b, "</CreateTime>"...)
	b = appendCDATA(b, "MsgType", p.MsgType)
	if p.MsgType == ReplyText {
		b = appendCDATA(b, "Content", cut(clean(p.Content), MaxText))
	}
	return append(b, "</xml>"...)
}

// cut shortens text to at most limit bytes: at the end of a line where one ends in the second half, else between
// characters, and marks the place.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	const mark = "…"
	kept := text[:limit-len("\n"+mark)]
	if line := strings.LastIndexByte(kept, '\n'); line > limit/2 {
		return kept[:line+1] + mark
	}
	return strings.ToValidUTF8(kept, "") + mark
}
