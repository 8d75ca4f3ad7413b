// Package sms is a pretend Alibaba Cloud SMS on the real wire. It checks signature, nonce and clock of a call, knows signs, templates
// and the limits of a number, carries texts to handsets, and pushes receipts and replies until somebody acknowledges them.
package sms

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"towncrier/sandbox/platform"
)

// Server is the pretend Alibaba Cloud SMS. Safe for concurrent use.
type Server struct {
	gateway *gateway
	replies *replies
}

// New checks cfg. The server stops when base is closed.
func New(cfg Config, base *platform.Base) (*Server, error) {
	cfg.setDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	templates, err := readTemplates(cfg.Templates)
	if err != nil {
		return nil, err
	}
	texts := newTexts(base)
	pushes := &pusher{base: base, retries: cfg.ReportRetries}
	send := &sender{
		base: base, texts: texts, signs: cfg.Signs, reviews: cfg.SignReviews, templates: templates,
		receipts: &receipts{base: base, texts: texts, pushes: pushes, target: cfg.ReportURL, delay: cfg.Delay},
	}
	s := &Server{
		gateway: newGateway(base, newCallers(cfg.AccessKeyID, cfg.AccessKeySecret), cfg.QPS, []operation{
			{name: "SendSms", serve: send.sendSMS, numbers: numbersOfSend},
			{name: "SendBatchSms", serve: send.sendBatchSMS, numbers: numbersOfBatch},
			{name: "QuerySendDetails", serve: texts.query, numbers: numbersOfQuery, asks: true},
			{name: "GetSmsTemplate", serve: send.getTemplate, numbers: asksNobody, asks: true},
			{name: "GetSmsSign", serve: send.getSign, numbers: asksNobody, asks: true},
		}),
		replies: &replies{base: base, texts: texts, pushes: pushes, target: cfg.ReplyURL},
	}
	base.Faults.Register(reportAPI, replyAPI)
	return s, nil
}

// Route serves calls at /sandbox/aliyun/: an RPC gateway with one path, GET and POST.
func (s *Server) Route(mux *http.ServeMux) {
	mux.HandleFunc("/sandbox/aliyun/{$}", s.gateway.serve)
}

// Reply records a reply by SMS and pushes it in the background. It comes from number or, when that is "", from the number of the
// resident with openid. A reply from a number does not need an openid. The channel gives its outcome, once.
func (s *Server) Reply(openid, number, text string) (platform.Entry, <-chan platform.Outcome, error) {
	return s.replies.send(openid, number, text)
}

// Config is an account at the pretend Alibaba Cloud SMS. AccessKeyID and AccessKeySecret are required.
type Config struct {
	AccessKeyID, AccessKeySecret string
	Signs                        []string          // approved; nil means DefaultSign alone
	SignReviews                  map[string]Review // of signs that are not approved, by name
	Templates                    []Template        // nil means DefaultTemplates

	// ReportURL and ReplyURL take the pushes: http://127.0.0.1:8080/sms/report/KEY. With "" nothing is pushed.
	ReportURL, ReplyURL string

	Delay         time.Duration   // from acceptance to the handset and the receipt; 0 means 500 ms
	ReportRetries []time.Duration // pauses before a push that nobody acknowledged is repeated; nil means 1, 5 and 10 minutes
	QPS           int             // calls of one operation a second; 0 means the platform's 5000
}

// DefaultSign is the sign of an account that is given none.
const DefaultSign = "演示签名"

// Templates of DefaultTemplates.
const (
	DefaultCodeTemplate   = "SMS_100000001"
	DefaultNoticeTemplate = "SMS_100000002"
	DefaultStaffTemplate  = "SMS_100000003"
)

// DefaultTemplates are a verification code, a notice and a warning to members of staff.
func DefaultTemplates() []Template {
	return []Template{
		{Code: DefaultCodeTemplate, Kind: CodeTemplate, Text: "您的验证码是${code}，5分钟内有效。"},
		{Code: DefaultNoticeTemplate, Kind: NoticeTemplate, Text: "${committee}通知：${title}。详情请看公众号。"},
		{Code: DefaultStaffTemplate, Kind: NoticeTemplate, Text: "您的工作账号刚刚启用了新的密钥，或者改了手机号。如果不是您本人操作，请马上联系管理员。"},
	}
}

func (c *Config) setDefaults() {
	if c.Signs == nil {
		c.Signs = []string{DefaultSign}
	}
	if c.Templates == nil {
		c.Templates = DefaultTemplates()
	}
	if c.ReportRetries == nil {
		c.ReportRetries = []time.Duration{time.Minute, 5 * time.Minute, 10 * time.Minute}
	}
	c.Delay, c.QPS = cmp.Or(max(c.Delay, 0), 500*time.Millisecond), cmp.Or(max(c.QPS, 0), 5000)
}

var signForm = regexp.MustCompile(`^[\p{Han}A-Za-z0-9]{2,12}$`)

func (c *Config) check() error {
	if c.AccessKeyID == "" || c.AccessKeySecret == "" {
		return errors.New("sandbox: SMS needs an access key id and secret")
	}
	for _, sign := range c.Signs {
		if !signForm.MatchString(sign) {
			return fmt.Errorf("sandbox: SMS sign %q is not 2 to 12 characters without punctuation", sign)
		}
	}
	for what, raw := range map[string]string{"report": c.ReportURL, "reply": c.ReplyURL} {
		if u, err := url.Parse(raw); raw != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			return fmt.Errorf("sandbox: SMS %s URL is not like http://127.0.0.1:8080/sms/%s/KEY", what, what)
		}
	}
	return nil
}
