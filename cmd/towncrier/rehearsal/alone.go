package rehearsal

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

	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
	"towncrier/content"
	"towncrier/plaintext"
	"towncrier/sandbox"
	"towncrier/sandbox/platform"
)

// SandboxNeeds are the settings that the pretend WeChat shares with the system under test.
var SandboxNeeds = []string{"wechat.app_id", "wechat.secret", "wechat.token"}

// SandboxOptions say where a sandbox of its own and the system under test find each other.
type SandboxOptions struct {
	Listen     string        // loopback host:port
	Webhook    string        // where the system under test takes WeChat's messages
	Callbacks  string        // base URL of its callbacks for SMS
	Record     string        // file to append the record to; "" for none
	Seed       uint64        // of faults at a rate
	Residents  int           // how many there are, without People
	People     string        // JSON file with the residents; "" for synthetic ones
	Delay      time.Duration // from acceptance to receipts
	Again      time.Duration // between pushes of a receipt that nobody acknowledges; 0 for the platform's
	SplitCDATA bool          // write a "]]>" of a resident over two CDATA sections
}

// ServeSandbox serves until ctx ends. listening is told the address.
func ServeSandbox(ctx context.Context, cfg config.Config, opt SandboxOptions, out io.Writer, log *slog.Logger, listening func(addr string)) error {
	sc, err := sandboxConfig(cfg, opt)
	if err != nil {
		return err
	}
	sc.Log = log
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", opt.Listen)
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
	announceSandbox(out, listener.Addr().String(), cfg, opt)
	listening(listener.Addr().String())

	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping")
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), app.StopWithin)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

// sandboxConfig checks the flags and gives the pretend platforms the credentials of the system under test. The pretend
// account at Alibaba Cloud has one sign and two templates: that of verification codes and a notice.
func sandboxConfig(cfg config.Config, opt SandboxOptions) (sandbox.Config, error) {
	host, _, err := net.SplitHostPort(opt.Listen)
	if err != nil || !config.IsLoopback(host) {
		return sandbox.Config{}, fmt.Errorf("--listen: %q is not loopback; whoever reaches a sandbox speaks as any resident: write it as 127.0.0.1:8090", opt.Listen)
	}
	callbacks, err := config.ParseBaseURL(opt.Callbacks)
	if err != nil {
		return sandbox.Config{}, fmt.Errorf("--callbacks: %w", err)
	}
	residents, err := opt.Everybody()
	if err != nil {
		return sandbox.Config{}, err
	}
	folder, name := app.ContentOf(cfg)
	lib, problems := content.Load(folder)
	if lib == nil {
		return sandbox.Config{}, fmt.Errorf("%s is refused:\n%w", name, problems.OnlyFaults())
	}
	sc := sandbox.Config{
		Config: platform.Config{Residents: residents, Seed: opt.Seed, RecordFile: opt.Record},
		WeChat: sandboxWeChat(cfg.WeChat, opt.Webhook, lib),
	}
	sc.WeChat.ResultDelay, sc.WeChat.SplitCDATA = opt.Delay, opt.SplitCDATA
	if len(sc.WeChat.Templates) == 0 {
		sc.WeChat.Templates = nil // a city without any: the sandbox's own
	}
	if cfg.SMS.On() {
		sc.SMS = sandboxSMS(cfg.SMS, callbacks)
		sc.SMS.Templates, sc.SMS.Delay = noticeTexts(sc.SMS.Templates, lib), opt.Delay
		if opt.Again > 0 {
			sc.SMS.ReportRetries = slices.Repeat([]time.Duration{opt.Again}, int(max(1, time.Hour/opt.Again)))
		}
	}
	return sc, nil
}

// Everybody is who lives in the sandbox.
func (opt SandboxOptions) Everybody() ([]platform.Resident, error) {
	if opt.People == "" {
		made, err := platform.SyntheticResidents(opt.Residents)
		if err != nil {
			return nil, fmt.Errorf("--residents: %w", err)
		}
		return made, nil
	}
	text, err := os.ReadFile(opt.People)
	if err != nil {
		return nil, fmt.Errorf("--people: %w", err)
	}
	if text, err = plaintext.Decode(text); err != nil {
		return nil, fmt.Errorf("--people: %s: %w", opt.People, err)
	}
	var list []struct {
		platform.Resident
		Following bool     `json:"following"`
		Agreed    []string `json:"agreed"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("--people: %s is no list of residents in JSON: %w", opt.People, err)
	}
	people := make([]platform.Resident, len(list))
	for i, p := range list {
		people[i] = p.Resident
		people[i].Following, people[i].Agreed = p.Following, p.Agreed
	}
	return people, nil
}

// announceSandbox tells who started it where to look, and what the system under test must be given.
func announceSandbox(w io.Writer, addr string, cfg config.Config, opt SandboxOptions) {
	var b strings.Builder
	fmt.Fprintf(&b, "\n  towncrier pretends to be WeChat")
	if cfg.SMS.On() {
		fmt.Fprint(&b, " and Alibaba Cloud SMS")
	}
	fmt.Fprintf(&b, "\n\n    phone page   http://%s/sandbox/\n    record       http://%s/sandbox/record", addr, addr)
	if opt.Record != "" {
		fmt.Fprintf(&b, ", appended to %s", opt.Record)
	}
	fmt.Fprintf(&b, "\n    messages to  %s\n", opt.Webhook)
	if cfg.SMS.On() {
		fmt.Fprintf(&b, "    receipts to  %s/sms/report/, replies to /sms/reply/\n", strings.TrimRight(opt.Callbacks, "/"))
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
