package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// statements keeps what is run often compiled: SQLite took a quarter of the time of a claim of a hundred rows to compile what it
// runs. PostgreSQL's driver keeps them by itself.
type statements struct {
	mu  sync.Mutex
	all map[string]*sql.Stmt // by their text; nil: wanted
}

// get is a compiled statement, or nil when it is yet to be compiled.
func (s *statements) get(query string) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	stmt := s.all[query]
	if stmt == nil {
		if s.all == nil {
			s.all = make(map[string]*sql.Stmt)
		}
		s.all[query] = nil
	}
	return stmt
}

// compile compiles what was wanted; it takes a connection, so nobody calls it who holds the only one. What does not compile is
// run as text, and says why.
func (s *statements) compile(ctx context.Context, db *sql.DB) {
	for _, query := range s.wanted() {
		stmt, err := db.PrepareContext(ctx, query)
		if err != nil {
			continue
		}
		s.mu.Lock()
		if s.all[query] == nil {
			s.all[query], stmt = stmt, nil
		}
		s.mu.Unlock()
		if stmt != nil { // somebody else was first
			stmt.Close()
		}
	}
}

func (s *statements) wanted() (queries []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for query, stmt := range s.all {
		if stmt == nil {
			queries = append(queries, query)
		}
	}
	return queries
}

// prepared is a statement of a transaction, nil when it is to be run as text.
func (s *Broadcasts) prepared(ctx context.Context, tx *sql.Tx, query string) *sql.Stmt {
	if s.group == nil {
		return nil
	}
	stmt := s.group.writing.get(query)
	if stmt == nil {
		return nil
	}
	return tx.StmtContext(ctx, stmt)
}

// exec is tx.ExecContext of a statement that is run often, always as the same text.
func (s *Broadcasts) exec(ctx context.Context, tx *sql.Tx, query string, args ...any) (sql.Result, error) {
	if stmt := s.prepared(ctx, tx, query); stmt != nil {
		return stmt.ExecContext(ctx, args...)
	}
	return tx.ExecContext(ctx, query, args...)
}

// query is tx.QueryContext of a statement that is run often.
func (s *Broadcasts) query(ctx context.Context, tx *sql.Tx, query string, args ...any) (*sql.Rows, error) {
	if stmt := s.prepared(ctx, tx, query); stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return tx.QueryContext(ctx, query, args...)
}

// row is tx.QueryRowContext of a statement that is run often.
func (s *Broadcasts) row(ctx context.Context, tx *sql.Tx, query string, args ...any) *sql.Row {
	if stmt := s.prepared(ctx, tx, query); stmt != nil {
		return stmt.QueryRowContext(ctx, args...)
	}
	return tx.QueryRowContext(ctx, query, args...)
}

// read is a query beside the writer that is run often.
func (s *Broadcasts) read(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s.group == nil {
		return s.db.read.QueryContext(ctx, query, args...)
	}
	stmt := s.group.reading.get(query)
	if stmt == nil {
		s.group.reading.compile(ctx, s.db.read)
		if stmt = s.group.reading.get(query); stmt == nil {
			return s.db.read.QueryContext(ctx, query, args...)
		}
	}
	return stmt.QueryContext(ctx, args...)
}

// runs divides ids into runs of consecutive ones: first and last of each.
func runs(ids []int64) (all [][2]int64) {
	for i, id := range ids {
		if i > 0 && id == ids[i-1]+1 {
			all[len(all)-1][1] = id
		} else {
			all = append(all, [2]int64{id, id})
		}
	}
	return all
}

// scattered is how many rows a run has at least, on average, for each to be a statement of its own: it costs as much as finding six
// rows of a list one by one.
const scattered = 6

// change runs an UPDATE of deliveries by their ids and says how many it changed. args are what the text has beside the ids; %s in it is
// the condition on id.
func (s *Broadcasts) change(ctx context.Context, tx *sql.Tx, update string, ids []int64, args ...any) (n int, err error) {
	in, each := s.in(len(args)+1), [][]any{{jsonArray(ids)}}
	if all := runs(ids); len(all)*scattered <= len(ids) {
		in, each = between(len(args)+1), each[:0]
		for _, run := range all {
			each = append(each, []any{run[0], run[1]})
		}
	}
	query := strings.Replace(update, "%s", in, 1)
	for _, ids := range each {
		changed, err := affected(s.exec(ctx, tx, query, slices.Concat(args, ids)...))
		if err != nil {
			return n, err
		}
		n += changed
	}
	return n, nil
}

func between(parameter int) string { return fmt.Sprintf("BETWEEN $%d AND $%d", parameter, parameter+1) }
