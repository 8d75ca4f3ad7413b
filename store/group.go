package store

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

const (
	// groupFor is how long a group's transaction takes in more works before it commits.
	groupFor = 10 * time.Millisecond
	groupMax = 32
)

// group commits the works of several callers together, so that one flush to the disk serves all of them: SQLite has one
// writer, and with synchronous=FULL the flush is most of what a small transaction costs.
type group struct {
	db *DB

	writing, reading statements

	mu    sync.Mutex
	queue []*work
	busy  bool // somebody is committing
}

type work struct {
	do   func(context.Context, *sql.Tx) error
	done chan error
}

// write runs do in a transaction, perhaps with others' works. do may run more than once: what it writes outside of the
// transaction it sets anew each time. Its context is not cancelled half-way: that would undo the others' works too.
func (g *group) write(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &work{do, make(chan error, 1)}
	g.mu.Lock()
	g.queue = append(g.queue, w)
	lead := !g.busy
	g.busy = true
	g.mu.Unlock()
	if lead {
		go g.run(context.WithoutCancel(ctx))
	}
	return <-w.done
}

// run commits until nothing is left to commit.
func (g *group) run(ctx context.Context) {
	for {
		first, ok := g.next(true)
		if !ok {
			return
		}
		g.commit(ctx, first)
		g.writing.compile(ctx, g.db.write)
	}
}

// next takes a work off the queue. When there is none and the leader ends, the next to come leads.
func (g *group) next(end bool) (*work, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.queue) == 0 {
		g.busy = !end
		return nil, false
	}
	w := g.queue[0]
	g.queue = g.queue[1:]
	return w, true
}

// commit runs works in one transaction. When any fails, each gets one of its own and its own result.
func (g *group) commit(ctx context.Context, first *work) {
	works := []*work{first}
	err := g.db.transact(ctx, func(tx *sql.Tx) error {
		began := time.Now()
		for i := 0; i < len(works); i++ {
			if err := works[i].do(ctx, tx); err != nil {
				return err
			}
			if i+1 == len(works) && len(works) < groupMax && time.Since(began) < groupFor {
				if w, ok := g.next(false); ok {
					works = append(works, w)
				}
			}
		}
		return nil
	})
	for _, w := range works {
		if err != nil && len(works) > 1 {
			w.done <- g.db.transact(ctx, func(tx *sql.Tx) error { return w.do(ctx, tx) })
			continue
		}
		w.done <- err
	}
}
