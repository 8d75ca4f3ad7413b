package cli

import (
	"context"
	"log/slog"

	"towncrier/cmd/towncrier/rehearsal"

	"github.com/spf13/cobra"
)

func rehearseCommand(opt *options) *cobra.Command {
	residents, history := rehearsal.DefaultResidents, true
	cmd := &cobra.Command{
		Use:   "rehearse",
		Short: "Serve with a pretend WeChat and SMS on loopback: no account, no key, nothing leaves this machine",
		Long: "Serve with a pretend WeChat and SMS on loopback, and a phone page at /sandbox/ to chat with: no account, no key,\n" +
			"nothing leaves this machine. Takes TOWNCRIER_LISTEN, TOWNCRIER_DATA, TOWNCRIER_CONTENT and TOWNCRIER_LOG_LEVEL, refuses\n" +
			"every other setting, and keeps what it files in the data folder under rehearsal/.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			src, err := opt.source()
			if err != nil {
				return err
			}
			cfg, err := rehearsal.NewConfig(src)
			if err != nil {
				return err
			}
			if cfg.Residents, err = rehearsal.KeptResidents(cfg.Data, residents, cmd.Flags().Changed("residents")); err != nil {
				return err
			}
			cfg.History = history
			return serving(cmd, cfg.LogLevel, src, func(ctx context.Context, log *slog.Logger) error {
				return rehearsal.Run(ctx, cfg, rehearsal.Options{Out: cmd.OutOrStdout(), Log: log, Version: opt.version, Program: program()})
			})
		},
	}
	cmd.Flags().Var(intFlag(&residents, 1, 9999), "residents", "how many synthetic residents a new rehearsal has; one that goes on keeps its own")
	cmd.Flags().BoolVar(&history, "history", history, "whether a new rehearsal of the built-in city has three weeks behind it: broadcasts, tickets, drafts")
	return cmd
}
