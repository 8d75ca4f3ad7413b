package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/phone"
)

// CreateList implements broadcast.Store.
func (s *Broadcasts) CreateList(ctx context.Context, l broadcast.NumberList, act audit.Act) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO number_list (id, title, committee, author, created_at) VALUES ($1, $2, $3, $4, $5)`,
			l.ID, l.Title, l.Committee, l.Author, stamp(l.CreatedAt))
		if err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return wrap("create a list of numbers", err)
}

// numbersAtOnce is how many numbers one transaction adds.
const numbersAtOnce = 1000

// AddNumbers implements broadcast.Store.
func (s *Broadcasts) AddNumbers(ctx context.Context, id string, numbers []phone.Number, act audit.Act) error {
	for first := 0; first < len(numbers); first += numbersAtOnce {
		some := numbers[first:min(first+numbersAtOnce, len(numbers))]
		err := s.db.transact(ctx, func(tx *sql.Tx) error {
			if err := s.addNumbers(ctx, tx, id, some, act.At); err != nil || first > 0 {
				return err
			}
			return s.db.appendAudit(ctx, tx, act)
		})
		if err != nil {
			return wrap("add to a list of numbers", err)
		}
	}
	return nil
}

func (s *Broadcasts) addNumbers(ctx context.Context, tx *sql.Tx, id string, numbers []phone.Number, now time.Time) error {
	var there int
	err := tx.QueryRowContext(ctx, `SELECT 1 FROM number_list WHERE id = $1`+s.db.lock, id).Scan(&there)
	if err != nil {
		return orNotFound(err, broadcast.ErrNoList)
	}
	if err := namedBy(ctx, tx, id, now, false); err != nil {
		return err
	}
	hashes, err := s.entries(ctx, tx, id, numbers)
	if err != nil {
		return err
	}
	added, err := affected(tx.ExecContext(ctx, `INSERT INTO list_number (phone_find, list) SELECT v.hash, $2 FROM (`+s.db.hashes+`) v WHERE TRUE
		ORDER BY v.hash ON CONFLICT DO NOTHING`, jsonArray(hashes), id))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE number_list SET lines = lines + $2, numbers = numbers + $3,
		digest = CASE WHEN $3 > 0 THEN NULL ELSE digest END WHERE id = $1`, id, len(numbers), added)
	return err
}

// entries is what a list keeps of numbers, in hex. Of a number whose owner asked to be erased it keeps a hash that leads to nobody, so
// that the list counts alike: nobody shall find out by uploading who was erased.
func (s *Broadcasts) entries(ctx context.Context, tx *sql.Tx, id string, numbers []phone.Number) ([]string, error) {
	if err := s.db.adopt(ctx, tx, numbers...); err != nil {
		return nil, err
	}
	hashes := make([]string, len(numbers))
	for i, number := range numbers {
		hash := s.db.findPhone(number)
		hashes[i] = hex.EncodeToString(hash[:])
	}
	erased, err := collect(rowsOf(tx.QueryContext(ctx, `SELECT v.i, v.hash FROM (`+s.db.hashes+`) v
		WHERE EXISTS (SELECT 1 FROM suppression s WHERE s.phone_find = v.hash AND s.reason = 'erased')`, jsonArray(hashes))), func(row row) (i int, err error) {
		var hash []byte
		err = row.Scan(&i, &hash)
		return i, err
	})
	if err != nil {
		return nil, err
	}
	for _, i := range erased {
		blinds := s.blinds(id, numbers[i])
		hashes[i] = hex.EncodeToString(blinds[0])
		for _, before := range blinds[1:] { // what was put on the list before the finding key changed counts once, as other numbers do
			if _, err := tx.ExecContext(ctx, `UPDATE list_number SET phone_find = $1 WHERE phone_find = $2 AND list = $3`, blinds[0], before, id); err != nil {
				return nil, err
			}
		}
	}
	return hashes, nil
}

// blinds are what a list keeps of a number whose owner was erased, under each finding key, the newest first.
func (s *Broadcasts) blinds(list string, number phone.Number) (all [][]byte) {
	for _, hash := range s.db.findsPhone(number) {
		blind := sha256.Sum256(append([]byte("list "+list+" "), hash[:]...))
		all = append(all, blind[:len(hash)])
	}
	return all
}

// ListContents implements broadcast.Store.
func (s *Broadcasts) ListContents(ctx context.Context, ids []string) (all []broadcast.ListContent, err error) {
	for _, id := range ids {
		content, err := s.listContent(ctx, id)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, wrap("read what is on a list of numbers", err)
		}
		all = append(all, content)
	}
	return all, nil
}

// listContent takes the digest that is kept, or else computes and keeps it. Entries that go because their owner was erased leave the
// digest as it is; more entries than were added by AddNumbers do not.
func (s *Broadcasts) listContent(ctx context.Context, id string) (broadcast.ListContent, error) {
	content := broadcast.ListContent{ID: id}
	for {
		var stored int
		err := s.db.read.QueryRowContext(ctx, `SELECT digest, lines, numbers, (SELECT count(*) FROM list_number WHERE list = $1)
			FROM number_list WHERE id = $1`, id).Scan(&content.Digest, &content.Lines, &content.Numbers, &stored)
		if err != nil || content.Digest != nil && stored <= content.Numbers {
			return content, err
		}
		content.Digest, err = s.digest(ctx, id)
		if err != nil || stored > content.Numbers {
			return content, err
		}
		result, err := s.db.exec(ctx, `UPDATE number_list SET digest = $3 WHERE id = $1 AND numbers = $2`, id, content.Numbers, content.Digest)
		if err != nil {
			return content, err
		}
		if n, err := result.RowsAffected(); err != nil || n > 0 {
			return content, err
		} // else numbers were added, or the list was deleted, since they were read
	}
}

func (s *Broadcasts) digest(ctx context.Context, id string) ([]byte, error) {
	sum := sha256.New()
	err := rowsOf(s.db.read.QueryContext(ctx, `SELECT phone_find FROM list_number WHERE list = $1 ORDER BY phone_find`, id)).each(func(row row) error {
		var hash []byte // of one length all
		if err := row.Scan(&hash); err != nil {
			return err
		}
		sum.Write(hash)
		return nil
	})
	return sum.Sum(nil), err
}

// Lists implements broadcast.Store.
func (s *Broadcasts) Lists(ctx context.Context) (all []broadcast.NumberList, err error) {
	all, err = collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT id, title, committee, author, lines, numbers, created_at FROM number_list ORDER BY created_at DESC, id`)), func(row row) (l broadcast.NumberList, err error) {
		err = row.Scan(&l.ID, &l.Title, &l.Committee, &l.Author, &l.Lines, &l.Numbers, into(&l.CreatedAt))
		return l, err
	})
	return all, wrap("list the lists of numbers", err)
}

// DeleteList implements broadcast.Store.
func (s *Broadcasts) DeleteList(ctx context.Context, id string, act audit.Act) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		if err := namedBy(ctx, tx, id, act.At, true); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM list_number WHERE list = $1`, id); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `DELETE FROM number_list WHERE id = $1`, id)
		if err := orWhenNone(result, err, broadcast.ErrNoList); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return wrap("delete a list of numbers", err)
}

// namedBy is a ListInUseError when a broadcast that has not ended, or a series that goes on, has an audience that names a list; drafts
// says whether those of drafts count. A list's id is random enough to be looked for in the text.
func namedBy(ctx context.Context, tx *sql.Tx, list string, now time.Time, drafts bool) error {
	like := `%"` + list + `"%`
	query := `SELECT ` + broadcastColumns + ` FROM broadcast WHERE ended_at IS NULL AND doc LIKE $1`
	if !drafts {
		query += ` AND status <> 'draft'`
	}
	_, b, err := scanBroadcast(tx.QueryRowContext(ctx, query+` ORDER BY num LIMIT 1`, like))
	if err == nil {
		return &broadcast.ListInUseError{By: b.ID, Title: b.Title, Status: b.Status, Committee: b.Committee}
	}
	if !errors.Is(err, broadcast.ErrNoBroadcast) {
		return err
	}
	docs, err := scalars[string](tx.QueryContext(ctx, `SELECT doc FROM series WHERE doc LIKE $1 ORDER BY id`, like))
	if err != nil {
		return err
	}
	for _, doc := range docs {
		one, err := readSeries(doc)
		if err != nil {
			return wrap("a series cannot be read", err)
		}
		if !one.Stopped && now.Before(one.Until) {
			return &broadcast.ListInUseError{By: one.ID, Title: one.Proposal.Title, Committee: one.Proposal.Committee}
		}
	}
	return nil
}
