package aliyun

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"towncrier/broadcast"
	"towncrier/phone"
)

// TestLateCallIsNotMade lets a call wait for a place, or for a connection, until its lease is over: not a byte of it goes out, on a new
// connection or on one that is left from before, and its messages may be sent again.
func TestLateCallIsNotMade(t *testing.T) {
	for name, inFlight := range map[string]int{"for a place": 1, "for a connection": 2} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t)
			client := newClient(t, Config{Endpoint: a.URL, Concurrency: 3})
			client.transport.MaxConnsPerHost = 1
			c, err := NewProvider(client, inFlight, nil)
			if err != nil {
				t.Fatal(err)
			}
			var over atomic.Bool
			entered, answer := make(chan struct{}), make(chan struct{})
			a.answer = func(w http.ResponseWriter, _ *http.Request) {
				close(entered)
				<-answer
				over.Store(true)
				io.WriteString(w, `{"Code":"OK","Message":"OK","BizId":"1^0","RequestId":"F655A8D5-B967-440B-8683-DAD6FF8DE990"}`)
			}
			asked := make(chan struct{}, 1)
			ctx := broadcast.WithMayCall(t.Context(), func(context.Context) bool {
				select {
				case asked <- struct{}{}:
				default:
				}
				return !over.Load()
			})
			send := func(outID string, number phone.Number) broadcast.Outcome {
				return c.Send(ctx, broadcast.Message{Channel: broadcast.SMS}, "SMS_1", []broadcast.OutboundMessage{{Phone: number, OutID: outID}})[0]
			}
			first := make(chan broadcast.Outcome)
			go func() { first <- send("B1-1", testNumber) }()
			<-entered
			<-asked
			second := make(chan broadcast.Outcome)
			go func() { second <- send("B1-2", testNumber) }()
			close(answer)
			if got := <-first; got.State != broadcast.Accepted {
				t.Errorf("the call in time is %+v", got)
			}
			if got := <-second; got != (broadcast.Outcome{State: broadcast.Pending}) {
				t.Errorf("the late call is %+v, want pending at once", got)
			}
			if len(a.calls) != 1 {
				t.Errorf("%d calls were made, want that in time", len(a.calls))
			}
		})
	}
}
