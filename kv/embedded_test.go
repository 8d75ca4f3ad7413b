package kv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"towncrier/kv/kvtest"
)

func TestEmbeddedIsPrivateAndEnds(t *testing.T) {
	before := runtime.NumGoroutine()
	one, closeOne, err := Open(t.Context(), Embedded)
	if err != nil {
		t.Fatal(err)
	}
	two, closeTwo, err := Open(t.Context(), Embedded)
	if err != nil {
		t.Fatal(err)
	}
	if err := one.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := two.Get(t.Context(), "k").Err(); !errors.Is(err, redis.Nil) {
		t.Errorf("a second embedded Redis sees the first one's keys: %v", err)
	}
	for _, end := range []func() error{closeOne, closeTwo} {
		if err := end(); err != nil {
			t.Error(err)
		}
	}
	for end := time.Now().Add(time.Minute); runtime.NumGoroutine() > before; <-time.After(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines before, %d after closing", before, runtime.NumGoroutine())
		}
	}
}

// net.Pipe, which miniredis's own Dial gives, stops for ever at this.
func TestEmbeddedTakesLongPipelines(t *testing.T) {
	client, closeAll, err := Open(t.Context(), Embedded)
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll()
	pipe := client.Pipeline()
	const keys = 500 // 25 kB, beyond the server's buffer, and little enough for a busy machine
	for i := range keys {
		pipe.Set(t.Context(), fmt.Sprint("key", i), "value", time.Minute)
	}
	if _, err := pipe.Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := client.DBSize(t.Context()).Val(); n != keys {
		t.Errorf("%d keys", n)
	}
}

func TestMemoryConn(t *testing.T) {
	near, far := memoryPair()
	go func() {
		io.Copy(far, far)
		far.Close()
	}()
	message := strings.Repeat("邻里通", 100_000)
	var all sync.WaitGroup
	all.Go(func() { io.WriteString(near, message) })
	got := make([]byte, len(message))
	if _, err := io.ReadFull(near, got); err != nil || string(got) != message {
		t.Fatalf("came back otherwise: %v", err)
	}
	all.Wait()

	near.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if _, err := near.Read(got); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read past its deadline: %v", err)
	}
	if timeout, ok := errors.AsType[net.Error](os.ErrDeadlineExceeded); !ok || !timeout.Timeout() {
		t.Error("the deadline's error is not a net.Error time-out")
	}
	near.SetReadDeadline(time.Time{})
	all.Go(func() {
		if _, err := near.Read(got); !errors.Is(err, io.EOF) {
			t.Errorf("read of a closed connection: %v", err)
		}
	})
	near.Close()
	all.Wait()
	if _, err := near.Write(got); err == nil {
		t.Error("write to a closed connection")
	}
}

func BenchmarkEmbedded(b *testing.B) {
	benchmarkGet(b, Embedded)
}

func BenchmarkRealRedis(b *testing.B) {
	benchmarkGet(b, kvtest.Start(b).URL())
}

func benchmarkGet(b *testing.B, setting string) {
	client, closeAll, err := Open(context.Background(), setting)
	if err != nil {
		b.Fatal(err)
	}
	defer closeAll()
	ctx := context.Background()
	client.Set(ctx, "k", "v", time.Minute)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := client.Get(ctx, "k").Err(); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func BenchmarkEmbeddedStart(b *testing.B) {
	for b.Loop() {
		_, closeAll, err := Open(context.Background(), Embedded)
		if err != nil {
			b.Fatal(err)
		}
		closeAll()
	}
}

// BenchmarkTick is what moving the clock costs while ten thousand keys have a time limit.
func BenchmarkTick(b *testing.B) {
	server := miniredis.NewMiniRedis()
	for i := range 10_000 {
		key := fmt.Sprint("towncrier:session:", i)
		if err := server.Set(key, "value"); err != nil {
			b.Fatal(err)
		}
		server.SetTTL(key, time.Hour)
	}
	for b.Loop() {
		server.FastForward(time.Microsecond)
	}
}
