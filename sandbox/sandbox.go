// Package sandbox is the rehearsal's pretend WeChat and pretend Alibaba Cloud SMS: platforms that speak the real wire both
// ways and fail on demand, and a phone page to chat and text with. It pushes what synthetic residents do to the webhook, signed and sealed, waits five
// seconds and retries, and judges the passive reply with a reader of its own; it serves the platform's API with the
// platform's limits and error codes; and it records what reached whom.
//
// Template messages and subscription notifications are held against their templates' limits and residents' consents, reach the
// phone once a client_msg_id, and end with an event that may be lost, late or doubled.
//
// The SMS side checks signature, nonce and clock of a call, knows signs, templates and the limits of a number, carries texts
// to handsets, and pushes receipts and replies until somebody acknowledges them.
//
// Everything lies below /sandbox/: the page at /sandbox/, WeChat's API below /sandbox/wechat/, Alibaba Cloud's at
// /sandbox/aliyun/, faults at /sandbox/faults, the record at /sandbox/record. Nothing is kept on disk but, when wanted, the
// record. It is for loopback only.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"towncrier/wechat"
)

// Mode is how the platform pushes messages, as chosen in the account's console.
type Mode string

const (
	Secure     Mode = "secure"     // 安全模式: sealed only, and so must the reply be
	Compatible Mode = "compatible" // 兼容模式: both forms are pushed, either is a reply
	Plain      Mode = "plain"      // 明文模式
)

// Config is what a Sandbox needs. AppID, Secret, Token and WebhookURL are required; so is AESKey but in Plain mode.
type Config struct {
	AppID, Secret, Token string
	AESKey               string // EncodingAESKey: 43 letters and digits
	Mode                 Mode   // "" means Secure with an AESKey, Plain without
	WebhookURL           string // http://127.0.0.1:8080/wechat

	AccountName string     // shown on the phone; "" means 市政服务号
	Welcome     string     // one line below the account's name before a resident follows
	Suggestion  string     // one question to try, offered on the phone
	Scenes      []Scene    // QR codes on posters that a resident may scan
	Residents   []Resident // nil means DefaultResidents

	Templates     []NoticeForm  // of template messages and subscription notifications; nil means DefaultNoticeForms
	TemplateQuota int           // template messages a day; 0 means the platform's 100,000
	ResultDelay   time.Duration // from a notice's acceptance to the event that tells of it; 0 means 500 ms

	SMS        *SMSConfig // nil for no SMS
	OnOpen     func()     // called once, when the phone page or its state is first asked for; it must not block. nil for none
	RecordFile string     // the record is appended to it, too, one Entry in JSON a line; the last line with an id holds

	Now     func() time.Time // time.Now when nil
	Log     *slog.Logger     // discarded when nil
	Timeout time.Duration    // how long the webhook may take; 0 means the platform's 5 s
	Seed    uint64           // of the faults that strike at a rate: the same seed and calls, the same faults

	// IdenticalRetries repeats a push with the timestamp, nonce and sealed body of the first; otherwise each retry is
	// signed and sealed anew. The platform does not document which of the two it does.
	IdenticalRetries bool
	// SplitCDATA writes a "]]>" of a resident over two CDATA sections. Otherwise it stands as it was written and ends the
	// section early, as people report of the platform, which documents neither.
	SplitCDATA bool
}

// Resident is somebody who may follow the account.
type Resident struct {
	OpenID string `json:"openid"` // as the platform would name them to this account
	Name   string `json:"name"`   // visibly synthetic
	About  string `json:"about"`
	Phone  string `json:"phone,omitempty"` // 11 digits, nobody else's; "" for none
	// Unreachable is what receipts of texts to them say, such as MOBILE_NOT_ON_SERVICE; "" when texts arrive.
	Unreachable string `json:"unreachable,omitempty"`

	Following   bool     `json:"-"`                     // from the beginning, without an event
	Agreed      []string `json:"-"`                     // ids of subscription templates, from the beginning
	Blacklisted bool     `json:"blacklisted,omitempty"` // by the account: template messages are refused with 43019
	Blocks      bool     `json:"blocks,omitempty"`      // turned notices off: accepted ones end as failed:user block
}

// Scene is a QR code on a poster.
type Scene struct {
	Label string `json:"label"`
	Scene string `json:"scene"` // as EventKey carries it, without qrscene_
}

// DefaultResidents are four synthetic people.
func DefaultResidents() []Resident {
	return []Resident{
		{OpenID: "oSANDBOX-resident-jia-000001", Name: "居民甲", About: "家里养狗", Phone: "19900000001"},
		{OpenID: "oSANDBOX-resident-yi--000002", Name: "居民乙", About: "住老旧小区", Phone: "19900000002"},
		{OpenID: "oSANDBOX-resident-bing000003", Name: "居民丙", About: "骑电动车", Phone: "19900000003"},
		{OpenID: "oSANDBOX-resident-ding000004", Name: "居民丁", About: "照顾老人", Phone: "19900000004"},
	}
}

// SyntheticResidents are n people: those of DefaultResidents and, behind them, more of their kind. At most 9999, so that
// each has a number of 1990000xxxx.
func SyntheticResidents(n int) ([]Resident, error) {
	list := DefaultResidents()
	if n < 1 || n > 9999 {
		return nil, fmt.Errorf("%d residents: between 1 and 9999 can be made up", n)
	}
	for i := len(list) + 1; i <= n; i++ {
		list = append(list, Resident{
			OpenID: fmt.Sprintf("oSANDBOX-resident-%010d", i), Name: fmt.Sprintf("居民%d号", i), About: "演练用", Phone: fmt.Sprintf("1990000%04d", i),
		})
	}
	return list[:n], nil
}

// accountID is the account's original id, ToUserName of every push: visibly none of the platform's.
const accountID = "gh_00000sandbox"

// Sandbox is the pretend platform. Safe for concurrent use.
type Sandbox struct {
	cfg     Config
	crypto  *wechat.Crypto
	client  *http.Client
	tokens  *tokens
	faults  *faults
	record  *record
	notices *noticeSide
	sms     *smsSide          // nil for none
	opened  func()            // the page was asked for; OnOpen is called the first time
	owners  map[string]string // openid by number; never changed

	mu        sync.Mutex
	residents map[string]*resident // by openid
	menu      *menu                // nil until created
	codes     []code               // QR codes that were created
	lastID    int64                // of a message: MsgId

	ctx   context.Context // ends with Close
	close context.CancelFunc
	tasks sync.WaitGroup // pushes under way
}

// resident is what the platform knows of somebody.
type resident struct {
	Resident
	follows    bool
	followedAt time.Time
	scene      string // of the code that led to the follow
	windows    map[trigger]window
	agreed     map[string]bool // by subscription template
}

// New checks cfg. The caller closes the Sandbox.
func New(cfg Config) (*Sandbox, error) {
	if cfg.Mode == "" {
		cfg.Mode = Secure
		if cfg.AESKey == "" {
			cfg.Mode = Plain
		}
	}
	switch {
	case cfg.Mode != Secure && cfg.Mode != Compatible && cfg.Mode != Plain:
		return nil, fmt.Errorf("sandbox: mode %q is none of %s, %s, %s", cfg.Mode, Secure, Compatible, Plain)
	case cfg.Mode != Plain && cfg.AESKey == "":
		return nil, fmt.Errorf("sandbox: %s mode needs an AES key", cfg.Mode)
	case cfg.Secret == "":
		return nil, errors.New("sandbox: secret is empty")
	}
	aesKey := cfg.AESKey
	if cfg.Mode == Plain {
		aesKey = ""
	}
	crypto, err := wechat.NewCrypto(cfg.AppID, cfg.Token, aesKey, "")
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if u, err := url.Parse(cfg.WebhookURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("sandbox: webhook URL %q is not like http://127.0.0.1:8080/wechat", cfg.WebhookURL)
	}
	cfg.setDefaults()

	s := &Sandbox{
		cfg:       cfg,
		crypto:    crypto,
		tokens:    newTokens(cfg.Now),
		faults:    newFaults(cfg.Seed),
		opened:    sync.OnceFunc(cfg.OnOpen),
		residents: map[string]*resident{},
		owners:    map[string]string{},
		lastID:    cfg.Now().UnixMilli() * 1000, // a restart must not repeat ids that the webhook remembers
		client: &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: maxTelling}, // no proxy: the webhook is on loopback
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	for _, r := range cfg.Residents {
		if r.OpenID == "" || s.residents[r.OpenID] != nil {
			return nil, fmt.Errorf("sandbox: resident %q has no openid of their own", r.Name)
		}
		known := &resident{Resident: r, windows: map[trigger]window{}, agreed: map[string]bool{}}
		if r.Following {
			known.follows, known.followedAt = true, cfg.Now()
		}
		for _, id := range r.Agreed {
			known.agreed[id] = true
		}
		s.residents[r.OpenID] = known
		if r.Phone == "" {
			continue
		}
		if number(r.Phone) != r.Phone || s.owners[r.Phone] != "" {
			return nil, fmt.Errorf("sandbox: resident %q has no number of their own, in 11 digits", r.Name)
		}
		s.owners[r.Phone] = r.OpenID
	}
	if s.notices, err = newNoticeSide(cfg); err != nil {
		return nil, err
	}
	if cfg.SMS != nil {
		if s.sms, err = newSMSSide(*cfg.SMS, cfg.Now()); err != nil {
			return nil, err
		}
	}
	if s.record, err = newRecord(cfg.RecordFile, cfg.Log); err != nil {
		return nil, err
	}
	s.ctx, s.close = context.WithCancel(context.Background())
	return s, nil
}

func (c *Config) setDefaults() {
	if c.AccountName == "" {
		c.AccountName = "市政服务号"
	}
	if c.Residents == nil {
		c.Residents = DefaultResidents()
	}
	if c.Templates == nil {
		c.Templates = DefaultNoticeForms()
	}
	if c.TemplateQuota <= 0 {
		c.TemplateQuota = templateQuota
	}
	if c.ResultDelay <= 0 {
		c.ResultDelay = defaultResultDelay
	}
	if c.OnOpen == nil {
		c.OnOpen = func() {}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Timeout <= 0 {
		c.Timeout = 5 * time.Second
	}
}

// Close ends pushes, retries and open pages, and returns when every push has ended. An http.Server's Shutdown waits for open
// pages: give it Close by RegisterOnShutdown. Closing again does nothing.
func (s *Sandbox) Close() {
	s.close()
	s.tasks.Wait()
	s.client.CloseIdleConnections()
	s.record.close()
}

// Handler serves everything below /sandbox/.
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	s.routePage(mux)
	s.routeAPI(mux)
	return s.guard(mux)
}
