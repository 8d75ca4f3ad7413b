package kv_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towncrier/bot"
	"towncrier/kv"
	"towncrier/kv/kvtest"
	"towncrier/porttest"
)

func TestSentinel(t *testing.T) {
	master := kvtest.Start(t)
	host, port, err := net.SplitHostPort(master.Addr())
	if err != nil {
		t.Fatal(err)
	}
	conf, at := filepath.Join(t.TempDir(), "sentinel.conf"), porttest.Hold(t)
	text := fmt.Sprintf("port %s\nbind 127.0.0.1\nrequirepass sentinel-password\nsentinel monitor city %s %s 1\nsentinel auth-pass city %s\n",
		strings.TrimPrefix(at, "127.0.0.1:"), host, port, kvtest.Password)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	sentinel := exec.Command("redis-server", conf, "--sentinel")
	if err := sentinel.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		sentinel.Process.Kill()
		sentinel.Wait()
	}()
	setting := fmt.Sprintf("redis-sentinel://:%s@%s/city?db=1&sentinel_password=sentinel-password", kvtest.Password, at)
	eventually(t, "the sentinel names its master", func() bool {
		client, closeAll, err := kv.Open(t.Context(), setting)
		if err != nil {
			return false
		}
		defer closeAll()
		return client.Set(t.Context(), "k", "v", time.Minute).Err() == nil
	})
	direct := open(t, strings.TrimSuffix(master.URL(), "/0")+"/1")
	if got, err := direct.Get(t.Context(), "k").Result(); err != nil || got != "v" {
		t.Errorf("through the sentinel to database 1: %q, %v", got, err)
	}
}

func TestOutageIsQuickAndMends(t *testing.T) {
	server := kvtest.Start(t)
	client, sealer := open(t, server.URL()), newBox(t)
	sessions, replies, tokens := kv.NewSessions(client, sealer, 0), kv.NewFirstReplies(client, sealer), kv.NewTokens(client, sealer)
	if err := sessions.Save(t.Context(), openid, bot.State{Version: 1}); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err1 := sessions.Load(ctx, openid)
	_, _, _, err2 := replies.Claim(ctx, "m", time.Second)
	_, err3 := tokens.Load(ctx, "wxapp")
	if took := time.Since(start); took > 10*time.Second { // half a second at most, on a machine that is not busy
		t.Errorf("an outage held three calls for %v", took)
	}
	for _, err := range []error{err1, err2, err3} {
		if err == nil || strings.Contains(err.Error(), openid) || strings.Contains(err.Error(), "kvtest-password") {
			t.Errorf("error of an outage: %v", err)
		}
	}
	server.Restart()
	eventually(t, "the same client works again", func() bool {
		got, err := sessions.Load(t.Context(), openid)
		return err == nil && got.Version == 0
	})
}

// A Redis that takes connections and says nothing must not hold anybody.
func TestSilentRedis(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	start := time.Now()
	_, _, err = kv.Open(t.Context(), "redis://user:p%40ss-word@"+l.Addr().String())
	if err == nil || time.Since(start) > 20*time.Second { // three, on a machine that is not busy
		t.Fatalf("Open: %v after %v", err, time.Since(start))
	}
	if strings.Contains(err.Error(), "ss-word") || !strings.Contains(err.Error(), l.Addr().String()) {
		t.Errorf("error should name the host and no password: %v", err)
	}
}
