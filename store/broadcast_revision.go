package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"towncrier/broadcast"
)

// lineDoc is a line of what the lines column of broadcast_revision holds. It is a format, as those of broadcast_doc.go are.
type lineDoc struct {
	Group string `json:"group"`
	Part  string `json:"part,omitempty"`
	Field string `json:"field"`
	Label string `json:"label"`
	Value string `json:"value,omitempty"`
	Depth int    `json:"depth,omitempty"`
}

// putRevision keeps what a version of a broadcast or a series said, if it is to be kept.
func putRevision(ctx context.Context, tx *sql.Tx, id string, version int64, r *broadcast.Revision) error {
	if r == nil {
		return nil
	}
	var lines []byte
	if r.Lines != nil {
		var err error
		lines, err = json.Marshal(convert(r.Lines, func(l broadcast.Line) lineDoc {
			return lineDoc{string(l.Group), l.Part, l.Field, l.Label, l.Value, l.Depth}
		}))
		if err != nil {
			return err
		}
	}
	if !r.Replaces.IsZero() {
		_, err := tx.ExecContext(ctx, `DELETE FROM broadcast_revision WHERE subject = $1 AND act = $2 AND author = $3 AND at > $4
			AND version = (SELECT max(version) FROM broadcast_revision WHERE subject = $1)`, id, string(r.Act), r.By, r.Replaces.UnixMilli())
		if err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO broadcast_revision (subject, version, act, author, at, why, lines) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, version, string(r.Act), r.By, r.At.UnixMilli(), r.Why, string(lines))
	return err
}

// Revisions implements broadcast.Store.
func (s *Broadcasts) Revisions(ctx context.Context, id string) ([]broadcast.Revision, error) {
	all, err := collect(rowsOf(s.db.read.QueryContext(ctx, `SELECT version, act, author, at, why, lines FROM broadcast_revision
		WHERE subject = $1 ORDER BY version`, id)), scanBroadcastRevision)
	return all, wrap("list revisions", err)
}

func scanBroadcastRevision(row row) (r broadcast.Revision, err error) {
	var act, lines string
	var at sql.NullInt64
	if err := row.Scan(&r.Version, &act, &r.By, &at, &r.Why, &lines); err != nil {
		return r, err
	}
	r.Act, r.At = broadcast.Step(act), instant(at)
	if lines == "" {
		return r, nil
	}
	var docs []lineDoc
	if err := json.Unmarshal([]byte(lines), &docs); err != nil {
		return r, wrap("its row cannot be read", err)
	}
	r.Lines = convert(docs, func(l lineDoc) broadcast.Line {
		return broadcast.Line{Group: broadcast.Group(l.Group), Part: l.Part, Field: l.Field, Label: l.Label, Value: l.Value, Depth: l.Depth}
	})
	return r, nil
}
