-- +goose Up

-- Whose import of what a draft is, as long as nobody changed it: revision.Draft.Import. The same one twice is one draft while that is open.
ALTER TABLE content_draft ADD COLUMN imported TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX content_draft_imported ON content_draft (imported) WHERE imported <> '' AND status IN ('draft', 'submitted');
