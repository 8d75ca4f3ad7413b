package aliyun_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/aliyun"
	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/sandbox"
	pretendsms "towncrier/sandbox/sms"
	pretendwechat "towncrier/sandbox/wechat"
)

// BenchmarkProvider gives messages by the hundred to the pretend platform, in turn with a bare client's unsigned POSTs, one a
// message, to a route of the same process that does nothing. It prints messages and POSTs a second and the ratio of the
// medians; all three sides share the machine's cores.
func BenchmarkProvider(b *testing.B) {
	const perRound, parallel = 3200, 16
	platform, err := sandbox.New(sandbox.Config{
		WeChat: pretendwechat.Config{AppID: "wx0123456789abcdef", Secret: "s", Token: "t", WebhookURL: "http://127.0.0.1:1/wechat"},
		SMS:    &pretendsms.Config{AccessKeyID: keyID, AccessKeySecret: secret, Delay: time.Hour},
	})
	if err != nil {
		b.Fatal(err)
	}
	defer platform.Close()
	server := httptest.NewServer(platform.Handler())
	defer server.Close()
	client, err := aliyun.New(aliyun.Config{AccessKeyID: keyID, AccessKeySecret: secret, Sign: pretendsms.DefaultSign, Endpoint: server.URL + "/sandbox/aliyun"})
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	provider, err := aliyun.NewProvider(client, parallel, nil)
	if err != nil {
		b.Fatal(err)
	}
	bare := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: parallel}}
	defer bare.CloseIdleConnections()
	body := strings.Repeat("x", 200)
	post := func() error {
		resp, err := bare.Post(server.URL+"/sandbox/noop", "application/x-www-form-urlencoded", strings.NewReader(body))
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		_, err = io.Copy(io.Discard, resp.Body)
		return err
	}
	round := 0
	runs := []func(){
		func() { // POSTs
			var all sync.WaitGroup
			for range parallel {
				all.Go(func() {
					for range perRound / parallel {
						if err := post(); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
		},
		func() { // messages
			round++
			messages := make([]broadcast.OutboundMessage, perRound)
			for i := range messages {
				n := round*perRound + i // a number gets at most 50 texts a day
				messages[i] = broadcast.OutboundMessage{Phone: phone.Number(fmt.Sprintf("199%08d", n%100_000_000)), OutID: fmt.Sprintf("B0123456789-%d", n/100)}
			}
			var all sync.WaitGroup
			for batch := range slices.Chunk(messages, provider.Batch()) {
				all.Go(func() {
					for _, o := range provider.Send(b.Context(), reminder, pretendsms.DefaultNoticeTemplate, batch) {
						if o.State != broadcast.Accepted {
							b.Errorf("%+v", o)
							return
						}
					}
				})
			}
			all.Wait()
		},
	}
	for _, run := range runs { // connections
		run()
	}
	rates := make([][]float64, len(runs))
	b.ResetTimer()
	for range b.N {
		for i, run := range runs {
			start := time.Now()
			run()
			rates[i] = append(rates[i], perRound/time.Since(start).Seconds())
		}
	}
	median := func(i int) float64 {
		slices.Sort(rates[i])
		return rates[i][len(rates[i])/2]
	}
	b.ReportMetric(median(0), "bare/s")
	b.ReportMetric(median(1), "messages/s")
	b.ReportMetric(median(1)/median(0), "of-bare")
}
