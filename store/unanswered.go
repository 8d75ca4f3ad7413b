package store

import (
	"context"
	"database/sql"
	"errors"

	"towncrier/audit"
	"towncrier/unanswered"
)

// questionText binds the sealed text of a question to its column.
const questionText = "question.text"

// Unanswered implements unanswered.Store.
type Unanswered struct{ db *DB }

var _ unanswered.Store = (*Unanswered)(nil)

// Unanswered keeps unanswered questions in db.
func (db *DB) Unanswered() *Unanswered { return &Unanswered{db} }

const questionColumns = `id, grp, day, topic, place, text`

func (s *Unanswered) question(row row) (q unanswered.Question, err error) {
	var sealed []byte
	if err = row.Scan(&q.ID, &q.Group, &q.Day, &q.Topic, &q.Place, &sealed); err == nil {
		q.Text, err = s.db.sealer.Open(questionText, sealed)
	}
	return q, err
}

func (s *Unanswered) questions(ctx context.Context, query string, args ...any) ([]unanswered.Question, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, query, args...)), s.question)
	return all, wrap("read unanswered questions", err)
}

// Heads implements unanswered.Store.
func (s *Unanswered) Heads(ctx context.Context, limit int) ([]unanswered.Question, error) {
	return s.questions(ctx, `SELECT `+questionColumns+` FROM question WHERE id IN (
		SELECT (SELECT min(q.id) FROM question q WHERE q.grp = g.id) FROM (SELECT id FROM question_group ORDER BY last DESC LIMIT $1) g)
		ORDER BY id`, limit)
}

// Questions implements unanswered.Store.
func (s *Unanswered) Questions(ctx context.Context, group int64) ([]unanswered.Question, error) {
	return s.questions(ctx, `SELECT `+questionColumns+` FROM question WHERE grp = $1 ORDER BY id DESC`, group)
}

// Add implements unanswered.Store.
func (s *Unanswered) Add(ctx context.Context, q unanswered.Question, people, maxADay int) (unanswered.Question, error) {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		var today int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM question WHERE day = $1`, int(q.Day)).Scan(&today); err != nil || today >= maxADay {
			return err
		}
		var there bool
		err := tx.QueryRowContext(ctx, `UPDATE question_group SET people = CASE WHEN people < $2 THEN $2 ELSE people END WHERE id = $1 RETURNING true`,
			q.Group, people).Scan(&there)
		if errors.Is(err, sql.ErrNoRows) {
			err = tx.QueryRowContext(ctx, `INSERT INTO question_group (people, last, left_after, draft) VALUES (1, 0, 0, '') RETURNING id`).Scan(&q.Group)
		}
		if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, `INSERT INTO question (grp, day, topic, place, text) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
			q.Group, int(q.Day), q.Topic, q.Place, s.db.sealer.Seal(questionText, q.Text)).Scan(&q.ID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE question_group SET last = $2 WHERE id = $1`, q.Group, q.ID)
		return err
	})
	return q, wrap("keep an unanswered question", err)
}

// Remove implements unanswered.Store.
func (s *Unanswered) Remove(ctx context.Context, id int64) error {
	_, err := s.forget(ctx, `DELETE FROM question WHERE id = $1`, id)
	return err
}

// Expire implements unanswered.Store.
func (s *Unanswered) Expire(ctx context.Context, before unanswered.Day) (int, error) {
	return s.forget(ctx, `DELETE FROM question WHERE day < $1`, int64(before))
}

// forget deletes questions, and groups that have none left.
func (s *Unanswered) forget(ctx context.Context, query string, which int64) (questions int, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, query, which)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil || n == 0 {
			return err
		}
		questions = int(n)
		_, err = tx.ExecContext(ctx, `DELETE FROM question_group WHERE NOT EXISTS (SELECT 1 FROM question q WHERE q.grp = question_group.id)`)
		return err
	})
	return questions, wrap("forget unanswered questions", err)
}

// questionGroups are groups with what their questions say; $1 is how many more open one that was left.
const questionGroups = `WITH kept AS (
		SELECT grp, count(*) AS n, min(id) AS head, min(day) AS since, max(day) AS until FROM question GROUP BY grp
	), grouped AS (
		SELECT g.id, g.people, g.draft, k.n, k.since, k.until, h.topic, CASE
			WHEN g.draft <> '' THEN 'drafted'
			WHEN g.left_after > 0 AND (SELECT count(*) FROM question m WHERE m.grp = g.id AND m.id > g.left_after) < $1 THEN 'left'
			ELSE 'open' END AS status
		FROM question_group g JOIN kept k ON k.grp = g.id JOIN question h ON h.id = k.head
	) SELECT id, status, topic, n, people, since, until, draft FROM grouped `

func scanQuestionGroup(row row) (g unanswered.Group, err error) {
	err = row.Scan(&g.ID, &g.Status, &g.Topic, &g.Count, &g.People, &g.First, &g.Last, &g.Draft)
	return g, orNotFound(err, unanswered.ErrNoGroup)
}

// Groups implements unanswered.Store.
func (s *Unanswered) Groups(ctx context.Context, status unanswered.Status, grown, limit int) ([]unanswered.Group, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, questionGroups+`WHERE status = $2 OR $2 = 'any' ORDER BY n DESC, id LIMIT $3`,
		grown, string(status), limit)), scanQuestionGroup)
	return all, wrap("list unanswered questions", err)
}

// Group implements unanswered.Store.
func (s *Unanswered) Group(ctx context.Context, id int64, grown int) (unanswered.Group, error) {
	g, err := scanQuestionGroup(s.db.read.QueryRowContext(ctx, questionGroups+`WHERE id = $2`, grown, id))
	return g, wrap("read a group of unanswered questions", err)
}

// Leave implements unanswered.Store.
func (s *Unanswered) Leave(ctx context.Context, group int64, act audit.Act) error {
	return s.change(ctx, act, `UPDATE question_group SET left_after = last, draft = '' WHERE id = $1`, group)
}

// SetDraft implements unanswered.Store.
func (s *Unanswered) SetDraft(ctx context.Context, group int64, draft string, act audit.Act) error {
	act.Detail = "draft=" + draft
	return s.change(ctx, act, `UPDATE question_group SET left_after = 0, draft = $2 WHERE id = $1`, group, draft)
}

func (s *Unanswered) change(ctx context.Context, act audit.Act, query string, args ...any) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, query, args...)
		if err := orWhenNone(result, err, unanswered.ErrNoGroup); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return wrap("change a group of unanswered questions", err)
}
