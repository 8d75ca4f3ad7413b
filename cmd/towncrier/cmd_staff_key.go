package main

import (
	"fmt"
	"io"
	"text/tabwriter"
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
		Short: "Make a key for somebody and print it, this once",
		Long: "Make a key for somebody and print it, this once: only a hash is kept. The key alone goes to standard output, so that it\n" +
			"can be passed on without being read.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return opt.withStaff(cmd.Context(), func(s *staff.Service, actor audit.Actor) error {
				bearer, k, err := s.Issue(cmd.Context(), actor, args[0])
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "密钥%s已生成，只显示这一次，请立即交给%s妥善保管：\n", k.ID, k.Person)
				_, err = fmt.Fprintln(cmd.OutOrStdout(), bearer)
				return err
			})
		},
	}
}

func staffKeyRevoke(opt *options) *cobra.Command {
	return &cobra.Command{
		Use:   "revoke KEYID",
		Short: "End a key for good, by the id that `staff key list` shows",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return opt.withStaff(cmd.Context(), func(s *staff.Service, actor audit.Actor) error {
				if err := s.Revoke(cmd.Context(), actor, args[0]); err != nil {
					return err
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
	RevokedAt  time.Time `json:"revoked_at,omitzero"`
	LastUsedAt time.Time `json:"last_used_at,omitzero"`
}

func staffKeyList(opt *options) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [ID]",
		Short: "List the keys of one person, or everybody's",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			person := ""
			if len(args) > 0 {
				person = args[0]
			}
			return opt.withStaff(cmd.Context(), func(s *staff.Service, _ audit.Actor) error {
				keys, err := s.Keys(cmd.Context(), person)
				if err != nil {
					return err
				}
				if asJSON {
					views := make([]staffKeyView, len(keys))
					for i, k := range keys {
						views[i] = staffKeyView(k)
					}
					return writeJSON(cmd.OutOrStdout(), views)
				}
				return printStaffKeys(cmd.OutOrStdout(), keys)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printStaffKeys(w io.Writer, keys []staff.Key) error {
	if len(keys) == 0 {
		_, err := fmt.Fprintln(w, "还没有密钥。用 towncrier staff key add 生成。")
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "密钥\t账号\t生成\t最近使用\t吊销")
	for _, k := range keys {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\n", k.ID, k.Person, shown(k.CreatedAt), shown(k.LastUsedAt), shown(k.RevokedAt))
	}
	return tw.Flush()
}
