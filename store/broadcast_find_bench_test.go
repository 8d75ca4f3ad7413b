package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/store/storetest"
)

// BenchmarkFindBroadcasts lists and counts 5,000 broadcasts, as many as a city sends in years, by conditions that most of them do not fulfil.
func BenchmarkFindBroadcasts(b *testing.B) {
	const total = 5_000
	began := time.Date(2023, 11, 13, 4, 0, 0, 0, time.UTC)
	for name, fresh := range databases {
		b.Run(name, func(b *testing.B) {
			s := storetest.Open(b, fresh(b), storetest.Sealer(b)).Broadcasts()
			for n := range total {
				one := broadcast.Broadcast{ID: fmt.Sprintf("B%010d", n), Status: broadcast.Statuses[n%len(broadcast.Statuses)], Round: 1, Title: fmt.Sprintf("第%d号通知", n),
					Topic: fmt.Sprint("t", n%6), Author: fmt.Sprint("author-", n%20), Approver: fmt.Sprint("approver-", n%7), UpdatedAt: began.Add(time.Duration(n) * time.Hour),
					Messages: []broadcast.Message{{Channel: broadcast.SMS, Template: "notice", Data: map[string]string{"what": strings.Repeat("检修水管，东街、柳巷停水。", 15)}}}}
				one.Words = one.WordsOf(nil)
				if _, err := s.Create(b.Context(), one, put); err != nil {
					b.Fatal(err)
				}
			}
			for what, f := range map[string]broadcast.Filter{
				"all":         {},
				"no such":     {Text: "养犬登记"},
				"few":         {Text: "第42"},
				"of a person": {Author: "author-3", Statuses: []broadcast.Status{broadcast.Done, broadcast.Sending}},
				"all at once": {Text: "柳巷停水", From: began, To: began.Add(100 * time.Hour), Author: "author-3", Approver: "approver-3", Topic: "t3"},
				"committee's": {FoundBy: "C-1"},
			} {
				b.Run("list "+what, func(b *testing.B) {
					for b.Loop() {
						if _, _, err := s.List(b.Context(), f, "", 50); err != nil {
							b.Fatal(err)
						}
					}
				})
				b.Run("count "+what, func(b *testing.B) {
					for b.Loop() {
						if _, err := s.CountByStatus(b.Context(), f); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}
