package cli

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
)

func (b contentCommands) withdraw() *cobra.Command {
	var body wire.WithdrawNotice
	var yes bool
	cmd := &cobra.Command{
		Use: "withdraw ID", Short: "立即撤回一份公告", Args: cobra.ExactArgs(1),
		Long:    "先列出撤回会停下什么；加 --yes 立即撤回，所有服务器2秒内生效。1小时内可由另一位同事用 reinstate 恢复，停下的群发须再次确认，定期发送须重新审批；不恢复的，群发到时取消。",
		Example: "  towncrier content withdraw N2\n  towncrier content withdraw N2 --successor N5 --yes",
		RunE: func(cmd *cobra.Command, args []string) error {
			if yes {
				return answered(b.apiCommands, cmd, http.MethodPost, pathOf("content/notices", args[0], "withdraw"), body, printPublished)
			}
			path := pathOf("content/notices", args[0], "withdrawal") + queryOf(map[string]string{"successor": body.Successor})
			if err := answered(b.apiCommands, cmd, http.MethodGet, path, nil, printWithdrawal); err != nil {
				return err
			}
			return errors.New("还没有撤回：确认撤回请加 --yes")
		},
	}
	cmd.Flags().StringVar(&body.Successor, "successor", "", "接替它的公告，写编号")
	cmd.Flags().BoolVar(&yes, "yes", false, "确认撤回")
	return cmd
}

func printWithdrawal(w io.Writer, to wire.Withdrawal) (err error) {
	fmt.Fprintf(w, "撤回公告%s会：\n", to.Notice)
	printStops(w, to.ContentStops)
	if stopsNothing(to.ContentStops) {
		fmt.Fprintln(w, "  没有别的东西依据它")
	}
	if to.Successor != "" {
		_, err = fmt.Fprintf(w, "问起的居民会看到接替它的公告%s\n", to.Successor)
	}
	return err
}

func (b contentCommands) reinstate() *cobra.Command {
	return &cobra.Command{
		Use: "reinstate ID", Short: "恢复同事1小时内撤回的公告", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodPost, pathOf("content/notices", args[0], "reinstate"), nil, printPublished)
		},
	}
}
