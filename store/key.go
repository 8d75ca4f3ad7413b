package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"towncrier/audit"
	"towncrier/seal"
)

// errWrongKey is better said at start than as a row that cannot be opened, one by one.
var errWrongKey = errors.New("the key (TOWNCRIER_KEY) is not the one that this database's rows were sealed with: start with that key")

const (
	// keyRefresh is how often a process looks for a key that another one made.
	keyRefresh = 10 * time.Second
	// keyAsk bounds looking for an unknown key: whoever waits for it may hold a connection that others need.
	keyAsk = 2 * time.Second
	// keyAskEvery bounds how often damaged values can make a process look for one key. A value is sealed after its key is
	// stored, so that a key which was not there a moment ago does not exist.
	keyAskEvery = time.Second
)

// openRing loads the database's keys into the sealer. A database without any, new or from before there was a ring, takes the
// sealer's own, under which its rows are sealed.
func (db *DB) openRing(ctx context.Context) error {
	keys, err := readKeys(ctx, db.write)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		if err := db.transact(ctx, func(tx *sql.Tx) error { return db.found(ctx, tx) }); err != nil {
			return wrap("found the key ring", err)
		}
	}
	return db.loadRing(ctx)
}

// loadRing reads the keys anew. It uses the connections that read, so that it works while a transaction writes.
func (db *DB) loadRing(ctx context.Context) error {
	keys, err := readKeys(ctx, db.read)
	if err != nil {
		return err
	}
	err = db.sealer.Load(keys)
	if errors.Is(err, seal.ErrMaster) {
		return errWrongKey
	}
	return err
}

func readKeys(ctx context.Context, q querier) ([]seal.Wrapped, error) {
	return keysOf(ctx, q, `SELECT id, wrapped, finds FROM seal_key ORDER BY id`)
}

func keysOf(ctx context.Context, q querier, query string) ([]seal.Wrapped, error) {
	keys, err := collect(rowsOf(q.QueryContext(ctx, query)), func(row row) (k seal.Wrapped, err error) {
		err = row.Scan(&k.ID, &k.Bytes, &k.Finds)
		return k, err
	})
	return keys, wrap("read the keys", err)
}

const keyProof = "towncrier"

// found keeps the sealer's keys as the database's, and begins the audit log's chain. Of processes that found at once the first
// wins. Before there was a ring a sealed word proved the key: it does so once more, and goes.
func (db *DB) found(ctx context.Context, tx *sql.Tx) error {
	var proof []byte
	err := tx.QueryRowContext(ctx, `SELECT proof FROM sealing WHERE id = 1`).Scan(&proof)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err == nil {
		if word, err := db.sealer.Open("sealing.proof", proof); err != nil || word != keyProof {
			return errWrongKey
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM sealing`); err != nil {
			return err
		}
	}
	now := stamp(time.Now())
	for _, k := range db.sealer.Wrap() {
		_, err := tx.ExecContext(ctx, `INSERT INTO seal_key (id, wrapped, made_at, settled_at) VALUES ($1, $2, $3, $3) ON CONFLICT (id) DO NOTHING`,
			k.ID, k.Bytes, now)
		if err != nil {
			return err
		}
	}
	for _, name := range []string{anchorMark, headMark} {
		begin := audit.Mark{Hash: []byte{}}
		_, err := tx.ExecContext(ctx, `INSERT INTO audit_mark (name, seq, hash, mac) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING`,
			name, begin.Seq, begin.Hash, db.markMAC(name, begin))
		if err != nil {
			return err
		}
	}
	return nil
}

// followKeys takes up the keys of other processes until stop: soon after they were made, and at once when a value names an
// unknown one. A database that does not answer leaves the ring as it is.
func (db *DB) followKeys() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var asking sync.Mutex
	asked := make(map[uint16]time.Time)
	forget := db.sealer.OnUnknown(func(id uint16) {
		asking.Lock()
		defer asking.Unlock()
		if time.Since(asked[id]) < keyAskEvery {
			return
		}
		within, cancel := context.WithTimeout(ctx, keyAsk)
		defer cancel()
		_ = db.loadRing(within)
		asked[id] = time.Now()
	})
	var running sync.WaitGroup
	running.Go(func() {
		tick := time.NewTicker(keyRefresh)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				_ = db.loadRing(ctx)
			}
		}
	})
	return func() {
		forget()
		cancel()
		running.Wait()
	}
}
