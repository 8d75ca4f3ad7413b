package wechat

import (
	"context"
	"net/url"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/basic"
	"github.com/silenceper/wechat/v2/officialaccount/menu"
	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/officialaccount/user"
)

// SendText sends a customer-service message: possible within 48 hours of the resident's last message, five times, and
// for a minute after a tap on the menu, a scan or a follow, three times (WindowClosed after that). Text over MaxText is
// cut. The only error is *Error; InDoubt means that the resident may have it.
func (c *Client) SendText(ctx context.Context, openid, text string) error {
	// The line separators of Unicode are what encoding/json always escapes.
	text = unescapable(text)
	return c.call(ctx, "/cgi-bin/message/custom/send", nil, message.NewCustomerTextMessage(openid, cut(text, MaxText)), nil)
}

// Button is one entry of the account's menu: exactly one of Key (a tap comes back as CLICK), URL (opens a page) and Sub
// is set.
type Button struct {
	Name string
	Key  string
	URL  string
	Sub  []Button
}

// CheckMenu says what the platform would refuse: 1 to 3 buttons, 1 to 5 below each, names up to 16 bytes (60 below),
// keys up to 128 and URLs up to 1024 bytes.
func CheckMenu(buttons []Button) error {
	if len(buttons) < 1 || len(buttons) > 3 {
		return &Error{Op: "menu/create", Class: CallerFault, Cause: "a menu has 1 to 3 buttons"}
	}
	for _, b := range buttons {
		if len(b.Sub) > 5 {
			return &Error{Op: "menu/create", Class: CallerFault, Cause: "button " + b.Name + " has over 5 below it"}
		}
		if err := b.check(16); err != nil {
			return err
		}
		for _, s := range b.Sub {
			if len(s.Sub) > 0 {
				return &Error{Op: "menu/create", Class: CallerFault, Cause: "button " + s.Name + " is on the second level and can have none below it"}
			}
			if err := s.check(60); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b Button) check(nameLimit int) error {
	fault := func(cause string) error {
		return &Error{Op: "menu/create", Class: CallerFault, Cause: "button " + b.Name + ": " + cause}
	}
	set := 0
	for _, is := range []bool{b.Key != "", b.URL != "", len(b.Sub) > 0} {
		if is {
			set++
		}
	}
	switch {
	case b.Name == "" || len(b.Name) > nameLimit:
		return fault("the name must have 1 to 16 bytes, or 60 on the second level; a Chinese character takes 3")
	case set != 1:
		return fault("needs exactly one of a key, a URL and buttons below it")
	case len(b.Key) > 128 || len(b.URL) > 1024:
		return fault("a key may have 128 bytes and a URL 1024")
	}
	return nil
}

func (b Button) sdk() *menu.Button {
	switch {
	case len(b.Sub) > 0:
		sub := make([]*menu.Button, len(b.Sub))
		for i, s := range b.Sub {
			sub[i] = s.sdk()
		}
		return menu.NewSubButton(b.Name, sub)
	case b.URL != "":
		return menu.NewViewButton(b.Name, b.URL)
	}
	return menu.NewClickButton(b.Name, b.Key)
}

// CreateMenu replaces the account's menu. Phones show it within five minutes of opening the account anew.
func (c *Client) CreateMenu(ctx context.Context, buttons []Button) error {
	if err := CheckMenu(buttons); err != nil {
		return err
	}
	list := make([]*menu.Button, len(buttons))
	for i, b := range buttons {
		list[i] = b.sdk()
	}
	return c.call(ctx, "/cgi-bin/menu/create", nil, map[string]any{"button": list}, nil)
}

// QRCode is a code that leads to the account and tells it the scene.
type QRCode struct {
	Ticket  string // its image is at https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=
	URL     string // what the code says: draw it oneself
	Expires time.Duration
}

// CreateQRCode makes a temporary code: scene has 1 to 64 bytes, and expire is at most 30 days. Permanent codes are not
// made: an account has 100,000 for ever and cannot take one back.
func (c *Client) CreateQRCode(ctx context.Context, scene string, expire time.Duration) (QRCode, error) {
	const op = "qrcode/create"
	switch {
	case scene == "" || len(scene) > 64:
		return QRCode{}, &Error{Op: op, Class: CallerFault, Cause: "a scene has 1 to 64 bytes"}
	case expire < time.Minute || expire > 30*24*time.Hour:
		return QRCode{}, &Error{Op: op, Class: CallerFault, Cause: "a code lives 1 minute to 30 days"}
	}
	var t basic.Ticket // NewTmpQrRequest panics on a scene that is an int64
	if err := c.call(ctx, "/cgi-bin/"+op, nil, basic.NewTmpQrRequest(expire, scene), &t); err != nil {
		return QRCode{}, err
	}
	if t.Ticket == "" {
		return QRCode{}, unreadable(op)
	}
	return QRCode{Ticket: t.Ticket, URL: t.URL, Expires: time.Duration(t.ExpireSeconds) * time.Second}, nil
}

// User is what the platform tells of a resident; since the end of 2021 neither name nor picture.
type User struct {
	Follows    bool // nothing else is set when false
	FollowedAt time.Time
	UnionID    string
	Remark     string
	Tags       []int32
	Scene      string // how they came: ADD_SCENE_QR_CODE and the like
	QRScene    string // of the code that they scanned
}

// UserInfo asks whether a resident follows the account, and how they came to it.
func (c *Client) UserInfo(ctx context.Context, openid string) (User, error) {
	var info user.Info
	err := c.call(ctx, "/cgi-bin/user/info", url.Values{"openid": {openid}, "lang": {"zh_CN"}}, nil, &info)
	if err != nil {
		return User{}, err
	}
	if info.Subscribe == 0 {
		return User{}, nil
	}
	return User{
		Follows: true, FollowedAt: time.Unix(int64(info.SubscribeTime), 0), UnionID: info.UnionID, Remark: info.Remark,
		Tags: info.TagIDList, Scene: info.SubscribeScene, QRScene: info.QrSceneStr,
	}, nil
}
