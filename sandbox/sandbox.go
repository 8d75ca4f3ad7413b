// Package sandbox is the rehearsal's pretend WeChat: a platform that speaks the real wire both ways and fails on demand,
// and a phone page to chat with. It pushes what synthetic residents do to the webhook, signed and sealed, waits five
// seconds and retries, and judges the passive reply with a reader of its own; it serves the platform's API with the
// platform's limits and error codes; and it records what reached whom.
//
// Everything lies below /sandbox/: the page at /sandbox/, the platform's API below /sandbox/wechat/, faults at
// /sandbox/faults, the record at /sandbox/record. Nothing is kept on disk. It is for loopback only.
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

	Now     func() time.Time // time.Now when nil
	Log     *slog.Logger     // discarded when nil
	Timeout time.Duration    // how long the webhook may take; 0 means the platform's 5 s
	Seed    uint64           // of the faults that strike at a rate: the same seed and calls, the same faults

	// IdenticalRetries repeats a push with the timestamp, nonce and sealed body of the first; otherwise each retry is
	// signed and sealed anew. The platform does not document which of the two it does.
	IdenticalRetries bool
}

// Resident is somebody who may follow the account.
type Resident struct {
	OpenID string `json:"openid"` // as the platform would name them to this account
	Name   string `json:"name"`   // visibly synthetic
	About  string `json:"about"`
}

// Scene is a QR code on a poster.
type Scene struct {
	Label string `json:"label"`
	Scene string `json:"scene"` // as EventKey carries it, without qrscene_
}

// DefaultResidents are four synthetic people.
func DefaultResidents() []Resident {
	return []Resident{
		{OpenID: "oSANDBOX-resident-jia-000001", Name: "居民甲", About: "家里养狗"},
		{OpenID: "oSANDBOX-resident-yi--000002", Name: "居民乙", About: "住老旧小区"},
		{OpenID: "oSANDBOX-resident-bing000003", Name: "居民丙", About: "骑电动车"},
		{OpenID: "oSANDBOX-resident-ding000004", Name: "居民丁", About: "照顾老人"},
	}
}

// accountID is the account's original id, ToUserName of every push: visibly none of the platform's.
const accountID = "gh_00000sandbox"

// Sandbox is the pretend platform. Safe for concurrent use.
type Sandbox struct {
	cfg    Config
	crypto *wechat.Crypto
	client *http.Client
	tokens *tokens
	faults *faults
	record *record

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
		record:    newRecord(),
		residents: map[string]*resident{},
		lastID:    cfg.Now().UnixMilli() * 1000, // a restart must not repeat ids that the webhook remembers
		client: &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: 16}, // no proxy: the webhook is on loopback
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	for _, r := range cfg.Residents {
		if r.OpenID == "" || s.residents[r.OpenID] != nil {
			return nil, fmt.Errorf("sandbox: resident %q has no openid of their own", r.Name)
		}
		s.residents[r.OpenID] = &resident{Resident: r, windows: map[trigger]window{}}
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
}

// Handler serves everything below /sandbox/.
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	s.routePage(mux)
	s.routeAPI(mux)
	return s.guard(mux)
}
