package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"towncrier/audit"
)

// Purposes that bind sealed and hashed bytes to their column. Requests are hashed under the key too: a body may hold a phone
// number, which a plain hash would not hide.
const (
	idempotencyKey     = "idempotency.key"
	idempotencyRequest = "idempotency.request"
	idempotencyAnswer  = "idempotency.answer"
)

const (
	// idempotencyKeep is how long an answer can be given again: over a night and a morning of a client that retries.
	idempotencyKeep = 24 * time.Hour
	// idempotencyPrune is how many answers past their time a Claim removes. More than the one it adds, so that they grow
	// fewer, and few enough to take no time.
	idempotencyPrune = 20
)

// What a caller of Claim can tell apart with errors.Is.
var (
	ErrKeyReused = errors.New("这个 Idempotency-Key 已经用于另一个请求：请换一个")
	ErrKeyBusy   = errors.New("上一次相同的请求还在办理：请稍候再试")
	ErrKeySpent  = errors.New("这个请求已经办过或中断，结果没有保留")
)

// Idempotency remembers what was answered to each Idempotency-Key of the API, for a day, so that a request sent twice is done
// once. Keys and requests are kept as HMACs, answers sealed. Safe for concurrent use by several processes.
type Idempotency struct{ db *DB }

// Idempotency keeps answers in db.
func (db *DB) Idempotency() *Idempotency { return &Idempotency{db} }

// Claim is one caller's hold on a key, until its lease ends.
type Claim struct {
	// Done is what an earlier caller with the same request did before it died without an answer, as WithClaim noted it; nil when
	// nothing is done yet.
	Done *audit.Act

	key   []byte
	until time.Time
}

// Claim takes who's key for request. When that very request was done before, prior is what it was answered and the Claim is
// nil. Otherwise the caller does the request before lease is over, unless the Claim says that it is Done, then calls Complete or
// Release; when it dies, the key can be claimed anew after the lease. lease is the same for every caller.
// It returns ErrKeyReused, ErrKeyBusy or ErrKeySpent, wrapped.
func (s *Idempotency) Claim(ctx context.Context, who, key, request string, now time.Time, lease time.Duration) (c *Claim, prior string, err error) {
	mine := &Claim{key: s.db.sealer.Find(idempotencyKey, who+"\x00"+key), until: now.Add(lease)}
	digest := s.db.sealer.Find(idempotencyRequest, request)
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		if err := s.renew(ctx, tx, who, key, request); err != nil {
			return err
		}
		if err := s.prune(ctx, tx, mine.key, now); err != nil {
			return err
		}
		// A row whose lease ended undone is taken over, by the same request only.
		var acted sql.NullInt64
		err := tx.QueryRowContext(ctx, `INSERT INTO idempotency (key, request, leased_until, expires_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (key) DO UPDATE SET leased_until = $3, expires_at = $4
			WHERE idempotency.done = 0 AND `+over("idempotency.leased_until", "$5", lease)+` AND idempotency.request = $2
			RETURNING acted`,
			mine.key, digest, stamp(mine.until), stamp(now.Add(idempotencyKeep)), stamp(now)).Scan(&acted)
		if err == nil {
			c = mine
			c.Done, err = actOf(ctx, tx, acted)
			return err
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var same, done bool
		var sealed []byte
		err = tx.QueryRowContext(ctx, `SELECT request = $2, done = 1, answer FROM idempotency WHERE key = $1`, mine.key, digest).
			Scan(&same, &done, &sealed)
		switch {
		case errors.Is(err, sql.ErrNoRows): // released between the two statements
			return ErrKeyBusy
		case err != nil:
			return err
		case !same:
			return ErrKeyReused
		case !done:
			return ErrKeyBusy
		case sealed == nil:
			return ErrKeySpent
		}
		prior, err = s.db.sealer.Open(idempotencyAnswer, sealed)
		return err
	})
	return c, prior, wrap("claim idempotency key", err)
}

// renew puts a key's row that was written before the finding key changed under the newest one.
func (s *Idempotency) renew(ctx context.Context, tx *sql.Tx, who, key, request string) error {
	keys, requests := s.db.sealer.Finds(idempotencyKey, who+"\x00"+key), s.db.sealer.Finds(idempotencyRequest, request)
	for i := 1; i < min(len(keys), len(requests)); i++ {
		_, err := tx.ExecContext(ctx, `UPDATE idempotency SET key = $1, request = CASE WHEN request = $4 THEN $2 ELSE request END WHERE key = $3`,
			keys[0], requests[0], keys[i], requests[i])
		if err != nil {
			return err
		}
	}
	return nil
}

// prune removes the key's own row when its day is over, and some others.
func (s *Idempotency) prune(ctx context.Context, tx *sql.Tx, key []byte, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM idempotency WHERE key = $1 AND expires_at <= $2`, key, stamp(now)); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM idempotency WHERE key IN
		(SELECT key FROM idempotency WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2`+s.db.skip+`)`, stamp(now), idempotencyPrune)
	return err
}

// Complete records the answer to c's request. An answer that must not be kept, such as a secret, is "": the key is spent, and
// Claim says so. resident is the subject id of the resident in the answer, "" for nobody: it is deleted with them, and not kept
// when they are gone already. It does nothing once c's lease has passed to another caller.
func (s *Idempotency) Complete(ctx context.Context, c *Claim, answer, resident string) error {
	subject, err := hex.DecodeString(resident)
	if err != nil {
		return wrap("complete idempotency key", err)
	}
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		var row sql.NullInt64
		if resident != "" {
			err := tx.QueryRowContext(ctx, `SELECT id FROM resident WHERE subject = $1`, subject).Scan(&row)
			if errors.Is(err, sql.ErrNoRows) {
				answer, err = "", nil
			}
			if err != nil {
				return err
			}
		}
		var sealed []byte
		if answer != "" {
			sealed = s.db.sealer.Seal(idempotencyAnswer, answer)
		}
		_, err := tx.ExecContext(ctx, `UPDATE idempotency SET done = 1, answer = $3, resident = $4
			WHERE key = $1 AND leased_until = $2 AND done = 0`, c.key, stamp(c.until), sealed, row)
		return err
	})
	return wrap("complete idempotency key", err)
}

// Release gives the key back, spent or not, because the request changed nothing: it may be used for another. When the request did
// change something, as WithClaim noted, or an answer is kept, the key stays its own; the same request may claim it again at once. It
// does nothing when c's lease has passed to another caller.
func (s *Idempotency) Release(ctx context.Context, c *Claim) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM idempotency WHERE key = $1 AND leased_until = $2 AND answer IS NULL AND acted IS NULL`,
			c.key, stamp(c.until))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE idempotency SET leased_until = 0 WHERE key = $1 AND leased_until = $2 AND done = 0`,
			c.key, stamp(c.until))
		return err
	})
	return wrap("release idempotency key", err)
}
