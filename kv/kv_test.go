package kv_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/bot"
	"towncrier/kv"
	"towncrier/kv/kvtest"
	"towncrier/porttest"
	"towncrier/seal"
)

func TestMain(m *testing.M) {
	kv.SetLogger(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// contract is what every Redis must do. Every call of connect is a client of its own, as another process would have; the
// embedded Redis has but one process, so there they share. It is held by one Redis after the other: a call may take half a
// second, and the embedded one runs its scripts on the processors that the tests need, too.
var contract = []struct {
	name string
	test func(t *testing.T, connect func() redis.UniversalClient)
}{
	{"Sessions", testSessions},
	{"SessionsForgetAndSlide", testSessionsForgetAndSlide},
	{"NothingReadableInRedis", testNothingReadableInRedis},
	{"SessionUnderAnotherKeyStartsAfresh", testSessionUnderAnotherKeyStartsAfresh},
	{"FirstReplies", testFirstReplies},
	{"ClaimOfDeadProcessExpires", testClaimOfDeadProcessExpires},
	{"OneOfManyWins", testOneOfManyWins},
	{"Exchange", testExchange},
	{"Tokens", testTokens},
	{"TokenLock", testTokenLock},
	{"TokenLockOfAClockAhead", testTokenLockOfAClockAhead},
	{"Codes", testCodes},
	{"CodeEnds", testCodeEnds},
	{"CodeLimits", testCodeLimits},
	{"CodeCaps", testCodeCaps},
	{"CodesOfAClockAhead", testCodesOfAClockAhead},
	{"CodeSwap", testCodeSwap},
	{"CodeBruteForce", testCodeBruteForce},
	{"CodeRaces", testCodeRaces},
	{"CodesUnreadable", testCodesUnreadable},
}

func TestEmbedded(t *testing.T) {
	client := open(t, kv.Embedded)
	run(t, func() redis.UniversalClient { return client })
}

func TestRedis(t *testing.T) {
	server := kvtest.Start(t)
	run(t, func() redis.UniversalClient { return open(t, server.URL()) })
}

func TestCluster(t *testing.T) {
	setting := startCluster(t)
	run(t, func() redis.UniversalClient { return open(t, setting) })
}

// run holds one Redis, emptied before each test, to the contract.
func run(t *testing.T, connect func() redis.UniversalClient) {
	for _, c := range contract {
		t.Run(c.name, func(t *testing.T) {
			if err := connect().FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			c.test(t, connect)
		})
	}
}

// startCluster runs a cluster of one node that holds every slot.
func startCluster(t *testing.T) (setting string) {
	t.Helper()
	_, port, _ := strings.Cut(porttest.Hold(t), ":")
	node := kvtest.Start(t, "--cluster-enabled", "yes", "--cluster-port", port)
	client := redis.NewClient(&redis.Options{Addr: node.Addr(), Password: kvtest.Password, Protocol: 2})
	defer client.Close()
	if err := client.ClusterAddSlotsRange(t.Context(), 0, 16383).Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the cluster is ready", func() bool {
		info, err := client.ClusterInfo(t.Context()).Result()
		return err == nil && strings.Contains(info, "cluster_state:ok")
	})
	return fmt.Sprintf("redis-cluster://:%s@%s", kvtest.Password, node.Addr())
}

func open(t testing.TB, setting string) redis.UniversalClient {
	t.Helper()
	client, closeAll, err := kv.Open(context.Background(), setting)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := closeAll(); err != nil {
			t.Error(err)
		}
	})
	return client
}

func newBox(t testing.TB) *seal.Sealer {
	t.Helper()
	sealer, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

// eventually asks until ok, at most a minute.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); <-time.After(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatal("not within a minute: " + what)
}

const openid = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"

func testSessions(t *testing.T, connect func() redis.UniversalClient) {
	ctx, sealer := t.Context(), newBox(t)
	here, there := kv.NewSessions(connect(), sealer, time.Hour), kv.NewSessions(connect(), sealer, time.Hour)

	got, err := here.Load(ctx, openid)
	if err != nil || !reflect.DeepEqual(got, bot.State{}) {
		t.Fatalf("unknown resident: %+v, %v; want the zero state", got, err)
	}
	want := bot.State{Version: 1, Topics: []string{"dogs.leash"}, Menu: []string{"a", "b"}, Step: bot.StepWhere,
		Draft: bot.Draft{Text: "路灯不亮", Where: "红旗街"}}
	if err := here.Save(ctx, openid, want); err != nil {
		t.Fatal(err)
	}
	if got, err = there.Load(ctx, openid); err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("another process loads %+v, %v; want %+v", got, err, want)
	}
	if got, err = there.Load(ctx, openid+"x"); err != nil || !reflect.DeepEqual(got, bot.State{}) {
		t.Fatalf("another resident: %+v, %v", got, err)
	}
	if err := there.Delete(ctx, openid); err != nil {
		t.Fatal(err)
	}
	if got, err = here.Load(ctx, openid); err != nil || !reflect.DeepEqual(got, bot.State{}) {
		t.Fatalf("after Delete: %+v, %v", got, err)
	}
}

func testSessionsForgetAndSlide(t *testing.T, connect func() redis.UniversalClient) {
	ctx, client := t.Context(), connect()
	const limit = time.Second
	sessions := kv.NewSessions(client, newBox(t), limit)
	// Read for longer than the limit, it stays. When the machine stands still for as long as that, it may be gone: once more.
	eventually(t, "a conversation is read often enough", func() bool {
		from := time.Now()
		if err := sessions.Save(ctx, openid, bot.State{Version: 1}); err != nil {
			t.Fatal(err)
		}
		for last := from; time.Since(from) < limit*3/2; <-time.After(limit / 10) {
			began := time.Now()
			got, err := sessions.Load(ctx, openid)
			switch {
			case err != nil:
				t.Fatal(err)
			case got.Version == 1:
				last = began
			case time.Since(last) < limit:
				t.Fatalf("conversation in use is gone: %+v", got)
			default:
				return false
			}
		}
		return true
	})
	eventually(t, "conversation left alone is forgotten", func() bool {
		n, err := client.DBSize(ctx).Result()
		return err == nil && n == 0
	})
}

func testNothingReadableInRedis(t *testing.T, connect func() redis.UniversalClient) {
	ctx, client, sealer := t.Context(), connect(), newBox(t)
	if err := kv.NewSessions(client, sealer, 0).Save(ctx, openid, bot.State{Draft: bot.Draft{Text: "路灯不亮"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := kv.NewFirstReplies(client, sealer).Complete(ctx, "k", "路灯不亮"+openid, time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := kv.NewTokens(client, sealer).Save(ctx, "wxapp", "ACCESSTOKEN", time.Minute); err != nil {
		t.Fatal(err)
	}
	keys, err := client.Keys(ctx, "*").Result()
	if err != nil || len(keys) != 3 {
		t.Fatalf("keys %q, %v; want three", keys, err)
	}
	for _, key := range keys {
		value, err := client.Get(ctx, key).Result()
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{openid, "路灯", "ACCESSTOKEN", "draft"} {
			if strings.Contains(key, secret) || strings.Contains(value, secret) {
				t.Errorf("%s holds %q in the clear", key, secret)
			}
		}
		if ttl := client.TTL(ctx, key).Val(); ttl <= 0 || ttl > 31*time.Minute {
			t.Errorf("%s lives %v", key, ttl)
		}
	}
}

func testSessionUnderAnotherKeyStartsAfresh(t *testing.T, connect func() redis.UniversalClient) {
	ctx, client, sealer := t.Context(), connect(), newBox(t)
	sessions := kv.NewSessions(client, sealer, 0)
	if err := sessions.Save(ctx, openid, bot.State{Version: 1}); err != nil {
		t.Fatal(err)
	}
	key := client.Keys(ctx, "*").Val()[0]
	for _, bad := range []string{"", "garbage", string(sealer.Seal("other.purpose", "{}")), string(sealer.Seal("kv.session", "{"))} {
		if err := client.Set(ctx, key, bad, time.Minute).Err(); err != nil {
			t.Fatal(err)
		}
		if got, err := sessions.Load(ctx, openid); err != nil || !reflect.DeepEqual(got, bot.State{}) {
			t.Errorf("value %q: %+v, %v; want the zero state", bad, got, err)
		}
	}
}

func testFirstReplies(t *testing.T, connect func() redis.UniversalClient) {
	ctx, sealer := t.Context(), newBox(t)
	here, there := kv.NewFirstReplies(connect(), sealer), kv.NewFirstReplies(connect(), sealer)
	claim := func(f *kv.FirstReplies, key string) string {
		t.Helper()
		prior, done, won, err := f.Claim(ctx, key, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%q done=%v won=%v", prior, done, won)
	}
	for i, step := range []struct{ got, want string }{
		{claim(here, "m1"), `"" done=false won=true`},
		{claim(there, "m1"), `"" done=false won=false`},
		{claim(there, "m2"), `"" done=false won=true`},
	} {
		if step.got != step.want {
			t.Errorf("step %d: %s, want %s", i, step.got, step.want)
		}
	}
	if stands, err := here.Complete(ctx, "m1", "第一个回答", time.Minute); err != nil || stands != "第一个回答" {
		t.Fatalf("Complete: %q, %v", stands, err)
	}
	if stands, err := there.Complete(ctx, "m1", "第二个回答", time.Minute); err != nil || stands != "第一个回答" {
		t.Errorf("second Complete: %q, %v; want the first reply to stand", stands, err)
	}
	if got, want := claim(there, "m1"), `"第一个回答" done=true won=false`; got != want {
		t.Errorf("after Complete: %s, want %s", got, want)
	}
	if _, err := there.Complete(ctx, "m2", "", time.Minute); err != nil {
		t.Fatal(err)
	}
	if got, want := claim(here, "m2"), `"" done=true won=false`; got != want {
		t.Errorf("empty reply: %s, want %s", got, want)
	}
}

func testClaimOfDeadProcessExpires(t *testing.T, connect func() redis.UniversalClient) {
	ctx, f := t.Context(), kv.NewFirstReplies(connect(), newBox(t))
	if _, _, won, err := f.Claim(ctx, "m", 400*time.Millisecond); err != nil || !won {
		t.Fatalf("first claim: %v, %v", won, err)
	}
	eventually(t, "the claim is free again", func() bool {
		_, done, won, err := f.Claim(ctx, "m", time.Minute)
		return err == nil && !done && won
	})
}

func testOneOfManyWins(t *testing.T, connect func() redis.UniversalClient) {
	ctx, sealer := t.Context(), newBox(t)
	var wins, done atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		f := kv.NewFirstReplies(connect(), sealer)
		for range 8 {
			all.Go(func() {
				for range 20 {
					_, isDone, won, err := f.Claim(ctx, "m", time.Minute)
					if err != nil {
						t.Error(err)
					}
					if won {
						wins.Add(1)
						if _, err := f.Complete(ctx, "m", "x", time.Minute); err != nil {
							t.Error(err)
						}
					}
					if isDone {
						done.Add(1)
					}
				}
			})
		}
	}
	all.Wait()
	if wins.Load() != 1 || done.Load() == 0 {
		t.Errorf("%d winners, %d saw the reply; want 1 winner", wins.Load(), done.Load())
	}
}

func testTokens(t *testing.T, connect func() redis.UniversalClient) {
	ctx, sealer := t.Context(), newBox(t)
	here, there := kv.NewTokens(connect(), sealer), kv.NewTokens(connect(), sealer)
	load := func(f *kv.Tokens, want string) {
		t.Helper()
		if got, err := f.Load(ctx, "wxapp"); err != nil || got != want {
			t.Errorf("Load: %q, %v; want %q", got, err, want)
		}
	}
	load(here, "")
	if err := here.Drop(ctx, "wxapp", "none"); err != nil {
		t.Errorf("Drop without a token: %v", err)
	}
	if err := here.Save(ctx, "wxapp", "T1", time.Minute); err != nil {
		t.Fatal(err)
	}
	load(there, "T1")
	if err := there.Drop(ctx, "wxapp", "T0"); err != nil {
		t.Fatal(err)
	}
	load(here, "T1") // T0 was refused, but T1 is kept
	fresh, err := sealer.MintFinding()
	if err == nil {
		err = sealer.Load(append(sealer.Wrap(), fresh))
	}
	if err != nil {
		t.Fatal(err)
	}
	load(here, "") // Drop would not know it by the new finding key
	if err := here.Save(ctx, "wxapp", "T1", time.Minute); err != nil {
		t.Fatal(err)
	}
	load(there, "T1")
	if err := there.Drop(ctx, "wxapp", "T1"); err != nil {
		t.Fatal(err)
	}
	load(here, "")
}

func testTokenLock(t *testing.T, connect func() redis.UniversalClient) {
	ctx, sealer := t.Context(), newBox(t)
	here, there := kv.NewTokens(connect(), sealer), kv.NewTokens(connect(), sealer)
	unlock, ok, err := here.Lock(ctx, "l", time.Minute)
	if err != nil || !ok {
		t.Fatalf("first lock: %v, %v", ok, err)
	}
	if _, ok, err := there.Lock(ctx, "l", time.Minute); err != nil || ok {
		t.Fatalf("second lock: %v, %v; want not ok", ok, err)
	}
	unlock()
	unlockShort, ok, err := there.Lock(ctx, "l", 300*time.Millisecond)
	if err != nil || !ok {
		t.Fatalf("lock after unlock: %v, %v", ok, err)
	}
	eventually(t, "the lease ends", func() bool {
		_, ok, err := here.Lock(ctx, "l", time.Minute)
		return err == nil && ok
	})
	unlockShort() // too late: the lock is another's now
	if _, ok, err := there.Lock(ctx, "l", time.Minute); err != nil || ok {
		t.Errorf("a late unlock freed another's lock: %v, %v", ok, err)
	}
}

// testTokenLockOfAClockAhead finds the lock of a process that died while Redis's clock was eight hours ahead. It would last for eight
// hours more than it was made for.
func testTokenLockOfAClockAhead(t *testing.T, connect func() redis.UniversalClient) {
	ctx, tokens := t.Context(), kv.NewTokens(connect(), newBox(t))
	if _, ok, err := tokens.Lock(ctx, "l", 8*time.Hour); err != nil || !ok {
		t.Fatal(ok, err)
	}
	eventually(t, "the lock is had", func() bool {
		_, ok, err := tokens.Lock(ctx, "l", time.Minute)
		return err == nil && ok
	})
	if _, ok, err := tokens.Lock(ctx, "l", time.Minute); err != nil || ok {
		t.Errorf("the lock of a right clock: %v, %v; want not ok", ok, err)
	}
}
