package wechat

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/broadcast"
)

// waiting serves notices one at a time, on one connection: a call waits for the one before it, in which time passes.
func waiting(t *testing.T, passes func()) (c *Client, calls *atomic.Int32) {
	t.Helper()
	calls = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/stable_token") {
			io.WriteString(w, `{"access_token":"T","expires_in":7200}`)
			return
		}
		calls.Add(1)
		passes()
		io.WriteString(w, `{"errcode":0,"errmsg":"ok","msgid":1}`)
	}))
	t.Cleanup(server.Close)
	c = newNotifier(t, server.URL)
	c.transport.MaxConnsPerHost = 1
	return c, calls
}

// TestLateCallIsNotMade lets calls wait for a place, or for a connection, until their lease is over: none of them goes out, and their
// messages may be sent again.
func TestLateCallIsNotMade(t *testing.T) {
	for name, inFlight := range map[string]int{"for a place": 1, "for a connection": 2} {
		for _, channel := range []broadcast.Channel{broadcast.Template, broadcast.Subscription} {
			t.Run(name+" on "+string(channel), func(t *testing.T) {
				var over atomic.Bool
				client, calls := waiting(t, func() { over.Store(true) })
				c, err := NewProvider(client, channel, inFlight, nil)
				if err != nil {
					t.Fatal(err)
				}
				ctx := broadcast.WithMayCall(t.Context(), func(context.Context) bool { return !over.Load() })
				messages := []broadcast.OutboundMessage{{OpenID: "oA", OutID: "1"}, {OpenID: "oB", OutID: "2"}, {OpenID: "oC", OutID: "3"}}
				got := map[broadcast.Outcome]int{}
				for _, o := range c.Send(ctx, broadcast.Message{Channel: channel}, "T", messages) {
					got[o]++
				}
				if got[broadcast.Outcome{State: broadcast.Accepted, Handle: "1"}] != 1 || got[broadcast.Outcome{State: broadcast.Pending}] != 2 {
					t.Errorf("%v, want one accepted and two pending at once", got)
				}
				if calls.Load() != 1 {
					t.Errorf("%d calls were made, want that in time", calls.Load())
				}
			})
		}
	}
}

// TestLateQuestionIsNotAsked lets the platform forget an id while the call that repeats it waits: made then, it would be a second message.
func TestLateQuestionIsNotAsked(t *testing.T) {
	var mu sync.Mutex
	now := time.Now()
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	client, calls := waiting(t, func() {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(2 * time.Minute)
	})
	c, err := NewProvider(client, broadcast.Template, 2, clock)
	if err != nil {
		t.Fatal(err)
	}
	used := now.Add(-8 * time.Minute)
	messages := []broadcast.OutboundMessage{{OpenID: "oA", OutID: "1", SentAt: now, NamedAt: used}, {OpenID: "oB", OutID: "2", SentAt: now, NamedAt: used}}
	got := map[broadcast.State]int{}
	for _, o := range c.Ask(t.Context(), broadcast.Message{Channel: broadcast.Template}, "T", messages) {
		got[o.State]++
	}
	if got[broadcast.Accepted] != 1 || got[broadcast.InDoubt] != 1 || calls.Load() != 1 {
		t.Errorf("%v after %d calls, want one settled and one in doubt", got, calls.Load())
	}
}
