package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/roster"
)

// Chunks implements broadcast.Store.
func (s *Broadcasts) Chunks(ctx context.Context, id string, channel broadcast.Channel, after int64, size, limit int, now time.Time) (chunks []broadcast.Chunk, err error) {
	ids, err := scalars[int64](s.db.read.QueryContext(ctx, `SELECT d.id FROM delivery d
		WHERE d.broadcast = (SELECT num FROM broadcast WHERE id = $1) AND d.channel = $2 AND d.state = 'pending' AND d.id > $3 AND `+dueAt("d.", "$4")+`
		ORDER BY d.id LIMIT $5`, id, string(channel), after, now.UnixMilli(), size*limit))
	for some := range slices.Chunk(ids, size) {
		chunks = append(chunks, broadcast.Chunk{Broadcast: id, Channel: channel, From: some[0], To: some[len(some)-1]})
	}
	return chunks, wrap("divide into chunks", err)
}

// addressee is a pending row with where it would go.
type addressee struct {
	id      int64
	tries   int    // so far
	named   int    // the try whose number is part of its message's id, 0 before the first
	namedAt int64  // when that id was used first
	address []byte // sealed; nil when there is none any more
	find    []byte // its keyed hash
	no      bool   // said since freezing began
}

// named says which try the id of a message comes from. A template message keeps its id while the platform knows it, so that a call that
// was refused and taken all the same is no second message.
func named(channel broadcast.Channel, a addressee, now time.Time) (try int, since int64) {
	age := now.UnixMilli() - a.namedAt
	if channel == broadcast.Template && a.named > 0 && age >= 0 && age < broadcast.RepeatWithin.Milliseconds() {
		return a.named, a.namedAt
	}
	return a.tries + 1, now.UnixMilli()
}

// byChannel is where a channel's messages go, and by which of a resident's choices.
func byChannel(c broadcast.Channel) (column string, choice roster.Channel) {
	if c == broadcast.SMS {
		return "phone", roster.SMS
	}
	return "openid", roster.WeChat
}

// openAddress opens where a message of a channel goes, if it is the resident's own.
func (s *Broadcasts) openAddress(c broadcast.Channel, sealed, find []byte) (string, error) {
	if c == broadcast.SMS {
		return s.db.ring.openOwn(residentPhone, sealed, phoneFind, find)
	}
	return s.db.ring.openOwn(residentOpenID, sealed, openidFind, find)
}

// oneCall keeps a second WeChat call to a resident from beginning while one may be under way (43108): also one in doubt, for as long as a
// call lasts at most, and a message to them as a member of staff. $2 is now, $4 is when such a call was claimed at the latest.
const oneCall = ` AND NOT EXISTS (SELECT 1 FROM delivery o WHERE o.resident = delivery.resident AND o.channel <> 'sms' AND o.state = 'sending')
	AND NOT EXISTS (SELECT 1 FROM delivery o JOIN claim c ON c.id = o.claim
		WHERE o.resident = delivery.resident AND o.channel <> 'sms' AND o.state = 'in_doubt' AND c.at > $4)
	AND NOT EXISTS (SELECT 1 FROM staff_call m WHERE m.resident = delivery.resident AND m.until > $2)`

// callComes says whether a WeChat call of a broadcast to a member of staff is under way, in doubt, or due until then.
func (db *DB) callComes(ctx context.Context, person string, until time.Time) (comes bool, err error) {
	err = db.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM delivery d JOIN broadcast b ON b.num = d.broadcast
		WHERE d.resident = (SELECT c.resident FROM staff_call c WHERE c.person = $1) AND d.channel <> 'sms'
		AND (d.state IN ('sending', 'in_doubt') OR d.state = 'pending' AND b.status = 'sending' AND d.due_at <= $2))`,
		person, until.UnixMilli()).Scan(&comes)
	return comes, err
}

// Claim implements broadcast.Store. Addresses are read beside the writer, before it is held: what another process claims
// meanwhile is seen by the rows that change.
func (s *Broadcasts) Claim(ctx context.Context, chunk broadcast.Chunk, most int, now, until time.Time) (broadcast.Claimed, error) {
	most = min(most, broadcast.ClaimRows)
	found, err := s.addressees(ctx, chunk, most, now)
	if err != nil || len(found) == 0 {
		return broadcast.Claimed{Broadcast: chunk.Broadcast, Channel: chunk.Channel}, wrap("claim deliveries", err)
	}
	next := int64(0)
	if len(found) == most && found[len(found)-1].id < chunk.To {
		next = found[len(found)-1].id + 1
	}
	claimed, err := s.claim(ctx, chunk, found, next, now, until)
	return claimed, wrap("claim deliveries", err)
}

// claim claims those of the rows that are as they were found.
func (s *Broadcasts) claim(ctx context.Context, chunk broadcast.Chunk, found []addressee, next int64, now, until time.Time) (broadcast.Claimed, error) {
	claimed := broadcast.Claimed{Broadcast: chunk.Broadcast, Channel: chunk.Channel}
	var ready []addressee
	var gone, no []int64
	for _, a := range found {
		switch {
		case a.address == nil:
			gone = append(gone, a.id)
		case a.no:
			no = append(no, a.id)
		default:
			ready = append(ready, a)
		}
	}
	var won map[int64]bool // nil: all that are ready
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		won, claimed.ID, claimed.Next = nil, 0, 0
		var num, doubtful, wait int64
		var status broadcast.Status
		err := s.row(ctx, tx, `SELECT num, status, doubtful, wait FROM broadcast WHERE id = $1`+s.db.share, chunk.Broadcast).
			Scan(&num, &status, &doubtful, &wait)
		if err != nil || status != broadcast.Sending {
			return err
		}
		claimed.Next = next
		t := make(tally)
		for _, out := range []struct {
			ids    []int64
			reason broadcast.Reason
		}{{gone, broadcast.Gone}, {no, broadcast.OptedOut}} {
			if err := s.suppress(ctx, tx, num, chunk.Channel, out.ids, out.reason, now, t); err != nil {
				return err
			}
		}
		if len(ready) > 0 {
			claimed.ID, won, err = s.lease(ctx, tx, num, chunk.Channel, ready, now, until, doubtful == 1 && wait > 0, t)
			if err == nil && claimed.ID != 0 {
				err = s.keepAddresses(ctx, tx, claimed.ID, ready, chunk.Channel)
			}
			if err != nil {
				return err
			}
		}
		return s.count(ctx, tx, t, now)
	})
	if err != nil || claimed.ID == 0 {
		return claimed, err
	}
	claimed.OutID = callOutID(chunk.Broadcast, claimed.ID)
	for _, a := range ready {
		if won != nil && !won[a.id] {
			continue
		}
		letter, err := s.letter(chunk.Broadcast, chunk.Channel, a, claimed.ID, now)
		if err != nil {
			return claimed, err
		}
		claimed.Messages = append(claimed.Messages, letter)
	}
	return claimed, nil
}

// Holds implements broadcast.Store.
func (s *Broadcasts) Holds(ctx context.Context, claim int64) (holds bool, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT c.leased_until IS NOT NULL AND b.status = 'sending'
		FROM claim c JOIN broadcast b ON b.num = c.broadcast WHERE c.id = $1`, claim).Scan(&holds)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return holds, wrap("look at a claim", err)
}

func callOutID(id string, claim int64) string { return fmt.Sprintf("%s-%d", id, claim) }

// outID names a message of a call. Numbers of deliveries and tries come again after the database was put back from a backup; the epoch of
// the call tells them apart.
func outID(id string, delivery int64, tries int, claim int64) string {
	name := fmt.Sprintf("%s-%d-%d", id, delivery, tries)
	if epoch := claim / callsASecond; epoch > 0 {
		name += "-" + strconv.FormatInt(epoch, cursorBase)
	}
	return name
}

func (s *Broadcasts) letter(id string, channel broadcast.Channel, a addressee, claim int64, now time.Time) (broadcast.OutboundMessage, error) {
	address, err := s.openAddress(channel, a.address, a.find)
	if err != nil {
		return broadcast.OutboundMessage{}, fmt.Errorf("delivery %d: %w", a.id, err)
	}
	try, since := named(channel, a, now)
	letter := broadcast.OutboundMessage{Delivery: a.id, OutID: outID(id, a.id, try, claim), NamedAt: time.UnixMilli(since).UTC()}
	if channel == broadcast.SMS {
		letter.Phone = phone.Number(address)
	} else {
		letter.OpenID = address
	}
	return letter, nil
}

func (s *Broadcasts) addressees(ctx context.Context, chunk broadcast.Chunk, most int, now time.Time) (found []addressee, err error) {
	column, choice := byChannel(chunk.Channel)
	stopped, suppressed := "", "FALSE"
	if chunk.Channel == broadcast.SMS {
		stopped = ` LEFT JOIN suppression s ON s.phone_find = r.phone_find AND (s.at >= b.freezing_at OR s.reason = 'erased')`
		suppressed = "s.phone_find IS NOT NULL"
	}
	return collect(rowsOf(s.read(ctx, `SELECT d.id, d.tries, d.named, d.named_at, r.`+column+`, r.`+column+`_find, `+suppressed+` OR EXISTS (SELECT 1 FROM preference p
			WHERE p.resident = r.id AND p.wants = 0 AND p.topic IN ('', b.topic) AND p.channel IN ('', $5) AND p.chosen_at >= b.freezing_at)
		FROM broadcast b JOIN delivery d ON d.broadcast = b.num LEFT JOIN resident r ON r.id = d.resident`+stopped+`
		WHERE b.id = $1 AND d.id BETWEEN $2 AND $3 AND d.channel = $6 AND d.state = 'pending' AND `+dueAt("d.", "$4")+` ORDER BY d.id LIMIT $7`,
		chunk.Broadcast, chunk.From, chunk.To, now.UnixMilli(), string(choice), string(chunk.Channel), most)), func(row row) (a addressee, err error) {
		err = row.Scan(&a.id, &a.tries, &a.named, &a.namedAt, &a.address, &a.find, &a.no)
		return a, err
	})
}

// asFound are rows of a claim that one statement changes: what was read of them is still so.
type asFound struct {
	tries, try int
	since      int64
}

// lease marks rows as sending. won is nil when all were.
func (s *Broadcasts) lease(ctx context.Context, tx *sql.Tx, num int64, channel broadcast.Channel, ready []addressee, now, until time.Time, waiting bool, t tally) (claim int64, won map[int64]bool, err error) {
	first, last := ready[0].id, ready[len(ready)-1].id
	err = s.row(ctx, tx, `INSERT INTO claim (broadcast, channel, first, last, at, leased_until, sending, waiting)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		num, string(channel), first, last, now.UnixMilli(), until.UnixMilli(), len(ready), boolInt(waiting)).Scan(&claim)
	if err != nil {
		return 0, nil, err
	}
	// Another process may have claimed a row, been refused, and put it back since it was read: then its tries, and when it is due, differ.
	set, free := "", ""
	if channel == broadcast.Template {
		set = `, named = $5, named_at = $6`
	}
	if channel != broadcast.SMS {
		free = oneCall
	}
	query := `UPDATE delivery SET state = 'sending', claim = $1, tries = tries + 1, updated_at = $2` + set + `
		WHERE id %s AND state = 'pending' AND tries = $3 AND ` + dueAt("", "$2") + free
	groups := make(map[asFound][]int64)
	var order []asFound
	for _, a := range ready {
		of := asFound{tries: a.tries}
		if channel == broadcast.Template {
			of.try, of.since = named(channel, a, now)
		}
		if groups[of] == nil {
			order = append(order, of)
		}
		groups[of] = append(groups[of], a.id)
	}
	n := 0
	for _, of := range order {
		args := []any{claim, now.UnixMilli(), of.tries}
		if channel != broadcast.SMS {
			args = append(args, now.Add(now.Sub(until)).UnixMilli())
		}
		if channel == broadcast.Template {
			args = append(args, of.try, of.since)
		}
		changed, err := s.change(ctx, tx, query, groups[of], args...)
		if err != nil {
			return 0, nil, err
		}
		n += changed
	}
	t.move(num, channel, broadcast.Pending, broadcast.InFlight, n)
	if n == len(ready) {
		return claim, nil, nil
	}
	if n == 0 {
		_, err := tx.ExecContext(ctx, `DELETE FROM claim WHERE id = $1`, claim)
		return 0, nil, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE claim SET sending = $2 WHERE id = $1`, claim, n); err != nil {
		return 0, nil, err
	}
	won = make(map[int64]bool, n)
	err = rowsOf(tx.QueryContext(ctx, `SELECT id FROM delivery WHERE id BETWEEN $1 AND $2 AND claim = $3`, first, last, claim)).each(func(row row) error {
		var id int64
		if err := row.Scan(&id); err != nil {
			return err
		}
		won[id] = true
		return nil
	})
	return claim, won, err
}

// suppress gives up pending rows, for the next channel.
func (s *Broadcasts) suppress(ctx context.Context, tx *sql.Tx, num int64, channel broadcast.Channel, ids []int64, why broadcast.Reason, now time.Time, t tally) error {
	if len(ids) == 0 {
		return nil
	}
	n, err := s.change(ctx, tx, `UPDATE delivery SET state = 'suppressed', reason = $1, updated_at = $2 WHERE id %s AND state = 'pending'`,
		ids, string(why), now.UnixMilli())
	if err != nil {
		return err
	}
	t.move(num, channel, broadcast.Pending, broadcast.Suppressed, n)
	return s.promote(ctx, tx, ids, now, t)
}

// promote makes the next channel pending for those whose deliveries ended or are passed, unless another of theirs is under
// way, or may have arrived and is not passed; or the broadcast is over.
func (s *Broadcasts) promote(ctx context.Context, tx *sql.Tx, ids []int64, now time.Time, t tally) error {
	return s.promoteIn(ctx, tx, `'freezing', 'held', 'sending', 'paused'`, ids, now, t)
}

// promoteIn promotes in broadcasts of some statuses. In one that was put back from a backup that may have been done before, and what was
// sent is lost: then what is promoted is in doubt.
func (s *Broadcasts) promoteIn(ctx context.Context, tx *sql.Tx, statuses string, ids []int64, now time.Time, t tally) error {
	var doubted []int64
	err := t.moved(rowsOf(s.query(ctx, tx, `UPDATE delivery SET state = 'pending', due_at = 0, updated_at = $1
		WHERE state = 'planned' AND id `+s.db.oneOf(`SELECT min(p.id) FROM delivery d
			JOIN broadcast b ON b.num = d.broadcast AND b.status IN (`+statuses+`)
			`+s.db.next("delivery", "p", "p.broadcast = d.broadcast AND p.recipient = d.recipient AND p.round = d.round")+`
			WHERE p.state = 'planned' AND d.id `+s.in(2)+` AND d.state <> 'pending' AND NOT EXISTS (SELECT 1 FROM delivery s
				WHERE s.broadcast = d.broadcast AND s.recipient = d.recipient AND s.round = d.round AND (s.state IN ('pending', 'sending', 'delivered')
					OR s.passed = 0 AND s.state IN ('accepted', 'in_doubt', 'unknown')))
			GROUP BY d.broadcast, d.recipient, d.round`)+`
		RETURNING broadcast, channel, CASE WHEN `+mayHaveGone("delivery", "$3")+` THEN id ELSE 0 END`,
		now.UnixMilli(), jsonArray(ids), recordsSince(now))), broadcast.Planned, broadcast.Pending, &doubted)
	if err != nil {
		return err
	}
	return s.doubt(ctx, tx, doubted, now, t)
}

// moved counts rows (broadcast, channel) that went from a state to another. With ids there is a third column: those that are not 0 go there.
func (t tally) moved(rows queried, from, to broadcast.State, ids ...*[]int64) error {
	return rows.each(func(row row) error {
		var num, id int64
		var channel broadcast.Channel
		columns := []any{&num, &channel}
		if len(ids) > 0 {
			columns = append(columns, &id)
		}
		err := row.Scan(columns...)
		t.move(num, channel, from, to, 1)
		if id != 0 {
			*ids[0] = append(*ids[0], id)
		}
		return err
	})
}
