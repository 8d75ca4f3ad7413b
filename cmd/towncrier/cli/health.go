package cli

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"towncrier/cmd/towncrier/app"
)

// healthCommand is the container's health check: it asks the server on this machine.
func healthCommand(opt *options) *cobra.Command {
	return &cobra.Command{
		Use:   "health",
		Short: "Ask the server on this machine whether it is alive; exits 1 when it is not",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			src, err := opt.source()
			if err != nil {
				return err
			}
			// Only where it listens matters: what else changed since the server started, such as a content folder that is
			// being replaced, must not make a container platform kill it.
			cfg, err := src.Only("listen").Config()
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), 2*time.Second)
			defer cancel()
			if err := askHealth(ctx, cfg.Listen); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "ok")
			return nil
		},
	}
}

func askHealth(ctx context.Context, listen string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+app.OnThisMachine(listen)+"/healthz", nil)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{}} // no proxy: the server is on this machine
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("no answer on %s: %w", listen, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server on %s answered %s", listen, resp.Status)
	}
	return nil
}
