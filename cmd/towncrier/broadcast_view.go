package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// broadcastView is what the command reads of the API's broadcasts.
type broadcastView struct {
	ID          string       `json:"id"`
	Status      string       `json:"status"`
	StatusLabel string       `json:"status_label"`
	Why         string       `json:"why"`
	Emergency   bool         `json:"emergency"`
	Proposal    proposalView `json:"proposal"`
	Author      string       `json:"author"`
	Hash        string       `json:"hash"`
	Size        int          `json:"size"`
	Approver    string       `json:"approver"`
	ReleasedAt  time.Time    `json:"released_at"`
	Deadline    time.Time    `json:"deadline"`
	Frozen      int          `json:"frozen"`
	FrozenAt    time.Time    `json:"frozen_at"`
	Round       int          `json:"round"`
	UpdatedAt   time.Time    `json:"updated_at"`
}

// proposalView is what the command reads of what officials wrote.
type proposalView struct {
	Title     string    `json:"title"`
	Window    string    `json:"window"`
	SendAt    time.Time `json:"send_at"`
	Committee string    `json:"committee"`
}

type broadcastPage struct {
	Items []broadcastView `json:"items"`
	Next  string          `json:"next"`
}

type money struct {
	Label string `json:"label"`
}

type labelled struct {
	Label string `json:"label"`
	N     int    `json:"n"`
}

type previewView struct {
	Residents int        `json:"residents"`
	First     []labelled `json:"first"`
	Left      []labelled `json:"left"`
	Doubles   int        `json:"doubles"`
	Parts     int        `json:"parts"`
	Cost      money      `json:"cost"`
	CostMost  money      `json:"cost_most"`
	Saved     money      `json:"saved"`
	Faults    []struct {
		Channel  string `json:"channel"`
		Variable string `json:"variable"`
		Text     string `json:"text"`
		Warning  bool   `json:"warning"`
	} `json:"faults"`
	Texts []struct {
		Label string `json:"label"`
		Text  string `json:"text"`
	} `json:"texts"`
	Sample []struct {
		Phone       string   `json:"phone"`
		Committee   string   `json:"committee"`
		Community   string   `json:"community"`
		Channels    []string `json:"channels"`
		ReasonLabel string   `json:"reason_label"`
	} `json:"sample"`
	Hash string `json:"hash"`
}

type stateCount struct {
	Channel      string `json:"channel"`
	ChannelLabel string `json:"channel_label"`
	State        string `json:"state"`
	StateLabel   string `json:"state_label"`
	N            int    `json:"n"`
}

type reportView struct {
	Broadcast broadcastView `json:"broadcast"`
	Counts    []stateCount  `json:"counts"`
	Left      []labelled    `json:"left"`
	Open      int           `json:"open"`
	Delivered int           `json:"delivered"`
	Doubles   int           `json:"doubles"`
	Parts     int           `json:"parts"`
	Cost      money         `json:"cost"`
	CostMost  money         `json:"cost_most"`
	Saved     money         `json:"saved"`
}

type reachView struct {
	Committee  string `json:"committee"`
	Recipients int    `json:"recipients"`
	Delivered  int    `json:"delivered"`
	Accepted   int    `json:"accepted"`
	Open       int    `json:"open"`
	Missed     int    `json:"missed"`
}

// status is where a broadcast stands, in a few words.
func (b broadcastView) status() string {
	text := b.StatusLabel
	if b.Emergency {
		text += "（应急）"
	}
	if b.Why != "" {
		text += "：" + oneLine(b.Why, 200)
	}
	return text
}

// when is when a broadcast goes.
func (b broadcastView) when() string {
	at := "排期后立即发送"
	if !b.Proposal.SendAt.IsZero() {
		at = shown(b.Proposal.SendAt) + " 起"
	}
	if b.Emergency {
		return at + "，不受时段限制"
	}
	return at + "，每天 " + b.Proposal.Window + " 之间"
}

func printBroadcast(w io.Writer, b broadcastView) {
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s：%s\n", name, value)
		}
	}
	field("编号", b.ID)
	field("标题", oneLine(b.Proposal.Title, 60))
	field("状态", b.status())
	field("发送", b.when())
	field("截止", shown(b.Deadline))
	field("社区", b.Proposal.Committee)
	field("撰稿", b.Author)
	if b.Size > 0 {
		field("人数", fmt.Sprintf("%d（送审时）", b.Size))
	}
	if b.Frozen > 0 {
		text := fmt.Sprintf("已写入%d人", b.Frozen)
		if !b.FrozenAt.IsZero() {
			text = fmt.Sprintf("共%d人", b.Frozen)
		}
		field("名单", text)
	}
	if b.Round > 1 {
		field("补发", fmt.Sprintf("第%d轮", b.Round))
	}
	field("审批", b.Approver)
	field("校验值", b.Hash)
}

func printBroadcasts(w io.Writer, page broadcastPage) error {
	if len(page.Items) == 0 {
		_, err := fmt.Fprintln(w, "没有符合条件的群发。")
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "编号\t状态\t发送\t人数\t撰稿\t标题")
	for _, b := range page.Items {
		label := b.StatusLabel
		if b.Emergency {
			label += "（应急）"
		}
		at := "-"
		if !b.Proposal.SendAt.IsZero() {
			at = shown(b.Proposal.SendAt)
		} else if !b.ReleasedAt.IsZero() {
			at = shown(b.ReleasedAt)
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%d\t%s\t%s\n", b.ID, label, at, max(b.Size, b.Frozen), b.Author, oneLine(b.Proposal.Title, 40))
	}
	if err := tw.Flush(); err != nil || page.Next == "" {
		return err
	}
	_, err := fmt.Fprintf(w, "还有更多：加 --after %s 继续。\n", page.Next)
	return err
}

var channelNames = map[string]string{"subscription": "微信订阅通知", "template": "微信模板消息", "sms": "短信"}

func printPreview(w io.Writer, p previewView) {
	fmt.Fprintf(w, "发送范围：%d人\n", p.Residents)
	for _, c := range p.First {
		fmt.Fprintf(w, "  先走%s：%d人\n", c.Label, c.N)
	}
	for _, c := range p.Left {
		fmt.Fprintf(w, "  不发送，%s：%d人\n", c.Label, c.N)
	}
	if p.Doubles > 0 {
		fmt.Fprintf(w, "  可能收到两次：%d人（已选择结果不明时改走下一渠道）\n", p.Doubles)
	}
	if p.Parts > 0 {
		fmt.Fprintf(w, "短信费用：预计%s，最多%s，先走微信节省%s（每条短信按%d条计费）\n", p.Cost.Label, p.CostMost.Label, p.Saved.Label, p.Parts)
	}
	for _, t := range p.Texts {
		fmt.Fprintf(w, "\n%s：\n  %s\n", t.Label, strings.ReplaceAll(printable(t.Text), "\n", "\n  "))
	}
	if len(p.Sample) > 0 {
		fmt.Fprintf(w, "\n随机%d位居民：\n", len(p.Sample))
	}
	for _, s := range p.Sample {
		where := strings.TrimSpace(s.Committee + " " + oneLine(s.Community, 40))
		how := "不发送，" + s.ReasonLabel
		if len(s.Channels) > 0 {
			names := make([]string, len(s.Channels))
			for i, c := range s.Channels {
				names[i] = channelNames[c]
			}
			how = strings.Join(names, "，不成再走")
		}
		number := s.Phone
		if number == "" {
			number = "无手机号"
		}
		fmt.Fprintf(w, "  %s  %s  %s\n", number, where, how)
	}
	if len(p.Faults) > 0 {
		fmt.Fprintln(w)
	}
	for _, f := range p.Faults {
		mark := "必须修改"
		if f.Warning {
			mark = "请留意"
		}
		where := ""
		if f.Channel != "" {
			where = channelNames[f.Channel] + " " + f.Variable + "："
			if f.Variable == "" {
				where = channelNames[f.Channel] + "："
			}
		}
		fmt.Fprintf(w, "%s：%s%s\n", mark, where, oneLine(f.Text, 200))
	}
	if p.Hash != "" {
		fmt.Fprintf(w, "\n校验值：%s\n", p.Hash)
	}
}

func printReport(w io.Writer, r reportView, reach []reachView) error {
	printBroadcast(w, r.Broadcast)
	fmt.Fprintln(w)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range r.Counts {
		name := c.ChannelLabel
		if name == "" {
			name = "没有渠道"
		}
		fmt.Fprintf(tw, "%s\t%s\t%d\n", name, c.StateLabel, c.N)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	for _, l := range r.Left {
		fmt.Fprintf(w, "不发送，%s：%d\n", l.Label, l.N)
	}
	fmt.Fprintf(w, "已送达%d，未了结%d，可能收到两次%d人\n", r.Delivered, r.Open, r.Doubles)
	if r.Parts > 0 {
		fmt.Fprintf(w, "短信费用：%s，最多%s，先走微信节省%s\n", r.Cost.Label, r.CostMost.Label, r.Saved.Label)
	}
	if len(reach) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	fmt.Fprintln(tw, "社区\t名单\t已送达\t可能送达\t待发送\t未送到")
	for _, c := range reach {
		name := c.Committee
		if name == "" {
			name = "（无社区）"
		}
		fmt.Fprintf(tw, "%s\t%d\t%d\t%d\t%d\t%d\n", name, c.Recipients, c.Delivered, c.Accepted, c.Open, c.Missed)
	}
	return tw.Flush()
}
