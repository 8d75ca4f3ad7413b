package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"towncrier/inbox"
	"towncrier/plaintext"
)

// ticketView is a ticket as JSON; times are RFC 3339, UTC, absent until they happen.
type ticketView struct {
	Number     string       `json:"number"`
	Kind       inbox.Kind   `json:"kind"`
	Status     inbox.Status `json:"status"`
	Text       string       `json:"text"`
	Where      string       `json:"where,omitempty"`
	Topic      string       `json:"topic,omitempty"`
	Phone      string       `json:"phone,omitempty"` // masked
	Messages   int          `json:"messages,omitempty"`
	Group      string       `json:"group"`
	Owner      string       `json:"owner,omitempty"`
	Answer     string       `json:"answer,omitempty"`
	FiledAt    time.Time    `json:"filed_at,omitzero"`
	DueAt      time.Time    `json:"due_at,omitzero"`
	AnsweredAt time.Time    `json:"answered_at,omitzero"`
	ClosedAt   time.Time    `json:"closed_at,omitzero"`
	ToldAt     time.Time    `json:"told_at,omitzero"`
}

func viewOf(t inbox.Ticket) ticketView {
	v := ticketView{
		Number: t.Number, Kind: t.Kind, Status: t.Status, Text: t.Text, Where: t.Where, Topic: t.Topic, Group: t.Group, Owner: t.Owner,
		Answer: t.Answer, FiledAt: t.FiledAt, DueAt: t.DueAt, AnsweredAt: t.AnsweredAt, ClosedAt: t.ClosedAt, ToldAt: t.ToldAt,
	}
	if t.Kind == inbox.Reply {
		v.Messages = t.Messages
	}
	if t.Phone != "" {
		v.Phone = t.Phone.Masked()
	}
	return v
}

// ticketHeadings are those of ticketRow.
var ticketHeadings = []string{"编号", "类别", "状态", "同类", "提交", "期限", "号码", "内容"}

func ticketRow(t ticketView) []string {
	group := t.Group
	if group == t.Number {
		group = "-"
	}
	return []string{t.Number, t.Kind.Label(), t.Status.Label(), group, formatTime(t.FiledAt), shownDay(t.DueAt), cmp.Or(t.Phone, "-"), plaintext.OneLine(t.Text, 40)}
}

func printTicket(w io.Writer, t inbox.Ticket, like []inbox.Ticket, p *inbox.Proposal) {
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s：%s\n", name, strings.ReplaceAll(plaintext.Printable(value), "\n", "\n      ")) // no line passes for a field
		}
	}
	field("编号", t.Number)
	field("类别", t.Kind.Label())
	field("状态", t.Status.Label())
	if t.Phone != "" {
		field("号码", t.Phone.Masked())
	}
	field("内容", t.Text)
	if t.Messages > 1 {
		field("条数", fmt.Sprintf("先后收到%d条，写不下的没有列出", t.Messages))
	}
	field("地点", t.Where)
	field("相近题目", t.Topic)
	field("提交", formatTime(t.FiledAt))
	field("期限", shownDay(t.DueAt))
	field("经办", t.Owner)
	field("答复", t.Answer)
	field("答复时间", formatTime(t.AnsweredAt))
	field("告知时间", formatTime(t.ToldAt))
	field("关闭时间", formatTime(t.ClosedAt))
	for _, other := range like {
		fmt.Fprintf(w, "同类：%s %s %s\n", other.Number, other.Status.Label(), plaintext.OneLine(other.Text, 40))
	}
	if p != nil {
		field("待批准的答复", cmp.Or(p.Answer, "不答复，直接关闭"))
		field("拟稿", p.Owner)
		fmt.Fprintf(w, "由另一人批准后发出：towncrier inbox approve %s --proposal %s\n", t.Number, p.ID)
	}
}

// formatTime is a time as officials read it.
func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil { // time/tzdata is linked in
		zone = time.UTC
	}
	return t.In(zone).Format("2006-01-02 15:04")
}

// shownDay is the day of a time as officials read it.
func shownDay(t time.Time) string {
	day, _, _ := strings.Cut(formatTime(t), " ")
	return day
}
