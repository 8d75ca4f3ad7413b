package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"towncrier/broadcast"
)

// reported is the row that a receipt is about.
type reported struct {
	id, num, claim int64
	channel        broadcast.Channel
	state          broadcast.State
	handled        bool // the provider's handle is known
}

// Receipts implements broadcast.Store. Receipts of one call are looked up together.
func (s *Broadcasts) Receipts(ctx context.Context, receipts []broadcast.Receipt, now time.Time) (matched []bool, err error) {
	type call struct{ outID, handle string }
	calls := make(map[call][]int)
	var order []call
	for i, r := range receipts {
		if r.Channel != broadcast.SMS || r.Phone == "" {
			continue
		}
		c := call{r.OutID, r.Handle}
		if _, ok := calls[c]; !ok {
			order = append(order, c)
		}
		calls[c] = append(calls[c], i)
	}
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		matched = make([]bool, len(receipts))
		t := make(tally)
		for _, c := range order {
			rows, err := s.ofCall(ctx, tx, c.outID, c.handle, receipts, calls[c])
			if err != nil {
				return err
			}
			if err := s.report(ctx, tx, receipts, rows, matched, now, t); err != nil {
				return err
			}
		}
		for i, r := range receipts {
			if r.Channel == broadcast.SMS {
				continue
			}
			row, open, err := s.ofFollower(ctx, tx, r, now)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err == nil && open {
				matched[i], err = true, s.keepEvent(ctx, tx, row.id, r, now)
			}
			if err != nil {
				return err
			}
			if open {
				continue
			}
			if err := s.report(ctx, tx, receipts, map[int]reported{i: row}, matched, now, t); err != nil {
				return err
			}
		}
		for i, r := range receipts {
			if matched[i] {
				continue
			}
			if matched[i], err = s.reportTest(ctx, tx, r, now); err != nil {
				return err
			}
		}
		return s.count(ctx, tx, t, now)
	})
	return matched, wrap("apply receipts", err)
}

// ofCall finds the deliveries of a call that receipts are about, by the receipts' places.
func (s *Broadcasts) ofCall(ctx context.Context, tx *sql.Tx, outID, handle string, receipts []broadcast.Receipt, which []int) (map[int]reported, error) {
	found := make(map[int]reported)
	claims, err := s.claims(ctx, tx, outID, handle)
	if err != nil || len(claims) == 0 {
		return found, err
	}
	hashes := make([]string, len(which))
	for i, at := range which {
		hash := s.db.findPhone(receipts[at].Phone)
		hashes[i] = hex.EncodeToString(hash[:])
	}
	// A row that was sent again since, under a newer claim, is found too: the provider had accepted it all the same. The + keeps SQLite
	// from walking the claim's hundred rows for each receipt.
	err = rowsOf(s.query(ctx, tx, `SELECT v.i, d.id, d.broadcast, d.claim, d.channel, d.state, d.handle <> '', d.address FROM (`+s.db.hashes+`) v
		CROSS JOIN resident r CROSS JOIN claim c`+s.db.next("recipient", "p", "p.resident = r.id AND p.broadcast = c.broadcast")+` CROSS JOIN delivery d
		WHERE r.phone_find = v.hash AND c.id `+s.in(2)+`
			AND d.broadcast = p.broadcast AND d.recipient = p.n AND +d.id BETWEEN c.first AND c.last AND d.channel = 'sms' AND d.claim >= c.id
		ORDER BY d.id`+of("d", s.db.lock), jsonArray(hashes), jsonArray(claims))).each(func(row row) error {
		var at int
		var r reported
		var hash []byte
		if err := row.Scan(&at, &r.id, &r.num, &r.claim, &r.channel, &r.state, &r.handled, &hash); err != nil {
			return err
		}
		if s.went(r.claim, hash, string(receipts[which[at]].Phone)) {
			found[which[at]] = r
		}
		return nil
	})
	if err != nil || len(found) == len(which) {
		return found, err
	}
	return found, s.ofAddress(ctx, tx, claims, receipts, which, found)
}

// ofAddress adds the deliveries whose calls went to a number that their residents do not have any more.
func (s *Broadcasts) ofAddress(ctx context.Context, tx *sql.Tx, claims []int64, receipts []broadcast.Receipt, which []int, found map[int]reported) error {
	calls := make(map[int64]map[string][]int) // the receipts that no delivery was found for, by call and hash
	return rowsOf(s.query(ctx, tx, `SELECT d.id, d.broadcast, d.claim, d.channel, d.state, d.handle <> '', d.address FROM claim c
		JOIN delivery d ON d.id BETWEEN c.first AND c.last AND d.claim = c.id
		WHERE c.id `+s.in(1)+` AND c.channel = 'sms' AND d.address IS NOT NULL ORDER BY d.id`+of("d", s.db.lock), jsonArray(claims))).each(func(row row) error {
		var r reported
		var hash []byte
		if err := row.Scan(&r.id, &r.num, &r.claim, &r.channel, &r.state, &r.handled, &hash); err != nil {
			return err
		}
		left := calls[r.claim]
		if left == nil {
			left = make(map[string][]int)
			for _, at := range which {
				if _, ok := found[at]; !ok {
					key := string(s.addressHash(r.claim, string(receipts[at].Phone)))
					left[key] = append(left[key], at)
				}
			}
			calls[r.claim] = left
		}
		for _, at := range left[string(hash)] {
			found[at] = r
		}
		return nil
	})
}

// claims are the calls that our id or the provider's handle names.
func (s *Broadcasts) claims(ctx context.Context, tx *sql.Tx, outID, handle string) (ids []int64, err error) {
	if at := strings.LastIndexByte(outID, '-'); at > 0 {
		if n, err := strconv.ParseInt(outID[at+1:], 10, 64); err == nil {
			var id int64
			err := s.row(ctx, tx, `SELECT c.id FROM claim c JOIN broadcast b ON b.num = c.broadcast WHERE c.id = $1 AND b.id = $2`,
				n, outID[:at]).Scan(&id)
			if err == nil || !errors.Is(err, sql.ErrNoRows) {
				return []int64{id}, err
			}
		}
	}
	if handle == "" {
		return nil, nil
	}
	return scalars[int64](s.query(ctx, tx, `SELECT id FROM claim WHERE handle = $1 AND handle <> ''
		UNION SELECT claim FROM delivery WHERE handle = $1 AND handle <> '' AND channel = 'sms'`, handle))
}

// report applies receipts to their rows.
func (s *Broadcasts) report(ctx context.Context, tx *sql.Tx, receipts []broadcast.Receipt, rows map[int]reported, matched []bool, now time.Time, t tally) error {
	type word struct {
		to          broadcast.State
		class, code string
		parts       int
	}
	last := make(map[int64]word) // one push may say the same twice, or more than one thing
	states := make(map[int64]broadcast.State)
	for _, i := range slices.Sorted(maps.Keys(rows)) {
		row, r := rows[i], receipts[i]
		matched[i] = true
		if _, known := states[row.id]; !known {
			states[row.id] = row.state
		}
		state := states[row.id]
		if state == r.State || !broadcast.CanBecome(state, r.State) {
			continue
		}
		t.move(row.num, row.channel, state, r.State, 1)
		states[row.id], last[row.id] = r.State, word{r.State, r.Class, r.Code, r.Parts}
		if row.channel != broadcast.SMS && !row.handled && r.Handle != "" {
			if _, err := s.exec(ctx, tx, `UPDATE delivery SET handle = $2 WHERE id = $1`, row.id, r.Handle); err != nil {
				return err
			}
		}
	}
	said := make(map[word][]int64)
	for _, id := range slices.Sorted(maps.Keys(last)) {
		said[last[id]] = append(said[last[id]], id)
	}
	for w, ids := range said {
		_, err := s.change(ctx, tx, `UPDATE delivery SET state = $1, class = $2, code = $3, parts = $4, updated_at = $5 WHERE id %s`,
			ids, string(w.to), w.class, w.code, w.parts, now.UnixMilli())
		if err != nil {
			return err
		}
		if w.to == broadcast.Delivered {
			err = s.suppressRemaining(ctx, tx, ids, now, t)
		} else {
			err = s.promote(ctx, tx, ids, now, t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
