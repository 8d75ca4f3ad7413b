package sms_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/phone"
	"towncrier/sms"
	"towncrier/store"
	"towncrier/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Run(m)) }

const number phone.Number = "19900001234"

var noon = time.Date(2023, 11, 13, 4, 0, 0, 0, time.UTC)

// provider plays the platform: what it does with a text is the test's.
type provider func(ctx context.Context, t sms.Text) (string, error)

func (f provider) Send(ctx context.Context, t sms.Text) (string, error) { return f(ctx, t) }

// stops plays the roster.
type stops func(ctx context.Context, number phone.Number) error

func (f stops) StopSMS(ctx context.Context, number phone.Number, _ string) error {
	return f(ctx, number)
}

// clock is a time that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

type fixture struct {
	*sms.Outbox
	store *store.SMS
	clock *clock
}

// each runs test with a fresh Outbox on both databases.
func each(t *testing.T, p sms.Sender, s sms.Stops, test func(t *testing.T, d fixture)) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		c := &clock{at: noon}
		rows := open().SMS()
		log := slog.New(slog.NewTextHandler(t.Output(), nil))
		test(t, fixture{sms.New(sms.Config{Store: rows, Sender: p, Stops: s, Now: c.now, Log: log}), rows, c})
	})
}

func code(id string) sms.Text {
	return sms.Text{To: number, Template: "SMS_1", Params: map[string]string{"code": "123456"}, OutID: id}
}

func state(t *testing.T, d fixture, id string) sms.State {
	t.Helper()
	state, won, err := d.store.Begin(t.Context(), sms.Code, code(id), noon, noon)
	if err != nil || won {
		t.Fatalf("%s was not there, or pending: %v", id, err)
	}
	return state
}

func TestSendReadsOutcomes(t *testing.T) {
	fault := func(class sms.Class) error { return &sms.Error{Class: class, Code: "isv.X", Advice: "看一下"} }
	var calls int
	var result error
	each(t, provider(func(context.Context, sms.Text) (string, error) { calls++; return "h", result }), nil, func(t *testing.T, d fixture) {
		for i, c := range []struct {
			result error
			want   sms.State
			again  bool
		}{
			{nil, sms.Accepted, false},
			{fault(sms.Limited), sms.Failed, false},
			{fault(sms.Refused), sms.Failed, false},
			{fault(sms.OptedOut), sms.Failed, false},
			{fault(sms.Invalid), sms.Failed, false},
			{fault(sms.Operator), sms.Failed, false},
			{fault(sms.InDoubt), sms.Doubtful, false},
			{errors.New("connection reset"), sms.Doubtful, false},
			{fmt.Errorf("call: %w", fault(sms.Retry)), sms.Pending, true},
		} {
			result, calls = c.result, 0
			x := code(fmt.Sprint(i))
			got, err := d.Send(t.Context(), sms.Code, x)
			if got != c.want || !errors.Is(err, c.result) {
				t.Errorf("%v: %s, %v; want %s", c.result, got, err, c.want)
			}
			result = nil
			second, err := d.Send(t.Context(), sms.Code, x)
			if err != nil || c.again != (calls == 2) || !c.again && second != c.want {
				t.Errorf("%v: sent again %t, %s, %v; want again %t", c.result, calls == 2, second, err, c.again)
			}
		}
	})
}

// TestSendIsOnce has many processes send the same texts at once.
func TestSendIsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		var mu sync.Mutex
		sent := make(map[string]int)
		p := provider(func(_ context.Context, x sms.Text) (string, error) {
			mu.Lock()
			defer mu.Unlock()
			sent[x.OutID]++
			return "h-" + x.OutID, nil
		})
		var all sync.WaitGroup
		for range 3 {
			d := sms.New(sms.Config{Store: open().SMS(), Sender: p, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
			for range 3 {
				all.Go(func() {
					for i := range 10 {
						if _, err := d.Send(t.Context(), sms.Code, code(fmt.Sprint(i))); err != nil {
							t.Error(err)
						}
					}
				})
			}
		}
		all.Wait()
		for i := range 10 {
			if n := sent[fmt.Sprint(i)]; n != 1 {
				t.Errorf("text %d was sent %d times", i, n)
			}
		}
	})
}

// TestSendCutShort cancels the caller in the middle of the call: what became of the text is written down all the same.
func TestSendCutShort(t *testing.T) {
	began := make(chan struct{}, 1)
	each(t, provider(func(ctx context.Context, _ sms.Text) (string, error) {
		began <- struct{}{}
		<-ctx.Done()
		return "", ctx.Err()
	}), nil, func(t *testing.T, d fixture) {
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-began; cancel() }()
		if got, err := d.Send(ctx, sms.Code, code("a")); got != sms.Doubtful || !errors.Is(err, context.Canceled) {
			t.Errorf("%s, %v; want in doubt", got, err)
		}
		if got := state(t, d, "a"); got != sms.Doubtful {
			t.Errorf("kept as %s", got)
		}
	})
}

// TestSenderDied sends with a process that panics in the call, as near to a kill as a test comes: nobody sends the text again,
// and a receipt or time settles it.
func TestSenderDied(t *testing.T) {
	calls := 0
	each(t, provider(func(context.Context, sms.Text) (string, error) { calls++; panic("killed") }), nil, func(t *testing.T, d fixture) {
		calls = 0
		die := func(id string) {
			defer func() { recover() }()
			d.Send(t.Context(), sms.Code, code(id))
		}
		die("a")
		die("b")
		for _, id := range []string{"a", "b"} {
			if got, err := d.Send(t.Context(), sms.Code, code(id)); got != sms.Sending || err != nil {
				t.Fatalf("%s: %s, %v; want it left alone", id, got, err)
			}
		}
		d.clock.add(5 * time.Minute)
		if err := d.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := state(t, d, "a"); got != sms.Doubtful {
			t.Fatalf("after the lease: %s, want in doubt", got)
		}
		if err := d.TakeReceipts(t.Context(), []sms.Receipt{{OutID: "a", Phone: number, Delivered: true, Code: "DELIVERED"}}); err != nil {
			t.Fatal(err)
		}
		if done, err := d.Process(t.Context()); err != nil || done != (sms.Done{Receipts: 1}) {
			t.Fatalf("%+v, %v", done, err)
		}
		d.clock.add(72 * time.Hour)
		if err := d.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if a, b := state(t, d, "a"), state(t, d, "b"); a != sms.Delivered || b != sms.Unknown {
			t.Errorf("a is %s, b is %s; want delivered and unknown", a, b)
		}
		if calls != 2 {
			t.Errorf("%d calls for two texts", calls)
		}
	})
}

func TestDrop(t *testing.T) {
	each(t, provider(func(context.Context, sms.Text) (string, error) { return "h", nil }), nil, func(t *testing.T, d fixture) {
		if dropped, err := d.Drop(t.Context(), sms.Code, code("a"), "late"); !dropped || err != nil {
			t.Errorf("dropped %t, %v", dropped, err)
		}
		if got, err := d.Send(t.Context(), sms.Code, code("a")); got != sms.Failed || err != nil {
			t.Errorf("sent after it was dropped: %s, %v", got, err)
		}
		d.Send(t.Context(), sms.Code, code("b"))
		if dropped, err := d.Drop(t.Context(), sms.Code, code("b"), "late"); dropped || err != nil {
			t.Errorf("dropped after it was sent: %t, %v", dropped, err)
		}
	})
}

func TestOff(t *testing.T) {
	each(t, nil, nil, func(t *testing.T, d fixture) {
		if _, err := d.Send(t.Context(), sms.Code, code("a")); !errors.Is(err, sms.ErrOff) {
			t.Errorf("%v, want ErrOff", err)
		}
	})
}

// TestStops pushes stops among other replies, and a roster that fails at first.
func TestStops(t *testing.T) {
	var heard []phone.Number
	var fault error
	each(t, nil, stops(func(_ context.Context, n phone.Number) error {
		if fault == nil {
			heard = append(heard, n)
		}
		return fault
	}), func(t *testing.T, d fixture) {
		heard, fault = nil, errors.New("the database is away")
		replies := []sms.Reply{
			{ID: "1", Phone: number, Content: "谢谢", At: noon},
			{ID: "2", Phone: number, Content: "Ｔ ", At: noon},
			{ID: "3", Phone: "", Content: "T", At: noon, Raw: `{"phone_number":"1990000****"}`},
			{ID: "4", Raw: "not JSON"},
		}
		for range 2 { // the platform pushes again
			if err := d.TakeReplies(t.Context(), replies); err != nil {
				t.Fatal(err)
			}
		}
		done, err := d.Process(t.Context())
		if done != (sms.Done{Replies: 3, Failed: 1}) || !errors.Is(err, fault) || strings.Contains(err.Error(), string(number)) {
			t.Fatalf("%+v, %v", done, err)
		}
		fault = nil
		d.clock.add(15 * time.Second)
		if done, err := d.Process(t.Context()); err != nil || done != (sms.Done{Replies: 1, Stops: 1}) {
			t.Fatalf("%+v, %v", done, err)
		}
		if len(heard) != 1 || heard[0] != number {
			t.Errorf("stopped %d numbers", len(heard))
		}
	})
}

// TestRunProcessesAtOnce waits for a stop as long as it takes, without a tick.
func TestRunProcessesAtOnce(t *testing.T) {
	heard := make(chan phone.Number)
	each(t, nil, stops(func(_ context.Context, n phone.Number) error { heard <- n; return nil }), func(t *testing.T, d fixture) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); d.Run(ctx) }()
		for i := range 3 {
			n := phone.Number(fmt.Sprintf("1990000000%d", i))
			if err := d.TakeReplies(t.Context(), []sms.Reply{{Phone: n, Content: "退订"}}); err != nil {
				t.Fatal(err)
			}
			if got := <-heard; got != n {
				t.Errorf("stopped %s, want %s", got, n)
			}
		}
		cancel()
		<-ended
	})
}

// TestManyReceipts takes in pushes of many elements, most of them about texts that are not known yet.
func TestManyReceipts(t *testing.T) {
	each(t, provider(func(_ context.Context, x sms.Text) (string, error) { return "h-" + x.OutID, nil }), nil, func(t *testing.T, d fixture) {
		var all []sms.Receipt
		for i := range 250 {
			all = append(all, sms.Receipt{Handle: fmt.Sprintf("h-%d", i), Phone: number, Delivered: true, Code: "DELIVERED"})
		}
		if err := d.TakeReceipts(t.Context(), all); err != nil {
			t.Fatal(err)
		}
		if done, err := d.Process(t.Context()); err != nil || done != (sms.Done{Early: 250}) {
			t.Fatalf("%+v, %v", done, err)
		}
		for _, id := range []string{"7", "8"} {
			if _, err := d.Send(t.Context(), sms.Code, code(id)); err != nil {
				t.Fatal(err)
			}
		}
		if done, err := d.Process(t.Context()); err != nil || done != (sms.Done{Receipts: 2}) {
			t.Fatalf("after two were sent: %+v, %v", done, err)
		}
		if got := state(t, d, "7"); got != sms.Delivered {
			t.Errorf("7 is %s", got)
		}
		d.clock.add(sms.KeepReceipts)
		if err := d.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if done, err := d.Process(t.Context()); err != nil || done != (sms.Done{}) {
			t.Errorf("after the retention: %+v, %v", done, err)
		}
	})
}

// breaking keeps so many slices of pushes, then fails once.
type breaking struct {
	sms.Store
	left int
}

func (b *breaking) Keep(ctx context.Context, elements []sms.Element, at time.Time) (int, error) {
	if b.left--; b.left == -1 {
		return 0, errors.New("the disk is full")
	}
	return b.Store.Keep(ctx, elements, at)
}

// TestPushThatBreaksOff acknowledges a push only when all of it is kept; pushed again, each element is kept once.
func TestPushThatBreaksOff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		now := func() time.Time { return noon }
		d := sms.New(sms.Config{Store: &breaking{open().SMS(), 2}, Now: now, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
		all := make([]sms.Receipt, 1200)
		for i := range all {
			all[i] = sms.Receipt{Handle: fmt.Sprintf("h-%d", i), Phone: number, Delivered: true, Code: "DELIVERED"}
		}
		if err := d.TakeReceipts(t.Context(), all); err == nil || !strings.Contains(err.Error(), "disk") {
			t.Fatalf("a push of which a part is not kept: %v", err)
		}
		if err := d.TakeReceipts(t.Context(), all); err != nil {
			t.Fatal(err)
		}
		if done, err := d.Process(t.Context()); err != nil || done != (sms.Done{Early: len(all)}) {
			t.Errorf("%+v, %v; want %d, each once", done, err, len(all))
		}
	})
}
