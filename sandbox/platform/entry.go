package platform

import "time"

// Sides of a conversation.
const (
	FromResident = "resident"
	FromAccount  = "account"
	FromPlatform = "platform" // what WeChat itself tells the resident
)

// States of what a resident sent, and of SMS. Other things that reached the resident have none.
const (
	Sending   = "sending"
	Delivered = "delivered" // the webhook took it
	Failed    = "failed"    // the webhook did not, after every retry
)

// Ways in which the account's words reach a resident.
const (
	ByReply  = "passive" // inside the webhook's answer
	ByCustom = "custom"  // customer-service message
	BySMS    = "sms"

	ByTemplate     = KindTemplate
	BySubscription = KindSubscription
)

// Kinds of an Entry that tell of a notice, which reached a resident or was lost on its way to them.
const (
	KindTemplate     = "template"
	KindSubscription = "subscription"
)

// Kinds of an Entry that tell of SMS.
const (
	KindSMS        = "sms"         // a text to a number. Sending until it reaches the handset; Failed when it never does
	KindSMSRefused = "sms-refused" // a call that the platform refused: nobody got anything
	KindSMSReply   = "sms-reply"   // what a resident answered
)

// Entry is one line of the platform's record: what somebody did, or what reached them.
type Entry struct {
	ID       int64     `json:"id"` // grows with time
	Resident string    `json:"resident"`
	At       time.Time `json:"at"`
	From     string    `json:"from"`
	Kind     string    `json:"kind"` // an ActionKind; of the account: text, msgmenu, sms, template, subscription; of the platform: notice, transfer, sms-refused
	Text     string    `json:"text"`
	Key      string    `json:"key,omitempty"`
	Tail     string    `json:"tail,omitempty"`     // below the options
	Options  []Option  `json:"options,omitempty"`  // of a menu message
	Via      string    `json:"via,omitempty"`      // of the account's words
	MsgID    string    `json:"msg_id,omitempty"`   // of a resident's message
	AnswerTo int64     `json:"answer,omitempty"`   // ID of what a passive reply answers
	State    string    `json:"state,omitempty"`    // of what a resident did
	Attempts int       `json:"attempts,omitempty"` // pushes of what a resident did
	Reason   string    `json:"reason,omitempty"`   // why the last push failed
	SMS      *SMS      `json:"sms,omitempty"`      // of the kinds that begin with sms; never changed, only replaced
	Notice   *Notice   `json:"notice,omitempty"`   // of the kinds template and subscription; never changed, only replaced

	Consents []ConsentTo `json:"consents,omitempty"` // of the kind consent
}

// Option is one line of a menu message that a resident may tap.
type Option struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}

// SMS is the part of an Entry that tells of a text message.
type SMS struct {
	Phone    string            `json:"phone"`              // 11 digits; of a refused call as the caller wrote it
	Sign     string            `json:"sign,omitempty"`     // without 【】
	Template string            `json:"template,omitempty"` // its code
	Params   map[string]string `json:"params,omitempty"`   // the template's variables
	BizID    string            `json:"biz_id,omitempty"`   // of the call
	OutID    string            `json:"out_id,omitempty"`   // the caller's
	Code     string            `json:"code,omitempty"`     // of the receipt, or of the refusal
	Parts    int               `json:"parts,omitempty"`    // billed
	Received *time.Time        `json:"received,omitempty"` // when the carrier was done with it
	DestCode string            `json:"dest_code,omitempty"`
	Sequence string            `json:"sequence_id,omitempty"` // of a reply
	Pushes   []Push            `json:"pushes,omitempty"`      // of the receipt or the reply, in order
}

// Push is one attempt to give a receipt or a reply to the system under test.
type Push struct {
	At           time.Time `json:"at"`
	TookMS       int64     `json:"took_ms"`
	Acknowledged bool      `json:"acknowledged"`
	Problem      string    `json:"problem,omitempty"` // why it counts as not acknowledged, or that it was too slow
}

// Notice is the part of an Entry that tells of a template message or a subscription notification.
type Notice struct {
	Template    string `json:"template"`
	Title       string `json:"title"`
	Items       []Item `json:"items"`
	URL         string `json:"url,omitempty"`
	MsgID       string `json:"msg_id"` // in digits beyond what JavaScript's numbers hold exactly
	ClientMsgID string `json:"client_msg_id,omitempty"`
	Status      string `json:"status"`            // of the event: success, failed:user block
	Repeats     int    `json:"repeats,omitempty"` // calls with the same client_msg_id that were answered with this message
	Told        int    `json:"told,omitempty"`    // how often the webhook took the event
}

// Item is one line as the phone shows it.
type Item struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// ConsentTo is a resident's answer about one long-term subscription.
type ConsentTo struct {
	Template string `json:"template"`
	Accept   bool   `json:"accept"`
}
