package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteCode is the primary result code, 0 when err is not SQLite's.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}

// whenFree tries until SQLite's writer is free, at most for sqliteBusy. SQLite's own wait asks less and less often, up to
// ten times a second, and so hardly ever finds a gap between the transactions of an import.
func whenFree(ctx context.Context, try func() error) error {
	for give := time.Now().Add(sqliteBusy); ; {
		err := try()
		if !isBusy(err) || time.Now().After(give) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lockPoll):
		}
	}
}

// errHeld says that another connection reads the journal.
var errHeld = errors.New("the journal is being read")

func isBusy(err error) bool {
	return sqliteCode(err) == sqlite3.SQLITE_BUSY || errors.Is(err, errHeld)
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func untilFree(ctx context.Context, busy error, try func() (took bool, err error)) error {
	for give := time.Now().Add(aloneWithin); ; {
		if took, err := try(); err != nil || took {
			return err
		}
		if time.Now().After(give) {
			return busy
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

// every does something again and again, in a goroutine of its own, until stop, which cuts it off and waits for it.
func every(pause time.Duration, do func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				do(ctx)
			}
		}
	})
	return func() {
		cancel()
		running.Wait()
	}
}
