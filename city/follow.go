package city

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"towncrier/content"
	"towncrier/problem"
)

// followEvery leaves most of the two seconds in which a revision is in force everywhere to the training of a matcher.
const followEvery = 500 * time.Millisecond

// Revisions are where a city's revisions are kept. Safe for concurrent use.
type Revisions interface {
	// Newest is the number of the revision in force, 0 while there is none, and when it was made.
	Newest(ctx context.Context) (number int, made time.Time, err error)
	// Folder is the folder of a revision.
	Folder(ctx context.Context, number int) (fs.FS, error)
	// Upcoming names the drafts that may be published next, at most most, the newest first. A draft that is changed has another name.
	Upcoming(ctx context.Context, most int) ([]string, error)
	// Prospect is the folder that such a draft leads to.
	Prospect(ctx context.Context, name string) (fs.FS, error)
}

// Open is a Live of the newest revision, or of the folder while there is none. A revision that this program does not take, as one that a
// later version published, is passed over for the newest that it takes, less the notices that are withdrawn since: the log says so. The
// error is of what keeps the revisions; the Live is nil with it, and when nothing at all passes its check.
func Open(ctx context.Context, fsys fs.FS, revisions Revisions, now func() time.Time, log *slog.Logger) (*Live, problem.List, error) {
	newest, _, err := revisions.Newest(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("look for the newest revision of the content: %w", err)
	}
	if newest == 0 {
		l, problems := NewLive(fsys, now, log)
		return l, problems, nil
	}
	l := newLive(fsys, now, log)
	if err := l.began(ctx, revisions); err != nil {
		return nil, nil, err
	}
	withdrawn := l.withdrawn()
	for number := newest; number > 0; number-- {
		folder, err := revisions.Folder(ctx, number)
		if err != nil {
			return nil, nil, fmt.Errorf("read revision %d of the content: %w", number, err)
		}
		withdrawn = append(withdrawn, content.WithdrawnIn(folder)...)
		c, problems := Load(folder, now())
		if c == nil {
			log.Error("this program does not take the content's revision: an earlier one answers", "revision", number, "faults", problems.Faults())
			continue
		}
		l.current.Store(c.Withdraw(withdrawn))
		l.number.Store(int64(number))
		if number < newest {
			l.refused.Store(int64(newest))
		}
		l.good = snapshot(fsys)
		return l, problems, nil
	}
	return nil, problem.List{{Text: "no revision of the content passes its check"}}, nil
}

// began learns, once, what was withdrawn in the folder when revisions began.
func (l *Live) began(ctx context.Context, revisions Revisions) error {
	if l.gone.Load() != nil {
		return nil
	}
	first, err := revisions.Folder(ctx, 1)
	if err != nil {
		return fmt.Errorf("read the first revision of the content: %w", err)
	}
	gone := content.WithdrawnIn(first)
	l.gone.Store(&gone)
	return nil
}

// InForce is the city of the newest revision, as far as broadcasts rest on it, also for the moment in which an earlier one answers here. made is
// when that revision was made, zero while the folder is in force.
func (l *Live) InForce(ctx context.Context, revisions Revisions) (c *City, made time.Time, err error) {
	newest, made, err := revisions.Newest(ctx)
	if err != nil || newest == l.seen() {
		return l.Current(), made, err
	}
	folder, err := revisions.Folder(ctx, newest)
	if err == nil {
		err = l.began(ctx, revisions)
	}
	if err != nil {
		return nil, made, err
	}
	c, problems := readLibrary(folder)
	if problems.Faults() > 0 { // this program does not take it
		return l.Current().Withdraw(content.WithdrawnIn(folder)), made, nil
	}
	return c.Withdraw(l.withdrawn()), made, nil
}

// Follow takes every revision that becomes the newest until ctx ends. The notices that it withdraws are withdrawn before anything else of
// it is read. Meanwhile it makes ready what may be published next. Call it once.
func (l *Live) Follow(ctx context.Context, revisions Revisions) {
	var ahead sync.WaitGroup
	ahead.Go(func() { l.ahead(ctx, revisions) })
	defer ahead.Wait()
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := l.follow(ctx, revisions)
		if err != nil && ctx.Err() == nil && !failing {
			l.log.Error("the content's revisions cannot be read: the last one keeps answering", "err", err)
		}
		failing = err != nil
	}
}

func (l *Live) follow(ctx context.Context, revisions Revisions) error {
	newest, _, err := revisions.Newest(ctx)
	if err != nil || newest == l.seen() {
		return err
	}
	folder, err := revisions.Folder(ctx, newest)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.began(ctx, revisions); err != nil {
		return err
	}
	gone := append(content.WithdrawnIn(folder), l.withdrawn()...)
	before := l.Current().Withdraw(gone)
	l.current.Store(before)
	c, problems := l.load(folder)
	if c != nil {
		l.current.Store(c.Withdraw(gone))
		l.number.Store(int64(newest))
		l.refused.Store(0)
		l.log.Info("content published", "revision", newest, "intents", len(c.Intents), "notices", len(c.Library.Notices))
	} else {
		l.refuse(problems)
		l.refused.Store(int64(newest)) // it is not tried twice a second
	}
	if l.OnReload != nil {
		l.OnReload(c != nil, problems)
	}
	return nil
}
