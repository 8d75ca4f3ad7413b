package sends_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/desk/desktest"
	"towncrier/porttest"
)

// mortal has this program serve a city until it is killed, or its parent is: where, in which folder, and the address of its platforms.
const mortal = "TOWNCRIER_TEST_SERVES"

// configOf is what a city's two processes agree on: the one that serves it, and the one with its platforms, which outlive it.
func configOf(listen, folder string) (rehearsal.Config, error) {
	src, err := config.Read("", []string{"TOWNCRIER_LISTEN=" + listen, "TOWNCRIER_DATA=" + folder})
	if err != nil {
		return rehearsal.Config{}, err
	}
	cfg, err := rehearsal.NewConfig(src)
	large(300)(&cfg)
	cfg.PublicURL, cfg.WeChat.Secret, cfg.WeChat.Token, cfg.WeChat.AESKey = "http://"+listen, strings.Repeat("s", 32), strings.Repeat("t", 24), strings.Repeat("k", 43)
	cfg.SMS.AccessKeyID, cfg.SMS.AccessKeySecret, cfg.SMS.CallbackKey = "LTAI"+strings.Repeat("0", 20), strings.Repeat("a", 30), strings.Repeat("c", 40)
	cfg.Broadcast.Lease, cfg.Broadcast.AskAgain = 4*time.Second, time.Second // a kill may leave a call of which the city knows nothing
	return cfg, err
}

// serve is what the other process does.
func serve(at string) error {
	where := strings.Fields(at)
	cfg, err := configOf(where[0], where[1])
	if err != nil {
		return err
	}
	cfg.WeChat.API, cfg.SMS.Endpoint = where[2]+"/sandbox/wechat", where[2]+"/sandbox/aliyun"
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	server := app.New(cfg.Config, app.Options{Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Rehearsal: true, Colleagues: []string{"rehearsal-approver"}})
	return server.Run(context.Background(), func(context.Context) error {
		_, err := fmt.Println("serving")
		return err
	})
}

// mortalCity is a city in a process of its own.
type mortalCity struct {
	*desktest.Desk
	platforms string
	process   *exec.Cmd
	stdin     io.Closer
}

func openMortal(t *testing.T) *mortalCity {
	t.Helper()
	listen, folder := porttest.Hold(t), t.TempDir()
	cfg, err := configOf(listen, folder)
	if err != nil {
		t.Fatal(err)
	}
	c := &mortalCity{Desk: &desktest.Desk{URL: "http://" + listen, Folder: filepath.Join(folder, "rehearsal")}, platforms: servePlatforms(t, cfg)}
	furnish(t, cfg)
	c.start(t)
	t.Cleanup(c.kill)
	return c
}

// servePlatforms serves what the city sends to, and gives its address.
func servePlatforms(t *testing.T, cfg rehearsal.Config) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	at, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- rehearsal.ServeSandbox(ctx, cfg.Config, rehearsal.SandboxOptions{
			Listen: "127.0.0.1:0", Webhook: cfg.PublicURL + "/wechat", Callbacks: cfg.PublicURL, Residents: cfg.Residents, Again: 500 * time.Millisecond,
		}, io.Discard, slog.New(slog.DiscardHandler), func(addr string) { at <- addr })
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case addr := <-at:
		return "http://" + addr
	case err := <-ended:
		ended <- nil
		t.Fatal(err)
		return ""
	}
}

// furnish makes up the city's people in its folder.
func furnish(t *testing.T, cfg rehearsal.Config) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	err := rehearsal.Run(ctx, cfg, rehearsal.Options{Out: io.Discard, Log: slog.New(slog.DiscardHandler), Program: "towncrier", Serving: func(*app.App) { stop() }})
	if err != nil {
		t.Fatal(err)
	}
}

// start serves where it served before.
func (c *mortalCity) start(t *testing.T) {
	t.Helper()
	c.process = exec.Command(os.Args[0])
	c.process.Env = append(os.Environ(), mortal+"="+strings.Join([]string{strings.TrimPrefix(c.URL, "http://"), filepath.Dir(c.Folder), c.platforms}, " "))
	c.process.Stderr = t.Output()
	stdin, err := c.process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.process.StdoutPipe()
	if err == nil {
		err = c.process.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	c.stdin = stdin
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "serving\n" {
		t.Fatalf("the city says %q: %v", line, err)
	}
}

// kill ends it as kill -9 does.
func (c *mortalCity) kill() {
	c.process.Process.Kill()
	c.process.Wait()
	c.stdin.Close()
}
