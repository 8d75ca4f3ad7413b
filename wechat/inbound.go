package wechat

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"towncrier/bot"
)

// inbound is one push of the platform, a message of a resident or an event, as far as it is used. Fields that a type does
// not carry are zero, and so is a number that cannot be read. The SDK's MixMessage is not used: of several Lists of a push
// it keeps the last, and of results of subscription notifications and changed consents nothing.
type inbound struct {
	ToUserName   string // the account, gh_...
	FromUserName string // the resident's openid: personal data, never logged
	CreateTime   int64  // Unix seconds
	MsgType      string
	MsgID        int64  // 0 of events, and where something that a resident can fill stands behind it
	Text         string // what the resident wrote or chose: see types
	Event        string
	OpenID       string // of a resident who closed their WeChat account: personal data

	// Results of messages that the account sent, and what residents decided about them.
	JobID         int64 // the element MsgID, with a capital D: another than a message's MsgId
	Status        string
	Subscriptions []subscription // the Lists of the three subscribe_msg events
}

// subscription is one template in a subscribe_msg event.
type subscription struct {
	TemplateID string
	Status     string // accept or reject
	JobID      int64  // of subscribe_msg_sent_event
	ErrorCode  string
}

// types are what residents send: what the bot calls it, and the element that holds what they wrote or chose. Recognition is
// empty since the platform took speech recognition down in 2023.
var types = map[string]struct {
	kind bot.Kind
	text string
}{
	"text":       {bot.Text, "Content"},
	"voice":      {bot.Voice, "Recognition"},
	"image":      {bot.Image, ""},
	"video":      {bot.Video, ""},
	"shortvideo": {bot.Video, ""},
	"location":   {bot.Location, "Label"},
	"link":       {bot.Link, "Title"},
	"event":      {"", "EventKey"}, // see Message
}

// parseInbound reads the platform's plaintext XML. Sender, type, event and ids come from where no resident can write: see
// document. The only error is ErrXML; missing elements are no error. With it comes what could be read of an event whose
// lists are broken.
func parseInbound(body []byte) (inbound, error) {
	d, ok := divide(body)
	if !ok {
		return inbound{}, ErrXML
	}
	in := inbound{
		ToUserName: d.text("ToUserName"), FromUserName: d.text("FromUserName"), CreateTime: number(d.text("CreateTime")),
		MsgType: d.text("MsgType"), MsgID: number(d.text("MsgId")), Event: d.text("Event"), OpenID: d.text("OpenID"),
		JobID: number(d.text("MsgID")), Status: d.text("Status"),
	}
	if in.handedOn() { // no resident writes in these
		in.Subscriptions, ok = subscriptions(d.rest)
	} else if name := types[in.MsgType].text; name != "" {
		in.Text = d.written(name)
	}
	if !ok {
		return in, ErrXML
	}
	return in, nil
}

// subscriptions reads <SubscribeMsg...Event><List>...</List><List>...</List></SubscribeMsg...Event>, and passes over what
// it does not know. With ok false comes what could be read.
func subscriptions(part string) (all []subscription, ok bool) {
	events, ok := children(part)
	for _, event := range events {
		if !strings.HasPrefix(event.name, "SubscribeMsg") {
			continue
		}
		lists, whole := children(event.text)
		ok = ok && whole
		for _, list := range lists {
			if list.name != "List" {
				continue
			}
			fields, whole := children(list.text)
			ok = ok && whole
			var s subscription
			for _, field := range fields {
				switch text, _ := platformText(field.text); field.name {
				case "TemplateId":
					s.TemplateID = text
				case "SubscribeStatusString":
					s.Status = text
				case "MsgID":
					s.JobID = number(text)
				case "ErrorCode":
					s.ErrorCode = text
				}
			}
			all = append(all, s)
		}
	}
	return all, ok
}

// number is 0 for what is not a 64-bit integer.
func number(text string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Message is the push as the bot understands it; ok is false for events that no resident waits to see answered.
func (in *inbound) Message() (m bot.Message, ok bool) {
	m = bot.Message{Kind: types[in.MsgType].kind, From: in.FromUserName, At: time.Unix(in.CreateTime, 0), Text: in.Text}
	switch {
	case in.MsgType != "event":
		m.Kind = cmp.Or(m.Kind, bot.Unsupported)
	case in.Event == "subscribe":
		m.Kind, m.Text = bot.Follow, strings.TrimPrefix(in.Text, "qrscene_")
	case in.Event == "unsubscribe":
		m.Kind = bot.Unfollow
	case in.Event == "user_authorization_cancellation": // they closed their WeChat account: what is known of them must go
		m.Kind, m.From = bot.Unfollow, cmp.Or(in.OpenID, in.FromUserName)
	case in.Event == "SCAN":
		m.Kind = bot.Scan
	case in.Event == "CLICK":
		m.Kind = bot.Tap
	}
	return m, m.Kind != ""
}

// handedOn says whether an event goes to a hook of Events. Every other event (VIEW, LOCATION, unknown ones) is only
// acknowledged.
func (in *inbound) handedOn() bool {
	switch in.Event {
	case "TEMPLATESENDJOBFINISH", "subscribe_msg_sent_event", "subscribe_msg_popup_event", "subscribe_msg_change_event":
		return in.MsgType == "event"
	}
	return false
}

// aboutSent says whether an event is the result of something that the account sent or published.
func (in *inbound) aboutSent() bool {
	switch in.Event {
	case "TEMPLATESENDJOBFINISH", "MASSSENDJOBFINISH", "PUBLISHJOBFINISH", "FREEPUBLISHJOBFINISH", "subscribe_msg_sent_event":
		return in.MsgType == "event"
	}
	return false
}
