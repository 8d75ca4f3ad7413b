package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/plaintext"
)

// statusOf is where a broadcast stands, in a few words.
func statusOf(b wire.Broadcast) string {
	text := b.StatusLabel
	if b.Emergency {
		text += "（应急）"
	}
	if b.Status == "draft" && b.Why != "" {
		return text + "，已退回：" + plaintext.OneLine(b.Why, 200)
	}
	if b.Why != "" {
		text += "：" + plaintext.OneLine(b.Why, 200)
	}
	return text
}

// sendTime is when a broadcast goes.
func sendTime(b wire.Broadcast) string {
	at := "排期后立即发送"
	if !b.Proposal.SendAt.IsZero() {
		at = formatTime(b.Proposal.SendAt) + " 起"
	}
	if b.Emergency {
		return at + "，不受时段限制"
	}
	return at + "，每天 " + b.Proposal.Window + " 之间"
}

func printBroadcast(w io.Writer, b wire.Broadcast) {
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s：%s\n", name, value)
		}
	}
	field("编号", b.ID)
	field("标题", plaintext.OneLine(b.Proposal.Title, 60))
	field("状态", statusOf(b))
	if !b.PutBackAt.IsZero() {
		field("提醒", "数据库已恢复到 "+formatTime(b.PutBackAt)+" 的备份，此后这条群发可能已经发出")
	}
	field("发送", sendTime(b))
	field("截止", formatTime(b.Deadline))
	field("社区", plaintext.OneLine(cmp.Or(b.CommitteeLabel, b.Proposal.Committee), 100))
	field("撰稿", colleague(b.AuthorLabel, b.Author))
	if others := each(b.EditorLabels, func(label string) string { return plaintext.OneLine(label, 80) }); len(others) > 1 {
		field("一起写的", strings.Join(others[1:], "、"))
	}
	if b.Hash != "" {
		field("人数", b.SizeLabel+"（送审时）")
	}
	switch {
	case !b.FrozenAt.IsZero():
		field("名单", "共"+b.FrozenLabel)
	case !b.BegunAt.IsZero():
		field("名单", "已写入"+b.FrozenLabel)
	}
	if b.Round > 1 {
		field("补发", fmt.Sprintf("第%d轮", b.Round))
	}
	field("已接受的提醒", plaintext.OneLine(strings.Join(b.Accepted, "、"), 400))
	for _, f := range b.Warnings {
		printFault(w, f)
	}
	field("复审", colleague(b.ReviewerLabel, b.Reviewer))
	field("审批", colleague(b.ApproverLabel, b.Approver))
	field("再次确认", colleague(b.ConfirmerLabel, b.Confirmer))
	field("校验值", shortHash(b.Hash))
}

// colleague is somebody by name and id.
func colleague(label, id string) string { return plaintext.OneLine(cmp.Or(label, id), 80) }

// shortHash is as many digits of a hash as approve needs.
func shortHash(hash string) string { return hash[:min(len(hash), 12)] }

// fullHash has a command print the hash whole, too.
func fullHash(cmd *cobra.Command) (print func(w io.Writer, hash string)) {
	var full bool
	cmd.Flags().BoolVar(&full, "full", false, "显示完整的校验值；审批时写前12位就够")
	return func(w io.Writer, hash string) {
		if full && hash != "" {
			fmt.Fprintf(w, "完整校验值：%s\n", hash)
		}
	}
}

// channelName is what officials call a channel; what is none stays as it is.
func channelName(channel string) string {
	return cmp.Or(broadcast.Channel(channel).Label(), plaintext.OneLine(channel, 20))
}

// printProposal prints a broadcast's content and audience.
func printProposal(w io.Writer, p wire.Proposal, labels wire.Labels) {
	fmt.Fprintf(w, "范围：%s\n", cmp.Or(plaintext.OneLine(labels.AudienceLabel, 400), audienceText(p.Audience)))
	if len(p.Cites) > 0 {
		fmt.Fprintf(w, "依据：%s\n", strings.Join(each(p.Cites, wire.Cite.String), "、"))
	}
	if p.Topic != "" {
		fmt.Fprintf(w, "主题：%s\n", plaintext.OneLine(cmp.Or(labels.TopicLabel, p.Topic), 100))
	}
	if p.Fallback.WaitMinutes > 0 {
		fmt.Fprintf(w, "换渠道：%d分钟没有回执就走下一渠道\n", p.Fallback.WaitMinutes)
	}
	if p.Fallback.Doubtful {
		fmt.Fprintln(w, "换渠道：结果不明时也走下一渠道，有人可能收到两次")
	}
	for i, m := range p.Messages {
		called := wire.MessageLabels{TemplateLabel: m.Template}
		if i < len(labels.MessageLabels) {
			called = labels.MessageLabels[i]
		}
		fmt.Fprintf(w, "%s，模板%s\n", channelName(m.Channel), plaintext.OneLine(called.TemplateLabel, 100))
		left := maps.Clone(m.Data)
		for _, v := range called.Variables {
			if value, ok := left[v.Name]; ok {
				fmt.Fprintf(w, "  %s：%s\n", plaintext.OneLine(v.Label, 40), plaintext.OneLine(value, 200))
				delete(left, v.Name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(left)) { // that the template does not have
			fmt.Fprintf(w, "  %s：%s\n", plaintext.OneLine(name, 40), plaintext.OneLine(left[name], 200))
		}
		if m.URL != "" {
			fmt.Fprintf(w, "  点击打开：%s\n", plaintext.OneLine(m.URL, 1024))
		}
	}
}

// audienceText is a rule as a file says it, on one line.
func audienceText(rule wire.Rule) string {
	if reflect.ValueOf(rule).IsZero() {
		return "（没有）"
	}
	text, err := yaml.MarshalWithOptions(rule, yaml.Flow(true))
	if err != nil {
		return "（无法显示）"
	}
	return plaintext.OneLine(string(text), 400)
}
