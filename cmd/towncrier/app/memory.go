package app

import (
	"context"
	"os"
	"runtime/debug"
	rtmetrics "runtime/metrics"
	"time"
)

// serveMemory is meant to leave room below 200 MiB for the program itself and its pages of files, which are 60. What is in use may go
// beyond it while receipts come faster than they are written.
const ServeMemory = 120 << 20

// lookAtMemory is how often the limit of memory is held against what is in use.
const lookAtMemory = 5 * time.Second

// TuneGC lets garbage grow to four times what is in use, until ctx ends, but with it to limit bytes at most: of a broadcast by SMS
// the collector took a quarter of all time. Where more than half of that is in use, as in an embedded queue with many conversations, the
// limit is twice what is in use, so that it never collects without end. Who sets GOGC or GOMEMLIMIT has their way.
func TuneGC(ctx context.Context, limit int64) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(limit)
	go func() {
		tick := time.NewTicker(lookAtMemory)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				debug.SetMemoryLimit(max(limit, 2*inUse()))
			case <-ctx.Done():
				return
			}
		}
	}()
}

// inUse is the bytes that the last collection left.
func inUse() int64 {
	live := []rtmetrics.Sample{{Name: "/gc/heap/live:bytes"}}
	rtmetrics.Read(live)
	return int64(live[0].Value.Uint64())
}
