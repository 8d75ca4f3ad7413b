package aliyun

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/sms"
)

// BenchmarkSend sends over loopback to a route that accepts everything, in turn with bare POSTs of a URL as long. It
// prints calls a second and the ratio of the medians; both sides share the machine's cores.
func BenchmarkSend(b *testing.B) {
	const perRound, parallel = 500, 32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"Code":"OK","Message":"OK","BizId":"900619746936498440^0","RequestId":"F655A8D5-B967-440B-8683-DAD6FF8DE990"}`)
	}))
	defer server.Close()
	c := newClient(b, Config{Endpoint: server.URL, Concurrency: parallel})
	bare := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: parallel}}
	defer bare.CloseIdleConnections()
	target := server.URL + "/?" + url.Values{"x": {strings.Repeat("x", 500)}}.Encode()
	calls := []func() error{
		func() error {
			resp, err := bare.Post(target, "application/x-www-form-urlencoded", http.NoBody)
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			_, err = io.Copy(io.Discard, resp.Body)
			return err
		},
		func() error {
			_, err := c.Send(context.Background(), testText)
			return err
		},
	}
	rates := make([][]float64, len(calls))
	b.ResetTimer()
	for range b.N {
		for i, call := range calls {
			var all sync.WaitGroup
			start := time.Now()
			for range parallel {
				all.Go(func() {
					for range perRound / parallel {
						if err := call(); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
			rates[i] = append(rates[i], float64(perRound/parallel*parallel)/time.Since(start).Seconds())
		}
	}
	median := func(i int) float64 {
		slices.Sort(rates[i])
		return rates[i][len(rates[i])/2]
	}
	b.ReportMetric(median(0), "bare/s")
	b.ReportMetric(median(1), "sends/s")
	b.ReportMetric(median(1)/median(0), "of-bare")
}

type noSink struct{}

func (noSink) TakeReceipts(context.Context, []sms.Receipt) error { return nil }
func (noSink) TakeReplies(context.Context, []sms.Reply) error    { return nil }

// BenchmarkPush takes arrays of 100 receipts, without a network and with a sink that keeps nothing.
func BenchmarkPush(b *testing.B) {
	c, err := NewCallbacks(CallbackConfig{Key: testPushKey, Sink: noSink{}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	element := exampleReport[1 : len(exampleReport)-1]
	all := make([]string, 100)
	for i := range all {
		all[i] = strings.Replace(element, "67890", fmt.Sprint("out-", i), 1)
	}
	body := "[" + strings.Join(all, ",") + "]"
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if w := push(c, "POST", "/sms/report/"+testPushKey, body); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
