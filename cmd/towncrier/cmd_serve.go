package main

import (
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"towncrier/kv"
)

// serveNeeds are the settings without which production does not start; the AES keys are optional.
var serveNeeds = []string{"key", "wechat.app_id", "wechat.secret", "wechat.token"}

func serveCommand(opt *options) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Serve the city's Official Account",
		Long: "Serve the city's Official Account: the platform's messages on /wechat, liveness on /healthz, readiness on /readyz,\n" +
			"metrics on /metrics. Needs TOWNCRIER_KEY, TOWNCRIER_WECHAT_APP_ID, TOWNCRIER_WECHAT_SECRET, TOWNCRIER_WECHAT_TOKEN and,\n" +
			"for sealed messages, TOWNCRIER_WECHAT_AES_KEY; `towncrier config` lists every setting. SIGTERM or Ctrl-C stops it\n" +
			"once what is under way is answered.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			src, err := opt.source()
			if err != nil {
				return err
			}
			cfg, err := src.config(serveNeeds...)
			if err != nil {
				return err
			}
			return serve(cmd, cfg, src, false)
		},
	}
}

// serve runs until a signal, and says on the command's standard error what happens.
func serve(cmd *cobra.Command, cfg Config, src source, rehearsal bool) error {
	ctx, stop := untilSignal(cmd.Context())
	defer stop()
	log := newLogger(cmd.ErrOrStderr(), cfg.LogLevel)
	kv.SetLogger(log)
	return run(ctx, cfg, stage{rehearsal: rehearsal, out: cmd.OutOrStdout(), log: log, strays: src.strays()})
}

// newLogger writes one event a line, as key=value.
func newLogger(w io.Writer, level string) *slog.Logger {
	var at slog.Level
	if err := at.UnmarshalText([]byte(level)); err != nil { // applyLogLevel has checked it
		at = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: at}))
}
