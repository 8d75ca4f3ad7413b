package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/plaintext"
)

func (s staffCommands) keys() *cobra.Command {
	cmd := &cobra.Command{Use: "key", Short: "查看和吊销密钥"}
	cmd.AddCommand(s.listKeys(), s.listMyKeys(), s.revokeKey())
	return cmd
}

func (s staffCommands) listKeys() *cobra.Command {
	return &cobra.Command{
		Use:   "list [ID]",
		Short: "列出一位或全部工作人员的密钥",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path := "/staff/keys"
			if len(args) > 0 {
				path = pathOf("staff", args[0], "keys")
			}
			return answered(s.apiCommands, cmd, http.MethodGet, path, nil, printStaffKeys)
		},
	}
}

func (s staffCommands) listMyKeys() *cobra.Command {
	return &cobra.Command{
		Use:   "mine",
		Short: "列出您自己的密钥和有效期",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(s.apiCommands, cmd, http.MethodGet, "/me/keys", nil, printStaffKeys)
		},
	}
}

func printStaffKeys(w io.Writer, page wire.Page[wire.Key]) error {
	return list[wire.Key]{
		headings: []string{"密钥", "工作人员", "名称", "生成", "有效至", "最近使用", "吊销"},
		row: func(k wire.Key) []string {
			name := plaintext.OneLine(k.Name, 40)
			if k.InUse {
				name += "（正在使用）"
			}
			return []string{k.ID, named(k.PersonName, k.Person), name, formatTime(k.CreatedAt), formatTime(k.ExpiresAt), formatTime(k.LastUsedAt), formatTime(k.RevokedAt)}
		},
		none: "还没有密钥。用 towncrier staff invite 邀请。",
	}.print(w, page.Items)
}

func (s staffCommands) revokeKey() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke KEYID",
		Short: "吊销密钥，编号见 staff key list",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				var page wire.Page[wire.Key]
				if _, err := c.Call(ctx, http.MethodGet, "/staff/keys", nil, &page); err != nil {
					return err
				}
				i := slices.IndexFunc(page.Items, func(k wire.Key) bool { return k.ID == args[0] })
				if i < 0 {
					return errors.New("没有这把密钥：编号见 towncrier staff key list")
				}
				k := page.Items[i]
				if _, err := c.Call(ctx, http.MethodDelete, pathOf("staff", k.Person, "keys/"+k.ID), nil, nil); err != nil || s.asJSON {
					return err // the API answers with nothing
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "已吊销%s的密钥%s。\n", named(k.PersonName, k.Person), k.ID)
				return err
			})
		},
	}
}
