package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// NoticeKind is which of WeChat's two kinds of notice a template is for.
type NoticeKind string

const (
	TemplateMessage NoticeKind = "template"     // 模板消息: to followers, in the account's chat
	Subscription    NoticeKind = "subscription" // 订阅通知, long-term: to who agreed, followers or not, under 服务通知
)

// NoticeForm is one that the account may use.
type NoticeForm struct {
	ID     string     `json:"id"` // template_id
	Kind   NoticeKind `json:"kind"`
	Title  string     `json:"title"`
	Items  []ItemForm `json:"items"`
	Banned bool       `json:"banned,omitempty"` // every call is refused with 43116
}

// ItemForm is one line of a template.
type ItemForm struct {
	Key    string   `json:"key"` // thing1: the letters are its type, which decides what a value may be
	Label  string   `json:"label"`
	Values []string `json:"values,omitempty"` // of a const: those approved in advance
}

// DefaultNoticeForms are one of each kind.
func DefaultNoticeForms() []NoticeForm {
	return []NoticeForm{
		{ID: "SANDBOX-template-message-0000000000000000001", Kind: TemplateMessage, Title: "社区通知提醒", Items: []ItemForm{
			{Key: "thing1", Label: "通知标题"}, {Key: "thing2", Label: "通知内容"}, {Key: "time3", Label: "时间"},
		}},
		{ID: "SANDBOX-subscription-0000000000000000000001", Kind: Subscription, Title: "社区办事通知", Items: []ItemForm{
			{Key: "thing1", Label: "事项"}, {Key: "thing2", Label: "说明"}, {Key: "const3", Label: "类别", Values: []string{"提醒", "办理"}},
		}},
	}
}

// Kinds of an Entry, and its Via, that tell of a notice that reached a resident or was lost on its way to them.
const (
	KindTemplate     = string(TemplateMessage)
	KindSubscription = string(Subscription)
)

// Notice is the part of an Entry that tells of a template message or a subscription notification.
type Notice struct {
	Template    string `json:"template"`
	Title       string `json:"title"`
	Items       []Item `json:"items"`
	URL         string `json:"url,omitempty"`
	MsgID       string `json:"msg_id"` // in digits beyond what JavaScript's numbers hold exactly
	ClientMsgID string `json:"client_msg_id,omitempty"`
	Status      string `json:"status"`            // of the event: success, failed:user block
	Repeats     int    `json:"repeats,omitempty"` // calls with the same client_msg_id that were answered with this message
	Told        int    `json:"told,omitempty"`    // times that the webhook took the event
}

// Item is one line as the phone shows it.
type Item struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// noticeSide is what the platform knows of notices. What it needs of the Sandbox it is given by its methods' callers.
type noticeSide struct {
	templates map[string]*NoticeForm // by id; never changed
	quota     int                    // template messages a day
	delay     time.Duration          // from acceptance to the event
	due       results

	mu    sync.Mutex
	last  map[*NoticeForm]filled // the data of each template's last call
	sent  map[sentKey]*letter    // of the last 10 minutes, by client_msg_id
	order []sentKey              // as they came
	day   string                 // in China, that used counts
	used  int
	busy  map[string]bool // openids of calls under way
}

// filled is what data made of a template. It never changes, so that notices share it.
type filled struct {
	data  []byte
	items []Item
}

type sentKey struct{ openid, clientMsgID string }

// letter is one notice that was accepted. The lock of noticeSide guards the entry, which is replaced.
type letter struct {
	entry *Entry // of the record
	msgID int64
	fate  Fault // of its event; the zero Fault for none
}

func newNoticeSide(cfg Config) (*noticeSide, error) {
	n := &noticeSide{
		templates: map[string]*NoticeForm{}, quota: cfg.TemplateQuota, delay: cfg.ResultDelay,
		last: map[*NoticeForm]filled{}, sent: map[sentKey]*letter{}, busy: map[string]bool{},
	}
	for _, t := range cfg.Templates {
		if n.templates[t.ID] != nil {
			return nil, fmt.Errorf("sandbox: template %q is there twice", t.ID)
		}
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("sandbox: template %q: %w", t.ID, err)
		}
		n.templates[t.ID] = &t
	}
	return n, nil
}

func (t *NoticeForm) check() error {
	switch {
	case t.ID == "":
		return errors.New("it has no id")
	case t.Kind != TemplateMessage && t.Kind != Subscription:
		return fmt.Errorf("kind %q is none of %s and %s", t.Kind, TemplateMessage, Subscription)
	case len(t.Items) == 0:
		return errors.New("it has no items")
	}
	for _, i := range t.Items {
		if limits[i.kind()] == nil {
			return fmt.Errorf("key %q is of no known type", i.Key)
		}
	}
	return nil
}

// kind is the type in a key: thing of thing12.
func (i ItemForm) kind() string { return strings.TrimRight(i.Key, "0123456789") }

const (
	dateForm  = `[0-9]{4}(?:年[0-9]{1,2}月[0-9]{1,2}日|[-/.][0-9]{1,2}[-/.][0-9]{1,2})`
	clockForm = `(?:[01]?[0-9]|2[0-3])[:：][0-5][0-9](?:[:：][0-5][0-9])?`
)

// limits say of each type whether a value may be; const and enum_string are looked up in the template first.
var limits = map[string]func(string) bool{
	"thing":  upTo(20),
	"number": matching(`^[0-9.]{1,32}$`),
	"letter": matching(`^[A-Za-z]{1,32}$`),
	"symbol": matching(`^[^\p{L}\p{N}\s]{1,5}$`),
	"character_string": func(v string) bool {
		return upTo(32)(v) && !strings.ContainsFunc(v, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	},
	"time":         matching(`^(?:` + dateForm + `\s*)?` + clockForm + `(?:\s*[~～]\s*(?:` + dateForm + `\s*)?` + clockForm + `)?$`),
	"date":         matching(`^` + dateForm + `(?:\s*` + clockForm + `)?(?:\s*[~～]\s*` + dateForm + `(?:\s*` + clockForm + `)?)?$`),
	"amount":       matching(`^[^0-9\p{L}]?[0-9.]{1,10}元?$`),
	"phone_number": matching(`^[0-9+() -]{1,17}$`),
	"car_number":   upTo(8),
	"name":         matching(`^(?:[\p{Han}·]{1,10}|[A-Za-z .'-]{1,20})$`),
	"phrase":       matching(`^\p{Han}{1,5}$`),
	"const":        upTo(20),
	"enum_string":  upTo(20),
}

func upTo(n int) func(string) bool {
	return func(v string) bool { return strings.TrimSpace(v) != "" && utf8.RuneCountInString(v) <= n }
}

func matching(form string) func(string) bool { return regexp.MustCompile(form).MatchString }

// fill reads data, a call's JSON, and holds it against the template. A broadcast's is the same in every call, and read once.
func (n *noticeSide) fill(t *NoticeForm, data []byte) ([]Item, *apiError) {
	n.mu.Lock()
	last, known := n.last[t]
	n.mu.Unlock()
	if known && bytes.Equal(last.data, data) {
		return last.items, nil
	}
	var values map[string]struct{ Value string }
	if len(data) > 0 && json.Unmarshal(data, &values) != nil {
		return nil, fail(47001)
	}
	items, failed := t.fill(values)
	if failed == nil {
		n.mu.Lock()
		n.last[t] = filled{data, items}
		n.mu.Unlock()
	}
	return items, failed
}

// fill holds data against the template. Keys that it does not have, as first and remark, are left out without a word. What the
// platform says of a missing key is not documented: here it is a value that is not valid.
func (t *NoticeForm) fill(data map[string]struct{ Value string }) ([]Item, *apiError) {
	items := make([]Item, 0, len(t.Items))
	for _, i := range t.Items {
		v := data[i.Key].Value
		ok := limits[i.kind()](v)
		if i.kind() == "const" || i.kind() == "enum_string" {
			ok = v == "" || slices.Contains(i.Values, v)
		}
		if !ok {
			failed := fail(47003)
			failed.Text = fmt.Sprintf("argument invalid! data.%s.value invalid %s", i.Key, failed.Text[strings.Index(failed.Text, "rid:"):])
			return nil, failed
		}
		items = append(items, Item{i.Label, v})
	}
	return items, nil
}
