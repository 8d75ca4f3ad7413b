package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api"
	"towncrier/staff"
)

// rightsCommand prints the table of rights. It asks no server: the table is the program's.
func rightsCommand() *cobra.Command {
	var markdown bool
	cmd := &cobra.Command{
		Use:   "rights",
		Short: "列出每项操作需要的权限和可以办理的角色",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if markdown {
				_, err := fmt.Fprint(cmd.OutOrStdout(), api.RightsMarkdown())
				return err
			}
			t := table{headings: []string{"操作", "权限", "角色"}}
			for _, o := range api.Operations() {
				t.add(o.Method+" "+o.Path, neededFor(o), rolesWho(o.May))
			}
			t.add("批准或发出应急群发", neededRight(staff.SendEmergency), rolesWho(func(r staff.Role) bool { return r.May(staff.SendEmergency) }))
			return t.print(cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "按 docs/rights.md 的写法输出")
	return cmd
}

func neededFor(o api.Operation) string {
	switch {
	case o.Public:
		return "不需要密钥"
	case o.Right == "":
		return "任何密钥"
	}
	return neededRight(o.Right)
}

func neededRight(right staff.Right) string { return fmt.Sprintf("%s（%s）", right.Label(), right) }

// rolesWho lists the roles that may do something, each with its code.
func rolesWho(may func(staff.Role) bool) string {
	who := slices.DeleteFunc(slices.Clone(staff.Roles), func(r staff.Role) bool { return !may(r) })
	if len(who) == len(staff.Roles) {
		return "所有角色"
	}
	return strings.Join(each(who, func(r staff.Role) string { return r.Label() + " " + string(r) }), "、")
}
