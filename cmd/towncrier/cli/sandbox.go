package cli

import (
	"time"

	"github.com/spf13/cobra"

	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/sandbox/platform"
)

// sandboxMemory is what the record of a broadcast to a million may take.
const sandboxMemory = 1 << 30

func sandboxCommand(opt *options) *cobra.Command {
	var flags rehearsal.SandboxOptions
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Serve the pretend WeChat and Alibaba Cloud SMS alone, for a system under test beside it",
		Long: "Serve the pretend WeChat and the pretend Alibaba Cloud SMS of a rehearsal as a process of their own, on loopback,\n" +
			"with the templates of the city's content,\n" +
			"for a system under test that may be stopped, killed and started again: the record of what reached whom lives here.\n" +
			"Takes TOWNCRIER_WECHAT_* and, for SMS, TOWNCRIER_SMS_*: the same as the system under test. Ctrl-C stops it.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			src, err := opt.source()
			if err != nil {
				return err
			}
			cfg, err := src.Config(rehearsal.SandboxNeeds...)
			if err != nil {
				return err
			}
			ctx, stop := untilSignal(cmd.Context())
			defer stop()
			log := newLogger(cmd.ErrOrStderr(), cfg.LogLevel)
			app.TuneGC(ctx, sandboxMemory)
			return rehearsal.ServeSandbox(ctx, cfg, flags, cmd.OutOrStdout(), log, func(string) {})
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.Listen, "listen", "127.0.0.1:8090", "loopback host:port to serve on")
	f.StringVar(&flags.Webhook, "webhook", "http://127.0.0.1:8080/wechat", "where the system under test takes WeChat's messages")
	f.StringVar(&flags.Callbacks, "callbacks", "http://127.0.0.1:8080", "base URL at which it takes SMS receipts and replies, below /sms/")
	f.StringVar(&flags.Record, "record", "", "file to append the record to, JSON lines")
	f.Uint64Var(&flags.Seed, "seed", 0, "of faults at a rate: the same seed and calls, the same faults")
	f.IntVar(&flags.Residents, "residents", len(platform.DefaultResidents()), "how many synthetic residents there are")
	f.StringVar(&flags.People, "people", "", "file with the residents in their place, a list in JSON: openid, name, phone, unreachable, following, agreed, blocks")
	f.DurationVar(&flags.Delay, "receipt-delay", 500*time.Millisecond, "time from acceptance to receipts and result events")
	f.DurationVar(&flags.Again, "receipt-again", 0, "time between pushes of an SMS receipt that nobody acknowledges, for an hour (default: after 1, 5 and 10 minutes)")
	f.BoolVar(&flags.SplitCDATA, "split-cdata", false, "write a \"]]>\" of a resident over two CDATA sections; otherwise as it is (WeChat documents neither)")
	return cmd
}
