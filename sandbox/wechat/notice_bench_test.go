package wechat_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/kv"
	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
	pretendwechat "towncrier/sandbox/wechat"
	"towncrier/seal"
	"towncrier/wechat"
)

// BenchmarkProvider sends template messages through a Provider, and in turn as many POSTs of a bare net/http client, with a
// message's body, to the route of the same process that does nothing. Both have as many calls under way. Provider, client and
// pretend platform share the machine's cores; the platform pushes no results. It prints calls a second and the ratio of the
// medians.
func BenchmarkProvider(b *testing.B) {
	const perRound, inFlight = 4000, 128
	people, err := platform.SyntheticResidents(perRound)
	if err != nil {
		b.Fatal(err)
	}
	for i := range people {
		people[i].Following = true
	}
	pretend, err := sandbox.New(sandbox.Config{
		Config: platform.Config{Residents: people},
		WeChat: pretendwechat.Config{AppID: sandboxtest.AppID, Secret: sandboxtest.Secret, Token: sandboxtest.Token, WebhookURL: "http://127.0.0.1:1/wechat", TemplateQuota: 1 << 40},
	})
	if err != nil {
		b.Fatal(err)
	}
	defer pretend.Close()
	if err := pretend.Faults.Add(platform.Fault{API: "template/result", Kind: platform.FaultLost}); err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(pretend.Handler())
	defer server.Close()
	redis, closeRedis, err := kv.Open(b.Context(), kv.Embedded)
	if err != nil {
		b.Fatal(err)
	}
	defer closeRedis()
	kv.SetLogger(slog.New(slog.DiscardHandler))
	sealer, err := seal.New(seal.NewKey())
	if err != nil {
		b.Fatal(err)
	}
	client, err := wechat.NewClient(sandboxtest.AppID, sandboxtest.Secret, server.URL+"/sandbox/wechat", kv.NewTokens(redis, sealer))
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	provider, err := wechat.NewProvider(client, broadcast.Template, inFlight, nil)
	if err != nil {
		b.Fatal(err)
	}
	bare := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: inFlight}}
	defer bare.CloseIdleConnections()
	body := []byte(`{"touser":"oSANDBOX-resident-jia-000001","template_id":"` + sandboxtest.MessageTemplate.ID + `","url":"https://example.com/n/1","data":{"thing1":{"value":"文明养犬提醒"},"thing2":{"value":"出门遛狗请牵绳"},"time3":{"value":"2026年3月1日 08:00"}},"client_msg_id":"B0123456789-1000-1"}`)

	round := 0
	runs := []func(){
		func() {
			work := make(chan int, perRound)
			for i := range perRound {
				work <- i
			}
			close(work)
			var all sync.WaitGroup
			for range inFlight {
				all.Go(func() {
					for range work {
						resp, err := bare.Post(server.URL+"/sandbox/noop", "application/json", bytes.NewReader(body))
						if err != nil {
							b.Error(err)
							return
						}
						io.Copy(io.Discard, resp.Body)
						resp.Body.Close()
					}
				})
			}
			all.Wait()
		},
		func() {
			round++
			var messages []broadcast.OutboundMessage
			for i, r := range people {
				messages = append(messages, broadcast.OutboundMessage{Delivery: int64(i), OpenID: r.OpenID, OutID: fmt.Sprintf("B%010d-%d-1", round, i)})
			}
			var all sync.WaitGroup
			work := make(chan []broadcast.OutboundMessage, perRound)
			for batch := range slices.Chunk(messages, provider.Batch()) {
				work <- batch
			}
			close(work)
			for range 4 { // chunks that a worker has under way
				all.Go(func() {
					for batch := range work {
						for _, o := range provider.Send(b.Context(), sandboxtest.TemplateMessage("文明养犬提醒"), sandboxtest.MessageTemplate.ID, batch) {
							if o.State != broadcast.Accepted {
								b.Errorf("%+v", o)
								return
							}
						}
					}
				})
			}
			all.Wait()
		},
	}
	rates := make([][]float64, len(runs))
	for _, run := range runs { // connections, token
		run()
	}
	b.ResetTimer()
	for range b.N {
		for i, run := range runs {
			start := time.Now()
			run()
			rates[i] = append(rates[i], perRound/time.Since(start).Seconds())
		}
	}
	for i := range rates {
		slices.Sort(rates[i])
	}
	median := func(i int) float64 { return rates[i][len(rates[i])/2] }
	b.ReportMetric(median(0), "bare/s")
	b.ReportMetric(median(1), "carrier/s")
	b.ReportMetric(median(1)/median(0), "of-bare")
}
