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

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/cmd/towncrier/config"
	"towncrier/phone"
	"towncrier/plaintext"
	"towncrier/staff"
	"towncrier/store"
)

// onMachine opens the staff for one command on the machine, which acts as the person who is logged in.
func (s *staffCommands) onMachine(ctx context.Context, do func(*staff.Service, *staff.Enrolment, audit.Actor) error) error {
	return s.opt.withDatabase(ctx, func(db *store.DB, cfg config.Config) error {
		enrol := staff.NewEnrolment(staff.EnrolmentConfig{Store: db.Staff(), SMS: cfg.SMS.On(), Now: time.Now})
		return do(staff.New(db.Staff(), time.Now), enrol, audit.Local(ownerOr("")))
	})
}

func (s *staffCommands) invite() *cobra.Command {
	var name, role, number string
	cmd := &cobra.Command{
		Use:   "invite ID",
		Short: "Invite a member of staff to open a key, a first one or a renewal; prints the activation code once",
		Long: "Invite somebody to a key, first or renewed, over the API as an admin. The activation code goes to standard output, this\n" +
			"once; pass it on to the person. It opens nothing before another admin has confirmed the invitation, and is good for 24\n" +
			"hours. An admin may invite themselves, to renew their own key.\n\n" +
			"With --role admin, on the machine, it makes one of the first two admins of a city, added when they are not there yet.\n" +
			"With SMS on, --phone is their own number, to which the code goes that opens it. After two admins have activated their\n" +
			"keys it is refused.",
		Example: "  towncrier staff invite zhang --role admin --name 张某 --phone 19900000001   # on the machine\n" +
			"  towncrier staff invite li                                                   # as an admin, over the API",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case role == "" && (name != "" || number != ""):
				return &usageError{cmd.CommandPath(), errors.New("--name and --phone go with --role admin; over the API the confirming admin says the number")}
			case role == "":
				return answered(&s.apiCommands, cmd, http.MethodPost, pathOf("staff", args[0], "invitations"), nil, func(w io.Writer, v wire.IssuedInvitation) error {
					printInvited(cmd.ErrOrStderr(), v.Invitation.ID, v.Invitation.Person, v.Invitation.ExpiresAt)
					_, err := fmt.Fprintln(w, v.Code)
					return err
				})
			case staff.Role(role) != staff.Admin:
				return &usageError{cmd.CommandPath(), errors.New("--role: on the machine only admins are invited; add others with `staff add`, then invite them without --role")}
			}
			to, err := optionalNumber(number)
			if err != nil {
				return err
			}
			return s.onMachine(cmd.Context(), func(people *staff.Service, enrol *staff.Enrolment, actor audit.Actor) error {
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
	cmd.Flags().StringVar(&role, "role", "", "admin: make one of the first two admins, on the machine")
	cmd.Flags().StringVar(&name, "name", "", "as colleagues know them, when they are not there yet")
	cmd.Flags().StringVar(&number, "phone", "", "their own mobile number; wanted where SMS is on")
	return cmd
}

func (s *staffCommands) renew() *cobra.Command {
	var number string
	cmd := &cobra.Command{
		Use:   "renew ID",
		Short: "On the machine: issue an admin a new key when fewer than two other admins have one",
		Long: "On the machine: give an admin a new key when fewer than two other admins have one, so that nobody else could. Prints\n" +
			"an activation code for `staff activate`. With SMS on it opens with a code sent to the number that the admin has\n" +
			"registered, or to --phone. It is recorded in the audit log as done on the machine.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := optionalNumber(number)
			if err != nil {
				return err
			}
			return s.onMachine(cmd.Context(), func(_ *staff.Service, enrol *staff.Enrolment, actor audit.Actor) error {
				code, inv, err := enrol.Renew(cmd.Context(), actor, args[0], to)
				return s.printLocal(cmd, code, inv, err)
			})
		},
	}
	cmd.Flags().StringVar(&number, "phone", "", "their own mobile number, when it is another than the registered one")
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

func (s *staffCommands) printLocal(cmd *cobra.Command, code string, inv staff.Invitation, err error) error {
	if errors.Is(err, staff.ErrNoPhone) {
		return fmt.Errorf("%w, with --phone", err)
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

func (s *staffCommands) invitations() *cobra.Command {
	return &cobra.Command{
		Use:   "invitations",
		Short: "List invitations, newest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(&s.apiCommands, cmd, http.MethodGet, "/staff/invitations", nil, func(w io.Writer, page wire.Page[wire.Invitation]) error {
				return list[wire.Invitation]{
					headings: []string{"邀请", "账号", "状态", "邀请人", "确认人", "手机", "邀请时间", "有效至"},
					row: func(v wire.Invitation) []string {
						return []string{v.ID, v.Person, invitationStates[staff.InvitationState(v.State)], plaintext.OneLine(v.IssuedBy, 40), plaintext.OneLine(v.ConfirmedBy, 40), v.Phone, formatTime(v.IssuedAt), formatTime(v.ExpiresAt)}
					},
					none: "没有邀请。",
				}.print(w, page.Items)
			})
		},
	}
}

func (s *staffCommands) confirm() *cobra.Command {
	var number string
	var inPerson bool
	cmd := &cobra.Command{
		Use:   "confirm INVITATION",
		Short: "Confirm an invitation that another admin issued, over the API",
		Long: "Confirm an invitation that another admin issued, over the API. The code that opens it goes to the number that the person\n" +
			"registered themselves, or to --phone, which you must know to be theirs. Where SMS is off, confirm with --in-person that the\n" +
			"person stands before you; the audit log says so.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			body := wire.ConfirmInvitation{Phone: number, InPerson: inPerson}
			return answered(&s.apiCommands, cmd, http.MethodPost, pathOf("staff/invitations", args[0], "confirm"), body, func(w io.Writer, v wire.Invitation) error {
				how := "验证码将发到" + v.Phone
				if v.InPerson {
					how = "已当面确认本人"
				}
				_, err := fmt.Fprintf(w, "已确认对%s的邀请，%s。本人凭激活码启用，有效至%s。\n", v.Person, how, formatTime(v.ExpiresAt))
				return err
			})
		},
	}
	cmd.Flags().StringVar(&number, "phone", "", "the person's own mobile number, unless they have registered it")
	cmd.Flags().BoolVar(&inPerson, "in-person", false, "the person stands before you; only where SMS is off")
	return cmd
}

func (s *staffCommands) withdraw() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "withdraw INVITATION",
		Short: "Withdraw an invitation, over the API",
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

func (s *staffCommands) activate() *cobra.Command {
	var code, name string
	cmd := &cobra.Command{
		Use:   "activate CODE",
		Short: "Open an invitation with its activation code; prints your key once",
		Long: "Open an invitation with its activation code, over the API of a running server. A code is sent to your own number and\n" +
			"asked for. Your key alone goes to standard output, this once; it opens for 90 days at most, and your older keys end.",
		Args: cobra.ExactArgs(1),
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
	cmd.Flags().StringVar(&code, "sms-code", "", "the code that was sent to your number, when it was asked for before")
	cmd.Flags().StringVar(&name, "name", "", "what you call the key, to know it in lists: 办公室电脑")
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
		return "", errors.New("no code was entered: run the command again with --sms-code CODE")
	}
	return line, nil
}

func (s *staffCommands) phone() *cobra.Command {
	var code string
	cmd := &cobra.Command{
		Use:   "phone NUMBER",
		Short: "Register your own mobile number, over the API: a code is sent to it and asked for",
		Long: "Register your own mobile number, over the API: a code is sent to it and asked for. Test sends of broadcasts go to it, and\n" +
			"the codes that renew your key.",
		Args: cobra.ExactArgs(1),
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
	cmd.Flags().StringVar(&code, "sms-code", "", "the code that was sent to the number, when it was asked for before")
	return cmd
}
