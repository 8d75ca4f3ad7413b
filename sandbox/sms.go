package sandbox

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// SMSConfig is the pretend Alibaba Cloud SMS. AccessKeyID and AccessKeySecret are required.
type SMSConfig struct {
	AccessKeyID, AccessKeySecret string
	Signs                        []string      // approved; nil means DefaultSign alone
	Templates                    []SMSTemplate // approved; nil means DefaultTemplates

	// ReportURL and ReplyURL take the pushes: http://127.0.0.1:8080/sms/report/KEY. With "" nothing is pushed.
	ReportURL, ReplyURL string

	Delay         time.Duration   // from acceptance to the handset and the receipt; 0 means 500 ms
	ReportRetries []time.Duration // pauses before a push that nobody acknowledged is repeated; nil means 1, 5 and 10 minutes
	QPS           int             // calls of one operation a second; 0 means the platform's 5000
}

// DefaultSign is the sign of a sandbox that is given none.
const DefaultSign = "演示签名"

// Templates of DefaultTemplates.
const (
	DefaultCodeTemplate   = "SMS_100000001"
	DefaultNoticeTemplate = "SMS_100000002"
	DefaultStaffTemplate  = "SMS_100000003"
)

// DefaultTemplates are a verification code and a notice.
func DefaultTemplates() []SMSTemplate {
	return []SMSTemplate{
		{Code: DefaultCodeTemplate, Kind: CodeTemplate, Text: "您的验证码是${code}，5分钟内有效。"},
		{Code: DefaultNoticeTemplate, Kind: NoticeTemplate, Text: "${committee}通知：${title}。详情请看公众号。"},
		{Code: DefaultStaffTemplate, Kind: NoticeTemplate, Text: "您的工作账号刚刚启用了新的密钥，或者改了手机号。如果不是您本人操作，请马上联系管理员。"},
	}
}

// Kinds of an Entry that tell of SMS.
const (
	KindSMS        = "sms"         // a text to a number. Sending until it reaches the handset; Failed when it never does
	KindSMSRefused = "sms-refused" // a call that the platform refused: nobody got anything
	KindSMSReply   = "sms-reply"   // what a resident answered
)

// SMS is the part of an Entry that tells of a text message.
type SMS struct {
	Phone    string            `json:"phone"`              // 11 digits; of a refused call as the caller wrote it
	Sign     string            `json:"sign,omitempty"`     // without 【】
	Template string            `json:"template,omitempty"` // its code
	Params   map[string]string `json:"params,omitempty"`   // the template's variables
	BizID    string            `json:"biz_id,omitempty"`   // of the call
	OutID    string            `json:"out_id,omitempty"`   // the caller's
	Code     string            `json:"code,omitempty"`     // of the receipt, or of the refusal
	Parts    int               `json:"parts,omitempty"`    // billed
	Received *time.Time        `json:"received,omitempty"` // when the carrier was done with it
	DestCode string            `json:"dest_code,omitempty"`
	Sequence string            `json:"sequence_id,omitempty"` // of a reply
	Pushes   []Push            `json:"pushes,omitempty"`      // of the receipt or the reply, in order
}

// Push is one attempt to give a receipt or a reply to the system under test.
type Push struct {
	At           time.Time `json:"at"`
	TookMS       int64     `json:"took_ms"`
	Acknowledged bool      `json:"acknowledged"`
	Problem      string    `json:"problem,omitempty"` // why it counts as not acknowledged, or that it was too slow
}

// chinaTime is what the platform writes times in and counts minutes and hours by.
var chinaTime = time.FixedZone("UTC+8", 8*60*60)

const smsTimeForm = "2006-01-02 15:04:05"

// smsSide is the pretend Alibaba Cloud SMS. What it needs of the Sandbox it is given by its methods' callers.
type smsSide struct {
	SMSConfig
	templates map[string]*smsTemplate // by code

	mu        sync.Mutex
	texts     map[string][]*text // by number, oldest first
	nonces    nonces
	rate      map[string]second // by operation
	lastID    int64             // of a call: BizId; of a reply: sequence_id
	due       []*text           // receipts that wait for their array
	gathering bool              // somebody will push due
}

// text is one message to one number. The lock of smsSide guards what changes: the entry, which is replaced.
type text struct {
	entry *Entry // of the record
	kind  TemplateKind
	fate  Fault // of its receipt; the zero Fault for none
}

var signForm = regexp.MustCompile(`^[\p{Han}A-Za-z0-9]{2,12}$`)

func newSMSSide(cfg SMSConfig, now time.Time) (*smsSide, error) {
	if cfg.AccessKeyID == "" || cfg.AccessKeySecret == "" {
		return nil, errors.New("sandbox: SMS needs an access key id and secret")
	}
	if cfg.Signs == nil {
		cfg.Signs = []string{DefaultSign}
	}
	if cfg.Templates == nil {
		cfg.Templates = DefaultTemplates()
	}
	if cfg.Delay <= 0 {
		cfg.Delay = 500 * time.Millisecond
	}
	if cfg.ReportRetries == nil {
		cfg.ReportRetries = []time.Duration{time.Minute, 5 * time.Minute, 10 * time.Minute}
	}
	if cfg.QPS <= 0 {
		cfg.QPS = 5000
	}
	for _, sign := range cfg.Signs {
		if !signForm.MatchString(sign) {
			return nil, fmt.Errorf("sandbox: SMS sign %q is not 2 to 12 characters without punctuation", sign)
		}
	}
	for what, raw := range map[string]string{"report": cfg.ReportURL, "reply": cfg.ReplyURL} {
		if u, err := url.Parse(raw); raw != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			return nil, fmt.Errorf("sandbox: SMS %s URL is not like http://127.0.0.1:8080/sms/%s/KEY", what, what)
		}
	}
	m := &smsSide{
		SMSConfig: cfg, templates: map[string]*smsTemplate{}, texts: map[string][]*text{}, rate: map[string]second{},
		nonces: nonces{seen: map[string]bool{}}, lastID: now.UnixNano(), // a restart must not repeat a BizId
	}
	for _, t := range cfg.Templates {
		known, err := t.read()
		if err != nil {
			return nil, fmt.Errorf("sandbox: SMS template %q: %w", t.Code, err)
		}
		if m.templates[t.Code] != nil {
			return nil, fmt.Errorf("sandbox: SMS template %q is there twice", t.Code)
		}
		m.templates[t.Code] = known
	}
	return m, nil
}

// nextID is for BizId and sequence_id. m.mu is held.
func (m *smsSide) nextID() int64 {
	m.lastID++
	return m.lastID
}

// numberForm is what the platform takes, and its groups give the 11 digits.
var numberForm = regexp.MustCompile(`^(?:\+86|0086|86)?(1[3-9][0-9]{9})$`)

// number reads one number as a call may write it; "" for none that is valid.
func number(s string) string {
	if isNumber(s) { // as nearly all are written, of which a broadcast has a hundred a call
		return s
	}
	if found := numberForm.FindStringSubmatch(s); found != nil {
		return found[1]
	}
	return ""
}

// isNumber says whether s is 11 digits that begin with 13 to 19.
func isNumber(s string) bool {
	if len(s) != 11 || s[0] != '1' || s[1] < '3' {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// parts is how many messages a text is billed as: one of 70 characters, or several of 67 (计费规则). The sign with its
// brackets counts.
func parts(text string) int {
	n := utf8.RuneCountInString(text)
	if n <= 70 {
		return 1
	}
	return (n + 66) / 67
}

// Texts returns the record of SMS to and from a number, oldest first; of every number when it is "".
func (s *Sandbox) Texts(number string) []Entry {
	return slices.DeleteFunc(s.Record(""), func(e Entry) bool {
		return e.SMS == nil || number != "" && !slices.Contains(strings.Split(e.SMS.Phone, ","), number)
	})
}
