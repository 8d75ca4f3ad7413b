package wechat

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"towncrier/sandbox/platform"
)

// TemplateKind is which of WeChat's two kinds of notice a template is for.
type TemplateKind string

const (
	TemplateMessage TemplateKind = "template"     // 模板消息: to followers, in the account's chat
	Subscription    TemplateKind = "subscription" // 订阅通知, long-term: to residents who agreed, followers or not, under 服务通知
)

// Template is one that the account may use.
type Template struct {
	ID     string         `json:"id"` // template_id
	Kind   TemplateKind   `json:"kind"`
	Title  string         `json:"title"`
	Items  []TemplateItem `json:"items"`
	Banned bool           `json:"banned,omitempty"` // every call is refused with 43116
	// OneTime makes a subscription's template one of 一次性订阅 in the account's list; it is sent as often as a long-term one all the same.
	OneTime bool `json:"one_time,omitempty"`
}

// TemplateItem is one line of a template.
type TemplateItem struct {
	Key    string   `json:"key"` // thing1: the letters are its type, which decides what a value may be
	Label  string   `json:"label"`
	Values []string `json:"values,omitempty"` // of a const: those approved in advance
}

// DefaultTemplates are one of each kind.
func DefaultTemplates() []Template {
	return []Template{
		{ID: "SANDBOX-template-message-0000000000000000001", Kind: TemplateMessage, Title: "社区通知提醒", Items: []TemplateItem{
			{Key: "thing1", Label: "通知标题"}, {Key: "thing2", Label: "通知内容"}, {Key: "time3", Label: "时间"},
		}},
		{ID: "SANDBOX-subscription-0000000000000000000001", Kind: Subscription, Title: "社区办事通知", Items: []TemplateItem{
			{Key: "thing1", Label: "事项"}, {Key: "thing2", Label: "说明"}, {Key: "const3", Label: "类别", Values: []string{"提醒", "办理"}},
		}},
	}
}

// templates are those that the account may use, by id.
type templates map[string]*Template

func readTemplates(list []Template) (templates, error) {
	known := templates{}
	for _, t := range list {
		problem := ""
		switch {
		case t.ID == "":
			problem = "has no id"
		case known[t.ID] != nil:
			problem = "is there twice"
		case t.Kind != TemplateMessage && t.Kind != Subscription:
			problem = fmt.Sprintf("has kind %q, which is none of %s and %s", t.Kind, TemplateMessage, Subscription)
		case len(t.Items) == 0:
			problem = "has no items"
		}
		for _, i := range t.Items {
			if limits[i.kind()] == nil {
				problem = fmt.Sprintf("has key %q, which is of no known type", i.Key)
			}
		}
		if problem != "" {
			return nil, fmt.Errorf("sandbox: template %q %s", t.ID, problem)
		}
		known[t.ID] = &t
	}
	return known, nil
}

// maxAsked is how many notices one request may name (订阅通知组件: 最多5个).
const maxAsked = 5

// checkConsents refuses answers about subscriptions that no client would show.
func (ts templates) checkConsents(a platform.Action) error {
	asked := a.Consents
	if a.Kind == platform.Refuse {
		asked = []platform.ConsentTo{{Template: a.Key}}
	}
	if len(asked) == 0 || len(asked) > maxAsked {
		return fmt.Errorf("%s needs 1 to %d consents", a.Kind, maxAsked)
	}
	seen := map[string]bool{}
	for _, c := range asked {
		if t := ts[c.Template]; t == nil || t.Kind != Subscription || seen[c.Template] {
			return errors.New("template is not that of a subscription notification, or named twice")
		}
		seen[c.Template] = true
	}
	return nil
}

// fill holds data against the template. Keys that it does not have, as first and remark, are left out without a word. What the
// platform says of a missing key is not documented: here it is a value that is not valid.
func (t *Template) fill(data map[string]struct{ Value string }) ([]platform.Item, *apiError) {
	items := make([]platform.Item, 0, len(t.Items))
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
		items = append(items, platform.Item{Label: i.Label, Value: v})
	}
	return items, nil
}

// kind is the type in a key: thing of thing12.
func (i TemplateItem) kind() string { return strings.TrimRight(i.Key, "0123456789") }

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
