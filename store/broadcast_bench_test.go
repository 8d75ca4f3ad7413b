package store_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/store"
	"towncrier/store/storetest"
)

// BenchmarkSend claims and settles deliveries by SMS in hundreds from several workers, with every commit flushed. Two
// numbers matter: recipients a second, and how much of a frozen audience a second.
func BenchmarkSend(b *testing.B) {
	const total, size, workers = 40_000, 100, 8
	for name, fresh := range databases {
		b.Run(name, func(b *testing.B) {
			db := storetest.Open(b, fresh(b), storetest.Box(b))
			if _, err := db.Roster().PutCommittee(b.Context(), example, put); err != nil {
				b.Fatal(err)
			}
			bring(b, db, total, total)
			s := db.Broadcasts()
			var freezing, sending time.Duration
			for n := 0; b.Loop(); n++ {
				id := fmt.Sprint("B", n)
				began := time.Now()
				chunks := frozenFor(b, s, id, size)
				freezing += time.Since(began)
				began = time.Now()
				var next atomic.Int64
				done := make(chan error, workers)
				for range workers {
					go func() { done <- sendAll(b, s, chunks, &next) }()
				}
				for range workers {
					if err := <-done; err != nil {
						b.Fatal(err)
					}
				}
				sending += time.Since(began)
			}
			b.ReportMetric(float64(b.N)*total/freezing.Seconds(), "frozen/s")
			b.ReportMetric(float64(b.N)*total/sending.Seconds(), "sent/s")
		})
	}
}

func frozenFor(b *testing.B, s *store.Broadcasts, id string, size int) []broadcast.Chunk {
	b.Helper()
	turn := func(to broadcast.Status) {
		_, err := s.Change(b.Context(), id, func(one *broadcast.Broadcast) ([]audit.Act, error) {
			one.Status = to
			return []audit.Act{put}, nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if _, err := s.Create(b.Context(), broadcast.Broadcast{ID: id, Status: broadcast.Draft, Round: 1}, put); err != nil {
		b.Fatal(err)
	}
	turn(broadcast.Freezing)
	for after := ""; ; {
		found, next, err := s.Candidates(b.Context(), nil, noon, after, 500)
		if err != nil {
			b.Fatal(err)
		}
		slice := broadcast.Slice{After: after, Next: next}
		for _, c := range found {
			slice.Recipients = append(slice.Recipients, broadcast.Recipient{Subject: c.Subject, Channels: []broadcast.Channel{broadcast.SMS}})
		}
		if written, err := s.Freeze(b.Context(), id, slice, noon); err != nil || !written {
			b.Fatal(written, err)
		}
		if after = next; after == "" {
			break
		}
	}
	turn(broadcast.Sending)
	chunks, err := s.Chunks(b.Context(), id, broadcast.SMS, 0, size, 1<<20, noon)
	if err != nil {
		b.Fatal(err)
	}
	return chunks
}

func sendAll(b *testing.B, s *store.Broadcasts, chunks []broadcast.Chunk, next *atomic.Int64) error {
	for {
		i := int(next.Add(1)) - 1
		if i >= len(chunks) {
			return nil
		}
		c, err := s.Claim(b.Context(), chunks[i], noon, noon.Add(2*time.Minute))
		if err != nil {
			return err
		}
		settled := make([]broadcast.Settled, len(c.Letters))
		for i, l := range c.Letters {
			settled[i] = broadcast.Settled{Delivery: l.Delivery, Claim: c.ID, Outcome: broadcast.Outcome{State: broadcast.Accepted, Handle: c.OutID}}
		}
		if err := s.Settle(b.Context(), settled, noon); err != nil {
			return err
		}
	}
}
