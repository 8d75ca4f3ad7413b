package cli

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/doctor"
	"towncrier/kv"
)

func doctorCommand(opt *options) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check what serving rests on, and say what to do about each fault",
		Long: "Check what serving rests on: WeChat's and Alibaba Cloud's accounts, templates and sign, the clock, the addresses that platforms\n" +
			"call, database, Redis, content, disk and limits. Run it on the server's machine, as its user and with its settings, before it\n" +
			"starts or while it runs; it changes nothing. Exits 0 when all is well, 1 when something is wrong, 2 when the settings cannot be read.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			src, err := opt.source()
			if err != nil {
				return &settingsError{err}
			}
			cfg, err := src.Config(config.ServeNeeds...)
			if err != nil {
				return &settingsError{err}
			}
			kv.SetLogger(slog.New(slog.DiscardHandler)) // what goes wrong is a finding
			results, err := app.Diagnose(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			if out.asJSON {
				err = writeJSON(cmd.OutOrStdout(), results)
			} else {
				err = printResults(cmd.OutOrStdout(), results)
			}
			if err != nil {
				return err
			}
			return failedIf(faultsOf(results) > 0)
		},
	}
	out.flag(cmd)
	return cmd
}

// settingsError is of settings that cannot be read.
type settingsError struct{ error }

func (e *settingsError) Unwrap() error { return e.error }

// printResults prints a line a finding, and below it what to do.
func printResults(w io.Writer, results []doctor.Result) error {
	var b strings.Builder
	for _, r := range results {
		for _, f := range r.Findings {
			fmt.Fprintf(&b, "%-9s  %-16s  %s\n", f.State, r.Check, f.What)
			if f.Remedy != "" {
				fmt.Fprintf(&b, "%-9s  %-16s  -> %s\n", "", "", f.Remedy)
			}
		}
	}
	switch n := faultsOf(results); n {
	case 0:
		fmt.Fprintf(&b, "\n%d checks, nothing is wrong.\n", len(results))
	default:
		fmt.Fprintf(&b, "\n%d checks, %d of them found something to do.\n", len(results), n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// faultsOf counts the checks that found something wrong.
func faultsOf(results []doctor.Result) (n int) {
	for _, r := range results {
		if r.State.Wrong() {
			n++
		}
	}
	return n
}
