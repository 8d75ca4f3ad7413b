package wechat

import (
	"strconv"
	"strings"
	"time"

	"towncrier/bot"
)

// Inbound is one push of the platform: a message of a resident, or an event. Fields that a type does not carry are zero,
// and so is a number that cannot be read. Names follow Go; the platform's spelling is beside those that differ.
type Inbound struct {
	ToUserName   string // the account, gh_...
	FromUserName string // the resident's openid: personal data, never logged
	CreateTime   int64  // Unix seconds
	MsgType      string

	// Messages.
	MsgID        int64  // MsgId; events have none
	MsgDataID    string // MsgDataId, of a message sent from an article
	Idx          string
	Content      string
	BizMsgMenuID string // bizmsgmenuid: the option that was tapped in a menu message
	PicURL       string // PicUrl
	MediaID      string // MediaId
	MediaID16K   string // MediaId16K: a voice message's copy at 16 kHz
	Format       string
	Recognition  string // empty since the platform took speech recognition down in 2023
	ThumbMediaID string // ThumbMediaId
	LocationX    string // Location_X, latitude in degrees
	LocationY    string // Location_Y, longitude in degrees
	Scale        string
	Label        string
	Title        string
	Description  string
	URL          string // Url

	// Events.
	Event     string
	EventKey  string
	Ticket    string
	Latitude  string
	Longitude string
	Precision string
	MenuID    string // MenuId

	// Results of template messages and mass sends.
	JobID       int64 // MsgID, with a capital D: another element than a message's MsgId
	Status      string
	TotalCount  int64
	FilterCount int64
	SentCount   int64
	ErrorCount  int64
	Articles    []Article // ArticleUrlResult

	ScanType, ScanResult string         // ScanCodeInfo
	SendLocation         SendLocation   // SendLocationInfo
	PictureCount         int64          // SendPicsInfo/Count
	Subscriptions        []Subscription // the Lists of the three subscribe_msg events
	Publish              Publish        // PublishEventInfo

	// Changes of what a resident lets the account know.
	OpenID, UnionID, AppID, RevokeInfo string
}

// SendLocation is what a resident picked on the map from a menu button.
type SendLocation struct {
	LocationX, LocationY, Scale, Label, PoiName string
}

// Subscription is one template in a subscribe_msg event.
type Subscription struct {
	TemplateID string // TemplateId
	Status     string // SubscribeStatusString: accept or reject
	PopupScene string // 1 a web page, 2 an article
	JobID      int64  // MsgID, of subscribe_msg_sent_event
	ErrorCode  string
	ErrorText  string // ErrorStatus
}

// Publish is the outcome of publishing articles.
type Publish struct {
	ID        string // publish_id
	Status    string // publish_status, "0" when it went well
	ArticleID string
	Articles  []Article
	Failed    []string // fail_idx
}

// Article is one article of a mass send or a publication.
type Article struct {
	Index, URL string
}

// ParseInbound reads the platform's plaintext XML. The only error is ErrXML; missing elements are no error.
func ParseInbound(body []byte) (Inbound, error) {
	var in Inbound
	if err := scanXML(body, &in); err != nil {
		return Inbound{}, err
	}
	return in, nil
}

func (in *Inbound) begin(path []string) {
	last := path[len(path)-1]
	switch {
	case len(path) == 2 && last == "List":
		in.Subscriptions = append(in.Subscriptions, Subscription{})
	case last == "item" && path[0] == "ArticleUrlResult":
		in.Articles = append(in.Articles, Article{})
	case last == "item" && path[0] == "PublishEventInfo":
		in.Publish.Articles = append(in.Publish.Articles, Article{})
	}
}

func (in *Inbound) end(path []string, text string) {
	if len(path) > 1 {
		in.nested(path[0], path[len(path)-1], text)
		return
	}
	switch path[0] {
	case "ToUserName":
		in.ToUserName = text
	case "FromUserName":
		in.FromUserName = text
	case "CreateTime":
		in.CreateTime = number(text)
	case "MsgType":
		in.MsgType = text
	case "MsgId":
		in.MsgID = number(text)
	case "MsgDataId":
		in.MsgDataID = text
	case "Idx":
		in.Idx = text
	case "Content":
		in.Content = text
	case "bizmsgmenuid":
		in.BizMsgMenuID = text
	case "PicUrl":
		in.PicURL = text
	case "MediaId":
		in.MediaID = text
	case "MediaId16K":
		in.MediaID16K = text
	case "Format":
		in.Format = text
	case "Recognition":
		in.Recognition = text
	case "ThumbMediaId":
		in.ThumbMediaID = text
	case "Location_X":
		in.LocationX = text
	case "Location_Y":
		in.LocationY = text
	case "Scale":
		in.Scale = text
	case "Label":
		in.Label = text
	case "Title":
		in.Title = text
	case "Description":
		in.Description = text
	case "Url":
		in.URL = text
	case "Event":
		in.Event = text
	case "EventKey":
		in.EventKey = text
	case "Ticket":
		in.Ticket = text
	case "Latitude":
		in.Latitude = text
	case "Longitude":
		in.Longitude = text
	case "Precision":
		in.Precision = text
	case "MenuId", "MenuID":
		in.MenuID = text
	case "MsgID":
		in.JobID = number(text)
	case "Status":
		in.Status = text
	case "TotalCount":
		in.TotalCount = number(text)
	case "FilterCount":
		in.FilterCount = number(text)
	case "SentCount":
		in.SentCount = number(text)
	case "ErrorCount":
		in.ErrorCount = number(text)
	case "OpenID":
		in.OpenID = text
	case "UnionID":
		in.UnionID = text
	case "AppID":
		in.AppID = text
	case "RevokeInfo":
		in.RevokeInfo = text
	}
}

// nested fills the fields of an event that live below a first-level element.
func (in *Inbound) nested(group, name, text string) {
	switch group {
	case "ScanCodeInfo":
		switch name {
		case "ScanType":
			in.ScanType = text
		case "ScanResult":
			in.ScanResult = text
		}
	case "SendLocationInfo":
		switch name {
		case "Location_X":
			in.SendLocation.LocationX = text
		case "Location_Y":
			in.SendLocation.LocationY = text
		case "Scale":
			in.SendLocation.Scale = text
		case "Label":
			in.SendLocation.Label = text
		case "Poiname":
			in.SendLocation.PoiName = text
		}
	case "SendPicsInfo":
		if name == "Count" {
			in.PictureCount = number(text)
		}
	case "SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent":
		if n := len(in.Subscriptions); n > 0 {
			in.Subscriptions[n-1].set(name, text)
		}
	case "ArticleUrlResult":
		if n := len(in.Articles); n > 0 {
			in.Articles[n-1].set(name, text)
		}
	case "PublishEventInfo":
		in.Publish.set(name, text)
	}
}

func (s *Subscription) set(name, text string) {
	switch name {
	case "TemplateId":
		s.TemplateID = text
	case "SubscribeStatusString":
		s.Status = text
	case "PopupScene":
		s.PopupScene = text
	case "MsgID":
		s.JobID = number(text)
	case "ErrorCode":
		s.ErrorCode = text
	case "ErrorStatus":
		s.ErrorText = text
	}
}

func (a *Article) set(name, text string) {
	switch name {
	case "ArticleIdx", "idx":
		a.Index = text
	case "ArticleUrl", "article_url":
		a.URL = text
	}
}

func (p *Publish) set(name, text string) {
	switch name {
	case "publish_id":
		p.ID = text
	case "publish_status":
		p.Status = text
	case "article_id":
		p.ArticleID = text
	case "fail_idx":
		p.Failed = append(p.Failed, text)
	default:
		if n := len(p.Articles); n > 0 {
			p.Articles[n-1].set(name, text)
		}
	}
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
func (in *Inbound) Message() (m bot.Message, ok bool) {
	m = bot.Message{From: in.FromUserName, At: time.Unix(in.CreateTime, 0)}
	switch in.MsgType {
	case "text":
		m.Kind, m.Text = bot.Text, in.Content
	case "voice":
		m.Kind, m.Text = bot.Voice, in.Recognition
	case "image":
		m.Kind = bot.Image
	case "video", "shortvideo":
		m.Kind = bot.Video
	case "location":
		m.Kind, m.Text = bot.Location, in.Label
	case "link":
		m.Kind, m.Text = bot.Link, in.Title
	case "event":
		return in.event(m)
	default:
		m.Kind = bot.Unsupported
	}
	return m, true
}

func (in *Inbound) event(m bot.Message) (bot.Message, bool) {
	switch in.Event {
	case "subscribe":
		m.Kind, m.Text = bot.Follow, strings.TrimPrefix(in.EventKey, "qrscene_")
	case "unsubscribe":
		m.Kind = bot.Unfollow
	case "SCAN":
		m.Kind, m.Text = bot.Scan, in.EventKey
	case "CLICK":
		m.Kind, m.Text = bot.Tap, in.EventKey
	default:
		return m, false
	}
	return m, true
}

// handedOn says whether an event goes to the OnEvent hook: what became of messages that were sent, what residents agreed
// to, and what they took back. Every other event (VIEW, LOCATION, unknown ones) is only acknowledged.
func (in *Inbound) handedOn() bool {
	switch in.Event {
	case "TEMPLATESENDJOBFINISH", "MASSSENDJOBFINISH", "PUBLISHJOBFINISH", "FREEPUBLISHJOBFINISH",
		"subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event",
		"user_info_modified", "user_authorization_revoke", "user_authorization_cancellation":
		return in.MsgType == "event"
	}
	return false
}
