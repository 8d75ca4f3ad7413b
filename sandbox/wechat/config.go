package wechat

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
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

// Config is an account at the pretend WeChat. AppID, Secret, Token and WebhookURL are required; so is AESKey but in Plain mode.
type Config struct {
	AppID, Secret, Token string
	AESKey               string // EncodingAESKey: 43 letters and digits
	Mode                 Mode   // "" means Secure with an AESKey, Plain without
	WebhookURL           string // http://127.0.0.1:8080/wechat

	Templates     []Template    // of template messages and subscription notifications; nil means DefaultTemplates
	TemplateQuota int           // template messages a day; 0 means the platform's 100,000
	ResultDelay   time.Duration // from a notice's acceptance to the event that tells of it; 0 means 500 ms

	// IdenticalRetries repeats a push with the timestamp, nonce and sealed body of the first; otherwise each retry is
	// signed and sealed anew. The platform does not document which of the two it does.
	IdenticalRetries bool
	// SplitCDATA writes a "]]>" of a resident over two CDATA sections. Otherwise it stands as it was written and ends the
	// section early, as people report of the platform, which documents neither.
	SplitCDATA bool
}

func (c *Config) setDefaults() {
	if c.Mode == "" {
		c.Mode = Secure
		if c.AESKey == "" {
			c.Mode = Plain
		}
	}
	if c.Templates == nil {
		c.Templates = DefaultTemplates()
	}
	c.TemplateQuota = cmp.Or(max(c.TemplateQuota, 0), 100_000) // a verified account's below 100,000 followers
	c.ResultDelay = cmp.Or(max(c.ResultDelay, 0), 500*time.Millisecond)
}

// check refuses what cannot work, and gives what signs and seals.
func (c *Config) check() (*wechat.Crypto, error) {
	switch {
	case c.Mode != Secure && c.Mode != Compatible && c.Mode != Plain:
		return nil, fmt.Errorf("sandbox: mode %q is none of %s, %s, %s", c.Mode, Secure, Compatible, Plain)
	case c.Mode != Plain && c.AESKey == "":
		return nil, fmt.Errorf("sandbox: %s mode needs an AES key", c.Mode)
	case c.Secret == "":
		return nil, errors.New("sandbox: secret is empty")
	}
	if c.Mode == Plain {
		c.AESKey = ""
	}
	crypto, err := wechat.NewCrypto(c.AppID, c.Token, c.AESKey, "")
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if u, err := url.Parse(c.WebhookURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("sandbox: webhook URL %q is not like http://127.0.0.1:8080/wechat", c.WebhookURL)
	}
	return crypto, nil
}

// picture is where PicUrl points: the sample photo of the phone page.
func (c *Config) picture() string {
	u, _ := url.Parse(c.WebhookURL) // check read it
	return u.Scheme + "://" + u.Host + "/sandbox/photo.svg"
}
