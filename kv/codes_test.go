package kv_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/kv"
	"towncrier/phone"
	"towncrier/roster"
)

const mobile phone.Number = "19900001234"

var noon = time.Date(2023, 11, 13, 4, 0, 0, 0, time.UTC)

// usual are the limits on a number that nobody stopped, and none over all.
var usual = roster.CodeLimits{NumberDay: roster.CodesADay}

func challenge(id, openid string, number phone.Number, at time.Time) roster.Challenge {
	return roster.Challenge{ID: id, OpenID: openid, Number: number, Code: "123456", At: at}
}

func put(t *testing.T, codes *kv.Codes, c roster.Challenge) {
	t.Helper()
	if err := codes.Put(t.Context(), c, usual); err != nil {
		t.Fatalf("put %s: %v", c.ID, err)
	}
}

// waits is how long the limits say to wait, 0 when the challenge was taken.
func waits(t *testing.T, codes *kv.Codes, c roster.Challenge) time.Duration {
	t.Helper()
	err := codes.Put(t.Context(), c, usual)
	if soon, ok := errors.AsType[*roster.TooSoon](err); ok {
		return soon.Wait
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0
}

func wrong(t *testing.T, codes *kv.Codes, openid string, now time.Time, left int) {
	t.Helper()
	_, err := codes.Try(t.Context(), openid, "000000", now)
	if w, ok := errors.AsType[*roster.WrongCode](err); !ok || w.Left != left {
		t.Fatalf("a wrong code: %v, want %d tries left", err, left)
	}
}

func gone(t *testing.T, codes *kv.Codes, openid, code string, now time.Time) {
	t.Helper()
	if number, err := codes.Try(t.Context(), openid, code, now); !errors.Is(err, roster.ErrCodeGone) || number != "" {
		t.Fatalf("%v, want ErrCodeGone", err)
	}
}

func testCodes(t *testing.T, connect func() redis.UniversalClient) {
	sealer := newBox(t)
	here, there := kv.NewCodes(connect(), sealer), kv.NewCodes(connect(), sealer)
	gone(t, here, openid, "123456", noon)
	c := challenge("id-1", openid, mobile, noon)
	put(t, here, c)
	got, err := there.Get(t.Context(), "id-1", noon)
	if err != nil || got.Number != mobile || got.OpenID != openid || got.Code != "123456" || !got.At.Equal(noon) {
		t.Fatalf("another process gets %v, %v", got.At, err)
	}
	put(t, here, c) // a client that sends its command again is not told that its own code is in the way
	wrong(t, here, openid, noon, 4)
	gone(t, here, "o-other", "123456", noon)
	if number, err := there.Try(t.Context(), openid, "123456", noon); err != nil || number != mobile {
		t.Fatalf("the right code: %v", err)
	}
	gone(t, here, openid, "123456", noon) // single use
	if _, err := here.Get(t.Context(), "id-1", noon); !errors.Is(err, roster.ErrCodeGone) {
		t.Errorf("after its use: %v", err)
	}
}

func testCodeEnds(t *testing.T, connect func() redis.UniversalClient) {
	codes := kv.NewCodes(connect(), newBox(t))
	put(t, codes, challenge("id-1", openid, mobile, noon))
	end := noon.Add(roster.CodeLife)
	if _, err := codes.Get(t.Context(), "id-1", end.Add(-1*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := codes.Get(t.Context(), "id-1", end); !errors.Is(err, roster.ErrCodeGone) {
		t.Errorf("after five minutes: %v", err)
	}
	gone(t, codes, openid, "123456", end)

	// A newer one voids the one before.
	put(t, codes, challenge("id-2", openid, mobile, end))
	newer := challenge("id-3", openid, mobile, end.Add(time.Minute))
	newer.Code = "654321"
	put(t, codes, newer)
	if _, err := codes.Get(t.Context(), "id-2", newer.At); !errors.Is(err, roster.ErrCodeGone) {
		t.Errorf("the one before: %v", err)
	}
	_, err := codes.Try(t.Context(), openid, "123456", newer.At)
	if w, ok := errors.AsType[*roster.WrongCode](err); !ok || w.Left != 4 {
		t.Errorf("the code before: %v, want it to be wrong", err)
	}
	// Cancelling ends a challenge, but not the newer one.
	if err := codes.Cancel(t.Context(), challenge("id-2", openid, mobile, end)); err != nil {
		t.Fatal(err)
	}
	if _, err := codes.Get(t.Context(), "id-3", newer.At); err != nil {
		t.Errorf("cancelling the one before: %v", err)
	}
	if err := codes.Cancel(t.Context(), newer); err != nil {
		t.Fatal(err)
	}
	gone(t, codes, openid, "654321", newer.At)
}

func testCodeLimits(t *testing.T, connect func() redis.UniversalClient) {
	codes := kv.NewCodes(connect(), newBox(t))
	other, elsewhere := "o-other", phone.Number("19900005678")
	at := noon
	ask := func(openid string, number phone.Number) time.Duration {
		return waits(t, codes, challenge(fmt.Sprint(openid, number, at), openid, number, at))
	}
	if w := ask(openid, mobile); w != 0 {
		t.Fatalf("the first waits %s", w)
	}
	at = at.Add(20 * time.Second)
	for _, c := range []struct {
		openid string
		number phone.Number
		wait   time.Duration
	}{{openid, mobile, 40 * time.Second}, {openid, elsewhere, 40 * time.Second}, {other, mobile, 40 * time.Second}, {other, elsewhere, 0}} {
		if w := ask(c.openid, c.number); w != c.wait {
			t.Errorf("waits %s, want %s", w, c.wait)
		}
	}
	for i := range 4 {
		at = noon.Add(time.Duration(i+1) * time.Minute)
		if w := ask(openid, mobile); w != 0 {
			t.Fatalf("number %d waits %s", i+2, w)
		}
	}
	at = noon.Add(10 * time.Minute)
	for _, c := range []struct {
		openid string
		number phone.Number
	}{{openid, mobile}, {openid, "19900009999"}, {"o-third", mobile}} {
		if w := ask(c.openid, c.number); w != 24*time.Hour-10*time.Minute {
			t.Errorf("the sixth of a day waits %s", w)
		}
	}
	at = noon.Add(24 * time.Hour)
	if w := ask(openid, mobile); w != 0 {
		t.Errorf("a day after the first: waits %s", w)
	}
	if w := ask(openid, mobile); w != 0 { // the same challenge again, as a client does whose connection broke
		t.Errorf("the same challenge waits %s", w)
	}
}

// testCodesOfAClockAhead has codes asked for, and wrong ones tried, while the clock was eight hours ahead: nobody waits for eight hours
// once it is right.
func testCodesOfAClockAhead(t *testing.T, connect func() redis.UniversalClient) {
	codes, ahead := kv.NewCodes(connect(), newBox(t)), noon.Add(8*time.Hour)
	most := roster.CodeLimits{AMinute: 1, ADay: 5, NumberDay: roster.CodesADay}
	ask := func(i int, at time.Time) error {
		return codes.Put(t.Context(), challenge(fmt.Sprint("id-", i), openid, mobile, at), most)
	}
	for i := range 5 {
		at := ahead.Add(time.Duration(i) * time.Minute)
		if err := ask(i, at); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := codes.Try(t.Context(), openid, "000000", at); err == nil {
				t.Fatal("a wrong code is taken")
			}
		}
	}
	if err := ask(5, noon); err != nil {
		t.Errorf("once the clock is right: %v", err)
	}
	wrong(t, codes, openid, noon, roster.CodeTries-1)
	if err := ask(6, noon.Add(30*time.Second)); !isTooSoon(err) {
		t.Errorf("a second within a minute of the right clock: %v, want TooSoon", err)
	}
}

// testCodeCaps asks from ever new accounts for ever new numbers, as who pumps texts does.
func testCodeCaps(t *testing.T, connect func() redis.UniversalClient) {
	codes := kv.NewCodes(connect(), newBox(t))
	most := roster.CodeLimits{AMinute: 3, ADay: 8, NumberDay: roster.CodesADay}
	n := 0
	ask := func(at time.Time) *roster.TooSoon {
		n++
		err := codes.Put(t.Context(), challenge(fmt.Sprint("id-", n), fmt.Sprint("o-", n), phone.Number(fmt.Sprintf("1990001%04d", n)), at), most)
		soon, ok := errors.AsType[*roster.TooSoon](err)
		if err != nil && !ok {
			t.Fatal(err)
		}
		return soon
	}
	for sent := 0; sent < 8; {
		at := noon.Add(time.Duration(sent/3) * time.Minute)
		for range min(3, 8-sent) {
			if soon := ask(at); soon != nil {
				t.Fatalf("code %d waits %s", sent+1, soon.Wait)
			}
			sent++
		}
		if sent%3 == 0 {
			if soon := ask(at); soon == nil || soon.Wait != time.Minute || soon.Capped {
				t.Errorf("the fourth of a minute: %+v", soon)
			}
		}
	}
	if soon := ask(noon.Add(time.Hour)); soon == nil || soon.Wait != 23*time.Hour || !soon.Capped {
		t.Errorf("the ninth of a day: %+v", soon)
	}
	if soon := ask(noon.Add(24 * time.Hour)); soon != nil {
		t.Errorf("the next day: %+v", soon)
	}

	stopped := roster.CodeLimits{NumberDay: roster.StoppedADay}
	at := noon.Add(48 * time.Hour)
	for i, wait := range []time.Duration{0, 23 * time.Hour} {
		err := codes.Put(t.Context(), challenge(fmt.Sprint("s-", i), fmt.Sprint("o-s", i), mobile, at.Add(time.Duration(i)*time.Hour)), stopped)
		if soon, ok := errors.AsType[*roster.TooSoon](err); (wait == 0) != (err == nil) || ok && soon.Wait != wait {
			t.Errorf("code %d to a number that wants no texts: %v", i+1, err)
		}
	}
}

// testCodeSwap writes to Redis as somebody does who got into it: the sealed challenge for another's number, under their own
// code.
func testCodeSwap(t *testing.T, connect func() redis.UniversalClient) {
	client := connect()
	codes := kv.NewCodes(client, newBox(t))
	challenges := func() []string { return client.Keys(t.Context(), "towncrier:{code}:of:*").Val() }
	put(t, codes, challenge("victim", "o-victim", mobile, noon))
	theirs := challenges()[0]
	thief := challenge("thief", "o-thief", "19900005678", noon)
	thief.Code = "654321"
	put(t, codes, thief)
	for _, own := range challenges() {
		if own != theirs {
			if err := client.HSet(t.Context(), own, "sealed", client.HGet(t.Context(), theirs, "sealed").Val()).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, err := codes.Get(t.Context(), "thief", noon); !errors.Is(err, roster.ErrCodeGone) {
		t.Errorf("the code goes to %s, %v", got.Number, err)
	}
	gone(t, codes, "o-thief", "654321", noon)

	// A challenge of one's own for another code, and an older one for another number, prove nothing either.
	older := challenge("older", "o-twice", "19900005678", noon.Add(time.Hour))
	put(t, codes, older)
	var before string
	for _, key := range challenges() {
		if client.HGet(t.Context(), key, "id").Val() == "older" {
			before = client.HGet(t.Context(), key, "sealed").Val()
		}
	}
	newer := challenge("newer", "o-twice", "19900007777", noon.Add(time.Hour+time.Minute))
	newer.Code = "222222"
	put(t, codes, newer)
	for _, key := range challenges() {
		if client.HGet(t.Context(), key, "id").Val() == "newer" {
			if err := client.HSet(t.Context(), key, "sealed", before).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	gone(t, codes, "o-twice", "222222", newer.At)
}

func testCodeBruteForce(t *testing.T, connect func() redis.UniversalClient) {
	codes := kv.NewCodes(connect(), newBox(t))
	at := noon
	for code := range 4 {
		put(t, codes, challenge(fmt.Sprint("id-", code), openid, mobile, at))
		for left := 4; left >= 0; left-- {
			wrong(t, codes, openid, at, left)
		}
		gone(t, codes, openid, "000000", at)
		gone(t, codes, openid, "123456", at) // the right one, too late
		at = at.Add(time.Minute)
	}
	// Twenty wrong ones: no more of either this day.
	at = noon.Add(2 * time.Hour)
	if w := waits(t, codes, challenge("id-5", openid, mobile, at)); w != 22*time.Hour {
		t.Errorf("waits %s, want a day after the first wrong one", w)
	}
	if w := waits(t, codes, challenge("id-6", "o-other", mobile, at)); w != 0 {
		t.Errorf("the number's owner waits %s", w)
	}
	at = noon.Add(24 * time.Hour)
	put(t, codes, challenge("id-7", openid, mobile, at))
	for left := 4; left >= 0; left-- {
		wrong(t, codes, openid, at, left)
	}
}

// testCodeRaces has many processes guess at once, and ask at once. A call is given up after half a second, which on a busy
// machine happens: it may have done what it was to do, or not.
func testCodeRaces(t *testing.T, connect func() redis.UniversalClient) {
	sealer := newBox(t)
	var clients []*kv.Codes
	for range 8 {
		clients = append(clients, kv.NewCodes(connect(), sealer))
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	count := make(map[string]int)
	note := func(what string) { mu.Lock(); defer mu.Unlock(); count[what]++ }

	for i, codes := range clients {
		all.Go(func() {
			for j := range 4 {
				switch err := codes.Put(t.Context(), challenge(fmt.Sprintf("id-%d-%d", i, j), openid, mobile, noon), usual); {
				case err == nil:
					note("asked")
				case errors.Is(err, context.DeadlineExceeded):
					note("asked or not")
				case !isTooSoon(err):
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if count["asked"] > 1 || count["asked"]+count["asked or not"] == 0 {
		t.Fatalf("%d codes at once", count["asked"])
	}
	for _, codes := range clients {
		all.Go(func() {
			for range 4 {
				_, err := codes.Try(t.Context(), openid, "000000", noon)
				if _, ok := errors.AsType[*roster.WrongCode](err); ok {
					note("wrong")
				} else if errors.Is(err, context.DeadlineExceeded) {
					note("tried or not")
				} else if !errors.Is(err, roster.ErrCodeGone) {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if count["wrong"] > roster.CodeTries || count["wrong"]+count["tried or not"] < roster.CodeTries {
		t.Errorf("%d wrong tries were allowed", count["wrong"])
	}
	gone(t, clients[0], openid, "123456", noon)

	later := noon.Add(time.Minute)
	put(t, clients[0], challenge("id-last", openid, mobile, later))
	for _, codes := range clients {
		all.Go(func() {
			if number, err := codes.Try(t.Context(), openid, "123456", later); err == nil && number == mobile {
				note("right")
			} else if errors.Is(err, context.DeadlineExceeded) {
				note("right or not")
			}
		})
	}
	all.Wait()
	if count["right"] > 1 || count["right"]+count["right or not"] == 0 {
		t.Errorf("the right code was used %d times", count["right"])
	}
}

func isTooSoon(err error) bool {
	_, ok := errors.AsType[*roster.TooSoon](err)
	return ok
}

func testCodesUnreadable(t *testing.T, connect func() redis.UniversalClient) {
	client, sealer := connect(), newBox(t)
	codes := kv.NewCodes(client, sealer)
	put(t, codes, challenge("id-1", openid, mobile, noon))
	wrong(t, codes, openid, noon, 4)
	keys, err := client.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) < 5 {
		t.Fatalf("%d keys, %v; want 5", len(keys), err)
	}
	for _, key := range keys {
		ttl, err := client.PTTL(t.Context(), key).Result()
		if err != nil || ttl <= 0 || ttl > 24*time.Hour {
			t.Errorf("%s lives %s, %v", key, ttl, err)
		}
		dump := key
		switch kind := client.Type(t.Context(), key).Val(); kind {
		case "hash":
			for field, value := range client.HGetAll(t.Context(), key).Val() {
				dump += field + value
			}
		case "list":
			dump += strings.Join(client.LRange(t.Context(), key, 0, -1).Val(), " ")
		default:
			dump += client.Get(t.Context(), key).Val()
		}
		for _, secret := range []string{openid, string(mobile), "123456"} {
			if strings.Contains(dump, secret) {
				t.Errorf("%s shows what it holds", key)
			}
		}
	}
	// Under another key there is nothing to try.
	gone(t, kv.NewCodes(client, newBox(t)), openid, "123456", noon)
}

func TestCodesWithoutRedis(t *testing.T) {
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: t.TempDir() + "/none", MaxRetries: -1})
	defer client.Close()
	codes := kv.NewCodes(client, newBox(t))
	for name, call := range map[string]func(context.Context) error{
		"Put": func(ctx context.Context) error { return codes.Put(ctx, challenge("id", openid, mobile, noon), usual) },
		"Get": func(ctx context.Context) error { _, err := codes.Get(ctx, "id", noon); return err },
		"Try": func(ctx context.Context) error { _, err := codes.Try(ctx, openid, "123456", noon); return err },
		"Cancel": func(ctx context.Context) error {
			return codes.Cancel(ctx, challenge("id", openid, mobile, noon))
		},
	} {
		err := call(t.Context())
		if err == nil || errors.Is(err, roster.ErrCodeGone) || isTooSoon(err) {
			t.Errorf("%s without Redis: %v", name, err)
			continue
		}
		for _, secret := range []string{openid, string(mobile), "123456"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s shows what it was about: %v", name, err)
			}
		}
	}
}
