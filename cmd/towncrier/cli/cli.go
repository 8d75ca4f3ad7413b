// Package cli is the program's commands. What officials do goes through the API of a running server; what is done on the machine itself
// opens the database.
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/api/client"
)

// Exit codes, which scripts rely on.
const (
	exitFailed = 1   // refused, or ended otherwise than well
	exitUsage  = 2   // the command line cannot be understood; of doctor, the settings cannot be read
	exitLater  = 3   // there was no answer, or the server has no time: the same command may well succeed later
	exitLeft   = 130 // ended by Ctrl-C, as shells say it
)

// exitCode is what err makes of a command.
func exitCode(err error) int {
	if _, ok := errors.AsType[*usageError](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[*settingsError](err); ok {
		return exitUsage
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errInterrupted), errors.Is(err, context.Canceled): // only a signal ends a command's context
		return exitLeft
	case client.Temporary(err):
		return exitLater
	}
	return exitFailed
}

// Execute runs one command line and returns its exit code.
func Execute(ctx context.Context, version string, args, environ []string, in io.Reader, out, errs io.Writer) int {
	root := rootCommand(&options{environ: environ, version: version})
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	cmd, err := root.ExecuteContextC(ctx)
	if usage, ok := errors.AsType[*usageError](err); ok {
		text, see := usage.err.Error(), "See '%s --help'."
		of, _, _ := root.Find(strings.Fields(usage.command)[1:]) // of help it is the command that was asked for
		switch {
		case isOfficial(of):
			text, see = inChinese(usage.err), "用法见 %s --help"
		case usage.command == root.Name(): // an official's slip, as likely as an operator's
			see = "用法见 towncrier --help. See '%s --help'."
		}
		fmt.Fprintf(errs, "towncrier: %s\n"+see+"\n", withoutKeys(text), usage.command)
	} else if errors.Is(err, context.Canceled) {
		text := "interrupted"
		if isOfficial(cmd) {
			text = "已中断"
		}
		fmt.Fprintln(errs, "towncrier:", text)
	} else if err != nil && !errors.Is(err, errSilent) {
		fmt.Fprintln(errs, "towncrier:", withoutKeys(err.Error()+advice(err)))
	}
	return exitCode(err)
}

func rootCommand(opt *options) *cobra.Command {
	root := &cobra.Command{
		Use:           "towncrier",
		Short:         "Answers a city's residents in WeChat from its published notices",
		Long:          "邻里通：按本市公布的公告在微信里答复居民，并给居民发通知。\nTowncrier answers a city's residents in WeChat from its published notices.",
		Version:       opt.version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetUsageFunc(printOverview)
	root.SetHelpCommand(helpCommand())
	root.PersistentFlags().StringVar(&opt.configFile, "config", "", "TOML file with settings (or TOWNCRIER_CONFIG); the environment wins over it")
	root.AddCommand(
		serveCommand(opt),
		rehearseCommand(opt),
		askCommand(opt),
		official(tasksCommand(opt)),
		official(inboxCommand(opt)),
		official(questionsCommand(opt)),
		official(alarmCommand(opt)),
		official(stopsCommand(opt)),
		official(broadcastCommand(opt)),
		official(rosterCommand(opt)),
		official(committeeCommand(opt)),
		official(staffCommand(opt)),
		official(auditCommand(opt)),
		official(contentCommand(opt)),
		official(emergencyCommand(opt)),
		official(rightsCommand()),
		keyCommand(opt),
		backupCommand(opt),
		restoreCommand(opt),
		intentsCommand(opt),
		wechatCommand(opt),
		official(settingsCommand(opt)),
		configCommand(opt),
		licensesCommand(),
		healthCommand(opt),
		doctorCommand(opt),
		sandboxCommand(opt),
	)
	markUsage(root)
	return root
}

// markUsage makes wrong flags and arguments exit with 2.
func markUsage(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(flagProblem)
	if args := cmd.Args; args != nil {
		cmd.Args = func(c *cobra.Command, given []string) error {
			if err := args(c, given); err != nil {
				if own, ok := errors.AsType[*usageError](err); ok {
					return own
				}
				return &usageError{c.CommandPath(), wrongArguments(c, len(given))}
			}
			if err := cmp.Or(c.ValidateRequiredFlags(), c.ValidateFlagGroups()); err != nil {
				return &usageError{c.CommandPath(), err}
			}
			return nil
		}
	}
	if cmd.HasSubCommands() && cmd.RunE == nil {
		cmd.Args = cobra.ArbitraryArgs
		cmd.RunE = func(c *cobra.Command, given []string) error {
			if len(given) > 0 {
				return unknownCommand(c, given[0])
			}
			return c.Help()
		}
	}
	for _, sub := range cmd.Commands() {
		markUsage(sub)
	}
}

// wrongArguments says how the command is written, when too few or too many words follow it.
func wrongArguments(c *cobra.Command, given int) error {
	line := strings.TrimSuffix(c.UseLine(), " [flags]")
	if isOfficial(c) {
		return fmt.Errorf("写了%d个参数，应写成 %s", given, line)
	}
	words := "1 argument is"
	if given != 1 {
		words = strconv.Itoa(given) + " arguments are"
	}
	return fmt.Errorf("%s given: write it as `%s`", words, line)
}
