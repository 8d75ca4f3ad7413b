package cli

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/plaintext"
)

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
			how = channelName(s.Channel)
		}
		if len(s.Channels) > 0 {
			names := make([]string, len(s.Channels))
			for i, c := range s.Channels {
				names[i] = channelName(c)
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
		where = channelName(f.Channel) + " " + f.Variable + "："
		if f.Variable == "" {
			where = channelName(f.Channel) + "："
		}
	}
	fmt.Fprintf(w, "%s：%s%s\n", mark, where, plaintext.OneLine(f.Text, 200))
}

func (b broadcastCommands) preview() *cobra.Command {
	var printFull func(io.Writer, string)
	cmd := &cobra.Command{
		Use:   "preview ID",
		Short: "预览人数、渠道、内容、费用和提醒",
		Long:  "预览现在能发给多少居民、走哪些渠道、内容和费用，以及提醒，例如平台不会接受的内容。不会发送。送审之后，审批员按最后显示的校验值批准。",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, broadcastPath(args[0], "preview"), nil, func(w io.Writer, p wire.Preview) error {
				err := printPreview(w, p)
				printFull(w, p.Hash)
				return err
			})
		},
	}
	printFull = fullHash(cmd)
	return cmd
}

func (b broadcastCommands) texts() *cobra.Command {
	return &cobra.Command{
		Use:   "texts ID",
		Short: "查看居民在各渠道看到的成文内容",
		Long:  "查看居民在各渠道看到的成文内容：短信带签名，微信消息带点开的链接。市里发给本社区居民的，排期之后社区工作者也能看。",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, broadcastPath(args[0], "texts"), nil, printMessageTexts)
		},
	}
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
