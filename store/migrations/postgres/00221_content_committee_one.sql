-- +goose Up

-- A committee has one draft at a time.
CREATE UNIQUE INDEX content_draft_committee ON content_draft (committee) WHERE committee <> '' AND status IN ('draft', 'submitted');
