package imports

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"towncrier/audit"
)

const (
	// sweepEvery is how often it is looked for imports whose life has ended.
	sweepEvery = time.Minute
	// awayPause is before the next try while the database is away.
	awayPause = time.Second
)

// Run judges and imports what is queued, one at a time, until ctx ends. What is under way then goes on at the next Open.
func (s *Service) Run(ctx context.Context) {
	var sweeping sync.WaitGroup
	defer sweeping.Wait()
	sweeping.Go(func() { s.sweepUntil(ctx) }) // by itself: a file may take long
	for {
		var again <-chan time.Time
		if j, inner := s.next(ctx); j != nil {
			if away := s.work(ctx, inner, j); !away {
				continue
			}
			again = time.After(awayPause)
		}
		select {
		case <-s.wake:
		case <-again:
		case <-ctx.Done():
			return
		}
	}
}

func (s *Service) sweepUntil(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		s.Sweep(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Sweep removes what is left of imports whose life has ended.
func (s *Service) Sweep(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, j := range s.jobs {
		var err error
		switch {
		case s.over(j):
			delete(s.jobs, id)
			err = s.folder.remove(j.key)
		case !j.State.active() && !s.cfg.Now().Before(j.fileEnds()):
			j.Listed, j.gone = 0, true
			err = s.folder.remove(j.key, uploaded, mended, faults, badRows)
		}
		if err != nil {
			s.cfg.Log.ErrorContext(ctx, "an import's files stay", "import", id, "err", err)
		}
	}
}

// next takes the first import of the queue, nil when it is empty, with a context that ends when it is removed.
func (s *Service) next(ctx context.Context) (first *job, inner context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.jobs {
		if (j.State == Queued || j.State == Starting) && (first == nil || j.place < first.place) {
			first = j
		}
	}
	if first == nil || ctx.Err() != nil {
		return nil, nil
	}
	inner, first.stop = context.WithCancelCause(audit.WithOrigin(ctx, &first.Origin))
	if first.State == Queued {
		first.State = Judging
	} else {
		first.State = Importing
	}
	return first, inner
}

// Why work at an import ends before its time.
var (
	errRemoved = errors.New("the import was removed")
	errTooLong = errors.New("judging takes too long")
	errMayNot  = errors.New("who uploaded it may not import it any more")
)

// work judges or writes an import. server is the context of all imports, ctx of this one. When the database is away the import stays where it is
// in the queue.
func (s *Service) work(server, ctx context.Context, j *job) (away bool) {
	defer debug.FreeOSMemory() // a file takes much, and the next comes much later
	importing := j.State == Importing
	err := s.guarded(func() error {
		if importing {
			return s.write(ctx, j)
		}
		limited, cancel := context.WithTimeoutCause(ctx, s.limits.Judging, errTooLong)
		defer cancel()
		return causeOf(limited, s.judge(limited, j))
	})
	err = causeOf(ctx, err)
	away = err != nil && s.cfg.Away(err) && s.cfg.Now().Before(j.waitsUntil())
	if importing && err != nil && !away && server.Err() == nil && !errors.Is(err, errRemoved) {
		s.recordStop(ctx, j)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	removed := s.jobs[j.ID] != j
	j.stop(nil)
	j.stop = nil
	switch {
	case removed:
		away, err = false, s.folder.remove(j.key)
	case err != nil && server.Err() != nil: // the record says what goes on
		return away
	case away && importing:
		j.State, j.again = Starting, true
	case away:
		j.State = Queued
	case err == nil && importing:
		j.State, j.EndedAt, j.finishing = Done, s.cfg.Now(), nil
		if err = s.folder.writeRecord(j); err == nil { // before the file goes: what is started without one fails at the next start
			err = s.folder.remove(j.key, uploaded, mended)
		}
	case err == nil:
		j.State = Judged
	default:
		j.Problem = s.reason(ctx, j, err)
		j.State, j.EndedAt = Failed, s.cfg.Now()
		err = s.folder.remove(j.key, record)
	}
	if away {
		s.cfg.Log.WarnContext(ctx, "an import waits for the database", "import", j.ID, "state", string(j.State), "err", err)
		return away
	}
	s.cfg.Log.InfoContext(ctx, "import", "import", j.ID, "staff", j.By, "kind", string(j.Kind), "state", string(j.State), "rows", j.Rows, "bad", j.Bad, "written", j.Written)
	if err != nil {
		s.cfg.Log.ErrorContext(ctx, "an import's files", "import", j.ID, "err", err)
	}
	return away
}

// waitsUntil is how long the database is waited for.
func (i Import) waitsUntil() time.Time {
	if i.State == Importing {
		return i.StartedAt.Add(Life)
	}
	return i.fileEnds()
}

// causeOf is why err came: the context's cause when that has ended.
func causeOf(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// recordStop audits that an import ended before all was written.
func (s *Service) recordStop(ctx context.Context, j *job) {
	act := s.act(j, "import.stop", fmt.Sprintf("written=%d", j.Written))
	if err := s.cfg.Audit.Record(context.WithoutCancel(ctx), act); err != nil {
		s.cfg.Log.ErrorContext(ctx, "an import's end is not in the audit log", "import", j.ID, "err", err)
	}
}

// act is an act of who uploaded an import.
func (s *Service) act(j *job, action, detail string) audit.Act {
	return audit.Act{Actor: audit.Staff(j.By), Action: action, Subject: j.ID, Detail: detail, At: s.cfg.Now()}
}

// guarded makes an error of a panic: a file that nobody thought of must not end the server.
func (s *Service) guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.cfg.Log.Error("import panicked", "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %T", p)
		}
	}()
	return do()
}
