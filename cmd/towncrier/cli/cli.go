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
	err := root.ExecuteContext(ctx)
	if usage, ok := errors.AsType[*usageError](err); ok {
		fmt.Fprintf(errs, "towncrier: %s\nSee '%s --help'.\n", withoutKeys(usage.err.Error()), usage.command)
	} else if errors.Is(err, context.Canceled) {
		fmt.Fprintln(errs, "towncrier: interrupted")
	} else if err != nil && !errors.Is(err, errSilent) {
		fmt.Fprintln(errs, "towncrier:", withoutKeys(err.Error()+advice(err)))
	}
	return exitCode(err)
}

func rootCommand(opt *options) *cobra.Command {
	root := &cobra.Command{
		Use:           "towncrier",
		Short:         "Answers a city's residents in WeChat from its published notices",
		Version:       opt.version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.PersistentFlags().StringVar(&opt.configFile, "config", "", "TOML file with settings (or TOWNCRIER_CONFIG); the environment wins over it")
	root.AddCommand(
		serveCommand(opt),
		rehearseCommand(opt),
		askCommand(opt),
		inboxCommand(opt),
		alarmCommand(opt),
		stopsCommand(opt),
		broadcastCommand(opt),
		rosterCommand(opt),
		committeeCommand(opt),
		staffCommand(opt),
		auditCommand(opt),
		keyCommand(opt),
		backupCommand(opt),
		restoreCommand(opt),
		contentCommand(opt),
		intentsCommand(opt),
		wechatCommand(opt),
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
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return &usageError{c.CommandPath(), err} })
	if args := cmd.Args; args != nil {
		cmd.Args = func(c *cobra.Command, given []string) error {
			if err := args(c, given); err != nil {
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
				return &usageError{c.CommandPath(), fmt.Errorf("unknown command %q", given[0])}
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
	words := "1 argument is"
	if given != 1 {
		words = strconv.Itoa(given) + " arguments are"
	}
	return fmt.Errorf("%s given: write it as `%s`", words, strings.TrimSuffix(c.UseLine(), " [flags]"))
}
