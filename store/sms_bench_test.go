package store_test

import (
	"fmt"
	"testing"
	"time"

	"towncrier/sms"
	"towncrier/store/storetest"
)

// BenchmarkReceipts takes in pushes of 100 receipts about texts that are known, and applies them. The provider waits at most
// 700 ms for the first half.
func BenchmarkReceipts(b *testing.B) {
	const size = 100
	for name, fresh := range databases {
		b.Run(name, func(b *testing.B) {
			texts := storetest.Open(b, fresh(b), storetest.Sealer(b)).SMS()
			for i := range size {
				_, _, err := texts.Begin(b.Context(), sms.Code, sms.Text{To: "19900001234", Template: "SMS_1", OutID: fmt.Sprint(i)}, noon, noon.Add(time.Minute))
				if err != nil {
					b.Fatal(err)
				}
			}
			var keeping, applying time.Duration
			pushes := 0
			for b.Loop() {
				all := make([]sms.Element, size)
				for i := range all {
					all[i].Receipt = &sms.Receipt{OutID: fmt.Sprint(i), Phone: "19900001234", Delivered: true, Code: "DELIVERED", Raw: fmt.Sprintf(
						`{"phone_number":"19900001234","send_time":"2017-01-01 00:00:00","report_time":"2017-01-01 00:00:00","success":true,"err_code":"DELIVERED","err_msg":"用户接收成功","sms_size":"1","biz_id":"%d","out_id":"%d"}`, pushes, i)}
				}
				pushes++
				start := time.Now()
				if n, err := texts.Keep(b.Context(), all, noon); err != nil || n != size {
					b.Fatal(n, err)
				}
				keeping += time.Since(start)
				start = time.Now()
				claimed, err := texts.Claim(b.Context(), size, noon, noon.Add(time.Minute))
				if err != nil || len(claimed) != size {
					b.Fatal(len(claimed), err)
				}
				if unmatched, err := texts.Apply(b.Context(), claimed, noon); err != nil || len(unmatched) > 0 {
					b.Fatal(len(unmatched), err)
				}
				applying += time.Since(start)
			}
			b.ReportMetric(float64(keeping.Microseconds())/float64(pushes)/1000, "ms/push-kept")
			b.ReportMetric(float64(applying.Microseconds())/float64(pushes)/1000, "ms/push-applied")
		})
	}
}
