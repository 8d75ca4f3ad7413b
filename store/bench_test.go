package store_test

import (
	"testing"
	"time"

	"towncrier/inbox"
	"towncrier/store/storetest"
)

// BenchmarkCollectNothing is what every message costs whose sender waits for no answer, beside a full inbox.
func BenchmarkCollectNothing(b *testing.B) {
	for name, fresh := range databases {
		b.Run(name, func(b *testing.B) {
			tickets := storetest.Open(b, fresh(b), storetest.Sealer(b)).Inbox()
			for range 1000 {
				f := inbox.Filing{From: resident, Kind: inbox.Question, Text: "问题", At: noon}
				if _, err := tickets.Add(b.Context(), f, "", noon.Add(time.Hour)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if told, err := tickets.CollectFor(b.Context(), other, "", noon); err != nil || told != nil {
					b.Fatal(told, err)
				}
			}
		})
	}
}
