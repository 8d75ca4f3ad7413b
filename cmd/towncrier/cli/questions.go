package cli

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/plaintext"
)

func questionsCommand(opt *options) *cobra.Command {
	b := questionCommands{&apiCommands{opt: opt}}
	cmd := &cobra.Command{
		Use:   "questions",
		Short: "查看没有答上的提问，起草答复",
		Long: "查看没有答上、也没有转给工作人员的提问，问法相近的归为一组。不记是谁问的：号码、姓名、地址和不认识的词换成×，保存90天；" +
			"三个人问了同样的事，才显示问法。换掉以后没有剩下可读的话的，按相近题目只记次数。",
	}
	b.addFlags(cmd)
	cmd.AddCommand(b.list(), b.leave(), b.draft())
	return cmd
}

// questionCommands are the commands about what residents asked in vain.
type questionCommands struct{ *apiCommands }

func (b questionCommands) list() *cobra.Command {
	var status, file string
	limit := 50
	cmd := &cobra.Command{
		Use: "list", Short: "列出没有答上的提问，问得多的在前", Args: cobra.NoArgs,
		Example: "  towncrier questions list\n  towncrier questions list --status 全部 --csv questions.csv",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file != "" {
				return b.save(cmd, "/questions.csv"+queryOf(map[string]string{"status": status}), file)
			}
			query := queryOf(map[string]string{"status": status, "limit": strconv.Itoa(limit)})
			return answered(b.apiCommands, cmd, http.MethodGet, "/questions"+query, nil, printQuestions)
		},
	}
	cmd.Flags().StringVar(&status, "status", "", "状态：待处理、已起草答复、不处理或全部（不写：待处理）")
	cmd.Flags().Var(intFlag(&limit, 1, 200), "limit", "最多列出多少组，不超过200")
	cmd.Flags().StringVar(&file, "csv", "", "写成表格文件，列出全部各组")
	return cmd
}

func printQuestions(w io.Writer, page wire.Page[wire.QuestionGroup]) error {
	return list[wire.QuestionGroup]{
		headings: []string{"编号", "状态", "次数", "人数", "走势", "最近", "相近题目", "问法"},
		row: func(g wire.QuestionGroup) []string {
			said := "（不到3人，不显示）"
			switch {
			case g.NothingLeft:
				said = "（没有剩下可读的话，只记次数）"
			case len(g.Examples) > 0:
				said = plaintext.OneLine(g.Examples[0], 40)
			}
			return []string{g.ID, g.StatusLabel, strconv.Itoa(g.Count), g.People, g.Trend, g.Last, orDash(plaintext.OneLine(g.TopicLabel, 20)), said}
		},
		none: "没有这样的提问。",
	}.print(w, page.Items)
}

func (b questionCommands) leave() *cobra.Command {
	return &cobra.Command{
		Use: "leave ID", Short: "不处理一组提问，再多三个人问才重新列出", Args: cobra.ExactArgs(1), Example: "  towncrier questions leave Q12",
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodPost, pathOf("questions", args[0], "leave"), nil, func(w io.Writer, g wire.QuestionGroup) error {
				_, err := fmt.Fprintf(w, "%s  %s，再多三个人问会重新列出。\n", g.ID, g.StatusLabel)
				return err
			})
		},
	}
}

func (b questionCommands) draft() *cobra.Command {
	return &cobra.Command{
		Use: "draft ID", Short: "用一组提问起草答复：问法已写好，答复和依据由您填写", Args: cobra.ExactArgs(1), Example: "  towncrier questions draft Q12",
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(b.apiCommands, cmd, http.MethodPost, pathOf("questions", args[0], "draft"), nil, printAnsweringDraft)
		},
	}
}

// printAnsweringDraft says what is left to fill in a draft that was begun with residents' questions.
func printAnsweringDraft(w io.Writer, d wire.ContentDraft) error {
	if err := printContentDraft(w, d); err != nil {
		return err
	}
	fmt.Fprintln(w, "请补齐答复、依据和问法（连程序提出的至少10种），没有依据不能送审；答复里的×是去掉的号码、姓名或地址，请改写；标题居民会看到：")
	for _, file := range d.Files {
		answer := strings.TrimSuffix(path.Base(file), ".yaml")
		fmt.Fprintf(w, "  towncrier content form set %s 问答 %s 答复=文字 依据=公告编号#段落号 问法+=另一种问法\n", d.ID, answer)
		if err := printProposedUtterances(w, d.ID, answer); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "再送审：\n  towncrier content submit %s\n", d.ID)
	return err
}
