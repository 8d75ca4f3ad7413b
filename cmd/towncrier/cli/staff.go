package cli

import (
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/plaintext"
	"towncrier/staff"
)

func staffCommand(opt *options) *cobra.Command {
	s := &staffCommands{apiCommands{opt: opt}}
	cmd := &cobra.Command{
		Use:   "staff",
		Short: "Manage staff, their roles and their keys, over the API of a running server",
		Long: "Say who may use the API, as what, and give out their keys, over the API as an admin. The first two admins come from the\n" +
			"machine:\n" +
			"  staff invite ID --role admin     on the machine, twice; each opens it with `staff activate CODE`\n" +
			"From then on a key, first or renewed, takes two admins and the person:\n" +
			"  staff add ID                     an admin takes somebody on\n" +
			"  staff invite ID                  an admin gets an activation code, good for 24 hours, and passes it on\n" +
			"  staff confirm INVITATION         another admin says to which number of the person's the code by SMS goes\n" +
			"  staff activate CODE              the person gets the key, which ends after 90 days; older keys end\n" +
			"Another role or committee (`staff change`) ends a person's keys: they are invited anew.\n" +
			"When fewer than two other admins have a key, `staff renew ID` on the machine helps an admin who lost theirs.\n\nRoles:\n" +
			"  author     writes broadcasts, schedules approved ones, answers residents' tickets\n" +
			"  approver   approves what others wrote, and lets emergencies go\n" +
			"  committee  keeps the residents of one community committee, numbers masked, and writes broadcasts to them\n" +
			"  auditor    reads everything that is recorded, changes nothing\n" +
			"  admin      keeps staff, committees and residents",
	}
	s.flags.add(cmd)
	cmd.PersistentFlags().BoolVar(&s.asJSON, "json", false, "print JSON, as the API answers")
	cmd.AddCommand(s.add(), s.list(), s.change(), s.disable(), s.enable(), s.keys(),
		s.invite(), s.invitations(), s.confirm(), s.withdraw(), s.renew(), s.activate(), s.phone())
	return cmd
}

// staffCommands are the commands about staff, over the API but for those by which a city gets its first admins.
type staffCommands struct{ apiCommands }

func (s *staffCommands) add() *cobra.Command {
	var body wire.AddStaff
	cmd := &cobra.Command{
		Use:     "add ID --name NAME --role ROLE [--committee CODE]",
		Short:   "Add a member of staff, who is then invited to a key",
		Example: "  towncrier staff add li --name 李某 --role author",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			body.ID = args[0]
			return answered(&s.apiCommands, cmd, http.MethodPost, "/staff", body, func(w io.Writer, p wire.Person) error {
				_, err := fmt.Fprintf(w, "已添加%s。\n"+inviteHint, describePerson(p), program(), p.ID)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&body.Name, "name", "", "as colleagues know them")
	cmd.Flags().StringVar(&body.Role, "role", "", "author, approver, committee, auditor or admin")
	cmd.Flags().StringVar(&body.Committee, "committee", "", "the code of the committee that they belong to; for role committee")
	return cmd
}

func (s *staffCommands) change() *cobra.Command {
	var name, role, committee string
	cmd := &cobra.Command{
		Use:   "change ID [--name NAME] [--role ROLE] [--committee CODE]",
		Short: "Change the name, role or committee of a member of staff",
		Long: "Change the name, role or committee of a member of staff. Another role or committee ends their keys and open invitations, and\n" +
			"those that they issued or confirmed: the new role takes an invitation that another admin confirms. Nobody changes their own\n" +
			"role, and one admin stays. The audit log has the old and the new.",
		Example: "  towncrier staff change li --role approver && towncrier staff invite li",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			given := func(flag string, value *string) *string {
				if cmd.Flags().Changed(flag) {
					return value
				}
				return nil
			}
			body := wire.ChangeStaff{Name: given("name", &name), Role: given("role", &role), Committee: given("committee", &committee)}
			return answered(&s.apiCommands, cmd, http.MethodPatch, pathOf("staff", args[0], ""), body, func(w io.Writer, p wire.Person) error {
				fmt.Fprintf(w, "已修改，现在是%s。\n", describePerson(p))
				if body.Role != nil || body.Committee != nil {
					fmt.Fprintf(w, "角色或社区变了的，原有密钥和邀请已失效。"+inviteHint, program(), p.ID)
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "as colleagues know them")
	cmd.Flags().StringVar(&role, "role", "", "author, approver, committee, auditor or admin")
	cmd.Flags().StringVar(&committee, "committee", "", "the code of the committee that they belong to; for role committee")
	cmd.MarkFlagsOneRequired("name", "role", "committee")
	return cmd
}

// inviteHint is the command that invites somebody, with the program and their id.
const inviteHint = "请邀请本人启用密钥：\n  %s staff invite %s\n"

func describePerson(p wire.Person) string {
	text := fmt.Sprintf("%s（%s，%s", p.ID, plaintext.OneLine(p.Name, 40), staff.Role(p.Role).Label())
	if p.Committee != "" {
		text += p.Committee
	}
	return text + "）"
}

func (s *staffCommands) disable() *cobra.Command {
	return &cobra.Command{
		Use:   "disable ID",
		Short: "Disable a member of staff: none of their keys is valid any more",
		Long: "End what somebody may do: none of their keys opens any more. The only admin cannot be disabled; add another first, or\n" +
			"revoke their keys.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(&s.apiCommands, cmd, http.MethodPost, pathOf("staff", args[0], "disable"), nil, func(w io.Writer, p wire.Person) error {
				_, err := fmt.Fprintf(w, "已停用%s，其密钥不再有效。\n", describePerson(p))
				return err
			})
		},
	}
}

func (s *staffCommands) enable() *cobra.Command {
	return &cobra.Command{
		Use:   "enable ID",
		Short: "Enable a disabled member of staff, who is then invited to a new key",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(&s.apiCommands, cmd, http.MethodPost, pathOf("staff", args[0], "enable"), nil, func(w io.Writer, p wire.Person) error {
				_, err := fmt.Fprintf(w, "已恢复%s。原有密钥不再有效。"+inviteHint, describePerson(p), program(), p.ID)
				return err
			})
		},
	}
}

func (s *staffCommands) list() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List all staff, disabled ones included",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(&s.apiCommands, cmd, http.MethodGet, "/staff", nil, func(w io.Writer, page wire.Page[wire.Person]) error {
				return list[wire.Person]{
					headings: []string{"账号", "姓名", "角色", "社区", "手机", "添加", "停用"},
					row: func(p wire.Person) []string {
						return []string{p.ID, plaintext.OneLine(p.Name, 40), staff.Role(p.Role).Label(), p.Committee, p.Phone, formatTime(p.CreatedAt), formatTime(p.DisabledAt)}
					},
				}.print(w, page.Items)
			})
		},
	}
}
