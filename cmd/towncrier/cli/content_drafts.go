package cli

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/plaintext"
)

func (b contentCommands) drafts() *cobra.Command {
	var status []string
	cmd := &cobra.Command{
		Use: "drafts", Short: "列出稿件，最近改动的在前", Args: cobra.NoArgs, Example: "  towncrier content drafts --status 待审批",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answeredWhole(b.apiCommands, cmd, "/content/drafts", url.Values{"status": status}, func(w io.Writer, all []wire.ContentDraft) error {
				return list[wire.ContentDraft]{
					headings: []string{"稿件", "状态", "改动", "标题", "撰写", "校验值"},
					row: func(d wire.ContentDraft) []string {
						return []string{d.ID, standing(d), formatTime(d.ChangedAt), plaintext.OneLine(d.Title, 60), named(d.AuthorName, d.Author), shortHash(d.Hash)}
					},
					none: "没有稿件。",
				}.print(w, all)
			})
		},
	}
	cmd.Flags().Var(listFlag(&status), "status", "只要这些状态的：草稿、待审批、已发布、已作废")
	return cmd
}

// standing is a draft's status, and whether it has to be rebased.
func standing(d wire.ContentDraft) string {
	if d.Stale {
		return d.Label + "（须并入新版本）"
	}
	return d.Label
}

func printContentDraft(w io.Writer, d wire.ContentDraft) error {
	fmt.Fprintf(w, "%s  %s  %s\n", d.ID, standing(d), plaintext.OneLine(d.Title, 60))
	if d.Why != "" {
		fmt.Fprintf(w, "退回的理由：%s\n", plaintext.OneLine(d.Why, 500))
	}
	if len(d.Files) > 0 {
		fmt.Fprintf(w, "改动的文件：%s\n", strings.Join(d.Files, "、"))
	}
	switch {
	case d.Hash != "" && d.Revision == 0:
		fmt.Fprintf(w, "校验值：%s\n请没有改过它的同事核对（towncrier content diff %s），再发布：\n  towncrier content publish %s --hash %s\n", d.Hash, d.ID, d.ID, shortHash(d.Hash))
	case d.Revision > 0:
		fmt.Fprintf(w, "已成为第%d版\n", d.Revision)
	}
	return nil
}

// draftStep is a command that does one thing to a draft.
func (b contentCommands) draftStep(use, short, operation string, body func() any) *cobra.Command {
	return &cobra.Command{
		Use: use + " DRAFT", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			err := answered(b.apiCommands, cmd, http.MethodPost, pathOf("content/drafts", args[0], operation), body(), printContentDraft)
			return withStep(err, args[0])
		},
	}
}

// withStep adds to a refusal the command that goes on from it.
func withStep(err error, draft string) error {
	refused, ok := errors.AsType[*client.RefusedError](err)
	if !ok {
		return err
	}
	step := map[string]string{
		"stale": "并入新版本：towncrier content rebase " + draft,
		"merge": "逐个写明用谁的（一行或一项写 文件#名称）：towncrier content rebase " + draft + " --keep 保留本稿的,… --take 采用新版本的,…\n  " +
			"两边的文字：towncrier content get " + draft + " 文件（本稿），towncrier content get 文件（新版本）",
		"worse": "看两边的答复：towncrier content try " + draft + "；可以接受的逐条写明：towncrier content submit " + draft + " --accept 问题",
		"stops": "看会停下什么：towncrier content diff " + draft + "；请写的人重新送审：towncrier content submit " + draft,
		"empty": "不要这份稿件：towncrier content drop " + draft,
	}[refused.Problem.Name()]
	if step == "" {
		return err
	}
	return fmt.Errorf("%w\n  %s", err, step)
}

func (b contentCommands) begin() *cobra.Command {
	return &cobra.Command{
		Use: "new TITLE", Short: "起草一份稿件", Args: cobra.ExactArgs(1), Example: "  towncrier content new 停水公告",
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodPost, "/content/drafts", wire.NewContentDraft{Title: args[0]}, printContentDraft)
		},
	}
}

func (b contentCommands) rebase() *cobra.Command {
	var body wire.RebaseContent
	cmd := b.draftStep("rebase", "把新发布的版本并入稿件", "rebase", func() any { return body })
	cmd.Example = "  towncrier content rebase D1 --keep notices/N2.md --take contacts.yaml#hotline"
	cmd.Flags().Var(listFlag(&body.Keep), "keep", "两边都改过的，保留稿件里的：写文件，一行或一项写 文件#名称，几个用逗号隔开")
	cmd.Flags().Var(listFlag(&body.Take), "take", "两边都改过的，采用新版本里的，写法同上")
	return cmd
}

func (b contentCommands) submit() *cobra.Command {
	var body wire.SubmitContent
	cmd := b.draftStep("submit", "把稿件送审", "submit", func() any { return body })
	act := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := b.showStops(cmd, args[0]); err != nil {
			return err
		}
		return act(cmd, args)
	}
	cmd.Flags().StringArrayVar(&body.Accept, "accept", nil, "接受这个已知问题的答复变差，可以写几次")
	return cmd
}

func (b contentCommands) giveBack() *cobra.Command {
	var body wire.ReturnContent
	cmd := b.draftStep("return", "把送审的稿件退回作者", "return", func() any { return body })
	cmd.Flags().StringVar(&body.Why, "why", "", "退回的理由，给作者看")
	required(cmd, "why")
	return cmd
}

func (b contentCommands) drop() *cobra.Command {
	return b.draftStep("drop", "作废一份稿件", "drop", func() any { return nil })
}

func (b contentCommands) publish() *cobra.Command {
	var body wire.PublishContent
	cmd := &cobra.Command{
		Use: "publish DRAFT", Short: "发布一份核对过的稿件", Args: cobra.ExactArgs(1), Example: "  towncrier content publish D1 --hash 0123456789ab",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := b.showStops(cmd, args[0]); err != nil {
				return err
			}
			err := answered(b.apiCommands, cmd, http.MethodPost, pathOf("content/drafts", args[0], "publish"), body, printPublished)
			return withStep(err, args[0])
		},
	}
	cmd.Flags().StringVar(&body.Hash, "hash", "", "送审时的校验值，至少前12位：见 towncrier content drafts")
	required(cmd, "hash")
	return cmd
}

func printPublished(w io.Writer, r wire.Revision) error {
	_, err := fmt.Fprintf(w, "已发布第%d版：%s。所有服务器2秒内按它答复。\n", r.Number, plaintext.OneLine(r.Title, 60))
	return err
}

func (b contentCommands) rollBack() *cobra.Command {
	var body wire.RollBackContent
	cmd := &cobra.Command{
		Use: "rollback REVISION", Short: "起草一份退回旧版的稿件", Args: cobra.ExactArgs(1), Example: "  towncrier content rollback 3",
		RunE: func(cmd *cobra.Command, args []string) error {
			number, err := strconv.Atoi(args[0])
			if err != nil || number < 1 {
				return &usageError{cmd.CommandPath(), fmt.Errorf("版本号应为数字，例如 3：见 towncrier content revisions")}
			}
			return answered(b.apiCommands, cmd, http.MethodPost, pathOf("content/revisions", args[0], "roll-back"), body, printContentDraft)
		},
	}
	cmd.Flags().Var(listFlag(&body.Reinstate), "reinstate", "此后撤回、随旧版恢复的公告，写编号，几个用逗号隔开")
	return cmd
}
