package wechat

import "encoding/xml"

// accountID is the account's original id, ToUserName of every push: visibly none of the platform's.
const accountID = "gh_00000sandbox"

// cdata is an element whose text stands in a CDATA section, as the platform writes strings.
type cdata struct {
	Text string `xml:",cdata"`
}

// message is a push before it is sealed. Numbers stand bare, strings in CDATA. encoding/xml writes and reads here, and
// package wechat's own reader on the other side: neither proves itself.
type message struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   cdata
	FromUserName cdata
	CreateTime   int64
	MsgType      cdata

	Content      *cdata
	BizMsgMenuID *cdata `xml:"bizmsgmenuid"`
	PicURL       *cdata `xml:"PicUrl"`
	MediaID      *cdata `xml:"MediaId"`
	ThumbMediaID *cdata `xml:"ThumbMediaId"`
	Format       *cdata
	Recognition  *cdata
	LocationX    string `xml:"Location_X,omitempty"`
	LocationY    string `xml:"Location_Y,omitempty"`
	Scale        int    `xml:",omitempty"`
	Label        *cdata
	Title        *cdata
	Description  *cdata
	URL          *cdata `xml:"Url"`
	MsgID        int64  `xml:"MsgId,omitempty"`

	Event     *cdata
	EventKey  *cdata
	Ticket    *cdata
	MenuID    int64  `xml:"MenuId,omitempty"`
	Latitude  string `xml:",omitempty"`
	Longitude string `xml:",omitempty"`
	Precision string `xml:",omitempty"`

	JobID  int64 `xml:"MsgID,omitempty"` // of a template message, with a capital D
	Status *cdata
	Popup  *subscriptions `xml:"SubscribeMsgPopupEvent"`
	Change *subscriptions `xml:"SubscribeMsgChangeEvent"`
	Sent   *subscriptions `xml:"SubscribeMsgSentEvent"`
}

// subscriptions is what the three subscribe_msg events list.
type subscriptions struct{ List []subscription }

type subscription struct {
	Template cdata  `xml:"TemplateId"`
	Status   *cdata `xml:"SubscribeStatusString"`
	Scene    *cdata `xml:"PopupScene"`
	MsgID    *cdata `xml:"MsgID"`
	Code     *cdata `xml:"ErrorCode"`
	Text     *cdata `xml:"ErrorStatus"`
}

// silent says whether the resident is told nothing when the push fails.
func (m message) silent() bool {
	if m.Event == nil {
		return false
	}
	switch m.Event.Text {
	case "unsubscribe", "VIEW", "LOCATION", "subscribe_msg_popup_event", "subscribe_msg_change_event":
		return true
	}
	return false
}
