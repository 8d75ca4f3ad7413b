package wechat

import (
	"crypto/rand"
	"encoding/xml"
	"strconv"
	"sync/atomic"
	"time"

	"towncrier/sandbox/platform"
)

// composer writes what the platform pushes for an action.
type composer struct {
	ids     *atomic.Int64 // the last of a message: MsgId
	menus   *menus
	codes   *codes
	picture string // where PicUrl points
}

// compose writes the push for what a resident does.
func (c composer) compose(openid string, follows bool, a platform.Action, now time.Time) message {
	m := message{
		ToUserName:   cdata{accountID},
		FromUserName: cdata{openid},
		CreateTime:   now.Unix(),
	}
	switch a.Kind {
	case platform.Follow, platform.Unfollow, platform.Scan, platform.Click, platform.View, platform.Report, platform.Consent, platform.Refuse:
		m.MsgType = cdata{"event"}
		c.composeEvent(&m, follows, a)
		return m
	}
	m.MsgID = c.ids.Add(1)
	m.MsgType = cdata{string(a.Kind)}
	switch a.Kind {
	case platform.SendText:
		m.Content = &cdata{a.Text}
	case platform.Choose:
		m.MsgType = cdata{"text"}
		m.Content, m.BizMsgMenuID = &cdata{a.Text}, &cdata{a.Key}
	case platform.SendVoice:
		m.MediaID, m.Format, m.Recognition = mediaID(), &cdata{"amr"}, &cdata{a.Text}
	case platform.SendImage:
		m.PicURL, m.MediaID = &cdata{c.picture}, mediaID()
	case platform.SendVideo:
		m.MediaID, m.ThumbMediaID = mediaID(), mediaID()
	case platform.SendLocation:
		m.LocationX, m.LocationY = degrees(a.Latitude), degrees(a.Longitude)
		m.Scale, m.Label = 16, &cdata{a.Text}
	case platform.SendLink:
		m.Title, m.Description, m.URL = &cdata{a.Text}, &cdata{""}, &cdata{a.Key}
	}
	return m
}

func (c composer) composeEvent(m *message, follows bool, a platform.Action) {
	event := func(name, key string) { m.Event, m.EventKey = &cdata{name}, &cdata{key} }
	switch a.Kind {
	case platform.Follow:
		event("subscribe", "")
	case platform.Unfollow:
		event("unsubscribe", "")
	case platform.Scan:
		if follows {
			event("SCAN", a.Key)
		} else {
			event("subscribe", "qrscene_"+a.Key)
		}
		m.Ticket = &cdata{c.codes.ticketOf(a.Key)}
	case platform.Click:
		event("CLICK", a.Key)
	case platform.View:
		event("VIEW", a.Key)
		m.MenuID = c.menus.current().ID
	case platform.Report:
		m.Event = &cdata{"LOCATION"}
		m.Latitude, m.Longitude, m.Precision = degrees(a.Latitude), degrees(a.Longitude), "40.000000"
	case platform.Consent:
		m.Event, m.Popup = &cdata{"subscribe_msg_popup_event"}, subscriptionsOf(a)
	case platform.Refuse:
		m.Event, m.Change = &cdata{"subscribe_msg_change_event"}, subscriptionsOf(a)
	}
}

// subscriptionsOf are a resident's answers. 1 is a web page: where wx-open-subscribe asks.
func subscriptionsOf(a platform.Action) *subscriptions {
	word := func(accept bool) *cdata {
		if accept {
			return &cdata{"accept"}
		}
		return &cdata{"reject"}
	}
	if a.Kind == platform.Refuse {
		return &subscriptions{[]subscription{{Template: cdata{a.Key}, Status: word(false)}}}
	}
	list := &subscriptions{}
	for _, c := range a.Consents {
		list.List = append(list.List, subscription{Template: cdata{c.Template}, Status: word(c.Accept), Scene: &cdata{"1"}})
	}
	return list
}

func mediaID() *cdata { return &cdata{rand.Text() + rand.Text()} }

func degrees(d float64) string { return strconv.FormatFloat(d, 'f', 6, 64) }

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
