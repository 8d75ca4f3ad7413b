package wechat

import (
	"cmp"
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
	MsgID        int64  // MsgId; 0 of events, and where something that a resident can fill stands behind it
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
	PictureCount         string         // SendPicsInfo/Count
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

// ParseInbound reads the platform's plaintext XML. Sender, type, event and ids come from where no resident can write: see
// document. The only error is ErrXML; missing elements are no error. With it comes what could be read of an event whose
// lists are broken.
func ParseInbound(body []byte) (Inbound, error) {
	d, ok := divide(body)
	if !ok {
		return Inbound{}, ErrXML
	}
	var in Inbound
	for i := len(d.platform) - 1; i >= 0; i-- { // backwards: the first of a name counts
		in.setPlatform(d.platform[i])
	}
	if in.handedOn() {
		return in, scanXML(body, &lists{in: &in})
	}
	in.read(d.rest)
	return in, nil
}

func (in *Inbound) setPlatform(e element) {
	switch e.name {
	case "ToUserName":
		in.ToUserName = e.text
	case "FromUserName":
		in.FromUserName = e.text
	case "CreateTime":
		in.CreateTime = number(e.text)
	case "MsgType":
		in.MsgType = e.text
	case "MsgId":
		in.MsgID = number(e.text)
	case "MsgDataId":
		in.MsgDataID = e.text
	case "Idx":
		in.Idx = e.text
	case "Event":
		in.Event = e.text
	case "MsgID":
		in.JobID = number(e.text)
	case "Status":
		in.Status = e.text
	case "TotalCount":
		in.TotalCount = number(e.text)
	case "FilterCount":
		in.FilterCount = number(e.text)
	case "SentCount":
		in.SentCount = number(e.text)
	case "ErrorCount":
		in.ErrorCount = number(e.text)
	case "OpenID":
		in.OpenID = e.text
	case "UnionID":
		in.UnionID = e.text
	case "AppID":
		in.AppID = e.text
	case "RevokeInfo":
		in.RevokeInfo = e.text
	}
}

// read fills in what the sender can have written, as far as messages of this type carry it.
func (in *Inbound) read(rest string) {
	filled(rest, func(name, inner string) {
		switch name {
		case "ScanCodeInfo", "SendLocationInfo", "SendPicsInfo":
			group := name
			filled(inner, func(name, inner string) { in.set(group+"/"+name, residentText(inner)) })
		default:
			in.set(name, residentText(inner))
		}
	})
}

func (in *Inbound) set(name, text string) {
	field := in.field(name)
	if field != nil && *field == "" {
		*field = text
	}
}

// field is where an element of this type of message is kept, nil if the type has no such element.
func (in *Inbound) field(name string) *string {
	switch in.MsgType + " " + name {
	case "text Content":
		return &in.Content
	case "text bizmsgmenuid":
		return &in.BizMsgMenuID
	case "image PicUrl":
		return &in.PicURL
	case "image MediaId", "voice MediaId", "video MediaId", "shortvideo MediaId":
		return &in.MediaID
	case "voice MediaId16K":
		return &in.MediaID16K
	case "voice Format":
		return &in.Format
	case "voice Recognition":
		return &in.Recognition
	case "video ThumbMediaId", "shortvideo ThumbMediaId":
		return &in.ThumbMediaID
	case "location Location_X":
		return &in.LocationX
	case "location Location_Y":
		return &in.LocationY
	case "location Scale":
		return &in.Scale
	case "location Label":
		return &in.Label
	case "link Title":
		return &in.Title
	case "link Description":
		return &in.Description
	case "link Url":
		return &in.URL
	case "event EventKey":
		return &in.EventKey
	case "event Ticket":
		return &in.Ticket
	case "event Latitude":
		return &in.Latitude
	case "event Longitude":
		return &in.Longitude
	case "event Precision":
		return &in.Precision
	case "event MenuId", "event MenuID":
		return &in.MenuID
	case "event ScanCodeInfo/ScanType":
		return &in.ScanType
	case "event ScanCodeInfo/ScanResult":
		return &in.ScanResult
	case "event SendLocationInfo/Location_X":
		return &in.SendLocation.LocationX
	case "event SendLocationInfo/Location_Y":
		return &in.SendLocation.LocationY
	case "event SendLocationInfo/Scale":
		return &in.SendLocation.Scale
	case "event SendLocationInfo/Label":
		return &in.SendLocation.Label
	case "event SendLocationInfo/Poiname":
		return &in.SendLocation.PoiName
	case "event SendPicsInfo/Count":
		return &in.PictureCount
	}
	return nil
}

// lists reads what the events of handedOn carry in elements below the first level. No resident writes in these events.
type lists struct{ in *Inbound }

func (l *lists) begin(path []string) {
	last := path[len(path)-1]
	switch {
	case len(path) == 2 && last == "List":
		l.in.Subscriptions = append(l.in.Subscriptions, Subscription{})
	case last == "item" && path[0] == "ArticleUrlResult":
		l.in.Articles = append(l.in.Articles, Article{})
	case last == "item" && path[0] == "PublishEventInfo":
		l.in.Publish.Articles = append(l.in.Publish.Articles, Article{})
	}
}

func (l *lists) end(path []string, text string) {
	if len(path) == 1 {
		return
	}
	name := path[len(path)-1]
	switch path[0] {
	case "SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent":
		if n := len(l.in.Subscriptions); n > 0 {
			l.in.Subscriptions[n-1].set(name, text)
		}
	case "ArticleUrlResult":
		if n := len(l.in.Articles); n > 0 {
			l.in.Articles[n-1].set(name, text)
		}
	case "PublishEventInfo":
		l.in.Publish.set(name, text)
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
	case "user_authorization_cancellation": // they closed their WeChat account: what is known of them must go
		m.Kind, m.From = bot.Unfollow, cmp.Or(in.OpenID, in.FromUserName)
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
	case "subscribe_msg_popup_event", "subscribe_msg_change_event",
		"user_info_modified", "user_authorization_revoke":
		return in.MsgType == "event"
	}
	return in.aboutSent()
}

// aboutSent says whether an event tells what became of something that the account sent or published.
func (in *Inbound) aboutSent() bool {
	switch in.Event {
	case "TEMPLATESENDJOBFINISH", "MASSSENDJOBFINISH", "PUBLISHJOBFINISH", "FREEPUBLISHJOBFINISH", "subscribe_msg_sent_event":
		return in.MsgType == "event"
	}
	return false
}
