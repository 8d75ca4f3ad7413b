package broadcast

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"towncrier/phone"
	"towncrier/problem"
)

// Proposal is what officials write of a broadcast, and what another approves.
type Proposal struct {
	Title     string    `json:"title"`
	Topic     string    `json:"topic"`
	Cites     []Cite    `json:"cites"`
	Messages  []Message `json:"messages"` // at most one a channel; the cheapest channel that reaches somebody is tried first
	Audience  Rule      `json:"audience"`
	Window    Window    `json:"window"`
	SendAt    time.Time `json:"send_at"`
	ExpireAt  time.Time `json:"expire_at"`
	Fallback  Fallback  `json:"fallback"`
	Emergency bool      `json:"emergency"`
	Committee string    `json:"committee"` // code; "" when the city itself sends it
}

// Proposal is what was written of b.
func (b Broadcast) Proposal() Proposal {
	return Proposal{
		Title: b.Title, Topic: b.Topic, Cites: b.Cites, Messages: b.Messages, Audience: b.Audience, Window: b.Window,
		SendAt: b.SendAt, ExpireAt: b.ExpireAt, Fallback: b.Fallback, Emergency: b.Emergency, Committee: b.Committee,
	}
}

func (b *Broadcast) propose(p Proposal) {
	b.Title, b.Topic, b.Cites, b.Messages, b.Audience, b.Window = p.Title, p.Topic, p.Cites, p.Messages, p.Audience, p.Window
	b.SendAt, b.ExpireAt = moment(p.SendAt), moment(p.ExpireAt)
	b.Fallback, b.Emergency, b.Committee = p.Fallback, p.Emergency, p.Committee
}

// moment is an instant as it is kept; no instant stays none.
func moment(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}

const (
	MaxTitle = 60 // characters of a title
	MaxCites = 20 // passages that one broadcast rests on
	maxYear  = 2999
	maxName  = 64   // characters of the name of a template or of its variable
	maxURL   = 1024 // of an address
	// maxWait is when an accepted message without a receipt is unknown anyway.
	maxWait = 72 * time.Hour
)

// validate refuses what has no meaning, even in a draft; what only lacks something may be kept.
func (p Proposal) validate() error {
	if err := checkTitle(p.Title); err != nil {
		return err
	}
	switch {
	case len(p.Cites) > MaxCites:
		return &problem.Invalid{Field: "cites", Reason: fmt.Sprintf("引用了%d段，最多%d段", len(p.Cites), MaxCites)}
	case p.Fallback.Wait < 0 || p.Fallback.Wait > maxWait:
		return &problem.Invalid{Field: "fallback.wait", Reason: "应在0到72小时之间：超过72小时没有回执，就按结果不明处理"}
	case p.SendAt.Year() > maxYear || p.ExpireAt.Year() > maxYear:
		return &problem.Invalid{Field: "send_at", Reason: fmt.Sprintf("年份最晚是%d年", maxYear)}
	case !p.ExpireAt.IsZero() && !p.SendAt.Before(p.ExpireAt):
		return &problem.Invalid{Field: "expire_at", Reason: "应在发送时间之后"}
	}
	seen := map[Channel]bool{}
	for i, m := range p.Messages {
		field := fmt.Sprintf("messages[%d].channel", i)
		if rank(m.Channel) < 0 {
			return &problem.Invalid{Field: field, Reason: "没有这个渠道，可以写：微信订阅通知、微信模板消息、短信"}
		}
		if seen[m.Channel] {
			return &problem.Invalid{Field: field, Reason: "写了两次：每个渠道只写一条内容"}
		}
		seen[m.Channel] = true
		if err := m.bounded(); err != nil {
			return &problem.Invalid{Field: fmt.Sprintf("messages[%d].%s", i, err.Field), Reason: err.Reason}
		}
	}
	if err := p.Window.Validate(); err != nil {
		return err
	}
	if p.Audience.none() { // audienceFaults says so before anything is submitted
		return nil
	}
	return p.Audience.Validate()
}

// bounded refuses what no channel takes, so that a draft of it can be shown.
func (m Message) bounded() *problem.Invalid {
	long := func(field, text string, most int) *problem.Invalid {
		if n := utf8.RuneCountInString(text); n > most {
			return &problem.Invalid{Field: field, Reason: fmt.Sprintf("有%d个字，最多%d个字", n, most)}
		}
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(m.Data)) {
		field := "data." + name
		if phone.In(name) || len(name) > maxName {
			field = "data.?" // it is not said again
		}
		if err := cmp.Or(long(field, name, maxName), long(field, m.Data[name], maxSMS)); err != nil {
			return err
		}
	}
	return cmp.Or(long("url", m.URL, maxURL), long("template", m.Template, maxName))
}

const noTitle = "没有填写，请用几个字说明这是什么事"

// checkTitle refuses what cannot be the title of a broadcast, a series or a list.
func checkTitle(title string) error {
	wrong := func(reason string) error { return &problem.Invalid{Field: "title", Reason: reason} }
	switch n := utf8.RuneCountInString(title); {
	case n == 0:
		return wrong(noTitle)
	case n > MaxTitle:
		return wrong(fmt.Sprintf("有%d个字，最多%d个字", n, MaxTitle))
	case phone.In(title):
		return wrong(phone.Unfit)
	}
	return nil
}
