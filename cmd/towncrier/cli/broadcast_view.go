package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/plaintext"
	"towncrier/staff"
)

// costs are the amounts that are told, in words; when none is, why.
func costs(expected string, cost, most, saved wire.Money) string {
	var told []string
	for _, m := range []struct {
		name string
		wire.Money
	}{{expected, cost}, {"最多", most}, {"先走微信节省", saved}} {
		if m.Amount != nil {
			told = append(told, m.name+strings.TrimPrefix(m.Label, "至多"))
		}
	}
	if len(told) == 0 {
		return cost.Label
	}
	return strings.Join(told, "，")
}

// statusOf is where a broadcast stands, in a few words.
func statusOf(b wire.Broadcast) string {
	text := b.StatusLabel
	if b.Emergency {
		text += "（应急）"
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

var channelNames = map[string]string{"subscription": "微信订阅通知", "template": "微信模板消息", "sms": "短信"}

// printEstimate prints how many an audience has and reaches, and what stands against it.
func printEstimate(w io.Writer, e wire.Estimate) error {
	printCounts(w, e)
	for _, f := range e.Faults {
		printFault(w, f)
	}
	return nil
}

func printCounts(w io.Writer, p wire.Estimate) {
	fmt.Fprintf(w, "发送范围：%s\n", p.People)
	if p.Declared != "" && (p.SelfDeclared == nil || *p.SelfDeclared > 0) {
		fmt.Fprintf(w, "  其中所在社区只是本人自报、没有核实的：%s\n", p.Declared)
	}
	for _, c := range p.First {
		fmt.Fprintf(w, "  先走%s：%s\n", c.Label, c.NLabel)
	}
	for _, c := range p.Left {
		fmt.Fprintf(w, "  不发送，%s：%s\n", c.Label, c.NLabel)
	}
	if p.Twice != "" && (p.Doubles == nil || *p.Doubles > 0) {
		fmt.Fprintf(w, "  可能收到两次：%s（已选择结果不明时改走下一渠道）\n", p.Twice)
	}
	if p.Parts > 0 {
		fmt.Fprintf(w, "短信费用：%s（每条短信按%d条计费）\n", costs("预计", p.Cost, p.CostMost, p.Saved), p.Parts)
	}
}

func printPreview(w io.Writer, p wire.Preview) error {
	printCounts(w, p.Estimate)
	for _, t := range p.Texts {
		fmt.Fprintf(w, "\n%s：\n  %s\n", t.Label, strings.ReplaceAll(plaintext.Printable(t.Text), "\n", "\n  "))
	}
	if len(p.Sample) > 0 {
		fmt.Fprintf(w, "\n随机%d位居民：\n", len(p.Sample))
	}
	for _, s := range p.Sample {
		where := strings.TrimSpace(cmp.Or(s.CommitteeLabel, s.Committee) + " " + plaintext.OneLine(s.Community, 40))
		how := strings.TrimSuffix("不发送，"+s.Label, "，")
		if s.Channel != "" {
			how = channelNames[s.Channel]
		}
		if len(s.Channels) > 0 {
			names := make([]string, len(s.Channels))
			for i, c := range s.Channels {
				names[i] = channelNames[c]
			}
			how = strings.Join(names, "，不成再走")
		}
		fmt.Fprintf(w, "  %s\n", strings.Join(strings.Fields(s.Phone+" "+cmp.Or(where, "（社区不详）")+" "+how), "  "))
	}
	if len(p.Faults) > 0 {
		fmt.Fprintln(w)
	}
	var names []string
	for _, f := range p.Faults {
		printFault(w, f)
		if f.Name != "" {
			names = append(names, f.Name)
		}
	}
	if len(names) > 0 {
		fmt.Fprintf(w, "带名称的提醒，送审和审批都要写明接受：%s\n", strings.TrimSpace(acceptFlags(names)))
	}
	if p.Hash != "" {
		fmt.Fprintf(w, "\n校验值：%s\n", shortHash(p.Hash))
	}
	return nil
}

func printFault(w io.Writer, f wire.BroadcastFault) {
	mark := "必须修改"
	if f.Warning {
		mark = "请留意"
	}
	if f.Name != "" {
		mark += "（" + plaintext.OneLine(f.Name, 300) + "）"
	}
	where := ""
	if f.Channel != "" {
		where = channelNames[f.Channel] + " " + f.Variable + "："
		if f.Variable == "" {
			where = channelNames[f.Channel] + "："
		}
	}
	fmt.Fprintf(w, "%s：%s%s\n", mark, where, plaintext.OneLine(f.Text, 200))
}

func printReport(w io.Writer, r wire.Report) error {
	printBroadcast(w, r.Broadcast)
	if r.Committee != "" {
		fmt.Fprintf(w, "以下只统计%s自己的居民。\n", plaintext.OneLine(cmp.Or(r.CommitteeLabel, r.Committee), 100))
	}
	fmt.Fprintln(w)
	if r.Few {
		fmt.Fprintln(w, "接收人少于10人，不显示统计。")
		return nil
	}
	t := table{}
	for _, c := range r.Counts {
		t.add(cmp.Or(c.ChannelLabel, "不发送的人"), c.StateLabel, c.NLabel)
	}
	if err := t.print(w); err != nil {
		return err
	}
	for _, l := range r.Left {
		fmt.Fprintf(w, "不发送，%s：%s\n", l.Label, l.NLabel)
	}
	for _, f := range r.Failures {
		fmt.Fprintf(w, "%s%s%s：%d\n", f.ChannelLabel, f.StateLabel, because(f.CodeLabel, f.Code), f.N)
	}
	fmt.Fprintf(w, "已送达%d，未了结%d，可能收到两次%d人\n", countOrZero(r.Delivered), countOrZero(r.Open), countOrZero(r.Doubles))
	if r.Parts > 0 {
		fmt.Fprintf(w, "短信费用：%s\n", costs("", r.Cost, r.CostMost, r.Saved))
	}
	for _, note := range notes(r) {
		fmt.Fprintln(w, note)
	}
	return nil
}

// printMessageTexts prints what residents read.
func printMessageTexts(w io.Writer, page wire.Page[wire.MessageText]) error {
	if len(page.Items) == 0 {
		_, err := fmt.Fprintln(w, "还没有填写内容。")
		return err
	}
	for i, t := range page.Items {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s：\n  %s\n", t.Label, strings.ReplaceAll(plaintext.Printable(t.Text), "\n", "\n  "))
		if t.URL != "" {
			fmt.Fprintf(w, "  点击打开：%s\n", plaintext.OneLine(t.URL, 1024))
		}
	}
	return nil
}

func blankLine(w io.Writer) error {
	_, err := fmt.Fprintln(w)
	return err
}

func printReach(w io.Writer, reach []wire.Reach) error {
	t := table{headings: []string{"社区", "名单", "已送达", "可能送达", "待发送", "未送到"}}
	for _, c := range reach {
		row := []string{cmp.Or(plaintext.OneLine(c.CommitteeLabel, 60), c.Committee, "（无社区）")}
		row = append(row, c.RecipientsLabel)
		for _, n := range []*int{c.Delivered, c.Accepted, c.Open, c.Missed} {
			text := "-"
			if n != nil {
				text = strconv.Itoa(*n)
			}
			row = append(row, text)
		}
		t.add(row...)
	}
	return t.print(w)
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
		fmt.Fprintf(w, "%s，模板%s\n", cmp.Or(channelNames[m.Channel], plaintext.OneLine(m.Channel, 20)), plaintext.OneLine(called.TemplateLabel, 100))
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

func printMe(w io.Writer, me wire.Me) error {
	p := me.Staff
	role := cmp.Or(staff.Role(p.Role).Label(), plaintext.OneLine(p.Role, 40))
	if p.Committee != "" {
		role += " " + plaintext.OneLine(p.Committee, 40)
	}
	_, err := fmt.Fprintf(w, "%s（%s，%s）\n权限：%s\n", plaintext.OneLine(p.ID, 40), plaintext.OneLine(p.Name, 40), role, plaintext.OneLine(strings.Join(me.Rights, " "), 1000))
	return err
}

func broadcastPath(id, operation string) string { return pathOf("broadcasts", id, operation) }

// because is what a provider said of a failure, in brackets: in words, when the API has some, and its code.
func because(meaning, code string) string {
	said := slices.DeleteFunc([]string{plaintext.OneLine(meaning, 100), plaintext.OneLine(code, 80)}, func(text string) bool { return text == "" })
	if len(said) == 0 {
		return ""
	}
	return "（" + strings.Join(said, "，") + "）"
}

// notes are what an official should know or can do now, a line each.
func notes(r wire.Report) []string {
	return each(r.Notes, func(note string) string { return "注意：" + plaintext.OneLine(note, 300) })
}

// countOrZero is a count, 0 when it is not told.
func countOrZero(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// nextSteps are what may be done with a broadcast, by its status; %[1]s is the id, %[2]s the hash, %[3]s this program, %[4]s
// the flags that accept what was accepted when it was submitted.
var nextSteps = map[broadcast.Status]string{
	broadcast.Draft:     "送审运行：%[3]s broadcast submit %[1]s\n",
	broadcast.Submitted: "请另一位审批员先看 %[3]s broadcast preview %[1]s，同意就运行：\n  %[3]s broadcast approve %[1]s --hash %[2]s%[4]s\n",
	broadcast.Approved:  "排期运行：%[3]s broadcast schedule %[1]s\n",
	broadcast.Scheduled: "查看进度：%[3]s broadcast status %[1]s --watch\n",
	broadcast.Held: "请没有参与撰写的审批员核对，同意发送就运行：%[3]s broadcast confirm %[1]s\n" +
		"原因要求修改的，改好后重新送审：%[3]s broadcast edit %[1]s\n",
	broadcast.Freezing: "查看进度：%[3]s broadcast status %[1]s --watch\n",
	broadcast.Sending:  "查看进度：%[3]s broadcast status %[1]s --watch\n",
	broadcast.Paused:   "继续发送：%[3]s broadcast resume %[1]s\n",
	broadcast.Done:     "查看结果：%[3]s broadcast report %[1]s\n",
	// What has ended does not go on. It is written anew from what it said.
	broadcast.Cancelled: again,
	broadcast.Expired:   again,
}

const again = "还要发送的，另存后改好时间再新建：\n  %[3]s broadcast show %[1]s --yaml > %[1]s.yaml\n  %[3]s broadcast new --file %[1]s.yaml\n"

// printNext says what may be done now with a broadcast, and by which command.
func printNext(w io.Writer, b wire.Broadcast) {
	if next := nextSteps[broadcast.Status(b.Status)]; next != "" {
		fmt.Fprintf(w, next+"%.0[2]s%.0[3]s%.0[4]s", b.ID, shortHash(b.Hash), program(), acceptFlags(b.Accepted)) // the last three may go unused
	}
}

// acceptFlags are the flags that accept warnings by name, to be typed: each behind a blank.
func acceptFlags(names []string) string {
	var flags strings.Builder
	for i, name := range names {
		if !slices.Contains(names[:i], name) {
			flags.WriteString(" --accept " + plaintext.OneLine(name, 300))
		}
	}
	return flags.String()
}
