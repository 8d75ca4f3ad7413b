package cli

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/plaintext"
)

func emergencyCommand(opt *options) *cobra.Command {
	b := emergencyCommands{&apiCommands{opt: opt}}
	cmd := &cobra.Command{
		Use:   "emergency",
		Short: "应急公告：一次写好公告、答复和群发，一人审批，立即发布",
		Long: "停水、停电这样等不得的事：用本市的模板填几项，一次写好公告、答复和群发；没有写过它的一位审批员按一个校验值批准，随即发布并发送；" +
			"其他审批员同时收到短信，可以暂停。恢复后一个人办一次结束：撤回公告，停止发送，告诉居民已经结束。",
	}
	b.addFlags(cmd)
	cmd.AddCommand(b.templates(), b.declare(), b.list(), b.show(), b.approve(), b.pause(), b.resume(), b.end(), b.drop())
	return cmd
}

// emergencyCommands are the commands about emergencies, over the API.
type emergencyCommands struct{ *apiCommands }

func (b emergencyCommands) templates() *cobra.Command {
	return &cobra.Command{
		Use: "templates", Short: "列出应急模板和要填的项目", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, "/emergencies/templates", nil, printEmergencyTemplates)
		},
	}
}

func printEmergencyTemplates(w io.Writer, page wire.Page[wire.EmergencyTemplate]) error {
	if len(page.Items) == 0 {
		_, err := fmt.Fprintln(w, "这座城市没有应急模板：写在内容文件夹的 emergencies/ 里。")
		return err
	}
	for _, t := range page.Items {
		fmt.Fprintf(w, "%s（%s）\n", plaintext.OneLine(t.Title, 40), t.ID)
		for _, f := range t.Fields {
			note := "时间"
			if f.Max > 0 {
				note = fmt.Sprintf("最多%d个字", f.Max)
			}
			if f.Optional {
				note += "，可以不填：" + plaintext.OneLine(f.Unsaid, 60)
			}
			if _, err := fmt.Fprintf(w, "  --%s  %s（%s）\n", f.ID, plaintext.OneLine(f.Label, 40), note); err != nil {
				return err
			}
		}
	}
	return nil
}

// usualFields are those that templates have as a rule; others are written with --field.
var usualFields = []struct{ id, usage string }{
	{"what", "发生了什么"}, {"where", "影响哪里"}, {"since", "什么时候开始，例如 19:00"}, {"until", "预计什么时候恢复，例如 \"明天6:00\"；还不知道就不写"},
	{"advice", "请居民怎么做"}, {"issuer", "由谁发布"},
}

func (b emergencyCommands) declare() *cobra.Command {
	values := make([]string, len(usualFields))
	var more []string
	var audience audienceFlags
	var preview bool
	cmd := &cobra.Command{
		Use: "new TEMPLATE", Short: "写一个应急公告，送审并通知审批员", Args: cobra.ExactArgs(1),
		Long: "用本市的模板（见 towncrier emergency templates）填几项，一次写好公告、答复和群发，送审并用短信通知审批员。--preview 只看会写成什么样，不保存。\n" +
			"时间写 19:00（今天）、\"明天6:00\" 或 \"2026-11-30 19:00\"。发送范围写一个或几个，写几个的合在一起发。",
		Example: "  towncrier emergency new 停水 --what 供水主管道爆裂 --where 示例路 --since 19:00 --advice 请提前储水 --issuer 示例供水公司 --community 示例小区",
		RunE: func(cmd *cobra.Command, args []string) error {
			body := wire.DeclareEmergency{Template: args[0], Fields: map[string]string{}, Audience: audience.rule()}
			for i, f := range usualFields {
				if cmd.Flags().Changed(f.id) {
					body.Fields[f.id] = values[i]
				}
			}
			for _, field := range more {
				id, value, ok := strings.Cut(field, "=")
				if !ok {
					return &usageError{cmd.CommandPath(), fmt.Errorf("--field 写成 项目=内容，例如 --field where=示例路")}
				}
				body.Fields[id] = value
			}
			path := "/emergencies"
			if preview {
				path += "/preview"
			}
			return answered(b.apiCommands, cmd, http.MethodPost, path, body, func(w io.Writer, e wire.Emergency) error {
				if preview {
					return printEmergencyPreview(w, e)
				}
				return printEmergency(w, e)
			})
		},
	}
	for i, f := range usualFields {
		cmd.Flags().StringVar(&values[i], f.id, "", f.usage)
	}
	cmd.Flags().StringArrayVar(&more, "field", nil, "模板的其他项目，写成 项目=内容，可以写几次")
	audience.add(cmd)
	cmd.Flags().BoolVar(&preview, "preview", false, "只看会写成什么样，不保存，不通知")
	return cmd
}

// audienceFlags choose residents: all that any of them chooses.
type audienceFlags struct {
	all                                                    bool
	areas, streets, committees, communities, tags, byTopic []string
}

func (a *audienceFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.all, "all", false, "发给全体居民")
	for _, f := range a.lists() {
		cmd.Flags().StringArrayVar(f.values, f.name, nil, f.usage)
	}
}

type audienceFlag struct {
	name, usage string
	values      *[]string
	rule        func(string) wire.Rule
}

func (a *audienceFlags) lists() []audienceFlag {
	return []audienceFlag{
		{"area", "发给这个区县，可以写几次", &a.areas, func(v string) wire.Rule { return wire.Rule{Area: v} }},
		{"street", "发给这个街道，可以写几次", &a.streets, func(v string) wire.Rule { return wire.Rule{Street: v} }},
		{"committee", "发给这个居委会，写代码或名称，可以写几次", &a.committees, func(v string) wire.Rule { return wire.Rule{Committee: v} }},
		{"community", "发给这个小区，可以写几次", &a.communities, func(v string) wire.Rule { return wire.Rule{Community: v} }},
		{"tag", "发给有这个标签的居民，可以写几次", &a.tags, func(v string) wire.Rule { return wire.Rule{Tag: v} }},
		{"topic", "发给订阅了这个主题的居民，可以写几次", &a.byTopic, func(v string) wire.Rule { return wire.Rule{Topic: v} }},
	}
}

func (a *audienceFlags) rule() wire.Rule {
	var rules []wire.Rule
	if a.all {
		rules = append(rules, wire.Rule{All: true})
	}
	for _, f := range a.lists() {
		for _, value := range *f.values {
			rules = append(rules, f.rule(value))
		}
	}
	switch len(rules) {
	case 0:
		return wire.Rule{}
	case 1:
		return rules[0]
	}
	return wire.Rule{Or: rules}
}

func (b emergencyCommands) list() *cobra.Command {
	var status []string
	cmd := &cobra.Command{
		Use: "list", Short: "列出应急公告，新的在前", Args: cobra.NoArgs, Example: "  towncrier emergency list --status 待审批",
		RunE: func(cmd *cobra.Command, _ []string) error {
			query := "?limit=200"
			for _, s := range status {
				query += "&" + queryOf(map[string]string{"status": s})[1:]
			}
			return answered(b.apiCommands, cmd, http.MethodGet, "/emergencies"+query, nil, func(w io.Writer, page wire.Page[wire.Emergency]) error {
				return list[wire.Emergency]{
					headings: []string{"编号", "状态", "写于", "标题", "撰写", "校验值"},
					row: func(e wire.Emergency) []string {
						return []string{e.ID, e.StatusLabel, formatTime(e.DeclaredAt), plaintext.OneLine(e.Says.Headline, 60), named(e.AuthorName, e.Author), shortHash(e.Hash)}
					},
					none: "没有应急公告。",
				}.print(w, page.Items)
			})
		},
	}
	cmd.Flags().Var(listFlag(&status), "status", "只要这些状态的：待审批、已批准，正在发布、已发布、正在结束、已结束、已作废")
	return cmd
}

func (b emergencyCommands) show() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "看一个应急公告会发布、答复和发送什么", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, pathOf("emergencies", args[0], ""), nil, printEmergency)
		},
	}
}

func (b emergencyCommands) approve() *cobra.Command {
	var body wire.ApproveEmergency
	cmd := b.step("approve", "按校验值批准：随即发布并发送", "已批准", func() any { return body })
	cmd.Example = "  towncrier emergency approve EABCDEFGHIJ --hash 0123456789ab"
	cmd.Flags().StringVar(&body.Hash, "hash", "", "您看过的校验值，至少前12位：见 towncrier emergency show")
	required(cmd, "hash")
	return cmd
}

func (b emergencyCommands) pause() *cobra.Command {
	var body wire.OptionalReason
	cmd := b.step("pause", "暂停发送；已发布的公告和答复不受影响", "已暂停", func() any { return body })
	cmd.Flags().StringVar(&body.Why, "why", "", "原因，给同事看")
	return cmd
}

func (b emergencyCommands) resume() *cobra.Command {
	return b.step("resume", "继续发送", "已继续", func() any { return nil })
}

func (b emergencyCommands) end() *cobra.Command {
	cmd := b.step("end", "结束：撤回公告，停止发送，告诉居民已经结束", "已结束", func() any { return nil })
	cmd.Long = "先列出结束会怎样：哪个答复改说已经结束，停止哪些群发，结束的通知发给多少人、走哪个渠道、写什么；加 --yes 才结束，不能撤销。"
	cmd.Example = "  towncrier emergency end EABCDEFGHIJ\n  towncrier emergency end EABCDEFGHIJ --yes"
	var yes bool
	cmd.Flags().BoolVar(&yes, "yes", false, "确认结束")
	act := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if yes {
			return act(cmd, args)
		}
		if err := answered(b.apiCommands, cmd, http.MethodGet, pathOf("emergencies", args[0], "end"), nil, printEmergencyEnd); err != nil {
			return err
		}
		return errors.New("还没有结束：确认结束请加 --yes")
	}
	return cmd
}

func (b emergencyCommands) drop() *cobra.Command {
	var body wire.Reason
	cmd := b.step("drop", "作废一个还没有批准的应急公告", "已作废", func() any { return body })
	cmd.Flags().StringVar(&body.Why, "why", "", "原因，给同事看")
	required(cmd, "why")
	return cmd
}

// step is a command that does one thing to an emergency.
func (b emergencyCommands) step(use, short, said string, body func() any) *cobra.Command {
	return &cobra.Command{
		Use: use + " ID", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodPost, pathOf("emergencies", args[0], use), body(), func(w io.Writer, e wire.Emergency) error {
				fmt.Fprintf(w, "%s。\n", said)
				return printEmergencyState(w, e)
			})
		},
	}
}
