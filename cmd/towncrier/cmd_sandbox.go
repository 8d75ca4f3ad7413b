package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"towncrier/content"
	"towncrier/plaintext"
	"towncrier/sandbox"
)

// sandboxNeeds are the settings that the pretend WeChat shares with the system under test.
var sandboxNeeds = []string{"wechat.app_id", "wechat.secret", "wechat.token"}

// sandboxFlags say where the sandbox and the system under test find each other.
type sandboxFlags struct {
	listen    string
	webhook   string
	callbacks string
	record    string
	seed      uint64
	residents int
	people    string
	delay     time.Duration
	again     time.Duration
	split     bool
}

func sandboxCommand(opt *options) *cobra.Command {
	var flags sandboxFlags
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
			cfg, err := src.config(sandboxNeeds...)
			if err != nil {
				return err
			}
			ctx, stop := untilSignal(cmd.Context())
			defer stop()
			log := newLogger(cmd.ErrOrStderr(), cfg.LogLevel)
			return serveSandbox(ctx, cfg, flags, cmd.OutOrStdout(), log, func(string) {})
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.listen, "listen", "127.0.0.1:8090", "loopback host:port to serve on")
	f.StringVar(&flags.webhook, "webhook", "http://127.0.0.1:8080/wechat", "where the system under test takes WeChat's messages")
	f.StringVar(&flags.callbacks, "callbacks", "http://127.0.0.1:8080", "base URL at which it takes SMS receipts and replies, below /sms/")
	f.StringVar(&flags.record, "record", "", "file to append the record to, JSON lines")
	f.Uint64Var(&flags.seed, "seed", 0, "of faults at a rate: the same seed and calls, the same faults")
	f.IntVar(&flags.residents, "residents", len(sandbox.DefaultResidents()), "how many synthetic residents there are")
	f.StringVar(&flags.people, "people", "", "file with the residents in their place, a list in JSON: openid, name, phone, unreachable, following, agreed, blocks")
	f.DurationVar(&flags.delay, "receipt-delay", 500*time.Millisecond, "time from acceptance to receipts and result events")
	f.DurationVar(&flags.again, "receipt-again", 0, "time between pushes of an SMS receipt that nobody acknowledges, for an hour (default: after 1, 5 and 10 minutes)")
	f.BoolVar(&flags.split, "split-cdata", false, "write a \"]]>\" of a resident over two CDATA sections; otherwise as it is (WeChat documents neither)")
	return cmd
}

// sandboxMemory is what the record of a broadcast to a million may take.
const sandboxMemory = 1 << 30

// serveSandbox serves until ctx ends. listening is told the address.
func serveSandbox(ctx context.Context, cfg Config, flags sandboxFlags, out io.Writer, log *slog.Logger, listening func(addr string)) error {
	collectLater(ctx, sandboxMemory)
	sc, err := sandboxConfig(cfg, flags)
	if err != nil {
		return err
	}
	sc.Log = log
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", flags.listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	pretend, err := sandbox.New(sc)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer pretend.Close()
	server := &http.Server{
		Handler:           pretend.Handler(),
		ReadHeaderTimeout: 3 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	} // no WriteTimeout: a fault may take an hour to answer
	server.RegisterOnShutdown(pretend.Close) // its open pages would hold the server up
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), listener.Close())
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	announceSandbox(out, listener.Addr().String(), cfg, flags)
	listening(listener.Addr().String())

	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping")
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

// sandboxConfig checks the flags and gives the pretend platforms the credentials of the system under test. The pretend
// account at Alibaba Cloud has one sign and two templates: that of verification codes and a notice.
func sandboxConfig(cfg Config, flags sandboxFlags) (sandbox.Config, error) {
	host, _, err := net.SplitHostPort(flags.listen)
	if err != nil || !isLoopback(host) {
		return sandbox.Config{}, fmt.Errorf("--listen: %q is not loopback; whoever reaches a sandbox speaks as any resident: write it as 127.0.0.1:8090", flags.listen)
	}
	var callbacks Config
	if err := applyURL(func(c *Config) *string { return &c.PublicURL })(&callbacks, flags.callbacks); err != nil {
		return sandbox.Config{}, fmt.Errorf("--callbacks: %w", err)
	}
	residents, err := flags.everybody()
	if err != nil {
		return sandbox.Config{}, err
	}
	folder, name := contentOf(cfg)
	lib, problems := content.Load(folder)
	if lib == nil {
		return sandbox.Config{}, fmt.Errorf("%s is refused:\n%w", name, problems.OnlyFaults())
	}
	sc := sandbox.Config{
		AppID: cfg.WeChat.AppID, Secret: cfg.WeChat.Secret, Token: cfg.WeChat.Token, AESKey: cfg.WeChat.AESKey,
		WebhookURL: flags.webhook, Residents: residents, Seed: flags.seed, RecordFile: flags.record,
		Templates: noticeForms(lib), ResultDelay: flags.delay, SplitCDATA: flags.split,
	}
	if len(sc.Templates) == 0 {
		sc.Templates = nil // a city without any: the sandbox's own
	}
	if cfg.SMS.On() {
		sc.SMS = sandboxSMS(cfg.SMS, callbacks.PublicURL)
		sc.SMS.Templates, sc.SMS.Delay = noticeTexts(sc.SMS.Templates, lib), flags.delay
		if flags.again > 0 {
			sc.SMS.ReportRetries = slices.Repeat([]time.Duration{flags.again}, int(max(1, time.Hour/flags.again)))
		}
	}
	return sc, nil
}

// everybody is who lives in the sandbox.
func (f sandboxFlags) everybody() ([]sandbox.Resident, error) {
	if f.people == "" {
		made, err := sandbox.SyntheticResidents(f.residents)
		if err != nil {
			return nil, fmt.Errorf("--residents: %w", err)
		}
		return made, nil
	}
	text, err := os.ReadFile(f.people)
	if err != nil {
		return nil, fmt.Errorf("--people: %w", err)
	}
	if text, err = plaintext.Decode(text); err != nil {
		return nil, fmt.Errorf("--people: %s: %w", f.people, err)
	}
	var list []struct {
		sandbox.Resident
		Following bool     `json:"following"`
		Agreed    []string `json:"agreed"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("--people: %s is no list of residents in JSON: %w", f.people, err)
	}
	people := make([]sandbox.Resident, len(list))
	for i, p := range list {
		people[i] = p.Resident
		people[i].Following, people[i].Agreed = p.Following, p.Agreed
	}
	return people, nil
}

// announceSandbox tells who started it where to look, and what the system under test must be given.
func announceSandbox(w io.Writer, addr string, cfg Config, flags sandboxFlags) {
	var b strings.Builder
	fmt.Fprintf(&b, "\n  towncrier pretends to be WeChat")
	if cfg.SMS.On() {
		fmt.Fprint(&b, " and Alibaba Cloud SMS")
	}
	fmt.Fprintf(&b, "\n\n    phone page   http://%s/sandbox/\n    record       http://%s/sandbox/record", addr, addr)
	if flags.record != "" {
		fmt.Fprintf(&b, ", appended to %s", flags.record)
	}
	fmt.Fprintf(&b, "\n    messages to  %s\n", flags.webhook)
	if cfg.SMS.On() {
		fmt.Fprintf(&b, "    receipts to  %s/sms/report/, replies to /sms/reply/\n", strings.TrimRight(flags.callbacks, "/"))
	}
	fmt.Fprintf(&b, "\n  Give the system under test the same credentials, and:\n\n    TOWNCRIER_WECHAT_API=http://%s/sandbox/wechat\n", addr)
	if cfg.SMS.On() {
		fmt.Fprintf(&b, "    TOWNCRIER_SMS_ENDPOINT=http://%s/sandbox/aliyun\n", addr)
	} else {
		fmt.Fprint(&b, "\n  SMS is off: no TOWNCRIER_SMS_* is set.\n")
	}
	fmt.Fprint(&b, "\n  Ctrl-C stops it.\n\n")
	io.WriteString(w, b.String())
}
