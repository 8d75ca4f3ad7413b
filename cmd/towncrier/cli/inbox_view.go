package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"towncrier/api/wire"
	"towncrier/plaintext"
)

func printTicket(w io.Writer, g wire.TicketGroup) error {
	t := g.Ticket
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s：%s\n", name, strings.ReplaceAll(plaintext.Printable(value), "\n", "\n      ")) // no line passes for a field
		}
	}
	field("编号", t.Number)
	field("类别", t.KindLabel)
	field("状态", t.StatusLabel)
	field("号码", t.Phone)
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
	field("标准答复", t.Intent)
	field("关闭时间", formatTime(t.ClosedAt))
	for _, other := range g.Like {
		fmt.Fprintf(w, "同类：%s %s %s\n", other.Number, other.StatusLabel, plaintext.OneLine(other.Text, 40))
	}
	if p := g.Proposal; p != nil {
		field("待批准的答复", cmp.Or(p.Answer, "不答复，直接关闭"))
		field("拟稿", p.Owner)
		fmt.Fprintf(w, "由另一人批准后发出：\n"+approveHint, t.Number, p.ID)
	}
	return nil
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
