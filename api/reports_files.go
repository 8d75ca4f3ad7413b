package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/roster"
	"towncrier/sheet"
	"towncrier/staff"
)

// Reports as files that spreadsheets open. They hide what the answers in JSON hide, because they are made of them, and each is recorded before
// it is given out.

func (h reportHandler) registerFiles(g *gate) {
	const read = staff.ReadBroadcasts
	for _, format := range []string{sheet.CSV, sheet.XLSX} {
		as := ", as " + strings.ToUpper(format)
		add(g, get("/broadcasts/{id}/report."+format, "report-broadcast-"+format, "Report deliveries by channel and state, and costs"+as, read).streams(), h.reportFile(format))
		add(g, get("/broadcasts/{id}/reach."+format, "reach-broadcast-"+format, "Report recipients reached, by committee"+as, read).streams(), h.reachFile(format))
		add(g, get("/broadcasts/{id}/deliveries."+format, "list-deliveries-"+format, "List all deliveries"+as, read).
			labelled("query.state", labelOf[broadcast.State]).labelled("query.channel", labelOf[broadcast.Channel]).streams(), h.deliveriesFile(format))
	}
}

func (h reportHandler) reportFile(format string) handler[BroadcastInput, streamed] {
	return func(ctx context.Context, caller staff.Person, in *BroadcastInput) (*streamed, error) {
		got, err := h.report(ctx, caller, &CountedInput{BroadcastInput: *in})
		if err == nil {
			err = h.access.record(ctx, caller, "broadcast.report", in.ID, "format="+format)
		}
		if err != nil {
			return nil, err
		}
		return tableFile(in.ID+"-report", format, rowsOf(reportRows(got.Body))), nil
	}
}

// reportRows are a report as lines of what it is about, the channel, what is counted, and how much.
func reportRows(r wire.Report) [][]string {
	rows := [][]string{{"类别", "渠道", "项目", "数值"}}
	add := func(about, channel, what, value string) {
		if value != "" {
			rows = append(rows, []string{about, channel, what, value})
		}
	}
	b := r.Broadcast
	for _, line := range [][2]string{{"编号", b.ID}, {"标题", b.Proposal.Title}, {"状态", b.StatusLabel}, {"发送范围", b.AudienceLabel}, {"主题", b.TopicLabel},
		{"只统计社区", r.Committee}, {"开始时间", fileTime(b.BegunAt)}, {"接收人", b.FrozenLabel}} {
		add("群发", "", line[0], line[1])
	}
	if r.Few {
		add("群发", "", "统计", "接收人少于10人，不显示数字")
		return rows
	}
	for _, c := range r.Counts {
		add("投递", c.ChannelLabel, c.StateLabel, c.NLabel)
	}
	add("投递", "", "已送达合计", numberText(r.Delivered))
	add("投递", "", "未了结", numberText(r.Open))
	add("投递", "", "可能收到两次的人", numberText(r.Doubles))
	for _, c := range r.Left {
		add("不发送", "", c.Label, c.NLabel)
	}
	for _, f := range r.Failures {
		add("失败原因", f.ChannelLabel, f.StateLabel+"："+cmp.Or(f.CodeLabel, f.Class, "平台没有说明")+codeText(f.Code), strconv.Itoa(f.N))
	}
	if r.Committee == "" {
		add("费用", broadcast.SMS.Label(), "已送达的短信", r.Cost.Label)
		add("费用", broadcast.SMS.Label(), "最多", r.CostMost.Label)
		add("费用", broadcast.SMS.Label(), "先走微信节省", r.Saved.Label)
		add("费用", broadcast.SMS.Label(), "送审时预计", r.Expected.Cost.Label)
	}
	for _, note := range r.Notes {
		add("提醒", "", note, "-")
	}
	return rows
}

func (h reportHandler) reachFile(format string) handler[BroadcastInput, streamed] {
	return func(ctx context.Context, caller staff.Person, in *BroadcastInput) (*streamed, error) {
		got, err := h.reach(ctx, caller, &CountedInput{BroadcastInput: *in})
		if err != nil {
			return nil, err
		}
		committees, err := h.roster.Committees(ctx)
		if err == nil {
			err = h.access.record(ctx, caller, "broadcast.reach", in.ID, "format="+format)
		}
		if err != nil {
			return nil, err
		}
		rows := [][]string{{"社区代码", "社区", "接收人", "已送达", "可能收到", "待发送", "未收到"}}
		for _, r := range got.Body.Items {
			name := "未登记社区"
			if i := slices.IndexFunc(committees, func(c roster.Committee) bool { return c.Code == r.Committee }); i >= 0 {
				name = committees[i].Name
			}
			recipients := r.RecipientsLabel
			if r.Recipients != nil {
				recipients = numberText(r.Recipients)
			}
			rows = append(rows, []string{r.Committee, name, recipients, hiddenOr(r.Delivered), hiddenOr(r.Accepted), hiddenOr(r.Open), hiddenOr(r.Missed)})
		}
		return tableFile(in.ID+"-reach", format, rowsOf(rows)), nil
	}
}

type DeliveriesFileInput struct {
	ID string `path:"id" pattern:"^B[A-Z2-7]{10}$" patternDescription:"B and 10 letters and digits"`
	DeliveriesChosen
}

// filePage is how many rows of a file are in memory at once.
const filePage = 500

func (h reportHandler) deliveriesFile(format string) handler[DeliveriesFileInput, streamed] {
	return func(ctx context.Context, caller staff.Person, in *DeliveriesFileInput) (*streamed, error) {
		page := func(after int64) ([]broadcast.Delivery, int64, error) {
			return h.broadcasts.Deliveries(ctx, official(caller), in.ID, in.filter(), after, filePage)
		}
		first, next, err := page(0) // what may not be seen is refused before it is recorded
		if err == nil {
			err = h.access.record(ctx, caller, "broadcast.deliveries", in.ID, "format="+format)
		}
		if err != nil {
			return nil, err
		}
		named := caller.Role.May(staff.ReadResidents)
		return tableFile(in.ID+"-deliveries", format, func(yield func([]string, error) bool) {
			more := yield(deliveryHeadings(named), nil)
			for found := first; more; {
				views := each(found, h.viewDelivery)
				if named {
					err = h.showNumbers(ctx, caller, views)
				}
				if err != nil {
					yield(nil, err)
					return
				}
				for i := 0; i < len(views) && more; i++ {
					more = yield(deliveryRow(views[i], named), nil)
				}
				if next == 0 || !more {
					return
				}
				if found, next, err = page(next); err != nil {
					yield(nil, err)
					return
				}
			}
		}), nil
	}
}

func deliveryHeadings(named bool) []string {
	headings := []string{"序号", "渠道", "轮次", "状态", "原因", "错误码", "平台编号", "提交次数", "提交时间", "更新时间"}
	if named {
		return slices.Insert(headings, 1, "居民编号", "手机号")
	}
	return headings
}

func deliveryRow(d wire.Delivery, named bool) []string {
	row := []string{strconv.FormatInt(d.Recipient, 10), d.ChannelLabel, strconv.Itoa(d.Round), d.StateLabel, cmp.Or(d.ReasonLabel, d.CodeLabel), d.Code, d.Handle,
		strconv.Itoa(d.Tries), fileTime(d.SentAt), fileTime(d.UpdatedAt)}
	if named {
		return slices.Insert(row, 1, d.Resident, d.Phone)
	}
	return row
}

// rowsOf are rows that are all there.
func rowsOf(all [][]string) roster.Rows {
	return func(yield func([]string, error) bool) {
		for _, row := range all {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// fileTime is an instant as spreadsheets take it, in the city's time; "" for none.
func fileTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(broadcast.Zone).Format(time.DateTime)
}

func numberText(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func hiddenOr(n *int) string { return cmp.Or(numberText(n), "不显示") }

func codeText(code string) string {
	if code == "" {
		return ""
	}
	return fmt.Sprintf("（%s）", code)
}
