package store

import (
	"context"
	"fmt"
	"strings"

	"towncrier/broadcast"
	"towncrier/problem"
)

// List implements broadcast.Store. A cursor is the number of the last row.
func (s *Broadcasts) List(ctx context.Context, f broadcast.Filter, after string, limit int) (found []broadcast.Broadcast, next string, err error) {
	behind, err := cursor(after, problem.ErrCursor)
	if err != nil {
		return nil, "", wrap("list broadcasts", err)
	}
	var args []any
	arg := numbered(&args, 0)
	where := conditions(f, arg)
	if behind > 0 {
		where += " AND num < " + arg(behind)
	}
	var nums []int64
	where += " ORDER BY num DESC LIMIT " + arg(limit+1)
	err = rowsOf(s.db.read.QueryContext(ctx, `SELECT `+broadcastColumns+` FROM broadcast WHERE `+where, args...)).each(func(row row) error {
		num, b, err := scanBroadcast(row)
		nums, found = append(nums, num), append(found, b)
		return err
	})
	_, next = page(nums, limit, func(num int64) int64 { return num })
	return found[:min(limit, len(found))], next, wrap("list broadcasts", err)
}

// CountByStatus implements broadcast.Store.
func (s *Broadcasts) CountByStatus(ctx context.Context, f broadcast.Filter) (map[broadcast.Status]int, error) {
	f.Statuses = nil
	var args []any
	where := conditions(f, numbered(&args, 0))
	counts := make(map[broadcast.Status]int)
	err := rowsOf(s.db.read.QueryContext(ctx, `SELECT status, count(*) FROM broadcast WHERE `+where+` GROUP BY status`, args...)).each(func(row row) error {
		var status broadcast.Status
		var n int
		err := row.Scan(&status, &n)
		counts[status] = n
		return err
	})
	return counts, wrap("count broadcasts", err)
}

// conditions are those of a filter, on broadcasts.
func conditions(f broadcast.Filter, arg func(any) string) string {
	all := []string{"num > 0"}
	add := func(condition string, values ...any) {
		places := make([]any, len(values))
		for i, value := range values {
			places[i] = arg(value)
		}
		all = append(all, fmt.Sprintf(condition, places...))
	}
	for _, c := range []struct{ column, value string }{
		{"committee", f.Committee}, {"topic", f.Topic}, {"series", f.Series}, {"author", f.Author}, {"approver", f.Approver},
	} {
		if c.value != "" {
			add(c.column+" = %s", c.value)
		}
	}
	if len(f.Statuses) > 0 {
		add("status IN ("+placeholders(len(f.Statuses))+")", anyOf(f.Statuses)...)
	}
	if !f.From.IsZero() {
		add("dated >= %s", f.From.UnixMilli())
	}
	if !f.To.IsZero() {
		add("dated < %s", f.To.UnixMilli())
	}
	if f.Text != "" {
		add(`words LIKE %s ESCAPE '\'`, "%"+strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(f.Text)+"%")
	}
	if f.FoundBy != "" {
		citys := []string{"num IN (SELECT broadcast FROM broadcast_committee WHERE committee = %s)"}
		if len(f.Coming) > 0 {
			citys = append(citys, "id IN ("+placeholders(len(f.Coming))+")")
		}
		add("(committee = %s OR committee = '' AND ("+strings.Join(citys, " OR ")+"))", append([]any{f.FoundBy, f.FoundBy}, anyOf(f.Coming)...)...)
	}
	if f.Unsent {
		all = append(all, `freezing_at IS NOT NULL AND (EXISTS (SELECT 1 FROM delivery d WHERE d.broadcast = num AND d.state = 'pending')
			OR EXISTS (SELECT 1 FROM delivery d WHERE d.broadcast = num AND d.state = 'planned'))`)
	}
	return strings.Join(all, " AND ")
}

func placeholders(n int) string { return strings.TrimSuffix(strings.Repeat("%s, ", n), ", ") }

// anyOf are words as arguments of a statement.
func anyOf[W ~string](words []W) []any {
	args := make([]any, len(words))
	for i, w := range words {
		args[i] = string(w)
	}
	return args
}

// Coming implements broadcast.Store.
func (s *Broadcasts) Coming(ctx context.Context) ([]broadcast.Broadcast, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT `+broadcastColumns+` FROM broadcast
		WHERE status IN ('scheduled', 'held', 'freezing', 'paused') AND committee = '' AND frozen_at IS NULL ORDER BY num`)),
		func(row row) (broadcast.Broadcast, error) {
			_, b, err := scanBroadcast(row)
			return b, err
		})
	return all, wrap("list the city's broadcasts to come", err)
}

// HasRecipients implements broadcast.Store.
func (s *Broadcasts) HasRecipients(ctx context.Context, id, committee string) (has bool, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM broadcast_committee
		WHERE committee = $2 AND broadcast = (SELECT num FROM broadcast WHERE id = $1))`, id, committee).Scan(&has)
	return has, wrap("look for a committee's recipients", err)
}

// Reaches implements broadcast.Store.
func (s *Broadcasts) Reaches(ctx context.Context, scope broadcast.Scope) (reaches bool, err error) {
	var args []any
	within := s.within(scope, numbered(&args, 0))
	err = s.db.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM resident r WHERE `+within+`)`, args...).Scan(&reaches)
	return reaches, wrap("look for residents of an audience", err)
}
