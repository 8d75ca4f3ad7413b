package worker_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// eachRedis runs test on the embedded Redis and on a real one, started for it.
func eachRedis(t *testing.T, test func(t *testing.T, open func() redis.UniversalClient)) {
	for _, kind := range []struct {
		name  string
		start func(*testing.T) *redis.Options
	}{{"embedded", embedded}, {"real", realRedis}} {
		t.Run(kind.name, func(t *testing.T) {
			options := kind.start(t)
			test(t, func() redis.UniversalClient {
				client := redis.NewClient(options)
				t.Cleanup(func() { client.Close() })
				return client
			})
		})
	}
}

// embedded is a miniredis whose time limits run with the clock on the wall.
func embedded(t *testing.T) *redis.Options {
	server := miniredis.RunT(t)
	tick, done, stopped := time.NewTicker(time.Second), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-tick.C:
				server.FastForward(time.Second)
			case <-done:
				return
			}
		}
	}()
	t.Cleanup(func() {
		tick.Stop()
		close(done)
		<-stopped
	})
	return &redis.Options{Addr: server.Addr()}
}

func realRedis(t *testing.T) *redis.Options {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatal("Redis is not installed: run `apt-get install redis-server` (make test does it)")
	}
	dir, err := os.MkdirTemp("", "towncrier-redis-") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	server := exec.Command(program, "--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "", "--appendonly", "no")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	options := &redis.Options{Network: "unix", Addr: socket}
	client := redis.NewClient(options)
	defer client.Close()
	poll(t, "Redis answers", func() bool { return client.Ping(t.Context()).Err() == nil })
	return options
}

// poll waits until done, at most a minute.
func poll(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !done(); {
		if time.Now().After(end) {
			t.Fatalf("not within a minute: %s", what)
		}
		<-time.After(10 * time.Millisecond)
	}
}
