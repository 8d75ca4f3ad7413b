package cli

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/plaintext"
)

// audienceCommands are the commands about whom broadcasts are for.
type audienceCommands struct{ *apiCommands }

func (b audienceCommands) facets() *cobra.Command {
	var kind, search, after string
	var limit int
	cmd := &cobra.Command{
		Use:     "facets",
		Short:   "列出可以按什么选择居民，各有多少人",
		Long:    "列出可以按什么选择居民，各有多少人（按十人取整，最多是一分钟前的数）：区县、街道、居委会、小区、标签和主题。居委会没有登记的小区，满十人才列出。",
		Example: "  towncrier broadcast facets\n  towncrier broadcast facets --kind 小区 --search 花园",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			query := queryOf(map[string]string{"kind": kind, "search": search, "after": after, "limit": strconv.Itoa(limit)})
			return answered(b.apiCommands, cmd, http.MethodGet, "/facets"+query, nil, printFacets)
		},
	}
	cmd.Flags().StringVar(&kind, "kind", "", "只列一类：区县、街道、社区居委会、小区、标签或主题")
	cmd.Flags().StringVar(&search, "search", "", "只列名称或代码里有这些字的")
	cmd.Flags().StringVar(&after, "after", "", "从 --kind 上次列到的地方接着列，按提示填写")
	cmd.Flags().IntVar(&limit, "limit", 50, "每类最多列出多少条，不超过200")
	return cmd
}

func printFacets(w io.Writer, f wire.Facets) error {
	fmt.Fprintf(w, "居民：%s（统计于%s）\n", f.ResidentsLabel, formatTime(f.CountedAt))
	for _, g := range f.Groups {
		fmt.Fprintf(w, "\n%s（%s）\n", g.Label, g.Kind)
		err := list[wire.Facet]{
			headings: []string{"名称", "代码", "人数"},
			row: func(f wire.Facet) []string {
				code := "-"
				if f.Value != f.Name {
					code = f.Value
				}
				return []string{plaintext.OneLine(f.Name, 40), plaintext.OneLine(code, 40), f.NLabel}
			},
			none: "没有。",
		}.print(w, g.Items)
		if err != nil {
			return err
		}
		if g.Next != "" {
			fmt.Fprintf(w, "还有更多：加 --kind %s --after %s 继续，或用 --search 查找。\n", g.Kind, g.Next)
		}
	}
	return nil
}

func (b audienceCommands) estimate() *cobra.Command {
	var file string
	var all bool
	var body wire.EstimateAudience
	conditions := map[string]*[]string{"area": {}, "street": {}, "committee": {}, "community": {}, "tag": {}}
	cmd := &cobra.Command{
		Use:   "estimate --topic TOPIC --channel CHANNEL (--all | --community NAME … | --file RULE.yaml)",
		Short: "不写草稿，先估算群发的人数和费用",
		Long: "估算现在能发给多少居民：按首选渠道列出，并说明哪些人不发送、为什么，以及短信费用。不保存，也不发送。\n" +
			"同一选项写几个值，范围变大；写几种选项，范围变小。文件的写法与群发文件里的 audience 相同：{and: [{street: 河东街道}, {not: {tag: 独居}}]}。",
		Example: "  towncrier broadcast estimate --topic dogs --channel template,sms --community 花园小区,北院\n" +
			"  towncrier broadcast estimate --topic dogs --channel sms --file rule.yaml",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			switch {
			case file != "":
				if body.Audience, err = readRule(file, cmd.InOrStdin()); err != nil {
					return err
				}
			case all:
				body.Audience = wire.Rule{All: true}
			default:
				body.Audience = ruleOfFlags(conditions)
			}
			return answered(b.apiCommands, cmd, http.MethodPost, "/audience/estimate", body, printEstimate)
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "写明范围的 YAML 文件（写 - 从标准输入读取）")
	cmd.Flags().BoolVar(&all, "all", false, "全部居民")
	for _, name := range ruleFlags {
		cmd.Flags().Var(listFlag(conditions[name]), name, "只选这些"+broadcast.FacetKind(name).Label()+"的居民，几个用逗号隔开")
	}
	cmd.Flags().StringVar(&body.Topic, "topic", "", "主题的编号或名称（必填）")
	cmd.Flags().Var(listFlag(&body.Channels), "channel", "渠道：短信、微信模板消息、微信订阅通知，几个用逗号隔开（必填）")
	cmd.Flags().StringVar(&body.Template, "template", "", "微信订阅通知的模板，本市有几个时要写")
	cmd.Flags().IntVar(&body.Parts, "parts", 0, "一条短信按几条计费（不写：1条）")
	cmd.Flags().BoolVar(&body.Emergency, "emergency", false, "按应急群发估算，不受接收次数限制")
	required(cmd, "topic", "channel")
	cmd.MarkFlagsOneRequired(append([]string{"file", "all"}, ruleFlags...)...)
	cmd.MarkFlagsMutuallyExclusive("file", "all")
	for _, name := range ruleFlags {
		cmd.MarkFlagsMutuallyExclusive("file", name)
		cmd.MarkFlagsMutuallyExclusive("all", name)
	}
	return cmd
}

// ruleFlags are the flags that choose residents, in the order in which their conditions stand.
var ruleFlags = []string{"area", "street", "committee", "community", "tag"}

// ruleOfFlags is every flag's condition, each of which one of its values meets.
func ruleOfFlags(flags map[string]*[]string) wire.Rule {
	var conditions []wire.Rule
	for _, name := range ruleFlags {
		values := each(*flags[name], func(value string) wire.Rule {
			return map[string]wire.Rule{"area": {Area: value}, "street": {Street: value}, "committee": {Committee: value}, "community": {Community: value}, "tag": {Tag: value}}[name]
		})
		switch len(values) {
		case 0:
		case 1:
			conditions = append(conditions, values[0])
		default:
			conditions = append(conditions, wire.Rule{Or: values})
		}
	}
	if len(conditions) == 1 {
		return conditions[0]
	}
	return wire.Rule{And: conditions}
}

// readRule reads a file, or in for "-". What the rule says is the server's to judge.
func readRule(path string, in io.Reader) (rule wire.Rule, err error) {
	text, err := readWhole(path, in)
	if err != nil {
		return rule, fmt.Errorf("--file：%w", err)
	}
	err = readYAML(text, &rule)
	switch {
	case errors.Is(err, io.EOF):
		return rule, fmt.Errorf("%s：是空的，要写发送范围，例如 community: 花园小区", path)
	case err != nil && underAudience.Match(text):
		return rule, fmt.Errorf("%s 写得不对：这里只写发送范围本身：去掉 audience 和其他各项，例如只写 community: 花园小区", path)
	case err != nil:
		return rule, fmt.Errorf("%s 写得不对：%w", path, err)
	}
	return rule, nil
}

// underAudience is how an audience stands in the file of a broadcast.
var underAudience = regexp.MustCompile(`(?m)^audience\s*:`)
