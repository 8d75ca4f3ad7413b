package cli

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"towncrier/plaintext"
)

// printOverview prints what follows the program's description in its help, which officials and operators read: each the commands that are theirs,
// in their language. Of any other command it prints what cobra does.
func printOverview(c *cobra.Command) error {
	if c.HasParent() {
		return (&cobra.Command{}).UsageFunc()(c)
	}
	var theirs, operators strings.Builder
	for _, sub := range c.Commands() {
		if !sub.IsAvailableCommand() {
			continue
		}
		b := &operators
		if isOfficial(sub) {
			b = &theirs
		}
		fmt.Fprintf(b, "\n  %s %s", padded(sub.Name(), sub.NamePadding()), sub.Short)
	}
	_, err := fmt.Fprintf(c.OutOrStderr(), "用法 (usage):\n  towncrier [命令]\n\n工作人员的命令：%s\n\nCommands for who runs the server:%s\n\nFlags:\n%s\n每个命令的用法见 towncrier [命令] --help。\nUse \"towncrier [command] --help\" for more about a command.\n",
		theirs.String(), operators.String(), c.LocalFlags().FlagUsages())
	return err
}

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [command]", Short: "Help about any command (查看命令的用法)", Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			cmd, rest, err := c.Root().Find(args)
			if err == nil && len(rest) > 0 && cmd.HasSubCommands() {
				return unknownCommand(cmd, rest[0])
			}
			if err != nil {
				return err
			}
			return cmd.Help()
		},
	}
}

// unknownCommand says that there is no such command below c, and which may be meant.
func unknownCommand(c *cobra.Command, said string) error {
	shown := plaintext.OneLine(said, 40)
	near := strings.Join(nearest(c, said), "、")
	if near != "" {
		near = "，您要的可能是 " + near
	}
	text := fmt.Sprintf("没有 %s 这个命令%s", shown, near)
	if !isOfficial(c) {
		text += fmt.Sprintf(" (unknown command %q)", shown)
	}
	return &usageError{c.CommandPath(), errors.New(text)}
}

// nearest are commands that are written much like what was typed, or are about it.
func nearest(c *cobra.Command, said string) (names []string) {
	c.SuggestionsMinimumDistance = 2
	if names = c.SuggestionsFor(said); len(names) > 0 || !strings.ContainsFunc(said, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return names
	}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && strings.Contains(sub.Short, said) {
			names = append(names, sub.Name())
		}
	}
	return names
}

// flagProblem is what is wrong with a command's flags: when it is no command at all, that.
func flagProblem(c *cobra.Command, err error) error {
	_, unknown := errors.AsType[*pflag.NotExistError](err)
	if unknown && c.HasSubCommands() && c.Flags().NArg() > 0 {
		return unknownCommand(c, c.Flags().Arg(0))
	}
	return &usageError{c.CommandPath(), err}
}
