// Package roster keeps the residents that the city may reach: how, on what basis, and what they chose. Each of them can see
// it, change it and leave.
package roster

import (
	"context"
	"errors"
	"time"

	"towncrier/phone"
	"towncrier/problem"
)

// What a caller can tell apart with errors.Is.
var (
	ErrNoResident  = problem.NotFound("没有这位居民：请核对编号")
	ErrNoCommittee = errors.New("没有这个居委会：请核对代码，或者请管理员先添加")
	ErrPhoneTaken  = errors.New("这个手机号已经登记在另一位居民名下：请核对号码")
	// ErrSuppressed says that the number's owner stopped or was erased; only they themselves can take that back.
	ErrSuppressed = errors.New("这个号码已按本人要求或由管理员删除或退订，不能再登记")
	ErrInUse      = errors.New("还有居民或工作人员属于这个居委会：请先把他们转到别的居委会")
	// ErrUnreachable says that a resident would be left with neither number nor WeChat.
	ErrUnreachable = errors.New("居民至少要有手机号或微信中的一项")
)

// Committee is a community committee (社区居委会).
type Committee struct {
	Code        string   // official code or the city's own: 1 to 32 of A-Z, a-z, 0-9, - and _
	Name        string   // 示例社区居委会
	Street      string   // the street office (街道) above it
	Area        string   // district or county
	Communities []string // names of the estates and compounds (小区) that it serves
}

// Resident is one person, however many ways lead to them. Everything but ID, Committee and the times is personal data.
type Resident struct {
	ID          string // random subject id, 32 hex digits: it means nothing once the resident is erased
	Phone       phone.Number
	PhoneFrom   Origin // "" without Phone
	Stopped     bool   // the number's owner stopped texts: a Suppression, which a store reads and no Save changes
	OpenID      string // WeChat's id of them to this account; "" when they do not follow
	Committee   string // code; "" when unknown
	Community   string // name of the estate or compound; "" when unknown
	PlaceFrom   Origin // of Committee and Community
	Tags        []string
	Consents    []Consent
	Preferences []Preference
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Origin says through what a datum came: what came from WeChat goes when the resident unfollows.
type Origin string

const (
	FromImport Origin = "import" // a committee's file
	FromStaff  Origin = "staff"  // typed by an official
	FromChat   Origin = "chat"   // told by the resident in WeChat
)

// Basis is why personal data may be handled (个人信息保护法, article 13).
type Basis string

const (
	ByConsent   Basis = "consent"   // article 13(1): informed, voluntary, explicit
	ByDuty      Basis = "duty"      // article 13(3): a statutory duty
	ByEmergency Basis = "emergency" // article 13(4): public health, or life, health and property in an emergency
)

// Consent is what a resident agreed to, or on what other basis they may be reached. A newer one of the same What takes
// its place.
type Consent struct {
	What  string // "notices": to be sent notices; "phone": that their number is kept
	At    time.Time
	How   string // in what way it was given: "chat", "paper", "import", as the file says
	Basis Basis
}

// Channel is a way to reach somebody.
type Channel string

const (
	WeChat Channel = "wechat"
	SMS    Channel = "sms"
)

// Preference is a choice about a topic, a channel, or both; an empty Topic or Channel means every one.
type Preference struct {
	Topic   string
	Channel Channel
	Wants   bool
	At      time.Time
}

// Suppression says why a number is not to be texted. It outlives the resident, under a hash of the number.
type Suppression string

const (
	Stopped Suppression = "stopped" // replied T or the like, or stopped SMS in chat
	Erased  Suppression = "erased"  // asked to be deleted
)

// Sent is one thing that was sent to a resident, as they may read it.
type Sent struct {
	At      time.Time
	Channel Channel
	What    string // "短信验证码"
	By      string // "本系统", a committee's name
	Why     string // "您在微信里绑定手机号"
	State   string // "已送达"
}

// Texts tells what was sent to a resident, the newest first.
type Texts interface {
	Sent(ctx context.Context, residentID string, limit int) ([]Sent, error)
}
