package cli

import (
	"context"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
	"towncrier/kv"
)

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
			cfg, err := src.Config(config.ServeNeeds...)
			if err != nil {
				return err
			}
			return serving(cmd, cfg.LogLevel, src, func(ctx context.Context, log *slog.Logger) error {
				return app.New(cfg, app.Options{Log: log, Version: opt.version}).Run(ctx, nil)
			})
		},
	}
}

// serving runs until a signal what serves, and says on the command's standard error what happens.
func serving(cmd *cobra.Command, level string, src config.Source, do func(context.Context, *slog.Logger) error) error {
	ctx, stop := untilSignal(cmd.Context())
	defer stop()
	log := newLogger(cmd.ErrOrStderr(), level)
	kv.SetLogger(log)
	app.TuneGC(ctx, app.ServeMemory)
	for _, s := range src.Unknown() {
		log.Warn("unknown variable ignored: no setting has this name", "variable", s.Name)
	}
	return do(ctx, log)
}

// newLogger writes one event a line, as key=value.
func newLogger(w io.Writer, level string) *slog.Logger {
	var at slog.Level
	if err := at.UnmarshalText([]byte(level)); err != nil { // applyLogLevel has checked it
		at = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: at}))
}
