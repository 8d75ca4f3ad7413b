package kv_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/bot"
	"towncrier/kv"
)

func testExchange(t *testing.T, connect func() redis.UniversalClient) {
	sealer := newBox(t)
	client := connect()
	sessions, first := kv.NewSessions(client, sealer, 0), kv.NewFirstReplies(client, sealer)
	elsewhere := kv.NewSessions(connect(), sealer, 0) // as another process, and outside of the exchange, would see it
	want := func(ctx context.Context, s *kv.Sessions, from string, want bot.State) {
		t.Helper()
		if got, err := s.Load(ctx, from); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("loaded %+v, %v; want %+v", got, err, want)
		}
	}
	save := func(ctx context.Context, from string, s bot.State) {
		t.Helper()
		if err := sessions.Save(ctx, from, s); err != nil {
			t.Fatal(err)
		}
	}
	claimed := func(key string) context.Context {
		t.Helper()
		ctx := first.Begin(t.Context(), openid)
		if _, _, won, err := first.Claim(ctx, key, time.Minute); err != nil || !won {
			t.Fatalf("claim: %v, %v", won, err)
		}
		return ctx
	}
	complete := func(ctx context.Context, key string) {
		t.Helper()
		if stands, err := first.Complete(ctx, key, "答", time.Minute); err != nil || stands != "答" {
			t.Fatalf("complete: %q, %v", stands, err)
		}
	}
	one, two, three := bot.State{Version: 1}, bot.State{Version: 1, Menu: []string{"two"}}, bot.State{Version: 1, Menu: []string{"three"}}

	// The first message: nothing is known. What is saved shows inside at once, and outside with the reply.
	ctx := claimed("m1")
	want(ctx, sessions, openid, bot.State{})
	save(ctx, openid, one)
	want(ctx, sessions, openid, one)
	want(t.Context(), elsewhere, openid, bot.State{})
	complete(ctx, "m1")
	want(t.Context(), elsewhere, openid, one)

	// A process that dies before it completes leaves the conversation as the retry must find it.
	ctx = claimed("m2")
	want(ctx, sessions, openid, one)
	save(ctx, openid, two)
	want(t.Context(), elsewhere, openid, one)

	// What an answer saves after its deadline is written by itself.
	ctx = claimed("m3")
	complete(ctx, "m3")
	save(ctx, openid, three)
	want(t.Context(), elsewhere, openid, three)

	// An exchange is one resident's.
	ctx = claimed("m4")
	want(ctx, sessions, openid+"x", bot.State{})
	save(ctx, openid+"x", two)
	want(t.Context(), elsewhere, openid+"x", two)
	// Deleted, the conversation does not come back with the reply.
	save(ctx, openid, two)
	if err := sessions.Delete(ctx, openid); err != nil {
		t.Fatal(err)
	}
	want(ctx, sessions, openid, bot.State{})
	complete(ctx, "m4")
	want(t.Context(), elsewhere, openid, bot.State{})

	// Without a claim there is nothing to carry.
	ctx = first.Begin(t.Context(), openid)
	save(ctx, openid, two)
	want(t.Context(), elsewhere, openid, two)
	want(ctx, sessions, openid, two)
}

func TestExchangeIsTwoTrips(t *testing.T) {
	client, sealer := open(t, kv.Embedded), newBox(t)
	sessions, first := kv.NewSessions(client, sealer, 0), kv.NewFirstReplies(client, sealer)
	exchange := func(key string) {
		t.Helper()
		ctx := first.Begin(t.Context(), openid)
		if _, _, won, err := first.Claim(ctx, key, time.Minute); err != nil || !won {
			t.Fatal(won, err)
		}
		state, err := sessions.Load(ctx, openid)
		if err != nil {
			t.Fatal(err)
		}
		if err := sessions.Save(ctx, openid, state); err != nil {
			t.Fatal(err)
		}
		if _, err := first.Complete(ctx, key, "答", time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	exchange("m1") // connects, which is a trip too
	counted := new(trips)
	client.AddHook(counted)
	exchange("m2")
	if *counted != 2 {
		t.Errorf("%d trips to Redis, want 2", *counted)
	}
}

// trips counts what goes to Redis in one piece.
type trips int

func (n *trips) DialHook(next redis.DialHook) redis.DialHook { return next }

func (n *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		*n++
		return next(ctx, cmd)
	}
}

func (n *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		*n++
		return next(ctx, cmds)
	}
}
