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
	cmd.Flags().StringVar(&f.committee, "committee", "", "only the residents of the committee with this code")
	cmd.Flags().StringVar(&f.community, "community", "", "only those who live in this estate or compound (小区)")
	cmd.Flags().StringVar(&f.tag, "tag", "", "only those with this tag")
	cmd.Flags().StringVar(&f.consent, "consent", "", "only those with this consent: notices or phone")
	cmd.Flags().StringVar(&f.hasPhone, "has-phone", "", "true or false")
	cmd.Flags().StringVar(&f.hasWeChat, "has-wechat", "", "true or false: whether they follow the account")
	cmd.Flags().Var(momentFlag(&f.updatedSince), "updated-since", "only those who changed then or later")
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

func (b *apiCommands) listResidents() *cobra.Command {
	var filter residentFilter
	var after string
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List residents, in the order of registration", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			query := filter.query(map[string]string{"after": after, "limit": strconv.Itoa(limit)})
			return answered(b, cmd, http.MethodGet, "/residents"+query, nil, printResidents)
		},
	}
	filter.add(cmd)
	cmd.Flags().StringVar(&after, "after", "", "go on where the list before ended, as it says")
	cmd.Flags().Var(intFlag(&limit, 1, 200), "limit", "at most so many")
	limit = 50
	return cmd
}

func (b *apiCommands) showResident() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show a resident", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodGet, pathOf("residents", args[0], ""), nil, printResident)
		},
	}
}

func (b *apiCommands) searchResident() *cobra.Command {
	return &cobra.Command{
		Use: "search", Short: "Find the resident with a phone number, which is read from standard input", Args: cobra.NoArgs,
		Long: "Find the resident with a phone number. The number is read from standard input: on the command line, other users of the\n" +
			"machine would see it. Who searched is recorded in the audit log; at most 30 searches an hour.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			number, err := askNumber(cmd)
			if err != nil {
				return err
			}
			return answered(b, cmd, http.MethodPost, "/residents/search", wire.SearchResidents{Phone: number}, printResident)
		},
	}
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
	cmd.Flags().StringVar(&f.basis, "basis", "", "what they may be sent notices on: 同意, 法定职责 or 应急")
	cmd.Flags().StringVar(&f.how, "how", "", "how they agreed, such as 纸质")
	cmd.Flags().Var(dateFlag(&f.date), "date", "when they agreed, as 2026-01-05 (default: now)")
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

func (b *apiCommands) addResident() *cobra.Command {
	var body wire.CreateResident
	var consent consentFlags
	cmd := &cobra.Command{
		Use: "add", Short: "Add a resident, whose phone number is read from standard input", Args: cobra.NoArgs,
		Example: "  towncrier roster add --committee C001 --community 幸福苑 --basis 同意 --how 纸质 --date 2026-01-05",
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if body.Phone, err = askNumber(cmd); err != nil {
				return err
			}
			body.Consents = consent.consents()
			return answered(b, cmd, http.MethodPost, "/residents", body, printResident)
		},
	}
	cmd.Flags().StringVar(&body.Committee, "committee", "", "code of the committee that they belong to; a committee's worker may leave it out")
	cmd.Flags().StringVar(&body.Community, "community", "", "the estate or compound (小区) where they live")
	cmd.Flags().StringSliceVar(&body.Tags, "tag", nil, "a tag; may be given again")
	consent.add(cmd)
	return cmd
}

func (b *apiCommands) changeResident() *cobra.Command {
	var number, committee, community string
	var tags []string
	var consent consentFlags
	cmd := &cobra.Command{
		Use:   "change ID",
		Short: "Change a resident: what is not given stays",
		Long: "Change a resident: what is not given stays. --phone - reads a new number from standard input, --phone \"\" removes the number;\n" +
			"--tag replaces all tags, --tag \"\" removes them.",
		Args: cobra.ExactArgs(1),
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
			return answered(b, cmd, http.MethodPatch, pathOf("residents", args[0], ""), body, printResident)
		},
	}
	cmd.Flags().StringVar(&number, "phone", "", "- to enter a new number, or \"\" to remove it")
	cmd.Flags().StringVar(&committee, "committee", "", "code of another committee, which clears the community; \"\" for none")
	cmd.Flags().StringVar(&community, "community", "", "the estate or compound (小区) where they live")
	cmd.Flags().StringSliceVar(&tags, "tag", nil, "a tag; may be given again")
	consent.add(cmd)
	return cmd
}

func (b *apiCommands) eraseResident() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "erase ID --yes", Short: "Erase a resident for good", Args: cobra.ExactArgs(1),
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
	cmd.Flags().BoolVar(&yes, "yes", false, "erase; without it the resident is shown")
	return cmd
}

func (b *apiCommands) preferResident() *cobra.Command {
	var body wire.SetPreference
	var stop bool
	cmd := &cobra.Command{
		Use: "prefer ID --want|--stop", Short: "Record whether a resident wants a topic or a channel", Args: cobra.ExactArgs(1),
		Example: "  towncrier roster prefer ID --stop --channel 短信",
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodPut, pathOf("residents", args[0], "preferences"), body, printResident)
		},
	}
	cmd.Flags().BoolVar(&body.Wants, "want", false, "they want it")
	cmd.Flags().BoolVar(&stop, "stop", false, "they do not want it")
	cmd.Flags().StringVar(&body.Topic, "topic", "", "only this topic, by its code (default: every topic)")
	cmd.Flags().StringVar(&body.Channel, "channel", "", "only 微信 or 短信 (default: both)")
	eitherOf(cmd, "want", "stop")
	return cmd
}

func (b *apiCommands) listTexts() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "texts ID", Short: "List messages sent to a resident, newest first", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b, cmd, http.MethodGet, pathOf("residents", args[0], "texts")+queryOf(map[string]string{"limit": strconv.Itoa(limit)}), nil, printTexts)
		},
	}
	cmd.Flags().Var(intFlag(&limit, 1, 200), "limit", "at most so many")
	limit = 50
	return cmd
}
