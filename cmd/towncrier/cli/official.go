package cli

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"towncrier/plaintext"
)

// forOfficials marks commands that officials use: what cobra says there by itself is Chinese.
const forOfficials = "officials"

// official marks a command and all below it.
func official(cmd *cobra.Command) *cobra.Command {
	cmd.Annotations = map[string]string{forOfficials: ""}
	cmd.SetUsageFunc(usageInChinese)
	return cmd
}

// isOfficial says whether officials use a command.
func isOfficial(cmd *cobra.Command) bool {
	for ; cmd != nil; cmd = cmd.Parent() {
		if _, ok := cmd.Annotations[forOfficials]; ok {
			return true
		}
	}
	return false
}

// usageInChinese prints what follows a command's description in its help. It is cobra's own template in Chinese, less what none of
// these commands has.
func usageInChinese(c *cobra.Command) error {
	var b strings.Builder
	b.WriteString("用法：")
	if c.Runnable() && !c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n  %s", strings.Replace(c.UseLine(), "[flags]", "[选项]", 1))
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n  %s [命令]\n\n命令：", c.CommandPath())
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(&b, "\n  %s %s", padded(sub.Name(), sub.NamePadding()), sub.Short)
			}
		}
	}
	if c.HasExample() {
		fmt.Fprintf(&b, "\n\n例如：\n%s", c.Example)
	}
	printFlags(&b, "选项", c.LocalFlags())
	printFlags(&b, "通用选项", c.InheritedFlags())
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n\n每个命令的用法见 %s [命令] --help。", c.CommandPath())
	}
	_, err := fmt.Fprintln(c.OutOrStderr(), b.String())
	return err
}

// flagKinds is what stands behind a flag, by the name that pflag has for it; a switch has nothing.
var flagKinds = map[string]string{
	"string": "文字", "stringArray": "文字", "stringSlice": "文字", "int": "数字", "int64": "数字", "time": "时间", "day": "日期", "date": "日期", "duration": "时长",
}

// flagTexts are those that every command has.
var flagTexts = map[string]string{"help": "显示这份说明"}

// printFlags prints flags, but --config: officials have no settings file.
func printFlags(b *strings.Builder, heading string, flags *pflag.FlagSet) {
	var names, texts []string
	width := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "config" {
			return
		}
		name, text := "--"+f.Name, cmp.Or(flagTexts[f.Name], f.Usage)
		if kind := flagKinds[f.Value.Type()]; kind != "" {
			name += " " + kind
		}
		if !slices.Contains([]string{"", "false", "0", "[]"}, f.DefValue) {
			text += "（不写：" + f.DefValue + "）"
		}
		names, texts, width = append(names, name), append(texts, text), max(width, places(name))
	})
	if len(names) == 0 {
		return
	}
	fmt.Fprintf(b, "\n\n%s：", heading)
	for i, name := range names {
		fmt.Fprintf(b, "\n  %s  %s", padded(name, width), texts[i])
	}
}

var (
	notSet     = regexp.MustCompile(`^required flag\(s\) "(.*)" not set$`)
	noneOf     = regexp.MustCompile(`^at least one of the flags in the group \[(.*)\] is required$`)
	severalOf  = regexp.MustCompile(`^if any flags in the group \[.*\] are set none of the others can be; \[(.*)\] were all set$`)
	incomplete = regexp.MustCompile(`^if any flags in the group \[.*\] are set they must all be set; missing \[(.*)\]$`)
)

// inChinese is what is wrong with a command line, as officials read it: cobra and pflag say it in English.
func inChinese(err error) string {
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		if e.GetSpecifiedShortnames() != "" {
			return fmt.Sprintf("没有 -%s 这个选项", e.GetSpecifiedShortnames())
		}
		return fmt.Sprintf("没有 --%s 这个选项", plaintext.OneLine(e.GetSpecifiedName(), 40))
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return fmt.Sprintf("--%s 后面没有写内容", e.GetFlag().Name)
	}
	if e, ok := errors.AsType[*pflag.InvalidSyntaxError](err); ok {
		return fmt.Sprintf("%s 写法不对：选项以 -- 开头", e.GetSpecifiedFlag())
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return fmt.Sprintf("--%s 写成了“%s”：%s", e.GetFlag().Name, plaintext.OneLine(e.GetValue(), 40), inChinese(e.Unwrap()))
	}
	if e, ok := errors.AsType[*rangeError](err); ok {
		if e.most == math.MaxInt {
			return fmt.Sprintf("应为不小于%d的整数", e.least)
		}
		return fmt.Sprintf("应为%d到%d的整数", e.least, e.most)
	}
	text := err.Error()
	if m := notSet.FindStringSubmatch(text); m != nil {
		return "缺少 " + flagList(strings.Split(m[1], `", "`))
	}
	if m := noneOf.FindStringSubmatch(text); m != nil {
		return flagList(strings.Fields(m[1])) + " 至少要写一个"
	}
	if m := severalOf.FindStringSubmatch(text); m != nil {
		return flagList(strings.Fields(m[1])) + " 只能写一个"
	}
	if m := incomplete.FindStringSubmatch(text); m != nil {
		return "缺少 " + flagList(strings.Fields(m[1]))
	}
	if strings.Contains(text, "strconv.Parse") {
		return "应为数字，或者 true、false"
	}
	return text
}

func flagList(names []string) string {
	return strings.Join(each(names, func(name string) string { return "--" + name }), "、")
}
