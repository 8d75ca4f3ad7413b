package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/broadcast"
)

// residentFilter is whom a list or an export is narrowed to.
type residentFilter struct {
	committee, community, tag, consent, hasPhone, hasWeChat string
	updatedSince                                            time.Time
}

var residentFilterFlags = []string{"committee", "community", "tag", "consent", "has-phone", "has-wechat", "updated-since"}

func (f *residentFilter) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.committee, "committee", "", "只要这个居委会的居民，写代码或名称")
	cmd.Flags().StringVar(&f.community, "community", "", "只要这个小区的居民")
	cmd.Flags().StringVar(&f.tag, "tag", "", "只要有这个标签的")
	cmd.Flags().StringVar(&f.consent, "consent", "", "只要同意过这一项的：接收通知或保存手机号")
	cmd.Flags().StringVar(&f.hasPhone, "has-phone", "", "true 或 false")
	cmd.Flags().StringVar(&f.hasWeChat, "has-wechat", "", "是否关注公众号：true 或 false")
	cmd.Flags().Var(dayFlag(&f.updatedSince, 0), "updated-since", "只要这一天或这个时间以后有变动的")
}

func (f *residentFilter) query(more map[string]string) string {
	wanted := map[string]string{"committee": f.committee, "community": f.community, "tag": f.tag, "consent": f.consent,
		"has_phone": f.hasPhone, "has_wechat": f.hasWeChat}
	if !f.updatedSince.IsZero() {
		wanted["updated_since"] = f.updatedSince.Format(time.RFC3339)
	}
	for name, value := range more {
		wanted[name] = value
	}
	return queryOf(wanted)
}

// residentCommands are the commands about residents.
type residentCommands struct{ *apiCommands }

func (b residentCommands) list() *cobra.Command {
	var filter residentFilter
	var after string
	limit := 50
	cmd := &cobra.Command{
		Use: "list", Short: "列出居民，按登记先后", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			query := filter.query(map[string]string{"after": after, "limit": strconv.Itoa(limit)})
			return answered(b.apiCommands, cmd, http.MethodGet, "/residents"+query, nil, printResidents)
		},
	}
	filter.add(cmd)
	cmd.Flags().StringVar(&after, "after", "", "从上一页结束的地方接着列，按提示填写")
	cmd.Flags().Var(intFlag(&limit, 1, 200), "limit", "最多列出多少条")
	return cmd
}

func (b residentCommands) show() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "查看一位居民", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, pathOf("residents", args[0], ""), nil, printResident)
		},
	}
}

func (b residentCommands) search() *cobra.Command {
	return &cobra.Command{
		Use: "search", Short: "按手机号查找居民，号码从标准输入读取", Args: noNumber,
		Long: "按手机号查找居民。号码从标准输入读取，写在命令里会被同机的人看到。谁查过都记入审计日志；每小时最多查30次。",
		RunE: func(cmd *cobra.Command, _ []string) error {
			number, err := askNumber(cmd)
			if err != nil {
				return err
			}
			return answered(b.apiCommands, cmd, http.MethodPost, "/residents/search", wire.SearchResidents{Phone: number}, printResident)
		},
	}
}

// noNumber refuses a number on the command line, where others on the machine read it.
func noNumber(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &usageError{cmd.CommandPath(), fmt.Errorf("号码不要写在命令行上，别的用户看得到：先执行 %s，再按提示输入", cmd.CommandPath())}
	}
	return nil
}

// askNumber reads a phone number from standard input.
func askNumber(cmd *cobra.Command) (string, error) {
	fmt.Fprint(cmd.ErrOrStderr(), "请输入手机号：")
	line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	fmt.Fprintln(cmd.ErrOrStderr())
	if line = strings.TrimSpace(line); line != "" {
		return line, nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return "", errors.New("没有读到手机号：请在提示之后输入，或从标准输入给出")
}

// consentFlags are a consent to be sent notices.
type consentFlags struct {
	basis, how string
	date       time.Time
}

func (f *consentFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.basis, "basis", "", "发送通知的依据：同意、法定职责或应急")
	cmd.Flags().StringVar(&f.how, "how", "", "同意的方式，例如 纸质")
	cmd.Flags().Var(dateFlag(&f.date), "date", "同意的日期，例如 2026-01-05（不写：现在）")
	cmd.MarkFlagsRequiredTogether("basis", "how")
}

func (f *consentFlags) consents() []wire.Consent {
	if f.basis == "" {
		return nil
	}
	return []wire.Consent{{What: "notices", Basis: f.basis, How: f.how, At: f.date}}
}

// dateFlag is a day in the city.
func dateFlag(into *time.Time) pflag.Value {
	return &value[time.Time]{into, "date", func(text string) (time.Time, error) {
		day, err := time.ParseInLocation(time.DateOnly, text, broadcast.Zone)
		if err != nil {
			return time.Time{}, errors.New("日期写成 2026-01-05 这样")
		}
		return day.UTC(), nil
	}, ""}
}

func (b residentCommands) add() *cobra.Command {
	var body wire.CreateResident
	var consent consentFlags
	cmd := &cobra.Command{
		Use: "add", Short: "登记一位居民，手机号从标准输入读取", Args: noNumber,
		Example: "  towncrier roster add --committee C001 --community 幸福苑 --basis 同意 --how 纸质 --date 2026-01-05",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if body.Phone, err = askNumber(cmd); err != nil {
				return err
			}
			body.Consents = consent.consents()
			return answered(b.apiCommands, cmd, http.MethodPost, "/residents", body, printResident)
		},
	}
	cmd.Flags().StringVar(&body.Committee, "committee", "", "所属居委会的代码或名称；社区工作者可以不写")
	cmd.Flags().StringVar(&body.Community, "community", "", "居住的小区")
	cmd.Flags().Var(listFlag(&body.Tags), "tag", "标签，几个用逗号隔开")
	consent.add(cmd)
	return cmd
}

func (b residentCommands) change() *cobra.Command {
	var number, committee, community string
	var tags []string
	var consent consentFlags
	cmd := &cobra.Command{
		Use:   "change ID",
		Short: "修改居民：没有写的不变",
		Long:  "修改居民，没有写的不变。--phone - 从标准输入读取新号码，--phone \"\" 去掉号码；--tag 替换全部标签，--tag \"\" 去掉全部标签。",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			body := wire.ChangeResident{Consents: consent.consents()}
			given := cmd.Flags().Changed
			if given("committee") {
				body.Committee = &committee
			}
			if given("community") {
				body.Community = &community
			}
			if given("tag") {
				body.Tags = &tags
			}
			if given("phone") {
				switch number {
				case "":
				case "-":
					if number, err = askNumber(cmd); err != nil {
						return err
					}
				default:
					return &usageError{cmd.CommandPath(), errors.New("--phone：号码不要写在命令行上，别的用户看得到；写成 --phone - 再输入")}
				}
				body.Phone = &number
			}
			return answered(b.apiCommands, cmd, http.MethodPatch, pathOf("residents", args[0], ""), body, printResident)
		},
	}
	cmd.Flags().StringVar(&number, "phone", "", "写 - 输入新号码，写 \"\" 去掉号码")
	cmd.Flags().StringVar(&committee, "committee", "", "改属的居委会，写代码或名称，小区会清空；写 \"\" 表示不属于任何居委会")
	cmd.Flags().StringVar(&community, "community", "", "居住的小区")
	cmd.Flags().Var(listFlag(&tags), "tag", "标签，几个用逗号隔开")
	consent.add(cmd)
	cmd.MarkFlagsOneRequired("phone", "committee", "community", "tag", "basis")
	return cmd
}

func (b residentCommands) erase() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "erase ID --yes", Short: "删除居民，不能恢复", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				path := pathOf("residents", args[0], "")
				if !yes {
					var who wire.Resident
					if _, err := c.Call(ctx, http.MethodGet, path, nil, &who); err != nil {
						return err
					}
					if err := printResident(cmd.OutOrStdout(), who); err != nil {
						return err
					}
					return errors.New("没有删除：删除后无法恢复，确认删除请加 --yes")
				}
				if _, err := c.Call(ctx, http.MethodDelete, path, nil, nil); err != nil {
					return err
				}
				_, err := fmt.Fprintln(cmd.OutOrStdout(), "已删除这位居民的信息；此后导入也不会再登记这个号码。")
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "确认删除；不写只显示这位居民")
	return cmd
}

func (b residentCommands) prefer() *cobra.Command {
	var body wire.SetPreference
	var stop bool
	cmd := &cobra.Command{
		Use: "prefer ID --want|--stop", Short: "登记居民是否愿意接收某个主题或渠道", Args: cobra.ExactArgs(1),
		Example: "  towncrier roster prefer ID --stop --channel 短信",
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodPut, pathOf("residents", args[0], "preferences"), body, printResident)
		},
	}
	cmd.Flags().BoolVar(&body.Wants, "want", false, "愿意接收")
	cmd.Flags().BoolVar(&stop, "stop", false, "不愿意接收")
	cmd.Flags().StringVar(&body.Topic, "topic", "", "只限这个主题，写编号或名称（不写：全部主题）")
	cmd.Flags().StringVar(&body.Channel, "channel", "", "只限微信或短信（不写：两者）")
	eitherOf(cmd, "want", "stop")
	return cmd
}

func (b residentCommands) texts() *cobra.Command {
	limit := 50
	cmd := &cobra.Command{
		Use: "texts ID", Short: "列出发给这位居民的消息，最新的在前", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodGet, pathOf("residents", args[0], "texts")+queryOf(map[string]string{"limit": strconv.Itoa(limit)}), nil, printTexts)
		},
	}
	cmd.Flags().Var(intFlag(&limit, 1, 200), "limit", "最多列出多少条")
	return cmd
}
