package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"towncrier/audit"
	"towncrier/staff"
)

func staffKey(opt *options) *cobra.Command {
	cmd := &cobra.Command{Use: "key", Short: "Make, revoke and list bearer keys for the API"}
	cmd.AddCommand(staffKeyAdd(opt), staffKeyRevoke(opt), staffKeyList(opt))
	return cmd
}

func staffKeyAdd(opt *options) *cobra.Command {
	return &cobra.Command{
		Use:   "add ID",
		Short: "During set-up: issue a key for a member of staff and print it once",
		Long: "Make a key for somebody and print it, this once: only a hash is kept. The key alone goes to standard output, so that it\n" +
			"can be passed on without being read. It ends when the second admin has activated a key (`staff invite ID --role admin`),\n" +
			"and after 90 days; then keys come by invitation, and this command is refused.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return opt.withStaff(cmd.Context(), func(s *staff.Service, actor audit.Actor) error {
				bearer, k, err := s.Issue(cmd.Context(), actor, args[0])
				if err != nil {
					return naming(args[0], err)
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "密钥%s已生成，只显示这一次，请立即交给%s妥善保管。有效至%s，第二位管理员启用密钥后提前失效：\n", k.ID, k.Person, formatTime(k.ExpiresAt))
				_, err = fmt.Fprintln(cmd.OutOrStdout(), bearer)
				return err
			})
		},
	}
}

func staffKeyRevoke(opt *options) *cobra.Command {
	return &cobra.Command{
		Use:   "revoke KEYID",
		Short: "Revoke a key, by the id that `staff key list` shows",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return opt.withStaff(cmd.Context(), func(s *staff.Service, actor audit.Actor) error {
				if err := s.Revoke(cmd.Context(), actor, args[0]); err != nil {
					return naming(args[0], err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "密钥%s已吊销。\n", args[0])
				return nil
			})
		},
	}
}

// staffKeyView is a bearer key as JSON, without its secret.
type staffKeyView struct {
	ID         string    `json:"id"`
	Person     string    `json:"person"`
	CreatedAt  time.Time `json:"created_at"`
	ExpiresAt  time.Time `json:"expires_at"`
	RevokedAt  time.Time `json:"revoked_at,omitzero"`
	LastUsedAt time.Time `json:"last_used_at,omitzero"`
	Setup      bool      `json:"setup,omitempty"`
}

func staffKeyList(opt *options) *cobra.Command {
	return listing(&cobra.Command{
		Use:   "list [ID]",
		Short: "List the keys of one member of staff, or of all",
		Args:  cobra.MaximumNArgs(1),
	}, list[staffKeyView]{
		find: func(cmd *cobra.Command, args []string) (found []staffKeyView, err error) {
			person := ""
			if len(args) > 0 {
				person = args[0]
			}
			err = opt.withStaff(cmd.Context(), func(s *staff.Service, _ audit.Actor) error {
				keys, err := s.Keys(cmd.Context(), person)
				found = each(keys, func(k staff.Key) staffKeyView { return staffKeyView(k) })
				return err
			})
			return found, err
		},
		headings: []string{"密钥", "账号", "生成", "有效至", "最近使用", "吊销"},
		row: func(k staffKeyView) []string {
			return []string{k.ID, k.Person, formatTime(k.CreatedAt), formatTime(k.ExpiresAt), formatTime(k.LastUsedAt), formatTime(k.RevokedAt)}
		},
		none: "还没有密钥。用 towncrier staff key add 生成。",
	})
}

// naming says who, or which key, is not found.
func naming(id string, err error) error {
	if errors.Is(err, staff.ErrNoPerson) {
		return fmt.Errorf("%s: %w: see `towncrier staff list` and `towncrier staff key list`", id, staff.ErrNoPerson)
	}
	return err
}
