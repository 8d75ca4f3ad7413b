package store

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"errors"

	"towncrier/audit"
	"towncrier/seal"
)

// Purposes of the audit log's keyed hashes.
const (
	auditEntry = "audit"
	auditMark  = "audit.mark."
)

const (
	anchorMark = "anchor" // the newest entry that was pruned
	headMark   = "head"   // the newest entry
)

// auditChain writes the audit log.
type auditChain struct {
	sealer *seal.Sealer
	locked string // see dialect.lock
}

// begin begins the log of a new database.
func (c auditChain) begin(ctx context.Context, tx *sql.Tx) error {
	for _, name := range []string{anchorMark, headMark} {
		begin := audit.Mark{Hash: []byte{}}
		_, err := tx.ExecContext(ctx, `INSERT INTO audit_mark (name, seq, hash, mac) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING`,
			name, begin.Seq, begin.Hash, c.markMAC(name, begin))
		if err != nil {
			return err
		}
	}
	return nil
}

// appendAudit adds act to the log within tx. On PostgreSQL it locks the head until tx ends: call it last.
//
// A head that was changed by hand is not built upon: the entry then starts a new chain, which Verify finds at that place,
// and acts go on being recorded.
func (c auditChain) appendAudit(ctx context.Context, tx *sql.Tx, act audit.Act) error {
	head, err := c.mark(ctx, tx, headMark, c.locked)
	if errors.Is(err, errMark) {
		head = audit.Mark{}
		err = tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM audit`).Scan(&head.Seq)
	}
	if err != nil {
		return wrap("record in the audit log", err)
	}
	if act.Origin == "" {
		act.Origin = audit.OriginOf(ctx)
	}
	e := audit.Entry{Act: act, Seq: head.Seq + 1}
	e.Hash = c.sealer.Find(auditEntry, audit.Message(head.Hash, e))
	_, err = tx.ExecContext(ctx, `INSERT INTO audit (seq, actor, action, subject, detail, at, hash, origin) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.Seq, string(e.Actor), e.Action, e.Subject, e.Detail, e.At.UnixMilli(), e.Hash, e.Origin)
	if err != nil {
		return wrap("record in the audit log", err)
	}
	if err := c.setMark(ctx, tx, headMark, audit.Mark{Seq: e.Seq, Hash: e.Hash}); err != nil {
		return wrap("record in the audit log", err)
	}
	return noteAct(ctx, tx, e)
}

// errMark says that a mark is missing or was changed by hand.
var errMark = errors.New("the audit log's mark does not hold")

func (c auditChain) markMAC(name string, m audit.Mark) []byte {
	return c.sealer.Find(auditMark+name, m.Message())
}

func (c auditChain) mark(ctx context.Context, q querier, name, lock string) (audit.Mark, error) {
	var m audit.Mark
	var mac []byte
	err := q.QueryRowContext(ctx, `SELECT seq, hash, mac FROM audit_mark WHERE name = $1`+lock, name).Scan(&m.Seq, &m.Hash, &mac)
	if err != nil {
		return m, orNotFound(err, errMark)
	}
	if !hmac.Equal(mac, c.markMAC(name, m)) {
		return m, errMark
	}
	return m, nil
}

func (c auditChain) setMark(ctx context.Context, tx *sql.Tx, name string, m audit.Mark) error {
	if m.Hash == nil {
		m.Hash = []byte{}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO audit_mark (name, seq, hash, mac) VALUES ($1, $2, $3, $4)
		ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, mac = excluded.mac`,
		name, m.Seq, m.Hash, c.markMAC(name, m))
	return err
}
