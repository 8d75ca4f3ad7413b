package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/roster"
)

// ErrStopsLog says that a stops.log cannot be read, or not with the key that there is.
var ErrStopsLog = errors.New("stops.log cannot be used")

// readStops is what logs say of after since, in the order of time, and the keys that they bring, by their names.
func readStops(logs []io.Reader, since time.Time) (lines []stopLine, keys map[string][]stopLine, err error) {
	keys = make(map[string][]stopLine)
	for i, log := range logs {
		all, err := io.ReadAll(log)
		if err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", StopsLogName, err)
		}
		texts := strings.Split(string(all), "\n")
		var last time.Time
		for n, text := range texts {
			line, err := readStopLine(text)
			switch {
			case text == "", errors.Is(err, errTorn):
				continue
			case err != nil && n == len(texts)-1: // it has no end: its writer died, and nobody was told that it was done
				continue
			case err != nil:
				return nil, nil, fmt.Errorf("%w: line %d of %s %w: without it somebody who stopped texts may get one. Put back an undamaged copy "+
					"of the file; or take the line out to go on without it", ErrStopsLog, n+1, logName(log, i), err)
			case line.what == logKey:
				keys[line.key] = append(keys[line.key], line)
				continue
			}
			// Clocks of servers differ: a no is not earlier than what stands before it. A yes may be, it is written after it was done.
			if ahead := last.Sub(line.at); ahead <= 0 || ahead > clocksDiffer {
				last = line.at
			} else if line.what != logStart && line.what != logYes {
				line.at = last
			}
			if line.at.After(since) {
				lines = append(lines, line)
			}
		}
	}
	slices.SortStableFunc(lines, func(a, b stopLine) int { return a.at.Compare(b.at) })
	return lines, keys, nil
}

func logName(log io.Reader, i int) string {
	if file, ok := log.(interface{ Name() string }); ok {
		return file.Name()
	}
	return fmt.Sprintf("stops.log %d", i+1)
}

// applyStops does what stops.log tells of. It reads a little further back than the backup's time: a line is written before what it is about.
func (m *marking) applyStops(ctx context.Context, tx *sql.Tx) error {
	if m.lines == nil {
		lines, keys, err := readStops(m.logs, m.asOf().Add(-clocksDiffer))
		if err != nil {
			return err
		}
		if err := m.takeKeys(ctx, tx, lines, keys); err != nil {
			return err
		}
		if err := m.translate(ctx, tx, lines); err != nil {
			return err
		}
		m.lines = append([]stopLine{}, lines...)
		if err := m.countStops(ctx, tx); err != nil {
			return err
		}
	}
	r := &residents{m.db}
	for _, line := range m.lines[m.applied:min(m.applied+markSlice, len(m.lines))] {
		if err := m.apply(ctx, tx, r, line); err != nil {
			return fmt.Errorf("%s of %s: %w", line.what, line.at.Format(time.RFC3339), err)
		}
	}
	if m.applied += markSlice; m.applied < len(m.lines) {
		return errMore
	}
	return nil
}

// countStops counts acts: lines of one moment are one, and so are stops of one number, of which a reply says the first.
func (m *marking) countStops(ctx context.Context, tx *sql.Tx) error {
	kinds := map[string]string{
		logStop: "stopped", logNo: "stopped", logUnsubscribe: "stopped", logStart: "started", logYes: "started",
		logErase: "erased", logRemove: "erased", logUnfollow: "erased", logForget: "erased", logEmpty: "erased",
	}
	type act struct {
		at     time.Time
		kind   string
		number string
	}
	acts := make(map[act]bool)
	counts := make(map[string]int)
	for _, line := range m.lines {
		one := act{at: line.at, kind: kinds[line.what]}
		for _, w := range line.who {
			if one.kind == "stopped" && w.kind == whoPhone {
				one = act{kind: one.kind, number: w.hash}
			}
		}
		if !acts[one] {
			acts[one] = true
			counts[one.kind]++
		}
	}
	_, err := tx.ExecContext(ctx, `UPDATE restore SET lines = $2, stopped = $3, started = $4, erased = $5 WHERE epoch = $1`,
		m.row.epoch, len(m.lines), counts["stopped"], counts["started"], counts["erased"])
	return err
}

// takeKeys adds to the ring the finding keys that lines are under and it lacks, and hashes anew what is known under the newest.
func (m *marking) takeKeys(ctx context.Context, tx *sql.Tx, lines []stopLine, keys map[string][]stopLine) error {
	known := findingNames(m.db.sealer)
	var lacking []string // in the order of their first use
	for _, line := range lines {
		if !slices.Contains(known, line.key) && !slices.Contains(lacking, line.key) {
			lacking = append(lacking, line.key)
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	f := &refinding{db: m.db, tx: tx, r: new(Refound)}
	return f.run(ctx, func() error {
		for _, name := range lacking {
			err := fmt.Errorf("%w: lines of it are under a key that neither it nor the database has, or that TOWNCRIER_KEY does not open: is it of "+
				"this city? After a change of TOWNCRIER_KEY set the one before as TOWNCRIER_KEY_PREVIOUS", ErrStopsLog)
			for _, line := range keys[name] {
				wrapped, fault := line.wrapped()
				if fault != nil {
					return fmt.Errorf("%w: its key cannot be read: %w", ErrStopsLog, fault)
				}
				if taken, fault := m.db.sealer.Take(wrapped); fault == nil { // else it was wrapped under another master key
					err = f.add(ctx, taken, m.now())
					break
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// translate puts the hashes of lines under the newest finding key, as far as their values are known: under it are the rows.
func (m *marking) translate(ctx context.Context, tx *sql.Tx, lines []stopLine) error {
	newest := findingNames(m.db.sealer)[0]
	older := make(map[string]string)
	for _, line := range lines {
		for _, w := range line.who {
			if line.key != newest && w.kind != whoSubject {
				older[w.hash] = w.hash
			}
		}
	}
	if len(older) == 0 {
		return nil
	}
	for _, s := range hashSources {
		err := eachSealedIn(ctx, tx, s.sealedColumn, func(values []sealedValue) error {
			eachHash(m.db.sealer, s, values, func(h hashed) {
				all := m.db.sealer.Finds(h.purpose, h.value)
				for _, before := range all[1:] {
					if _, named := older[string(before[:h.size])]; named {
						older[string(before[:h.size])] = string(all[0][:h.size])
					}
				}
			})
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, line := range lines {
		for i, w := range line.who {
			line.who[i].hash = cmp.Or(older[w.hash], w.hash)
		}
	}
	return nil
}

// apply does once more what a line tells of.
func (m *marking) apply(ctx context.Context, tx *sql.Tx, r *residents, line stopLine) error {
	switch line.what {
	case logStop, logStart, logErase:
		return line.each(whoPhone, func(hash []byte) error { return m.applyToNumber(ctx, tx, line, hash) })
	case logUnsubscribe:
		return line.each(whoOpenID, func(hash []byte) error {
			_, err := tx.ExecContext(ctx, `DELETE FROM subscription WHERE template = $1 AND agreed_at <= $2
				AND resident IN (SELECT id FROM resident WHERE openid_find = $3)`, line.about, line.at.UnixMilli(), hash)
			return err
		})
	case logForget, logEmpty:
		return line.each(whoAsker, func(hash []byte) error { return m.applyToTickets(ctx, tx, line, hash) })
	case logRemove, logUnfollow, logNo, logYes:
		rows, err := m.found(ctx, tx, r, line)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := m.applyToResident(ctx, tx, r, line, row); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("%w: it says %q, which this towncrier does not know", ErrStopsLog, line.what)
}

func (line stopLine) each(kind byte, do func(hash []byte) error) error {
	for _, w := range line.who {
		if w.kind != kind {
			continue
		}
		if err := do([]byte(w.hash)); err != nil {
			return err
		}
	}
	return nil
}

func (m *marking) applyToNumber(ctx context.Context, tx *sql.Tx, line stopLine, hash []byte) error {
	switch line.what {
	case logStart:
		_, err := tx.ExecContext(ctx, `DELETE FROM suppression WHERE phone_find = $1 AND at <= $2`, hash, line.at.UnixMilli())
		return err
	case logErase:
		if err := vacateHash(ctx, tx, hash); err != nil {
			return err
		}
		return suppressHash(ctx, tx, hash, roster.Erased, line.at)
	}
	return suppressHash(ctx, tx, hash, roster.Stopped, line.at)
}

func (m *marking) applyToTickets(ctx context.Context, tx *sql.Tx, line stopLine, asker []byte) error {
	if line.what == logEmpty {
		_, err := m.db.Inbox().empty(ctx, tx, asker, line.at)
		return err
	}
	_, err := tx.ExecContext(ctx, forgetAsker, asker)
	return err
}

// found are the residents that a line names.
func (m *marking) found(ctx context.Context, tx *sql.Tx, r *residents, line stopLine) (rows map[string]residentRow, err error) {
	rows = make(map[string]residentRow)
	for _, w := range line.who {
		column := map[byte]string{whoSubject: "subject", whoPhone: "phone_find", whoOpenID: "openid_find"}[w.kind]
		if column == "" {
			continue
		}
		row, err := r.scan(tx.QueryRowContext(ctx, m.db.residents+` WHERE r.`+column+` = $1`, []byte(w.hash)))
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		rows[row.ID] = row
	}
	return rows, nil
}

func (m *marking) applyToResident(ctx context.Context, tx *sql.Tx, r *residents, line stopLine, row residentRow) error {
	who, edit := row.Resident, roster.Edit{}
	topic, channel, _ := cutLast(line.about, "/")
	switch line.what {
	case logRemove, logUnfollow:
		if edit = who.UnfollowAgain(line.at); line.what == logRemove && slices.Equal(subject(who.ID), line.who[:1]) {
			edit = roster.Edit{Remove: []string{who.ID}}
		} // others are the follower who became one with them since
	case logNo:
		if who.RefuseAgain(topic, roster.Channel(channel), line.at) {
			edit.Save = []roster.Resident{who}
		}
	case logYes:
		if who.TakeBackAgain(topic, roster.Channel(channel), line.at) {
			edit.Save = []roster.Resident{who}
		}
	}
	if len(edit.Remove)+len(edit.Save) == 0 {
		return nil
	}
	if row.OpenID != "" && (line.what == logRemove || line.what == logUnfollow) {
		if _, err := tx.ExecContext(ctx, forgetAsker, m.db.sealer.Find(ticketAsker, row.OpenID)); err != nil {
			return err
		}
	}
	edit.Acts = []audit.Act{{Actor: m.by, Action: "resident.put_back", Subject: who.ID, Detail: "log=" + line.what, At: line.at}}
	_, err := (&residentEdit{r, tx, map[string]residentRow{who.ID: row}, edit}).write(ctx)
	return err
}
