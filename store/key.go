package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"towncrier/seal"
)

// errWrongKey is better said at start than as a row that cannot be opened, one by one.
var errWrongKey = errors.New("the key (TOWNCRIER_KEY) is not the one that this database's rows were sealed with: start with that key, or, after a change of key, with the new one in TOWNCRIER_KEY and the one before in TOWNCRIER_KEY_PREVIOUS")

const (
	// keyRefresh is how often a process looks for a key that another one made.
	keyRefresh = 10 * time.Second
	// keyAsk bounds looking for an unknown key: a caller that waits for it may hold a connection that others need.
	keyAsk = 2 * time.Second
	// keyAskEvery bounds how often damaged values can make a process look for one key. A value is sealed after its key is
	// stored, so that a key which was not there a moment ago does not exist.
	keyAskEvery = time.Second
)

// keyRing is the database's keys, in the sealer.
type keyRing struct {
	*connections
	sealer *seal.Sealer
	opened atomic.Bool // the sealer has the database's keys
}

// open loads the database's keys into the sealer. A database without any, new or from before there was a ring, takes the
// sealer's own, under which its rows are sealed.
func (r *keyRing) open(ctx context.Context) error {
	keys, err := readKeys(ctx, r.write)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		if err := r.transact(ctx, func(tx *sql.Tx) error { return r.found(ctx, tx) }); err != nil {
			return wrap("found the key ring", err)
		}
	}
	if err := r.load(ctx); err != nil {
		return err
	}
	r.opened.Store(true)
	return nil
}

// load reads the keys anew. It uses the connections that read, so that it works while a transaction writes.
func (r *keyRing) load(ctx context.Context) error {
	keys, err := readKeys(ctx, r.read)
	if err != nil {
		return err
	}
	err = r.sealer.Load(keys)
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
func (r *keyRing) found(ctx context.Context, tx *sql.Tx) error {
	var proof []byte
	err := tx.QueryRowContext(ctx, `SELECT proof FROM sealing WHERE id = 1`).Scan(&proof)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err == nil {
		if word, err := r.sealer.Open("sealing.proof", proof); err != nil || word != keyProof {
			return errWrongKey
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM sealing`); err != nil {
			return err
		}
	}
	now := stamp(time.Now())
	for _, k := range r.sealer.Wrap() {
		_, err := tx.ExecContext(ctx, `INSERT INTO seal_key (id, wrapped, made_at, settled_at) VALUES ($1, $2, $3, $3) ON CONFLICT (id) DO NOTHING`,
			k.ID, k.Bytes, now)
		if err != nil {
			return err
		}
	}
	return auditChain{r.sealer, r.lock}.begin(ctx, tx)
}

// follow takes up the keys of other processes until stop: soon after they were made, and at once when a value names an
// unknown one. A database that does not answer leaves the ring as it is.
func (r *keyRing) follow() (stop func()) {
	var asking sync.Mutex
	asked := make(map[uint16]time.Time)
	forget := r.sealer.OnUnknown(func(id uint16) {
		asking.Lock()
		defer asking.Unlock()
		if time.Since(asked[id]) < keyAskEvery {
			return
		}
		within, cancel := context.WithTimeout(context.Background(), keyAsk)
		defer cancel()
		_ = r.load(within)
		asked[id] = time.Now()
	})
	stopRefresh := every(keyRefresh, func(ctx context.Context) { _ = r.load(ctx) })
	return func() {
		forget()
		stopRefresh()
	}
}
