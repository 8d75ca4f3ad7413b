package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"towncrier/audit"
)

// claimedActs are the acts of the audit log that do what a claim's request asks for.
type claimedActs struct {
	claim   *Claim
	actions []string
}

type claimedActsKey struct{}

// WithClaim ties c to what is done under ctx: the transaction that records one of the actions in the audit log notes with c's key
// that it did. It fails with ErrKeyBusy, and changes nothing, once c's lease has passed to another caller. So what a request asks
// for is done once, wherever a process dies.
func WithClaim(ctx context.Context, c *Claim, actions ...string) context.Context {
	return context.WithValue(ctx, claimedActsKey{}, claimedActs{c, actions})
}

// noteAct notes with the claim of ctx, if it has one for this action, that the audit entry's transaction did what was asked.
func noteAct(ctx context.Context, tx *sql.Tx, e audit.Entry) error {
	claimed, ok := ctx.Value(claimedActsKey{}).(claimedActs)
	if !ok || !slices.Contains(claimed.actions, e.Action) {
		return nil
	}
	c := claimed.claim
	result, err := tx.ExecContext(ctx, `UPDATE idempotency SET acted = $3 WHERE key = $1 AND leased_until = $2 AND done = 0`,
		c.key, stamp(c.until), e.Seq)
	if err = orWhenNone(result, err, ErrKeyBusy); err != nil {
		return wrap("note what an idempotency key's request did", err)
	}
	return nil
}

// actOf is the act of the audit entry seq, or nil when seq is NULL.
func actOf(ctx context.Context, q querier, seq sql.NullInt64) (*audit.Act, error) {
	if !seq.Valid {
		return nil, nil
	}
	entries, err := auditRows(ctx, q, ` WHERE seq = $1`, seq.Int64)
	if err == nil && len(entries) != 1 {
		err = fmt.Errorf("the audit log lacks entry %d", seq.Int64)
	}
	return &entries[0].Act, wrap("look up what the request did", err)
}
