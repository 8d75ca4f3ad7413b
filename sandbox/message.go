package sandbox

import (
	"crypto/rand"
	"encoding/xml"
	"net/url"
	"strconv"
	"time"
)

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

// compose writes what the platform pushes for an action. s.mu is held.
func (s *Sandbox) compose(r *resident, a Action, now time.Time) message {
	m := message{
		ToUserName:   cdata{accountID},
		FromUserName: cdata{r.OpenID},
		CreateTime:   now.Unix(),
	}
	switch a.Kind {
	case Follow, Unfollow, Scan, Click, View, Report, Consent, Refuse:
		m.MsgType = cdata{"event"}
		s.composeEvent(&m, r, a)
		return m
	}
	s.lastID++
	m.MsgID = s.lastID
	m.MsgType = cdata{string(a.Kind)}
	switch a.Kind {
	case SendText:
		m.Content = &cdata{a.Text}
	case Choose:
		m.MsgType = cdata{"text"}
		m.Content, m.BizMsgMenuID = &cdata{a.Text}, &cdata{a.Key}
	case SendVoice:
		m.MediaID, m.Format, m.Recognition = mediaID(), &cdata{"amr"}, &cdata{a.Text}
	case SendImage:
		m.PicURL, m.MediaID = &cdata{s.picture()}, mediaID()
	case SendVideo:
		m.MediaID, m.ThumbMediaID = mediaID(), mediaID()
	case SendLocation:
		m.LocationX, m.LocationY = degrees(a.Latitude), degrees(a.Longitude)
		m.Scale, m.Label = 16, &cdata{a.Text}
	case SendLink:
		m.Title, m.Description, m.URL = &cdata{a.Text}, &cdata{""}, &cdata{a.Key}
	}
	return m
}

func (s *Sandbox) composeEvent(m *message, r *resident, a Action) {
	event := func(name, key string) { m.Event, m.EventKey = &cdata{name}, &cdata{key} }
	switch a.Kind {
	case Follow:
		event("subscribe", "")
	case Unfollow:
		event("unsubscribe", "")
	case Scan:
		if r.follows {
			event("SCAN", a.Key)
		} else {
			event("subscribe", "qrscene_"+a.Key)
		}
		m.Ticket = &cdata{s.ticketOf(a.Key)}
	case Click:
		event("CLICK", a.Key)
	case View:
		event("VIEW", a.Key)
		if s.menu != nil {
			m.MenuID = s.menu.id
		}
	case Report:
		m.Event = &cdata{"LOCATION"}
		m.Latitude, m.Longitude, m.Precision = degrees(a.Latitude), degrees(a.Longitude), "40.000000"
	case Consent:
		m.Event, m.Popup = &cdata{"subscribe_msg_popup_event"}, subscriptionsOf(a)
	case Refuse:
		m.Event, m.Change = &cdata{"subscribe_msg_change_event"}, subscriptionsOf(a)
	}
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

// picture is where PicUrl points: the sample photo of the phone page.
func (s *Sandbox) picture() string {
	u, _ := url.Parse(s.cfg.WebhookURL) // New read it
	return u.Scheme + "://" + u.Host + "/sandbox/photo.svg"
}

func mediaID() *cdata { return &cdata{rand.Text() + rand.Text()} }

func degrees(d float64) string { return strconv.FormatFloat(d, 'f', 6, 64) }
