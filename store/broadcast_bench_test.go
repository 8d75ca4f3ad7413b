package store_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
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
			db := storetest.Open(b, fresh(b), storetest.Sealer(b))
			if _, err := db.Roster().PutCommittee(b.Context(), example, put); err != nil {
				b.Fatal(err)
			}
			bring(b, db, total, total)
			s := db.Broadcasts()
			var freezing, sending, busy time.Duration
			for n := 0; b.Loop(); n++ {
				id := fmt.Sprint("B", n)
				began := time.Now()
				chunks := frozenFor(b, s, id, size)
				freezing += time.Since(began)
				began, before := time.Now(), cpu(b)
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
				sending, busy = sending+time.Since(began), busy+cpu(b)-before
			}
			b.ReportMetric(float64(b.N)*total/freezing.Seconds(), "frozen/s")
			b.ReportMetric(float64(b.N)*total/sending.Seconds(), "sent/s")
			b.ReportMetric(float64(busy.Nanoseconds())/1000/float64(b.N)/total, "cpu-us/sent")
		})
	}
}

// cpu is what this process has used of processors: it says more than the clock where a machine is shared.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
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
		c, err := s.Claim(b.Context(), chunks[i], broadcast.ClaimRows, noon, noon.Add(2*time.Minute))
		if err != nil {
			return err
		}
		if err := s.RecordOutcomes(b.Context(), allAccepted(c), noon); err != nil {
			return err
		}
	}
}

// BenchmarkDeliveryReceipts applies what a provider of texts reports, in pushes of a hundred and one by one.
func BenchmarkDeliveryReceipts(b *testing.B) {
	const total, size, workers = 20_000, 100, 16
	for name, fresh := range databases {
		b.Run(name, func(b *testing.B) {
			db := storetest.Open(b, fresh(b), storetest.Sealer(b))
			if _, err := db.Roster().PutCommittee(b.Context(), example, put); err != nil {
				b.Fatal(err)
			}
			bring(b, db, total, total)
			s := db.Broadcasts()
			for _, push := range []int{size, 1} {
				var spent, busy time.Duration
				b.Run(fmt.Sprint("by", push), func(b *testing.B) {
					for n := 0; b.Loop(); n++ {
						var pushes [][]broadcast.Receipt
						for _, chunk := range frozenFor(b, s, fmt.Sprint("R", push, "-", n), size) {
							c, err := s.Claim(b.Context(), chunk, broadcast.ClaimRows, noon, noon.Add(2*time.Minute))
							if err == nil {
								err = s.RecordOutcomes(b.Context(), allAccepted(c), noon)
							}
							if err != nil {
								b.Fatal(err)
							}
							receipts := make([]broadcast.Receipt, len(c.Messages))
							for i, l := range c.Messages {
								receipts[i] = broadcast.Receipt{Channel: broadcast.SMS, State: broadcast.Delivered, Handle: c.OutID, OutID: c.OutID, Phone: l.Phone}
							}
							pushes = slices.AppendSeq(pushes, slices.Chunk(receipts, push))
						}
						began, before := time.Now(), cpu(b)
						var next atomic.Int64
						var all sync.WaitGroup
						for range workers {
							all.Go(func() {
								for i := int(next.Add(1)) - 1; i < len(pushes); i = int(next.Add(1)) - 1 {
									if matched, err := s.Receipts(b.Context(), pushes[i], noon); err != nil || slices.Contains(matched, false) {
										b.Error(matched, err)
									}
								}
							})
						}
						all.Wait()
						spent, busy = spent+time.Since(began), busy+cpu(b)-before
					}
					b.ReportMetric(float64(b.N)*total/spent.Seconds(), "receipts/s")
					b.ReportMetric(float64(busy.Nanoseconds())/1000/float64(b.N)/total, "cpu-us/receipt")
				})
			}
		})
	}
}

func allAccepted(c broadcast.Claimed) []broadcast.Settled {
	settled := make([]broadcast.Settled, len(c.Messages))
	for i, l := range c.Messages {
		settled[i] = broadcast.Settled{Delivery: l.Delivery, Claim: c.ID, Outcome: broadcast.Outcome{State: broadcast.Accepted, Handle: c.OutID}}
	}
	return settled
}
