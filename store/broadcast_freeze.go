package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"towncrier/broadcast"
	"towncrier/problem"
	"towncrier/roster"
)

// Candidates implements broadcast.Store.
func (s *Broadcasts) Candidates(ctx context.Context, lists []string, since time.Time, after string, limit int) (found []broadcast.Candidate, next string, err error) {
	behind, err := cursor(after, problem.ErrCursor)
	if err != nil {
		return nil, "", wrap("list candidates", err)
	}
	return s.candidates(ctx, `r.id > $1`, behind, lists, since, limit)
}

// candidates reads the residents that a condition chooses, in which $1 is what it compares with.
func (s *Broadcasts) candidates(ctx context.Context, where string, with any, lists []string, from time.Time, limit int) (found []broadcast.Candidate, next string, err error) {
	if lists == nil {
		lists = []string{}
	}
	var ids []int64
	err = rowsOf(s.db.read.QueryContext(ctx, s.db.candidates+` WHERE `+where+` ORDER BY r.id LIMIT $2`,
		with, limit+1, jsonArray(lists), since(from))).each(func(row row) error {
		id, c, err := scanCandidate(row)
		ids, found = append(ids, id), append(found, c)
		return err
	})
	_, next = page(ids, limit, func(id int64) int64 { return id })
	return found[:min(limit, len(found))], next, wrap("list candidates", err)
}

func scanCandidate(row row) (id int64, c broadcast.Candidate, err error) {
	var subject []byte
	var tags string
	var consents, preferences, templates, lists sql.NullString
	err = row.Scan(&id, &subject, &c.Committee, &c.Community, &c.Street, &c.Area, &c.SelfDeclared, &tags, &c.Phone, &c.WeChat, &c.Suppressed,
		&consents, &preferences, &templates, &lists, &c.Recent)
	if err != nil {
		return 0, c, err
	}
	c.Subject = hex.EncodeToString(subject)
	var r roster.Resident
	err = errors.Join(readTags(&r, tags), readConsents(&r, consents), readPreferences(&r, preferences),
		readTexts(&c.Templates, templates), readTexts(&c.Lists, lists))
	if err != nil {
		return 0, c, fmt.Errorf("resident %s: %w", c.Subject, err)
	}
	c.Tags, c.Consents, c.Preferences = r.Tags, r.Consents, r.Preferences
	return id, c, nil
}

func readTexts(into *[]string, text sql.NullString) error {
	if !text.Valid || text.String == noTags {
		return nil
	}
	return json.Unmarshal([]byte(text.String), into)
}

// FreezeCursor implements broadcast.Store.
func (s *Broadcasts) FreezeCursor(ctx context.Context, id string) (after string, whole bool, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT frontier, frozen_at IS NOT NULL FROM broadcast WHERE id = $1`, id).Scan(&after, &whole)
	return after, whole, wrap("look where freezing goes on", orNotFound(err, broadcast.ErrNoBroadcast))
}

// Freeze implements broadcast.Store.
func (s *Broadcasts) Freeze(ctx context.Context, id string, slice broadcast.Slice, now time.Time) (written bool, err error) {
	subjects := make([][2]any, len(slice.Recipients))
	plans := make([][4]any, 0, len(slice.Recipients))
	for i, r := range slice.Recipients {
		subjects[i] = [2]any{r.Subject, boolInt(len(r.Channels) > 0)}
		if len(r.Channels) == 0 {
			plans = append(plans, [4]any{i + 1, "", broadcast.Suppressed, r.Reason})
		}
		for k, channel := range r.Channels {
			state := broadcast.Pending
			if k > 0 {
				state = broadcast.Planned
			}
			plans = append(plans, [4]any{i + 1, channel, state, ""})
		}
	}
	who, what := jsonArray(subjects), jsonArray(plans)
	// CROSS JOIN keeps SQLite from reading all rows for each of a list: it takes a list for long. PostgreSQL reads it as JOIN.
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		written = false
		var num, last, doubted int64
		var status broadcast.Status
		var frontier string
		var whole sql.NullInt64
		err := tx.QueryRowContext(ctx, `SELECT num, status, frontier, last, frozen_at, doubted FROM broadcast WHERE id = $1`+s.db.lock, id).
			Scan(&num, &status, &frontier, &last, &whole, &doubted)
		if errors.Is(err, sql.ErrNoRows) {
			return broadcast.ErrNoBroadcast
		}
		if err != nil || status != broadcast.Freezing || frontier != slice.After || whole.Valid {
			return err
		}
		if err := take(ctx, tx, s.db.byIndex); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO recipient (broadcast, n, resident, subject, given)
			SELECT $1, $3 + v.i, r.id, r.subject, v.given FROM (`+s.db.subjects+`) v CROSS JOIN resident r WHERE r.subject = v.subject
			ON CONFLICT DO NOTHING`, num, who, last)
		if err != nil {
			return err
		}
		added, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO broadcast_committee (committee, broadcast) SELECT DISTINCT r.committee, p.broadcast
			FROM recipient p JOIN broadcast b ON b.num = p.broadcast JOIN resident r ON r.id = p.resident
			WHERE p.broadcast = $1 AND p.n > $2 AND p.n <= $3 AND b.committee = '' AND r.committee IS NOT NULL ON CONFLICT DO NOTHING`,
			num, last, last+int64(len(slice.Recipients))); err != nil {
			return err
		}
		result, err = tx.ExecContext(ctx, `INSERT INTO delivery (broadcast, recipient, resident, channel, round, state, reason, updated_at)
			SELECT p.broadcast, p.n, p.resident, v.channel, 1, v.state, v.reason, $4
			FROM (`+s.db.plans+`) v`+s.db.next("recipient", "p", "p.broadcast = $1 AND p.n = $3 + v.i")+` ORDER BY v.k`, num, what, last, now.UnixMilli())
		if err != nil {
			return err
		}
		rows, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if err := s.countFrozen(ctx, tx, num, last, slice, plans, int(rows), now); err != nil {
			return err
		}
		if doubted > 0 {
			if err := s.doubtFrozen(ctx, tx, num, last, now); err != nil {
				return err
			}
		}
		end := sql.NullInt64{}
		if slice.Next == "" {
			end = stamp(now)
		}
		_, err = tx.ExecContext(ctx, `UPDATE broadcast SET frontier = $2, last = $3, frozen = frozen + $4, frozen_at = $5 WHERE num = $1`,
			num, slice.Next, last+int64(len(slice.Recipients)), added, end)
		written = err == nil
		return err
	})
	return written, wrap("freeze a slice of the audience", err)
}

// countFrozen adds a slice's rows to the tally: as they were planned, or counted when some were passed over.
func (s *Broadcasts) countFrozen(ctx context.Context, tx *sql.Tx, num, last int64, slice broadcast.Slice, plans [][4]any, rows int, now time.Time) error {
	t := make(tally)
	if rows == len(plans) {
		for _, p := range plans {
			channel, _ := p[1].(broadcast.Channel) // "" of who gets nothing
			state, _ := p[2].(broadcast.State)
			t.add(num, channel, state, 1)
		}
		return s.count(ctx, tx, t, now)
	}
	err := rowsOf(tx.QueryContext(ctx, `SELECT channel, state, count(*) FROM delivery
		WHERE broadcast = $1 AND recipient > $2 AND recipient <= $3 GROUP BY channel, state`, num, last, last+int64(len(slice.Recipients)))).each(func(row row) error {
		var channel broadcast.Channel
		var state broadcast.State
		var n int
		if err := row.Scan(&channel, &state, &n); err != nil {
			return err
		}
		t.add(num, channel, state, n)
		return nil
	})
	if err != nil {
		return err
	}
	return s.count(ctx, tx, t, now)
}
