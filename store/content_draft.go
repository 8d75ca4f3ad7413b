package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/revision"
)

// contentDraftDoc is what the doc column of content_draft holds. It is a format: a field keeps its name and meaning for ever.
type contentDraftDoc struct {
	Title     string          `json:"title"`
	Base      revision.Digest `json:"base"`
	Back      int             `json:"back,omitzero"`
	Reinstate []string        `json:"reinstate,omitzero"`
	Author    string          `json:"author"`
	Editors   []string        `json:"editors"`
	Accepted  []string        `json:"accepted,omitzero"`
	Stops     []string        `json:"stops,omitzero"`
	Hash      []byte          `json:"hash,omitzero"`
	Why       string          `json:"why,omitzero"`
	CreatedAt time.Time       `json:"created_at"`
	Revision  int             `json:"revision,omitzero"`
}

func (s *Content) draftDoc(d revision.Draft) string {
	doc, err := json.Marshal(contentDraftDoc{d.Title, d.Base, d.Back, d.Reinstate, d.Author, d.Editors, d.Accepted, d.Stops, d.Hash, d.Why, d.CreatedAt, d.Revision})
	if err != nil {
		panic(err) // texts, numbers and a time: nothing that JSON lacks
	}
	return string(doc)
}

const contentDraftColumns = `num, status, version, changed_at, committee, imported, doc`

func scanContentDraft(row row) (num int64, d revision.Draft, err error) {
	var text string
	if err = row.Scan(&num, &d.Status, &d.Version, into(&d.ChangedAt), &d.Committee, &d.Import, &text); err != nil {
		return 0, d, orNotFound(err, revision.ErrNoDraft)
	}
	var doc contentDraftDoc
	if err = json.Unmarshal([]byte(text), &doc); err != nil {
		return 0, d, err
	}
	d.ID = contentDraftID(num)
	d.Title, d.Base, d.Back, d.Reinstate, d.Author, d.Editors = doc.Title, doc.Base, doc.Back, doc.Reinstate, doc.Author, doc.Editors
	d.Accepted, d.Stops, d.Hash, d.Why, d.CreatedAt, d.Revision = doc.Accepted, doc.Stops, doc.Hash, doc.Why, doc.CreatedAt, doc.Revision
	return num, d, nil
}

func scanDraft(row row) (revision.Draft, error) {
	_, d, err := scanContentDraft(row)
	return d, err
}

func contentDraftID(num int64) string { return fmt.Sprintf("D%d", num) }

// contentDraftNum is 0, which no draft has, for what is no draft's ID.
func contentDraftNum(id string) int64 {
	digits, ok := strings.CutPrefix(id, "D")
	num, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || contentDraftID(num) != id {
		return 0
	}
	return num
}

// AddDraft implements revision.Store.
func (s *Content) AddDraft(ctx context.Context, d revision.Draft, base revision.Folder, act audit.Act) (revision.Draft, error) {
	err := s.db.transact(ctx, func(tx *sql.Tx) error {
		if err := keepFolder(ctx, tx, base, ""); err != nil {
			return err
		}
		var num int64
		err := tx.QueryRowContext(ctx, `INSERT INTO content_draft (status, version, changed_at, committee, imported, doc) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT DO NOTHING RETURNING num`, string(d.Status), d.Version, stamp(d.ChangedAt), d.Committee, d.Import, s.draftDoc(d)).Scan(&num)
		if errors.Is(err, sql.ErrNoRows) {
			if d.Import == "" {
				return revision.ErrMoved // the committee has one since
			}
			d, err = s.importedBefore(ctx, tx, d.Import)
			return err
		}
		if err != nil {
			return err
		}
		d.ID = contentDraftID(num)
		if err := keepChanges(ctx, tx, num, nil, d.Changes); err != nil {
			return err
		}
		act.Subject = d.ID
		return s.db.appendAudit(ctx, tx, act)
	})
	return d, wrap("keep a draft of content", err)
}

func (s *Content) importedBefore(ctx context.Context, tx *sql.Tx, imported string) (revision.Draft, error) {
	var num int64
	err := tx.QueryRowContext(ctx, `SELECT num FROM content_draft WHERE imported = $1 AND status IN ('draft', 'submitted')`, imported).Scan(&num)
	if err != nil {
		return revision.Draft{}, orNotFound(err, revision.ErrMoved)
	}
	_, d, err := s.contentDraft(ctx, tx, contentDraftID(num), "")
	return d, err
}

// Draft implements revision.Store.
func (s *Content) Draft(ctx context.Context, id string) (revision.Draft, error) {
	_, d, err := s.contentDraft(ctx, s.db.read, id, "")
	return d, wrap("read a draft of content", err)
}

func (s *Content) contentDraft(ctx context.Context, q querier, id, lock string) (int64, revision.Draft, error) {
	num, d, err := scanContentDraft(q.QueryRowContext(ctx, `SELECT `+contentDraftColumns+` FROM content_draft WHERE num = $1`+lock, contentDraftNum(id)))
	if err != nil {
		return 0, d, err
	}
	d.Changes, err = collect(rowsOf(q.QueryContext(ctx, `SELECT d.path, d.file IS NULL, c.text FROM content_draft_file d
		LEFT JOIN content_file c ON c.digest = d.file WHERE d.draft = $1`, num)), func(row row) (c revision.Change, err error) {
		err = row.Scan(&c.Path, &c.Removed, &c.Text)
		return c, err
	})
	revision.SortChanges(d.Changes)
	return num, d, err
}

// Drafts implements revision.Store.
func (s *Content) Drafts(ctx context.Context, statuses []revision.Status, committee, after string, limit int) ([]revision.Draft, error) {
	where, args := []string{"1 = 1"}, []any{limit}
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	if len(statuses) > 0 {
		var any []string
		for _, status := range statuses {
			any = append(any, arg(string(status)))
		}
		where = append(where, `status IN (`+strings.Join(any, ", ")+`)`)
	}
	if committee != "" {
		where = append(where, `committee = `+arg(committee))
	}
	if after != "" {
		n := arg(contentDraftNum(after))
		where = append(where, `(changed_at, num) < (SELECT changed_at, num FROM content_draft WHERE num = `+n+`)`)
	}
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT `+contentDraftColumns+` FROM content_draft
		WHERE `+strings.Join(where, " AND ")+` ORDER BY changed_at DESC, num DESC LIMIT $1`, args...)), scanDraft)
	return all, wrap("list drafts of content", err)
}

// Tried implements revision.Store.
func (s *Content) Tried(ctx context.Context, id string, at time.Time) error {
	_, err := s.db.write.ExecContext(ctx, `UPDATE content_draft SET tried_at = $2 WHERE num = $1`, contentDraftNum(id), stamp(at))
	return wrap("note that a draft of content is tried", err)
}

// Upcoming implements revision.Store.
func (s *Content) Upcoming(ctx context.Context, since time.Time, limit int) ([]revision.Draft, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT `+contentDraftColumns+` FROM content_draft
		WHERE status = 'submitted' OR status = 'draft' AND tried_at >= $1 ORDER BY changed_at DESC, num DESC LIMIT $2`, stamp(since), limit)), scanDraft)
	return all, wrap("list upcoming drafts of content", err)
}

// ChangeDraft implements revision.Store.
func (s *Content) ChangeDraft(ctx context.Context, id string, act audit.Act, decide func(*revision.Draft) error) (d revision.Draft, err error) {
	err = s.db.transact(ctx, func(tx *sql.Tx) error {
		num, before, err := s.contentDraft(ctx, tx, id, s.db.lock)
		if err != nil {
			return err
		}
		d = before
		if err := decide(&d); err != nil {
			return err
		}
		d.Version = before.Version + 1
		if err := s.keepDraft(ctx, tx, num, d); err != nil {
			return err
		}
		if err := keepChanges(ctx, tx, num, before.Changes, d.Changes); err != nil {
			return err
		}
		return s.db.appendAudit(ctx, tx, act)
	})
	if err != nil {
		return revision.Draft{}, wrap("change a draft of content", err)
	}
	return d, nil
}

func (s *Content) keepDraft(ctx context.Context, tx *sql.Tx, num int64, d revision.Draft) error {
	_, err := tx.ExecContext(ctx, `UPDATE content_draft SET status = $2, version = $3, changed_at = $4, imported = $5, doc = $6 WHERE num = $1`,
		num, string(d.Status), d.Version, stamp(d.ChangedAt), d.Import, s.draftDoc(d))
	return err
}

// keepChanges writes down what differs.
func keepChanges(ctx context.Context, tx *sql.Tx, num int64, before, now []revision.Change) error {
	kept := map[string]revision.Change{}
	for _, c := range before {
		kept[c.Path] = c
	}
	for _, c := range now {
		old, ok := kept[c.Path]
		delete(kept, c.Path)
		if ok && old.Removed == c.Removed && string(old.Text) == string(c.Text) {
			continue
		}
		var file sql.NullString
		if !c.Removed {
			digest := revision.DigestOf(c.Text)
			if err := keepFile(ctx, tx, digest, c.Text); err != nil {
				return err
			}
			file = sql.NullString{String: string(digest), Valid: true}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO content_draft_file (draft, path, file) VALUES ($1, $2, $3)
			ON CONFLICT (draft, path) DO UPDATE SET file = excluded.file`, num, c.Path, file)
		if err != nil {
			return err
		}
	}
	for path := range kept {
		if _, err := tx.ExecContext(ctx, `DELETE FROM content_draft_file WHERE draft = $1 AND path = $2`, num, path); err != nil {
			return err
		}
	}
	return nil
}

// published marks the draft of a revision, which must be what its approver looked at.
func (s *Content) published(ctx context.Context, tx *sql.Tx, id string, step revision.Step) error {
	num, d, err := s.contentDraft(ctx, tx, id, s.db.lock)
	if err != nil {
		return err
	}
	if d.Status != revision.Submitted {
		return &revision.StatusError{Status: d.Status}
	}
	if d.Version != step.Version {
		return revision.ErrHash
	}
	d.Status, d.Revision, d.ChangedAt = revision.Done, step.Revision.Number, step.Revision.At
	d.Version++
	return s.keepDraft(ctx, tx, num, d)
}
