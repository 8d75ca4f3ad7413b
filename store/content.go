package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"towncrier/audit"
	"towncrier/revision"
)

// Content implements revision.Store.
type Content struct{ db *DB }

var _ revision.Store = (*Content)(nil)

// Content keeps revisions and drafts of a city's content in db.
func (db *DB) Content() *Content { return &Content{db} }

const revisionColumns = `number, kind, folder, title, draft, notice, next, back, author, approver, at`

func scanRevision(row row) (r revision.Revision, err error) {
	err = row.Scan(&r.Number, &r.Kind, &r.Folder, &r.Title, &r.Draft, &r.Notice, &r.Next, &r.Back, &r.Author, &r.Approver, into(&r.At))
	return r, err
}

// Head implements revision.Store.
func (s *Content) Head(ctx context.Context) (revision.Revision, error) {
	r, err := s.head(ctx, s.db.read)
	return r, wrap("read the newest revision", err)
}

func (s *Content) head(ctx context.Context, q querier) (revision.Revision, error) {
	r, err := scanRevision(q.QueryRowContext(ctx, `SELECT `+revisionColumns+` FROM content_revision ORDER BY number DESC LIMIT 1`))
	if errors.Is(err, sql.ErrNoRows) {
		return revision.Revision{}, nil
	}
	return r, err
}

// Revision implements revision.Store.
func (s *Content) Revision(ctx context.Context, number int) (revision.Revision, error) {
	r, err := scanRevision(s.db.read.QueryRowContext(ctx, `SELECT `+revisionColumns+` FROM content_revision WHERE number = $1`, number))
	return r, wrap("read a revision", orNotFound(err, revision.ErrNoRevision))
}

// Revisions implements revision.Store.
func (s *Content) Revisions(ctx context.Context, before, limit int) ([]revision.Revision, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT `+revisionColumns+` FROM content_revision
		WHERE number < $1 OR $1 = 0 ORDER BY number DESC LIMIT $2`, before, limit)), scanRevision)
	return all, wrap("list revisions", err)
}

// Folder implements revision.Store.
func (s *Content) Folder(ctx context.Context, digest revision.Digest) (revision.Folder, error) {
	f := revision.Folder{}
	err := rowsOf(s.db.read.QueryContext(ctx, `SELECT m.key, c.text FROM content_folder f
		CROSS JOIN `+s.db.members+` m JOIN content_file c ON c.digest = m.value WHERE f.digest = $1`, string(digest))).each(func(row row) error {
		var path string
		var text []byte
		err := row.Scan(&path, &text)
		f[path] = text
		return err
	})
	switch {
	case err != nil:
		return nil, wrap("read a folder", err)
	case f.Digest() != digest:
		return nil, errors.New("read a folder: the database does not hold what it was given")
	}
	return f, nil
}

// KeepFolder implements revision.Store.
func (s *Content) KeepFolder(ctx context.Context, f revision.Folder) error {
	return wrap("keep a folder", s.db.transact(ctx, func(tx *sql.Tx) error { return keepFolder(ctx, tx, f, "") }))
}

// keepFolder keeps f; like is a folder that is kept and mostly the same.
func keepFolder(ctx context.Context, tx *sql.Tx, f revision.Folder, like revision.Digest) error {
	known := map[string]revision.Digest{}
	var files string
	err := tx.QueryRowContext(ctx, `SELECT files FROM content_folder WHERE digest = $1`, string(like)).Scan(&files)
	if err == nil {
		err = json.Unmarshal([]byte(files), &known)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	members := make(map[string]revision.Digest, len(f))
	for _, path := range f.Paths() {
		members[path] = revision.DigestOf(f[path])
		if known[path] != members[path] {
			if err := keepFile(ctx, tx, members[path], f[path]); err != nil {
				return err
			}
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO content_folder (digest, files) VALUES ($1, $2) ON CONFLICT DO NOTHING`, string(f.Digest()), jsonArray(members))
	return err
}

func keepFile(ctx context.Context, tx *sql.Tx, digest revision.Digest, text []byte) error {
	if text == nil {
		text = []byte{} // an empty file, not NULL
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO content_file (digest, text) VALUES ($1, $2) ON CONFLICT DO NOTHING`, string(digest), text)
	return err
}

// Append implements revision.Store. That a number is taken once makes of several processes one the first.
func (s *Content) Append(ctx context.Context, step revision.Step, act audit.Act) error {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		head, err := s.head(ctx, tx)
		if err != nil {
			return err
		}
		if head.Number != step.After {
			return revision.ErrMoved
		}
		like := head.Folder
		if step.After == 0 {
			like = step.First.Digest()
			if err := keepFolder(ctx, tx, step.First, ""); err != nil {
				return err
			}
			first := revision.Revision{Number: 1, Kind: revision.Taken, Folder: like, Title: "原有文件夹", At: step.Revision.At}
			if err := addRevision(ctx, tx, first); err != nil {
				return err
			}
		}
		if err := keepFolder(ctx, tx, step.Folder, like); err != nil {
			return err
		}
		if err := addRevision(ctx, tx, step.Revision); err != nil {
			return err
		}
		if id := step.Revision.Draft; id != "" {
			if err := s.published(ctx, tx, id, step); err != nil {
				return err
			}
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	return wrap("append a revision", err)
}

func addRevision(ctx context.Context, tx *sql.Tx, r revision.Revision) error {
	result, err := tx.ExecContext(ctx, `INSERT INTO content_revision (`+revisionColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
		r.Number, string(r.Kind), string(r.Folder), r.Title, r.Draft, r.Notice, r.Next, r.Back, r.Author, r.Approver, stamp(r.At))
	return orWhenNone(result, err, revision.ErrMoved)
}
