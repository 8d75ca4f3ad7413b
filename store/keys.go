package store

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// sealedColumn is a column whose values the key ring seals. Rotation walks it in the order of the primary key.
type sealedColumn struct {
	table   string
	key     []string // the primary key's columns
	column  string
	purpose string // what Seal and Open are told
}

// sealedColumns lists every sealed column of the schema: what is missing here would be lost with its key.
var sealedColumns = []sealedColumn{
	{"ticket", []string{"number"}, "asker_id", ticketAskerID},
	{"ticket", []string{"number"}, "text", ticketText},
	{"ticket", []string{"number"}, "place", ticketPlace},
	{"ticket", []string{"number"}, "answer", ticketAnswer},
	{"ticket", []string{"number"}, "phone", ticketPhone},
	{"question", []string{"id"}, "text", questionText},
	{"ticket_proposal", []string{"grp"}, "answer", proposalText},
	{"ticket_note", []string{"id"}, "text", noteText},
	{"resident", []string{"id"}, "phone", residentPhone},
	{"resident", []string{"id"}, "openid", residentOpenID},
	{"sms_inbound", []string{"id"}, "element", inboundElement},
	{"sms_stop", []string{"id"}, "phone", stopPhone},
	{"idempotency", []string{"key"}, "answer", idempotencyAnswer},
	{"staff", []string{"id"}, "phone", staffPhone},
	{"staff_invitation", []string{"id"}, "phone", invitationPhone},
	{"staff_factor", []string{"id"}, "secret", factorSecret},
	{"staff_wechat", []string{"person"}, "openid", staffOpenID},
	{"feedback", []string{"id"}, "text", feedbackText},
	{"feedback", []string{"id"}, "answer", feedbackAnswer},
}

// ErrSwapped says that a sealed value is intact, and not the one that belongs into its row: somebody wrote into the
// database by hand.
var ErrSwapped = errors.New("the sealed value belongs into another row: the database was changed by hand")

// openOwn opens a value whose keyed hash stands beside it, found under purpose finds. A value that was moved there from
// another row is ErrSwapped: it would reach, or name, somebody else. Some hashes are kept by their first half.
func (r *keyRing) openOwn(purpose string, sealed []byte, finds string, found []byte) (string, error) {
	plain, err := r.sealer.Open(purpose, sealed)
	if err != nil {
		return "", err
	}
	if want := r.sealer.Find(finds, plain); len(found) != len(want) && len(found) != len(phoneHash{}) || !hmac.Equal(want[:len(found)], found) {
		return "", ErrSwapped
	}
	return plain, nil
}

// sealedSlice is how many values are read, and sealed anew in one transaction: 500 hold SQLite's writer for under 20 ms.
const sealedSlice = 500

// sealedValue is a value where it stands.
type sealedValue struct {
	key    []any
	sealed []byte
}

// eachSealed reads a column's values, in slices, in the order of the primary key. Values written meanwhile may be missed.
func (r *keyRing) eachSealed(ctx context.Context, c sealedColumn, do func([]sealedValue) error) error {
	return wrap(fmt.Sprintf("read %s.%s", c.table, c.column), eachSealedIn(ctx, r.read, c, do))
}

func eachSealedIn(ctx context.Context, q querier, c sealedColumn, do func([]sealedValue) error) error {
	var last []any
	for {
		values, err := sealedAfter(ctx, q, c, last)
		if err != nil || len(values) == 0 {
			return err
		}
		if err := do(values); err != nil {
			return err
		}
		last = values[len(values)-1].key
	}
}

func sealedAfter(ctx context.Context, q querier, c sealedColumn, last []any) ([]sealedValue, error) {
	var values []sealedValue
	err := rowsOf(q.QueryContext(ctx, c.after(last != nil), last...)).each(func(row row) error {
		v := sealedValue{key: make([]any, len(c.key))}
		into := []any{&v.sealed}
		for i := range v.key {
			into = append(into, &v.key[i])
		}
		if err := row.Scan(into...); err != nil {
			return err
		}
		values = append(values, v)
		return nil
	})
	return values, err
}

// after selects a slice, from the beginning or behind a key.
func (c sealedColumn) after(behind bool) string {
	key := strings.Join(c.key, ", ")
	where := c.column + " IS NOT NULL"
	if behind {
		where += fmt.Sprintf(" AND (%s) > (%s)", key, strings.Join(parameters(1, len(c.key)), ", "))
	}
	return fmt.Sprintf(`SELECT %s, %s FROM %s WHERE %s ORDER BY %s LIMIT %d`, c.column, key, c.table, where, key, sealedSlice)
}

// swap puts a value in another's place, unless that changed since it was read.
type swap struct {
	sealedValue
	fresh []byte
}

// swapSQLite takes 10 us a value: SQLite runs in this process.
func swapSQLite(ctx context.Context, tx *sql.Tx, c sealedColumn, swaps []swap) (changed int64, err error) {
	where := []string{c.column + " = $2"}
	for i, p := range parameters(3, len(c.key)) {
		where = append(where, c.key[i]+" = "+p)
	}
	update, err := tx.PrepareContext(ctx, fmt.Sprintf(`UPDATE %s SET %s = $1 WHERE %s`, c.table, c.column, strings.Join(where, " AND ")))
	if err != nil {
		return 0, err
	}
	defer update.Close()
	for _, s := range swaps {
		n, err := affected(update.ExecContext(ctx, append([]any{s.fresh, s.sealed}, s.key...)...))
		if err != nil {
			return 0, err
		}
		changed += int64(n)
	}
	return changed, nil
}

// swapPostgres does all in one trip.
func swapPostgres(ctx context.Context, tx *sql.Tx, c sealedColumn, swaps []swap) (changed int64, err error) {
	var fresh, old [][]byte
	for _, s := range swaps {
		fresh, old = append(fresh, s.fresh), append(old, s.sealed)
	}
	args := []any{fresh, old}
	arrays, names := []string{"$1::bytea[]", "$2::bytea[]"}, []string{"fresh", "old"}
	where := []string{fmt.Sprintf("t.%s = v.old", c.column)}
	for i, column := range c.key {
		array, kind, err := arrayOf(swaps, i)
		if err != nil {
			return 0, fmt.Errorf("%s.%s: %w", c.table, column, err)
		}
		args = append(args, array)
		arrays = append(arrays, fmt.Sprintf("$%d::%s[]", len(args), kind))
		names = append(names, fmt.Sprintf("k%d", i))
		where = append(where, fmt.Sprintf("t.%s = v.k%d", column, i))
	}
	result, err := tx.ExecContext(ctx, fmt.Sprintf(`UPDATE %s AS t SET %s = v.fresh FROM unnest(%s) AS v (%s) WHERE %s`,
		c.table, c.column, strings.Join(arrays, ", "), strings.Join(names, ", "), strings.Join(where, " AND ")), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// arrayOf is the i-th column of the keys as PostgreSQL takes it.
func arrayOf(swaps []swap, i int) (array any, kind string, err error) {
	switch first := swaps[0].key[i].(type) {
	case string:
		return keyColumn[string](swaps, i), "text", nil
	case int64:
		return keyColumn[int64](swaps, i), "bigint", nil
	case []byte:
		return keyColumn[[]byte](swaps, i), "bytea", nil
	default:
		return nil, "", fmt.Errorf("a key of type %T cannot be rotated", first)
	}
}

func keyColumn[T any](swaps []swap, i int) []T {
	column := make([]T, len(swaps))
	for n, s := range swaps {
		column[n], _ = s.key[i].(T) // a column has one type
	}
	return column
}

// parameters are n placeholders, the first of them $from.
func parameters(from, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("$%d", from+i)
	}
	return out
}
