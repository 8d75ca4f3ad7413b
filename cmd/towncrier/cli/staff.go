package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"towncrier/audit"
	"towncrier/plaintext"
	"towncrier/staff"
)

func staffCommand(opt *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "staff",
		Short: "Manage staff, their roles and their keys",
		Long: "Say who may use the API, as what, and give out their keys.\n\n" +
			"While a city is set up, add and key add work on the machine. Then make the first two admins:\n" +
			"  staff invite ID --role admin     on the machine, twice; each opens it with `staff activate CODE`\n" +
			"From then on the set-up keys are ended, and a key, first or renewed, takes two admins and the person:\n" +
			"  staff invite ID                  an admin gets an activation code, good for 24 hours, and passes it on\n" +
			"  staff confirm INVITATION         another admin says to which number of the person's the code by SMS goes\n" +
			"  staff activate CODE              the person gets the key, which ends after 90 days; older keys end\n" +
			"When fewer than two other admins have a key, `staff renew ID` on the machine helps an admin who lost theirs.\n\nRoles:\n" +
			"  author     writes broadcasts, schedules approved ones, answers residents' tickets\n" +
			"  approver   approves what others wrote, and lets emergencies go\n" +
			"  committee  keeps the residents of one community committee, numbers masked, and writes broadcasts to them\n" +
			"  auditor    reads everything that is recorded, changes nothing\n" +
			"  admin      keeps staff, committees and residents",
	}
	e := &enrolmentCommands{opt: opt}
	cmd.AddCommand(e.add(), staffList(opt), staffDisable(opt), staffEnable(opt), staffKey(opt),
		e.invite(), e.invitations(), e.confirm(), e.withdraw(), e.renew(), e.activate(), e.phone())
	return cmd
}

func staffDisable(opt *options) *cobra.Command {
	return &cobra.Command{
		Use:   "disable ID",
		Short: "Disable a member of staff: none of their keys is valid any more",
		Long: "End what somebody may do: none of their keys opens any more. The only admin cannot be disabled; add another first, or\n" +
			"revoke their keys.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return opt.withStaff(cmd.Context(), func(s *staff.Service, actor audit.Actor) error {
				if err := s.Disable(cmd.Context(), actor, args[0]); err != nil {
					return naming(args[0], err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "已停用%s，其密钥不再有效。\n", args[0])
				return nil
			})
		},
	}
}

func staffEnable(opt *options) *cobra.Command {
	return &cobra.Command{
		Use:   "enable ID",
		Short: "Enable a disabled member of staff, who is then invited to a new key",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return opt.withStaff(cmd.Context(), func(s *staff.Service, actor audit.Actor) error {
				if err := s.Enable(cmd.Context(), actor, args[0]); err != nil {
					return naming(args[0], err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "已恢复%s。原有密钥不再有效，请重新邀请。\n", args[0])
				return nil
			})
		},
	}
}

// personView is a member of staff as JSON.
type personView struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Role       staff.Role `json:"role"`
	Committee  string     `json:"committee,omitempty"`
	Phone      string     `json:"phone,omitempty"`
	CreatedAt  time.Time  `json:"created_at"`
	DisabledAt time.Time  `json:"disabled_at,omitzero"`
}

func staffList(opt *options) *cobra.Command {
	return listing(&cobra.Command{
		Use:   "list",
		Short: "List all staff, disabled ones included",
		Args:  cobra.NoArgs,
	}, list[personView]{
		find: func(cmd *cobra.Command, _ []string) (found []personView, err error) {
			err = opt.withStaff(cmd.Context(), func(s *staff.Service, _ audit.Actor) error {
				people, err := s.List(cmd.Context())
				found = each(people, func(p staff.Person) personView {
					return personView{p.ID, p.Name, p.Role, p.Committee, p.Phone.Masked(), p.CreatedAt, p.DisabledAt}
				})
				return err
			})
			return found, err
		},
		headings: []string{"账号", "姓名", "角色", "社区", "手机", "添加", "停用"},
		row: func(p personView) []string {
			return []string{p.ID, plaintext.OneLine(p.Name, 40), p.Role.Label(), p.Committee, p.Phone, formatTime(p.CreatedAt), formatTime(p.DisabledAt)}
		},
		none: "还没有工作人员。用 towncrier staff add 添加。",
	})
}
