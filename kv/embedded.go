package kv

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// tickEvery is how exact the embedded Redis's time limits are: exact enough for leases of seconds. Each tick visits every
// key, 2 ms for ten thousand. (miniredis's own clock, ClockTTL, visits them at every command.)
const tickEvery = 250 * time.Millisecond

// openEmbedded starts a Redis that nobody outside this process can reach: it listens nowhere, and its clients are
// connected by memory.
func openEmbedded() (redis.UniversalClient, func() error, error) {
	server := miniredis.NewMiniRedis()
	// The first Dial starts miniredis without a listener. Its net.Pipe itself is of no use: it has no buffer, so a long
	// pipeline has both ends writing and neither reading.
	conn, err := server.Dial()
	if err != nil {
		return nil, nil, fmt.Errorf("embedded redis: %w", err)
	}
	conn.Close()

	opt := base()
	opt.Addrs = []string{"embedded:0"}
	var open sync.Mutex // go-redis may still connect when its client is closed
	closed := false
	opt.Dialer = func(context.Context, string, string) (net.Conn, error) {
		open.Lock()
		defer open.Unlock()
		if closed {
			return nil, net.ErrClosed
		}
		near, far := memoryPair()
		server.Server().ServeConn(far)
		return near, nil
	}
	opt.DisableIdentity = true // miniredis knows neither
	opt.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	opt.ReadBufferSize, opt.WriteBufferSize = 4<<10, 4<<10
	client := redis.NewUniversalClient(opt)

	ctx, stop := context.WithCancel(context.Background())
	var ticking sync.WaitGroup
	ticking.Go(func() { tick(ctx, server) })
	return client, func() error {
		err := client.Close()
		stop()
		ticking.Wait()
		open.Lock()
		defer open.Unlock()
		closed = true
		server.Close()
		return err
	}, nil
}

// tick moves the server's time limits on: miniredis stands still by itself.
func tick(ctx context.Context, server *miniredis.Miniredis) {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			now := time.Now()
			server.FastForward(now.Sub(last))
			last = now
		}
	}
}

// base holds what every form shares.
func base() *redis.UniversalOptions {
	return &redis.UniversalOptions{
		Protocol:              2, // nothing here needs RESP3, whose pushes are looked for at every answer
		DialTimeout:           time.Second,
		DialerRetries:         1, // the default waits half a second more
		ReadTimeout:           2 * time.Second,
		WriteTimeout:          2 * time.Second,
		MaxRetries:            1,
		ContextTimeoutEnabled: true,
	}
}
