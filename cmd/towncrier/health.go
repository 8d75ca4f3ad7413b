package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/spf13/cobra"
)

// part is something that towncrier rests on, and how to ask whether it answers.
type part struct {
	name  string
	check func(context.Context) error
}

// checkAll asks every part at once: one that hangs leaves the others their time. The errors are in the order of parts.
func checkAll(ctx context.Context, parts []part) []error {
	errs := make([]error, len(parts))
	var asked sync.WaitGroup
	for i, p := range parts {
		asked.Go(func() { errs[i] = p.check(ctx) })
	}
	asked.Wait()
	return errs
}

// ready answers /readyz: 200 when every part answers, else 503; the body names each part, never why it fails, since
// the page is public and the log says why.
func ready(parts []part) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		status, states := http.StatusOK, map[string]string{}
		for i, err := range checkAll(ctx, parts) {
			states[parts[i].name] = "ok"
			if err != nil {
				states[parts[i].name], status = "down", http.StatusServiceUnavailable
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(states) //nolint:errcheck // the client went away
	})
}

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
			cfg, err := src.only("listen").config()
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
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
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
