package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"slices"

	"towncrier/phone"
	"towncrier/roster"
)

// write brings a part into the roster within tx. own is as in roster.ImportSlice.
func (s *imports) write(ctx context.Context, tx *sql.Tx, part importPart, own string, now sql.NullInt64) (counts roster.ImportCounts, err error) {
	rows := part.rows
	if len(rows) == 0 {
		return counts, nil
	}
	if err := s.checkCommittees(ctx, tx, rows); err != nil {
		return counts, err
	}
	known, suppressed, err := s.onRecord(ctx, tx, rows)
	if err != nil {
		return counts, err
	}
	if len(known)+len(suppressed) == 0 {
		return roster.ImportCounts{Added: len(rows)}, part.new.add(ctx, tx, now)
	}
	var added []importRow
	for _, row := range rows {
		if isHeld(row, own, known, suppressed) {
			counts.Held++
			continue
		}
		switch suppressed[row.find] {
		case roster.Erased:
			counts.Erased++
			continue
		case roster.Stopped:
			counts.Stopped++
		}
		old, there := known[row.find]
		if !there {
			counts.Added++
			added = append(added, row)
			continue
		}
		changed, err := s.change(ctx, tx, old, row, now)
		if err != nil {
			return counts, err
		}
		if changed {
			counts.Changed++
		} else {
			counts.Unchanged++
		}
	}
	fewer, err := s.db.newcomers(added)
	if err != nil {
		return counts, err
	}
	return counts, fewer.add(ctx, tx, now)
}

// isHeld says whether a number is not for the committee own to bring in.
func isHeld(row importRow, own string, known map[phoneHash]knownRow, suppressed map[phoneHash]roster.Suppression) bool {
	if own == "" {
		return false
	}
	if old, there := known[row.find]; there {
		return old.committee != own
	}
	return suppressed[row.find] != ""
}

// onRecord is what is on record of the numbers of rows.
func (s *imports) onRecord(ctx context.Context, tx *sql.Tx, rows []importRow) (known map[phoneHash]knownRow, suppressed map[phoneHash]roster.Suppression, err error) {
	numbers := make([]phone.Number, len(rows))
	for i, row := range rows {
		numbers[i] = row.Phone
	}
	if err := s.db.adopt(ctx, tx, numbers...); err != nil {
		return nil, nil, err
	}
	if known, err = s.known(ctx, tx, rows); err != nil {
		return nil, nil, err
	}
	suppressed, err = s.suppressions(ctx, tx, rows)
	return known, suppressed, err
}

// CountHeld implements roster.Importer.
func (s *imports) CountHeld(ctx context.Context, all *roster.ImportRows, own string) (held int, err error) {
	for places := range slices.Chunk(s.order(all), firstPart) {
		rows := make([]importRow, len(places))
		for i, p := range places {
			rows[i] = importRow{ImportRow: all.At(int(p.row)), find: p.find}
		}
		n := 0
		err := s.db.transact(ctx, func(tx *sql.Tx) error {
			n = 0 // a transaction may run again
			if err := s.lock(ctx, tx); err != nil {
				return err
			}
			known, suppressed, err := s.onRecord(ctx, tx, rows)
			for _, row := range rows {
				if isHeld(row, own, known, suppressed) {
					n++
				}
			}
			return err
		})
		if err != nil {
			return 0, wrap("count held numbers", err)
		}
		held += n
	}
	return held, nil
}

// knownRow is what an import can change of a resident.
type knownRow struct {
	id                         int64
	committee, community, tags string
	placeFrom                  roster.Origin
	consents                   map[string]int64 // when, by what
}

func (s *imports) known(ctx context.Context, tx *sql.Tx, rows []importRow) (map[phoneHash]knownRow, error) {
	known := make(map[phoneHash]knownRow)
	err := s.byHash(ctx, tx, rows, "resident", `SELECT r.phone_find, r.id, COALESCE(r.committee, ''), r.community, r.tags, r.place_from,
			COALESCE(c.what, ''), COALESCE(c.given_at, 0)
		FROM resident r LEFT JOIN consent c ON c.resident = r.id WHERE r.phone_find IN `, func(found row) error {
		var find []byte
		var row knownRow
		var what string
		var at int64
		if err := found.Scan(&find, &row.id, &row.committee, &row.community, &row.tags, &row.placeFrom, &what, &at); err != nil {
			return err
		}
		hash := phoneHash(find)
		if before, again := known[hash]; again {
			row = before
		} else {
			row.consents = make(map[string]int64, 1)
		}
		if what != "" {
			row.consents[what] = at
		}
		known[hash] = row
		return nil
	})
	return known, err
}

func (s *imports) suppressions(ctx context.Context, tx *sql.Tx, rows []importRow) (map[phoneHash]roster.Suppression, error) {
	reasons := make(map[phoneHash]roster.Suppression)
	err := s.byHash(ctx, tx, rows, "suppression", `SELECT phone_find, reason FROM suppression WHERE phone_find IN `, func(found row) error {
		var hash []byte
		var why roster.Suppression
		if err := found.Scan(&hash, &why); err != nil {
			return err
		}
		reasons[phoneHash(hash)] = why
		return nil
	})
	return reasons, err
}

// byHash runs a query of a table, which ends in IN, for the hashes of rows. Where the table has nothing between the first
// and the last of them, as in a first import, it is not asked for each.
func (s *imports) byHash(ctx context.Context, tx *sql.Tx, rows []importRow, table, query string, scan func(row) error) error {
	var any bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+table+` WHERE phone_find BETWEEN $1 AND $2)`,
		rows[0].find[:], rows[len(rows)-1].find[:]).Scan(&any)
	if err != nil || !any {
		return err
	}
	hashes := make([]string, len(rows))
	for i, row := range rows {
		hashes[i] = hex.EncodeToString(row.find[:])
	}
	return rowsOf(tx.QueryContext(ctx, query+`(SELECT hash FROM (`+s.db.hashes+`) v)`, jsonArray(hashes))).each(scan)
}

// change brings a resident up to row where it differs.
func (s *imports) change(ctx context.Context, tx *sql.Tx, old knownRow, row importRow, now sql.NullInt64) (bool, error) {
	place, tags := old, old.tags
	if old.placeFrom != roster.FromChat {
		place.committee, place.placeFrom = row.Committee, roster.FromImport
		if row.Community != "" {
			place.community = row.Community
		}
	}
	if row.Tags != nil {
		tags = tagsText(row.Tags)
	}
	given, agreed := old.consents[row.Consent.What]
	agrees := row.Consent.What != "" && (!agreed || given < row.Consent.At.UnixMilli())
	if place.committee == old.committee && place.community == old.community && tags == old.tags && !agrees {
		return false, nil
	}
	if place.committee == old.committee && place.community == old.community {
		place.placeFrom = old.placeFrom
	}
	_, err := tx.ExecContext(ctx, `UPDATE resident SET committee = $2, community = $3, place_from = $4, tags = $5, updated_at = $6 WHERE id = $1`,
		old.id, sql.NullString{String: place.committee, Valid: place.committee != ""}, place.community, string(place.placeFrom), tags, now)
	if err != nil || !agrees {
		return true, err
	}
	c := row.Consent
	_, err = tx.ExecContext(ctx, `INSERT INTO consent (resident, what, given_at, how, basis) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (resident, what) DO UPDATE SET given_at = excluded.given_at, how = excluded.how, basis = excluded.basis`,
		old.id, c.What, stamp(c.At), c.How, string(c.Basis))
	return true, err
}

// checkCommittees checks what foreign keys would: those are not checked in bulk.
func (s *imports) checkCommittees(ctx context.Context, tx *sql.Tx, rows []importRow) error {
	named := make(map[string]bool)
	for _, row := range rows {
		named[row.Committee] = true
	}
	err := rowsOf(tx.QueryContext(ctx, `SELECT code FROM committee`+s.db.shareKey)).each(func(row row) error {
		var code string
		if err := row.Scan(&code); err != nil {
			return err
		}
		delete(named, code)
		return nil
	})
	if err != nil {
		return err
	}
	if len(named) > 0 {
		return roster.ErrNoCommittee
	}
	return nil
}
