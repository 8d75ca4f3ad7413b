package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/seal"
)

// Refound is what a change of the finding key has done so far.
type Refound struct {
	Key     int   // that finds from now on
	Total   int64 // sealed values to hash anew
	Seen    int64
	Damaged int64 // open under no key: their hashes stay as they are
}

// hashed is a value that a keyed hash stands for somewhere.
type hashed struct {
	purpose, value string
	size           int // of the hash, in bytes
}

// hashSource is a sealed column from whose values hashes are made.
type hashSource struct {
	sealedColumn
	of func(key []any, plain string) []hashed
}

func one(purpose string, size int) func([]any, string) []hashed {
	return func(_ []any, plain string) []hashed { return []hashed{{purpose, plain, size}} }
}

const wholeHash = 32

// hashSources lists every sealed column that some column of hashColumns is made from.
var hashSources = []hashSource{
	{sealedColumn{"resident", []string{"id"}, "phone", residentPhone}, one(phoneFind, len(phoneHash{}))},
	{sealedColumn{"resident", []string{"id"}, "openid", residentOpenID}, one(openidFind, wholeHash)},
	{sealedColumn{"sms_stop", []string{"id"}, "phone", stopPhone}, one(phoneFind, len(phoneHash{}))},
	{sealedColumn{"ticket", []string{"number"}, "phone", ticketPhone}, one(phoneFind, len(phoneHash{}))},
	{sealedColumn{"ticket", []string{"number"}, "asker_id", ticketAskerID}, one(ticketAsker, wholeHash)},
	{sealedColumn{"sms_inbound", []string{"id"}, "element", inboundElement}, inboundHashes},
	{sealedColumn{"staff", []string{"id"}, "phone", staffPhone}, staffHashes},
	{sealedColumn{"staff_wechat", []string{"person"}, "openid", staffOpenID}, accountHashes},
}

func inboundHashes(_ []any, plain string) []hashed {
	e, err := readElement(plain)
	if err != nil {
		return nil // Claim says so
	}
	number, message := identify(e, plain)
	all := []hashed{{inboundDigest, message, wholeHash}}
	if number != "" {
		all = append(all, hashed{phoneFind, string(number), len(phoneHash{})})
	}
	return all
}

func staffHashes(key []any, plain string) []hashed {
	number, ok := strings.CutPrefix(plain, fmt.Sprint(key[0])+" ")
	if !ok {
		return nil // swapped by hand
	}
	return []hashed{{staffPhone, number, wholeHash}}
}

func accountHashes(key []any, plain string) []hashed {
	openid, ok := strings.CutPrefix(plain, fmt.Sprint(key[0])+" ")
	if !ok {
		return nil // swapped by hand
	}
	return []hashed{{openidFind, openid, wholeHash}}
}

// hashColumns are the columns whose hashes are made anew: wherever a value is known, its hash changes everywhere.
var hashColumns = append(slices.Clone(numberHashes),
	hashColumn{"resident", "openid_find"}, hashColumn{"ticket", "asker"}, hashColumn{"sms_inbound", "digest"}, hashColumn{"staff", "phone_find"},
	hashColumn{"staff_wechat", "openid_find"})

// RotateFinding makes a new finding key and puts under it every hash whose value stands sealed in the database. What remains under the
// keys before, because its value is gone, is still recognised: hashes of erased and of unknown numbers (see adopt), of staff's keys and
// invitations, of calls' addresses, of requests, of messages, and the audit log's entries. So those keys are never deleted.
//
// Nobody else may have the database open, this process included: else it is ErrInUse, and who opens it meanwhile is refused. All is one
// transaction: interrupted or killed it has changed nothing, and is run again from the beginning. sealer gets the new ring. Entries in Redis
// are not looked at: conversations and codes under way begin anew.
//
// act says who rotates and when; its Action and Detail are filled in. progress, unless nil, hears of every slice.
func RotateFinding(ctx context.Context, setting string, sealer *seal.Sealer, act audit.Act, progress func(Refound)) (r Refound, err error) {
	current, err := Open(ctx, setting, sealer) // migrates, and knows a wrong key
	if err != nil {
		return r, err
	}
	if err := current.Close(); err != nil {
		return r, err
	}
	c, err := openAlone(ctx, setting)
	if err != nil {
		return r, wrap("rotate the finding key", err)
	}
	db := newDB(c, &keyRing{sealer: sealer})
	defer func() { err = errors.Join(err, db.write.Close()) }()
	before, err := readKeys(ctx, db.write)
	if err != nil {
		return r, err
	}
	err = db.transactOn(ctx, db.write, func(tx *sql.Tx) error {
		f := &refinding{db: db, tx: tx, r: &r, progress: progress}
		err := f.run(ctx, func() error {
			fresh, err := sealer.MintFinding()
			if err != nil {
				return err
			}
			return f.add(ctx, fresh, act.At)
		})
		if err != nil {
			return err
		}
		act.Action = "key.rotate.find"
		act.Detail = fmt.Sprintf("key=%d values=%d damaged=%d", r.Key, r.Seen, r.Damaged)
		return db.appendAudit(ctx, tx, act)
	})
	if err != nil {
		return r, wrap("rotate the finding key", errors.Join(err, sealer.Load(before)))
	}
	return r, nil
}

// refinding is one change of the finding key.
type refinding struct {
	db       *DB
	tx       *sql.Tx
	r        *Refound
	progress func(Refound)
}

// run hashes anew after keys were added.
func (f *refinding) run(ctx context.Context, addKeys func() error) error {
	marks, err := f.marks(ctx)
	if err != nil {
		return err
	}
	if err := addKeys(); err != nil {
		return err
	}
	if err := f.collect(ctx); err != nil {
		return err
	}
	if err := f.rewrite(ctx); err != nil {
		return err
	}
	for name, m := range marks {
		if err := f.db.setMark(ctx, f.tx, name, m); err != nil {
			return err
		}
	}
	return nil
}

// marks are the audit log's marks that hold. One that does not holds no better under a new key.
func (f *refinding) marks(ctx context.Context) (map[string]audit.Mark, error) {
	marks := make(map[string]audit.Mark)
	for _, name := range []string{anchorMark, headMark} {
		m, err := f.db.mark(ctx, f.tx, name, "")
		if errors.Is(err, errMark) {
			continue
		}
		if err != nil {
			return nil, err
		}
		marks[name] = m
	}
	return marks, nil
}

// add has a new finding key make hashes from now on.
func (f *refinding) add(ctx context.Context, fresh seal.Wrapped, at time.Time) error {
	f.r.Key = int(fresh.ID)
	_, err := f.tx.ExecContext(ctx, `INSERT INTO seal_key (id, wrapped, finds, made_at, settled_at) VALUES ($1, $2, 1, $3, $3)`,
		fresh.ID, fresh.Bytes, stamp(at))
	if err != nil {
		return err
	}
	keys, err := readKeys(ctx, f.tx)
	if err != nil {
		return err
	}
	return f.db.sealer.Load(keys)
}

// collect writes down, for the length of the transaction, what each hash of a known value becomes.
func (f *refinding) collect(ctx context.Context) error {
	create := fmt.Sprintf(`CREATE TEMPORARY TABLE refound (before %[1]s PRIMARY KEY, now %[1]s NOT NULL)`, f.db.blob) + f.db.temporary
	if _, err := f.tx.ExecContext(ctx, create); err != nil {
		return err
	}
	for _, s := range hashSources {
		var n int64
		query := fmt.Sprintf(`SELECT count(%s) FROM %s`, s.column, s.table)
		if err := f.tx.QueryRowContext(ctx, query).Scan(&n); err != nil {
			return err
		}
		f.r.Total += n
	}
	for _, s := range hashSources {
		if err := f.collectFrom(ctx, s); err != nil {
			return fmt.Errorf("%s.%s: %w", s.table, s.column, err)
		}
	}
	return nil
}

func (f *refinding) collectFrom(ctx context.Context, s hashSource) error {
	return eachSealedIn(ctx, f.tx, s.sealedColumn, func(values []sealedValue) error {
		var before, now [][]byte
		f.r.Damaged += eachHash(f.db.sealer, s, values, func(h hashed) {
			all := f.db.sealer.Finds(h.purpose, h.value)
			for _, old := range all[1:] {
				before, now = append(before, old[:h.size]), append(now, all[0][:h.size])
			}
		})
		if err := f.db.rehash(ctx, f.tx, before, now); err != nil {
			return err
		}
		f.r.Seen += int64(len(values))
		if f.progress != nil {
			f.progress(*f.r)
		}
		return nil
	})
}

// eachHash gives what hashes are made of, of some values of a source, and says how many of those open under no key.
func eachHash(sealer *seal.Sealer, s hashSource, values []sealedValue, do func(hashed)) (damaged int64) {
	for _, v := range values {
		plain, err := sealer.Open(s.purpose, v.sealed)
		if err != nil {
			damaged++
			continue
		}
		if plain == "" {
			continue // forgotten
		}
		for _, h := range s.of(v.key, plain) {
			do(h)
		}
	}
	return damaged
}

func rehashPostgres(ctx context.Context, tx *sql.Tx, before, now [][]byte) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO refound (before, now) SELECT * FROM unnest($1::bytea[], $2::bytea[]) ON CONFLICT DO NOTHING`, before, now)
	return err
}

func rehashSQLite(ctx context.Context, tx *sql.Tx, before, now [][]byte) error {
	insert, err := tx.PrepareContext(ctx, `INSERT INTO refound (before, now) VALUES ($1, $2) ON CONFLICT DO NOTHING`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for i := range before {
		if _, err := insert.ExecContext(ctx, before[i], now[i]); err != nil {
			return err
		}
	}
	return nil
}

// rewrite puts the new hashes in the place of those before.
func (f *refinding) rewrite(ctx context.Context) error {
	unmute, err := f.mute(ctx)
	if err != nil {
		return err
	}
	for _, c := range hashColumns {
		_, err := f.tx.ExecContext(ctx, fmt.Sprintf(`UPDATE %[1]s SET %[2]s = refound.now FROM refound WHERE refound.before = %[1]s.%[2]s`, c.table, c.column))
		if err != nil {
			return fmt.Errorf("%s.%s: %w", c.table, c.column, err)
		}
	}
	// An import's slice that was cut off is written again from its beginning: it was under way in the order of the hashes before.
	if _, err := f.tx.ExecContext(ctx, `UPDATE roster_import SET passed = NULL`); err != nil {
		return err
	}
	if err := unmute(); err != nil {
		return err
	}
	_, err = f.tx.ExecContext(ctx, `DROP TABLE refound`)
	return err
}

// mute keeps the triggers from running that take new hashes for new numbers and openids; unmute undoes it.
func (f *refinding) mute(ctx context.Context) (unmute func() error, err error) {
	var back []string
	for _, t := range triggers {
		if !t.rehashed {
			continue
		}
		statement, err := f.db.mute(ctx, f.tx, t)
		if err != nil {
			return nil, fmt.Errorf("mute the trigger on %s of %s: %w", t.event, t.table, err)
		}
		back = append(back, statement)
	}
	return func() error {
		for _, statement := range back {
			if _, err := f.tx.ExecContext(ctx, statement); err != nil {
				return wrap("unmute a trigger", err)
			}
		}
		return nil
	}, nil
}

func muteSQLite(ctx context.Context, tx *sql.Tx, t trigger) (unmute string, err error) {
	if err := tx.QueryRowContext(ctx, `SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = $1`, t.sqlite).Scan(&unmute); err != nil {
		return "", err
	}
	_, err = tx.ExecContext(ctx, `DROP TRIGGER `+t.sqlite)
	return unmute, err
}

func mutePostgres(ctx context.Context, tx *sql.Tx, t trigger) (unmute string, err error) {
	_, err = tx.ExecContext(ctx, `ALTER TABLE `+t.table+` DISABLE TRIGGER `+t.postgres)
	return `ALTER TABLE ` + t.table + ` ENABLE TRIGGER ` + t.postgres, err
}
