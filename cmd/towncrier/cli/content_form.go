package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/parts"
	"towncrier/plaintext"
	"towncrier/revision"
)

func (b contentCommands) form() *cobra.Command {
	cmd := &cobra.Command{
		Use: "form", Short: "一项一项地看和改公告、问答、联系方式等各类内容",
		Long: "内容里的每一项都可以像填表一样改，不用改文件；文件里其余的字一个不动。\n\n" + kindsHelp() +
			"\n各项有哪些栏目，用 form list 和 form show 看。",
	}
	cmd.AddCommand(b.listForms(), b.showForm(), b.setForm(), b.proposeUtterances(), b.removeForm())
	return cmd
}

// kindsHelp lists the kinds of parts, each by its name and its label.
func kindsHelp() string {
	var help strings.Builder
	help.WriteString("KIND 写类别的名称或编号：\n")
	for _, k := range parts.Kinds() {
		fmt.Fprintf(&help, "  %s  %s\n", k.Name, k.Label)
	}
	return help.String()
}

// kindCalled is the kind that an official means.
func kindCalled(cmd *cobra.Command, said string) (parts.Kind, error) {
	k, ok := parts.Called(said)
	if !ok {
		var known []string
		for _, k := range parts.Kinds() {
			known = append(known, k.Label)
		}
		return k, &usageError{cmd.CommandPath(), fmt.Errorf("没有“%s”这一类，可以写：%s", plaintext.OneLine(said, 20), strings.Join(known, "、"))}
	}
	return k, nil
}

// partsOf is where the parts of a kind are: in a draft, or in force when none is named.
func partsOf(draft string, k parts.Kind) string {
	if draft == "" {
		return pathOf("content/revisions/0/parts", k.Name, "")
	}
	return pathOf("content/drafts", draft, "parts/"+k.Name)
}

func (b contentCommands) listForms() *cobra.Command {
	var draft string
	cmd := &cobra.Command{
		Use: "list KIND", Short: "列出一类里的各项", Args: cobra.ExactArgs(1),
		Example: "  towncrier content form list 联系方式\n  towncrier content form list 机器人用语 --draft D1",
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := kindCalled(cmd, args[0])
			if err != nil {
				return err
			}
			return answeredWhole(b.apiCommands, cmd, partsOf(draft, k), nil, func(w io.Writer, all []wire.ContentPart) error {
				headings := []string{"编号", "内容"}
				if k.Name == "phrases" {
					headings = append(headings, "用在哪里")
				}
				return list[wire.ContentPart]{headings: headings, row: func(p wire.ContentPart) []string { return partRow(k, p) }, none: "还没有。"}.print(w, all)
			})
		},
	}
	cmd.Flags().StringVar(&draft, "draft", "", "看这份稿件里的；不写时看生效的")
	return cmd
}

// partRow is a part on one line: its id, and its first words.
func partRow(k parts.Kind, p wire.ContentPart) []string {
	row := []string{p.ID, ""}
	for _, f := range k.Fields {
		if v, given := p.Value[f.Name]; given && f.Name != k.Key && row[1] == "" {
			row[1] = shownText(v)
		}
	}
	switch {
	case p.Fault != "":
		row[1] = p.Fault
	case p.BuiltIn != "" && p.Value == nil:
		row[1] = p.BuiltIn
	case p.BuiltIn != "":
		row[1] = "【本市】" + row[1]
	}
	row[1] = plaintext.OneLine(row[1], 60)
	if p.Use != "" {
		row = append(row, p.Use)
	}
	return row
}

func (b contentCommands) showForm() *cobra.Command {
	var draft string
	cmd := &cobra.Command{
		Use: "show KIND ID", Short: "查看一项，一栏一行", Args: cobra.ExactArgs(2), Example: "  towncrier content form show 联系方式 hotline",
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := kindCalled(cmd, args[0])
			if err != nil {
				return err
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				p, err := partOf(ctx, c, draft, k, args[1])
				if err != nil {
					return err
				}
				return b.printPart(cmd, k, p, shownValue)
			})
		},
	}
	cmd.Flags().StringVar(&draft, "draft", "", "看这份稿件里的；不写时看生效的")
	return cmd
}

// partOf is a part of a draft, or of what is in force.
func partOf(ctx context.Context, c *client.Client, draft string, k parts.Kind, id string) (wire.ContentPart, error) {
	if draft != "" {
		var p wire.ContentPart
		_, err := c.Call(ctx, http.MethodGet, partsOf(draft, k)+"/"+url.PathEscape(id), nil, &p)
		return p, err
	}
	all, err := allPages[wire.ContentPart](ctx, c, partsOf("", k), nil)
	if err != nil {
		return wire.ContentPart{}, err
	}
	i := slices.IndexFunc(all, func(p wire.ContentPart) bool { return p.ID == id })
	if i < 0 {
		return wire.ContentPart{}, fmt.Errorf("%s里没有 %s：见 towncrier content form list %s", k.Label, plaintext.OneLine(id, 40), k.Label)
	}
	return all[i], nil
}

func (b contentCommands) printPart(cmd *cobra.Command, k parts.Kind, p wire.ContentPart, shown func(parts.Field, any) string) error {
	w := cmd.OutOrStdout()
	if b.asJSON {
		answer, err := json.Marshal(p)
		if err != nil {
			return err
		}
		return printAnswer(w, answer)
	}
	fmt.Fprintf(w, "%s %s（%s）\n", k.Label, plaintext.OneLine(p.ID, 64), p.Path)
	if p.Fault != "" {
		fmt.Fprintln(w, plaintext.Printable(p.Fault))
	}
	if p.Use != "" {
		fmt.Fprintf(w, "用在哪里：%s\n原来的文字：%s\n", p.Use, plaintext.Printable(p.BuiltIn))
	}
	for _, f := range k.Fields {
		if v, given := p.Value[f.Name]; given {
			fmt.Fprintf(w, "%s（%s）：%s\n", f.Label, f.Name, shown(f, v))
		}
	}
	if p.Digest != "" {
		fmt.Fprintf(w, "校验值：%s\n", shortHash(p.Digest))
	}
	for _, remark := range p.Remarks {
		fmt.Fprintf(w, "请留意：%s\n", plaintext.Printable(remark))
	}
	return nil
}

// shownValue is a value of a field: a text as it is, a list an entry a line, and what is within others a line each, by the path that writes it.
func shownValue(f parts.Field, v any) string {
	list, many := v.([]any)
	if _, nested := v.(map[string]any); !nested && !many {
		return shownText(f.Read(v))
	}
	var all strings.Builder
	for _, item := range list {
		if _, nested := item.(map[string]any); !nested {
			all.WriteString("\n  - " + shownText(item))
		}
	}
	for _, line := range pathsOf("", f, v) {
		all.WriteString("\n  " + line)
	}
	return all.String()
}

// pathsOf are the texts within mappings, each after its path: of a passage its number, of another entry of a list how many it is.
func pathsOf(at string, f parts.Field, v any) (lines []string) {
	switch v := v.(type) {
	case map[string]any:
		if number, passage := v["number"]; passage {
			return []string{fmt.Sprintf("%v：%s", number, shownText(v["text"]))}
		}
		for _, name := range namesWithin(f, v) {
			inner, known := f.Inner(name)
			label := name
			if known {
				label = inner.Label
			}
			if nested := pathsOf(at+label+".", inner, v[name]); nested != nil {
				lines = append(lines, nested...)
				continue
			}
			lines = append(lines, plaintext.OneLine(at+label, 64)+"："+shownText(inner.Read(v[name])))
		}
	case []any:
		for i, item := range v {
			lines = append(lines, pathsOf(fmt.Sprintf("%s%d.", at, i+1), f, item)...)
		}
	}
	return lines
}

// namesWithin are the names in a mapping, in the order of the field's form.
func namesWithin(f parts.Field, m map[string]any) []string {
	place := func(name string) int {
		i := slices.IndexFunc(f.Within, func(f parts.Field) bool { return f.Name == name || f.Label == name })
		if i < 0 {
			return len(f.Within)
		}
		return i
	}
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int { return cmp.Or(place(a)-place(b), strings.Compare(a, b)) })
}

// shownText is a value that has none within it, or a list of such.
func shownText(v any) string {
	switch v := v.(type) {
	case bool:
		return map[bool]string{true: "是", false: "否"}[v]
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, shownText(item))
		}
		return strings.Join(all, "、")
	}
	return plaintext.Printable(fmt.Sprint(v))
}

// mostShown are the entries of a list that are printed after each change.
const mostShown = 20

// shownBriefly is a value after a change: of a long list how long it is.
func shownBriefly(f parts.Field, v any) string {
	if list, many := v.([]any); many && len(list) > mostShown {
		return fmt.Sprintf("共%d项，用 form show 看", len(list))
	}
	return shownValue(f, v)
}

func (b contentCommands) setForm() *cobra.Command {
	var file, before, was string
	cmd := &cobra.Command{
		Use: "set DRAFT KIND ID [栏目=内容]...", Short: "在稿件里写一项：没有的添上，有的只改写明的栏目", Args: cobra.MinimumNArgs(3),
		Long: "栏目写名称或编号，如 电话=12345。列表写几次：别的叫法=停水 别的叫法=停电；只添一个写 别的叫法+=停气，只去掉一个写 别的叫法-=停气。\n" +
			"公告的一条写 条目.3=文字，条目.3= 是删去这一条。里面还有栏目的，照 form show 列出的写：消息.短信.模板=文字，下级按钮.2.名称=文字，下级按钮.2= 是删去第2个。内容为空就是去掉这一栏。\n" +
			"整张表写在文件里的（YAML 或 JSON，与 form show --json 的 value 一样），用 --file；已经有的一项还要用 --was 写明您看的是哪一份。",
		Example: "  towncrier content form set D1 联系方式 clinic 名称=示例卫生所 电话=0000-5550101 用途=看病 号码出处=镇公告栏\n" +
			"  towncrier content form set D1 机器人用语 nonsense 文字=没有看懂，请换句话说。\n" +
			"  towncrier content form set D1 不答的问题 火星上有水吗\n  towncrier content form set D1 同义词 停水 别的说法+=断水",
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := kindCalled(cmd, args[1])
			if err != nil {
				return err
			}
			var form map[string]any
			if file != "" {
				if form, err = readForm(cmd, file); err != nil {
					return err
				}
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				now, err := partOf(ctx, c, args[0], k, args[2])
				if refused, ok := errors.AsType[*client.RefusedError](err); ok && refused.Problem.Name() == "not-found" {
					now, err = wire.ContentPart{}, nil // a new one; of a draft that is not there the next call says so
				}
				if err != nil {
					return err
				}
				body := wire.PutContentPart{Value: form, Was: now.Digest, Before: before}
				switch {
				case was != "" && (len(was) < revision.MinHash || !strings.HasPrefix(now.Digest, was)):
					body.Was = was // another by now: the server says so, with both texts
				case was == "" && form != nil && now.Digest != "":
					return errors.New("稿件里已有这一项：请先用 form show 看，再用 --was 写明您看的是哪一份")
				}
				if body.Value, err = filledIn(cmd, k, now.Value, form, args[3:]); err != nil {
					return err
				}
				var p wire.ContentPart
				if _, err := c.Call(ctx, http.MethodPut, partsOf(args[0], k)+"/"+url.PathEscape(args[2]), body, &p); err != nil {
					return withTheirs(cmd, err)
				}
				return b.printPart(cmd, k, p, shownBriefly)
			})
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "整张表所在的文件，- 是标准输入")
	cmd.Flags().StringVar(&before, "before", "", "排到这一项的前面，写它的编号")
	cmd.Flags().StringVar(&was, "was", "", "您看的那一份的校验值，见 form show")
	return cmd
}

func (b contentCommands) proposeUtterances() *cobra.Command {
	return &cobra.Command{
		Use: "propose DRAFT ID", Short: "给稿件里的一个问答提出别的问法，另列一栏", Args: cobra.ExactArgs(2), Example: "  towncrier content form propose D1 library.hours",
		Long: "照问答已有的问法，提出居民问同一件事的别的说法，写进“提出的问法”一栏，请逐条看过。别的问答已有的、已会答的不再提。",
		RunE: func(cmd *cobra.Command, args []string) error {
			k, _ := parts.Called("intents")
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				var p wire.ContentPart
				if _, err := c.Call(ctx, http.MethodPost, pathOf("content/drafts", args[0], "intents/"+url.PathEscape(args[1])+"/utterances"), nil, &p); err != nil {
					return err
				}
				if err := b.printPart(cmd, k, p, shownBriefly); err != nil || b.asJSON {
					return err
				}
				return printProposedUtterances(cmd.OutOrStdout(), args[0], args[1])
			})
		},
	}
}

// printProposedUtterances says what an author does with utterances that a program proposed.
func printProposedUtterances(w io.Writer, draft, intent string) error {
	set := fmt.Sprintf("towncrier content form set %s 问答 %s ", draft, intent)
	_, err := fmt.Fprintf(w, "程序提出的问法在“提出的问法”一栏，请逐条看过。看：\n  towncrier content form show 问答 %s --draft %s\n去掉一条，或者全部去掉：\n  %s提出的问法-=这一条\n  %s提出的问法=\n",
		intent, draft, set, set)
	return err
}

func readForm(cmd *cobra.Command, file string) (map[string]any, error) {
	text, err := readBytes(file, cmd.InOrStdin(), maxForm)
	if err != nil {
		return nil, err
	}
	var form map[string]any
	if err := readYAML(text, &form); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s：%w", file, err)
	}
	if form == nil {
		return nil, fmt.Errorf("%s：里面没有内容", file)
	}
	return form, nil
}

func (b contentCommands) removeForm() *cobra.Command {
	return &cobra.Command{
		Use: "remove DRAFT KIND ID", Short: "在稿件里删去一项；机器人用语恢复原来的文字", Args: cobra.ExactArgs(3),
		Example: "  towncrier content form remove D1 联系方式 clinic\n  towncrier content form remove D1 不答的问题 公园几点开门",
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := kindCalled(cmd, args[1])
			if err != nil {
				return err
			}
			return b.withAPI(cmd, func(ctx context.Context, c *client.Client) error {
				now, err := partOf(ctx, c, args[0], k, args[2])
				if err != nil {
					return err
				}
				var d wire.ContentDraft
				path := partsOf(args[0], k) + "/" + url.PathEscape(args[2]) + queryOf(map[string]string{"was": now.Digest})
				if _, err := c.Call(ctx, http.MethodDelete, path, nil, &d); err != nil {
					return withTheirs(cmd, err)
				}
				return printContentDraft(cmd.OutOrStdout(), d)
			})
		},
	}
}
