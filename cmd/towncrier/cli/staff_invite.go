package cli

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"towncrier/alarm"
	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/cmd/towncrier/config"
	"towncrier/phone"
	"towncrier/staff"
	"towncrier/store"
)

// onMachine opens the staff for one command on the machine, which acts as the person who is logged in.
func (s staffCommands) onMachine(cmd *cobra.Command, do func(*staff.Service, *staff.Enrolment, audit.Actor) error) error {
	return s.opt.withDatabase(cmd.Context(), func(db *store.DB, cfg config.Config) error {
		alarms := alarm.New(alarm.Config{Store: db.Alarms(), Log: newLogger(cmd.ErrOrStderr(), "error"), Now: time.Now})
		enrol := staff.NewEnrolment(staff.EnrolmentConfig{Store: db.Staff(), SMS: cfg.SMS.On(), Now: time.Now, Alarms: alarms})
		return do(staff.New(db.Staff(), alarms, time.Now), enrol, audit.Local(loginName()))
	})
}

func (s staffCommands) invite() *cobra.Command {
	var name, role, number string
	cmd := &cobra.Command{
		Use:   "invite ID",
		Short: "邀请工作人员启用或更换密钥；激活码只显示一次",
		Long: "由管理员邀请工作人员启用或更换密钥。激活码只显示这一次，请转交本人；另一位管理员确认之后才能用，24小时有效。管理员也可以邀请自己，更换密钥。\n" +
			"\n" +
			"在服务器上加 --role admin，产生本市最初的两位管理员，没有的会先添加。开通短信时 --phone 写本人手机号，验证码发到这个号码。两位管理员启用密钥之后不能再用。",
		Example: "  towncrier staff invite zhang --role admin --name 张某 --phone 19900000001   # 在服务器上\n" +
			"  towncrier staff invite li                                                   # 管理员邀请同事",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case role == "" && (name != "" || number != ""):
				return &usageError{cmd.CommandPath(), errors.New("--name 和 --phone 只与 --role admin 同用：其他人的手机号由确认邀请的管理员填写")}
			case role == "":
				return answered(s.apiCommands, cmd, http.MethodPost, pathOf("staff", args[0], "invitations"), nil, func(w io.Writer, v wire.IssuedInvitation) error {
					printInvited(cmd.ErrOrStderr(), v.Invitation.ID, named(v.Invitation.PersonName, v.Invitation.Person), v.Invitation.ExpiresAt)
					_, err := fmt.Fprintln(w, v.Code)
					return err
				})
			case staff.Role(role) != staff.Admin && role != staff.Admin.Label():
				return &usageError{cmd.CommandPath(), errors.New("--role 只能写 admin 或管理员：其他人先用 staff add 添加，再不带 --role 邀请")}
			}
			to, err := optionalNumber(number)
			if err != nil {
				return err
			}
			return s.onMachine(cmd, func(people *staff.Service, enrol *staff.Enrolment, actor audit.Actor) error {
				if open, err := people.SetupOpen(cmd.Context()); err != nil || !open {
					return cmp.Or(err, staff.ErrSetupOver)
				}
				if _, err := people.Get(cmd.Context(), args[0]); errors.Is(err, staff.ErrNoPerson) {
					if _, err := people.Add(cmd.Context(), actor, staff.Person{ID: args[0], Name: cmp.Or(name, args[0]), Role: staff.Admin}); err != nil {
						return err
					}
				}
				code, inv, err := enrol.InviteAdmin(cmd.Context(), actor, args[0], to)
				return s.printLocal(cmd, code, inv, err)
			})
		},
	}
	cmd.Flags().StringVar(&role, "role", "", "写管理员（admin）：在服务器上产生最初的两位管理员")
	cmd.Flags().StringVar(&name, "name", "", "姓名，还没有添加时填写")
	cmd.Flags().StringVar(&number, "phone", "", "本人的手机号；开通短信时必填")
	return cmd
}

func (s staffCommands) renew() *cobra.Command {
	return s.renewing("renew ID", "在服务器上：另有密钥或能登录的管理员不足两位时，给管理员更换密钥",
		"在服务器上：另有密钥或能登录的管理员不足两位时，给管理员更换密钥。输出 staff activate 用的激活码。")
}

func (s staffCommands) login() *cobra.Command {
	cmd := &cobra.Command{Use: "login", Short: "工作台的登录"}
	cmd.AddCommand(s.renewing("reset ID", "在服务器上：另有密钥或能登录的管理员不足两位时，让管理员重新设置登录",
		"在服务器上：另有密钥或能登录的管理员不足两位时，让忘记密码或丢失验证器的管理员重新设置登录。输出激活码，本人在工作台的登录页点“用激活码设置登录”。其他人由一位管理员邀请（staff invite），另一位确认。"))
	return cmd
}

// renewing gives an admin an invitation on the machine, which opens a key or a login.
func (s staffCommands) renewing(use, short, long string) *cobra.Command {
	var number string
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Long:  long + "开通短信时，验证码发到管理员登记的号码或 --phone 指定的号码。审计日志记为在服务器上办理。",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := optionalNumber(number)
			if err != nil {
				return err
			}
			return s.onMachine(cmd, func(_ *staff.Service, enrol *staff.Enrolment, actor audit.Actor) error {
				code, inv, err := enrol.Renew(cmd.Context(), actor, args[0], to)
				return s.printLocal(cmd, code, inv, err)
			})
		},
	}
	cmd.Flags().StringVar(&number, "phone", "", "本人的手机号；与登记的相同不用写")
	return cmd
}

func optionalNumber(text string) (phone.Number, error) {
	if text == "" {
		return "", nil
	}
	n, err := phone.Parse(text)
	if err != nil {
		return "", fmt.Errorf("--phone: %w", err)
	}
	return n, nil
}

func (s staffCommands) printLocal(cmd *cobra.Command, code string, inv staff.Invitation, err error) error {
	if errors.Is(err, staff.ErrNoPhone) {
		return errors.New("没有可以核实本人的手机号：请用 --phone 写本人的手机号")
	}
	if err != nil {
		return err
	}
	if s.asJSON {
		shown := wire.Invitation{ID: inv.ID, Person: inv.Person, State: string(staff.Confirmed), IssuedBy: string(inv.IssuedBy), ConfirmedBy: string(inv.ConfirmedBy),
			InPerson: inv.InPerson, Phone: inv.Phone.Masked(), IssuedAt: inv.IssuedAt, ConfirmedAt: inv.ConfirmedAt, ExpiresAt: inv.ExpiresAt}
		return writeJSON(cmd.OutOrStdout(), wire.IssuedInvitation{Invitation: shown, Code: code})
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "已邀请%s，激活码只显示这一次，有效至%s。请本人运行 %s staff activate 激活码：\n", inv.Person, formatTime(inv.ExpiresAt), program())
	_, err = fmt.Fprintln(cmd.OutOrStdout(), code)
	return err
}

func printInvited(w io.Writer, id, person string, until time.Time) {
	fmt.Fprintf(w, "已邀请%s，激活码只显示这一次，请交给本人，有效至%s。\n还须另一位管理员确认：%s staff confirm %s\n", person, formatTime(until), program(), id)
}

var invitationStates = map[staff.InvitationState]string{
	staff.Issued: "待确认", staff.Confirmed: "待激活", staff.Opened: "已激活", staff.Expired: "已过期", staff.Revoked: "已撤回",
}

func (s staffCommands) invitations() *cobra.Command {
	return &cobra.Command{
		Use:   "invitations",
		Short: "列出邀请，最新的在前",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(s.apiCommands, cmd, http.MethodGet, "/staff/invitations", nil, func(w io.Writer, page wire.Page[wire.Invitation]) error {
				return list[wire.Invitation]{
					headings: []string{"邀请", "工作人员", "状态", "邀请人", "确认人", "手机", "邀请时间", "有效至"},
					row: func(v wire.Invitation) []string {
						return []string{v.ID, named(v.PersonName, v.Person), invitationStates[staff.InvitationState(v.State)], named(v.IssuedByName, v.IssuedBy), named(v.ConfirmedByName, v.ConfirmedBy), v.Phone, formatTime(v.IssuedAt), formatTime(v.ExpiresAt)}
					},
					none: "没有邀请。",
				}.print(w, page.Items)
			})
		},
	}
}

func (s staffCommands) confirm() *cobra.Command {
	var number string
	var inPerson bool
	cmd := &cobra.Command{
		Use:   "confirm INVITATION",
		Short: "确认另一位管理员发出的邀请",
		Long:  "确认另一位管理员发出的邀请。验证码发到本人登记的手机号，或 --phone 指定的号码，您要确知那是本人的。没有开通短信时，用 --in-person 确认本人当面在场，会记入审计日志。",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			body := wire.ConfirmInvitation{Phone: number, InPerson: inPerson}
			return answered(s.apiCommands, cmd, http.MethodPost, pathOf("staff/invitations", args[0], "confirm"), body, func(w io.Writer, v wire.Invitation) error {
				how := "验证码将发到" + v.Phone
				if v.InPerson {
					how = "已当面确认本人"
				}
				_, err := fmt.Fprintf(w, "已确认对%s的邀请，%s。本人凭激活码启用，有效至%s。\n", named(v.PersonName, v.Person), how, formatTime(v.ExpiresAt))
				return err
			})
		},
	}
	cmd.Flags().StringVar(&number, "phone", "", "本人的手机号；已登记的不用写")
	cmd.Flags().BoolVar(&inPerson, "in-person", false, "本人当面在场；只在没有开通短信时用")
	return cmd
}

func (s staffCommands) withdraw() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "withdraw INVITATION",
		Short: "撤回邀请",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				if _, err := c.Call(ctx, http.MethodDelete, pathOf("staff/invitations", args[0], ""), nil, nil); err != nil || s.asJSON {
					return err // the API answers with nothing
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "已撤回邀请%s。\n", args[0])
				return err
			})
		},
	}
	return cmd
}

func (s staffCommands) activate() *cobra.Command {
	var code, name string
	cmd := &cobra.Command{
		Use:   "activate CODE",
		Short: "用激活码启用自己的密钥；密钥只显示一次",
		Long:  "用激活码启用自己的密钥。验证码会发到您本人的手机，请按提示输入。密钥只显示这一次，最多90天有效；您旧的密钥随即失效。",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := keylessClient(s.opt, s.flags.url)
			if err != nil {
				return &usageError{cmd.CommandPath(), fmt.Errorf("--url: %w", err)}
			}
			defer c.Close()
			var got wire.Activated
			var answer json.RawMessage
			ask := func(code string) (err error) {
				answer, err = c.Call(cmd.Context(), http.MethodPost, "/activate", wire.Activate{Code: args[0], SMSCode: code, Name: name}, &got)
				return err
			}
			if code == "" {
				if err := ask(""); err != nil {
					return err
				}
			}
			if got.Status == "code-sent" {
				if code, err = askCode(cmd, got.Phone); err != nil {
					return err
				}
			}
			if got.Key == "" {
				if err := ask(code); err != nil {
					return err
				}
			}
			if s.asJSON {
				return printAnswer(cmd.OutOrStdout(), answer)
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s的密钥已启用，只显示这一次，有效至%s，原有密钥已失效：\n", got.Staff, formatTime(got.ExpiresAt))
			_, err = fmt.Fprintln(cmd.OutOrStdout(), got.Key)
			return err
		},
	}
	cmd.Flags().StringVar(&code, "sms-code", "", "发到您手机的验证码，之前已获取时填写")
	cmd.Flags().StringVar(&name, "name", "", "给密钥起个名字，便于辨认：办公室电脑")
	return cmd
}

// askCode reads the code that was sent to a number, masked, from standard input.
func askCode(cmd *cobra.Command, masked string) (string, error) {
	fmt.Fprintf(cmd.ErrOrStderr(), "验证码已发到%s，5分钟内有效。请输入：", masked)
	line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	if line = strings.TrimSpace(line); line == "" {
		fmt.Fprintln(cmd.ErrOrStderr())
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return "", errors.New("没有输入验证码：请加 --sms-code 验证码 再执行一次")
	}
	return line, nil
}

func (s staffCommands) phone() *cobra.Command {
	var code string
	cmd := &cobra.Command{
		Use:         "phone NUMBER",
		Annotations: map[string]string{takesNumber: ""},
		Short:       "登记您自己的手机号，验证码会发到这个号码",
		Long:        "登记您自己的手机号，验证码会发到这个号码。群发的测试消息和更换密钥的验证码都发到这里。",
		Args:        cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				var got wire.PhoneStatus
				if code == "" {
					if _, err := c.Call(ctx, http.MethodPost, "/me/phone", wire.RegisterPhone{Phone: args[0]}, &got); err != nil {
						return err
					}
					var err error
					if code, err = askCode(cmd, got.Phone); err != nil {
						return err
					}
				}
				answer, err := c.Call(ctx, http.MethodPost, "/me/phone/confirm", wire.ConfirmPhone{Code: code}, &got)
				if err != nil {
					return err
				}
				if s.asJSON {
					return printAnswer(cmd.OutOrStdout(), answer)
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "已登记本人手机号%s。\n", got.Phone)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&code, "sms-code", "", "发到这个号码的验证码，之前已获取时填写")
	return cmd
}
