package cli

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/plaintext"
	"towncrier/revision"
)

func (b contentCommands) propose() *cobra.Command {
	var body wire.ProposeContent
	var subjects []string
	cmd := &cobra.Command{
		Use: "propose [FILE]", Short: "从公告的文字提出分段和问答，可以直接写进稿件；切分、合并公告的段落", Args: cobra.MaximumNArgs(1),
		Long: "读入公告的文字，找出标题、发布机关、日期，按句分段编号，并就每个主题提出居民常问的问题：有写的照引原文，没有写的明说没有写。FILE 写 - 时从标准输入读。\n\n" +
			"主题写居民的说法；别的说法写在冒号后面，用顿号分开，例如 --subject 高龄津贴:高龄补贴、老人津贴。用 --draft 写进稿件，再逐个修改；不写 --draft 时只显示。\n\n" +
			"--cut 3@从6月 把第3段从“从6月”起切成两段，后一段接着最大的段号编；--merge 4+5 把第5段并入第4段。可以写几次，按先后办理，别的段号不变。\n\n" +
			"不写 FILE、只写 --draft 和 --id 时，切分、合并稿件里那份公告的段落，引用它的答复和群发随着改。",
		Example: "  towncrier content propose 停水公告.txt --subject 停水\n  towncrier content propose 停水公告.txt --subject 停水 --draft D1\n  towncrier content propose --draft D1 --id N9 --cut 3@从6月 --merge 4+5",
		RunE: func(cmd *cobra.Command, args []string) error {
			body.Text, body.Subjects = "", nil
			if len(args) > 0 {
				raw, err := readBytes(args[0], cmd.InOrStdin(), revision.MaxFile)
				if err != nil {
					return err
				}
				text, err := plaintext.Decode(raw)
				if err != nil {
					return fileError(args[0], err)
				}
				body.Text = string(text)
			}
			for _, s := range subjects {
				name, also, _ := strings.Cut(strings.ReplaceAll(s, "：", ":"), ":")
				body.Subjects = append(body.Subjects, wire.ProposedSubject{Name: strings.TrimSpace(name), Also: strings.FieldsFunc(also, func(r rune) bool { return strings.ContainsRune("、,， ", r) })})
			}
			return answered(b.apiCommands, cmd, http.MethodPost, "/content/proposals", body, printContentProposal)
		},
	}
	cmd.Flags().StringArrayVar(&subjects, "subject", nil, "主题，可以写几次")
	cmd.Flags().StringVar(&body.Draft, "draft", "", "写进这份稿件")
	cmd.Flags().StringVar(&body.ID, "id", "", "公告的编号，不写时用下一个N1、N2……")
	cmd.Flags().StringVar(&body.Publisher, "publisher", "", "刊登的报纸、网站或公告栏")
	cmd.Flags().Var(passageEdits{&body.Edits, "@"}, "cut", "段号@第二段开头的几个字")
	cmd.Flags().Var(passageEdits{&body.Edits, "+"}, "merge", "段号+紧接在后面一段的段号")
	return cmd
}

// passageEdits takes cuts (3@从6月) and merges (4+5) into one list, in the order in which they are written.
type passageEdits struct {
	all  *[]wire.PassageEdit
	sign string
}

func (e passageEdits) String() string { return "" }

func (e passageEdits) Type() string { return "string" }

func (e passageEdits) Set(value string) error {
	first, rest, _ := strings.Cut(strings.ReplaceAll(value, "＠", "@"), e.sign)
	edit := wire.PassageEdit{Cut: rest}
	var err error
	if edit.Passage, err = strconv.Atoi(strings.TrimSpace(first)); err != nil || rest == "" {
		return fmt.Errorf("应写成%s", map[string]string{"@": "段号@第二段开头的几个字，例如 3@从6月", "+": "段号+后面一段的段号，例如 4+5"}[e.sign])
	}
	if e.sign == "+" {
		edit.Cut = ""
		if edit.Merge, err = strconv.Atoi(strings.TrimSpace(rest)); err != nil {
			return fmt.Errorf("应写成段号+后面一段的段号，例如 4+5")
		}
	}
	*e.all = append(*e.all, edit)
	return nil
}

func printContentProposal(w io.Writer, p wire.ContentProposal) error {
	n := p.Notice
	date := n.Date
	if n.YearInferred {
		date += "（年份为推定）"
	}
	fmt.Fprintf(w, "%s  %s\n%s，%s，载于%s\n复核日期：%s\n", n.ID, plaintext.Printable(n.Headline), plaintext.Printable(n.Issuer), date, plaintext.Printable(n.Publisher), n.ReviewBy)
	for _, doubt := range n.Doubts {
		fmt.Fprintf(w, "请核对：%s\n", plaintext.Printable(doubt))
	}
	marks := map[int][]string{}
	for _, m := range n.Marks {
		marks[m.Passage] = append(marks[m.Passage], plaintext.Printable(m.Text))
	}
	for _, passage := range n.Passages {
		fmt.Fprintf(w, "\n%s#%d  %s\n", n.ID, passage.Number, plaintext.Printable(passage.Text))
		if found := marks[passage.Number]; len(found) > 0 {
			fmt.Fprintf(w, "    核对：%s\n", strings.Join(found, "，"))
		}
	}
	for _, in := range p.Intents {
		kind := "答复"
		switch {
		case in.Silent:
			kind = "没有写"
		case in.Whole != nil:
			kind = "整份公告"
		}
		fmt.Fprintf(w, "\n%s  %s（%s，%d个问法）\n", in.ID, plaintext.Printable(in.Title), kind, len(in.Utterances))
		for _, s := range in.Sentences {
			fmt.Fprintf(w, "    %s%s\n", plaintext.Printable(s.Text), citedPassages(n.ID, s.Passages))
		}
		for _, t := range in.Taken {
			fmt.Fprintf(w, "    “%s”现在由%s答复\n", plaintext.Printable(t.Utterance), t.Intent)
		}
	}
	if p.Draft == nil {
		_, err := fmt.Fprintf(w, "\n还没有写进稿件：加 --draft D1（稿件编号）写进去。\n")
		return err
	}
	fmt.Fprintln(w)
	return printContentDraft(w, *p.Draft)
}

// citedPassages are the passages that a sentence rests on, as in [N9#3 N9#4].
func citedPassages(notice string, numbers []int) string {
	if len(numbers) == 0 {
		return ""
	}
	cites := make([]string, len(numbers))
	for i, number := range numbers {
		cites[i] = fmt.Sprintf("%s#%d", notice, number)
	}
	return " [" + strings.Join(cites, " ") + "]"
}
